// One webhook from Moneybird. It has been signed `Moneybird-Signature: t=<unix seconds>,v1=<hex>` since June 2026, and
// has always carried a token in its body. Its JSON is parsed once, however many functions need it, and never for a
// stranger when that would take long.

import { createHash } from 'node:crypto'
import { attempt } from '../../../src/core/attempt.ts'
import { dateOf } from '../../../src/core/invoice.ts'
import { parseDigits } from '../../../src/tools/api.ts'
import { kept } from '../../../src/tools/fields.ts'
import type { About, Sample } from '../../../src/tools/source.ts'
import { type Delivery, type EventReading, type ReadContext, unprovenBytesMax } from '../../../src/tools/tool.ts'
import { notAuthentic, sameSecret } from '../../signatures/comparison.ts'
import { timedSignature, verifyTimedSignature } from '../../signatures/timed-signature.ts'
import { numbersMatter, parseInvoice } from './invoice.ts'
import type { Settings } from './settings.ts'

const signatureHeader = 'moneybird-signature'

/**
 * Once a signing secret is set, a signature that is present decides alone: a token in the same body cannot make up for
 * a wrong one. A token is believed only if its owner has set one, for webhooks whose secret no one knows.
 */
export const verify = (
  { body, headers, receivedAt }: Delivery,
  { MONEYBIRD_WEBHOOK_SECRET: { secrets, tokens } = { secrets: [], tokens: [] } }: Settings
): void => {
  const header = headers[signatureHeader]
  if (secrets.length > 0 && (header !== undefined || tokens.length === 0))
    return verifyTimedSignature({ header, body, secrets, receivedAt, name: 'Moneybird-Signature' })
  verifyToken(body, tokens)
}

/**
 * Moneybird sends it before it shows the secret, so it is not signed. An event about no entity would be ignored anyway.
 */
export const isRegistrationCheck = ({ body, headers }: Delivery): boolean => {
  if (headers[signatureHeader] !== undefined) return false
  // No vendor's check is this large.
  if (body.length > unprovenBytesMax) return false
  const { entity_id: id, entity } = eventIn(body) ?? {}
  return (id ?? null) === null && (entity ?? null) === null
}

type Event = Record<string, unknown>

const events = new WeakMap<Buffer, { event: Event | undefined }>()

/** Undefined when it is not a JSON object. Numbers are floats here; `read` gets them exactly. */
const eventIn = (body: Buffer): Event | undefined =>
  events.getOrInsertComputed(body, () => ({ event: objectIn(body, JSON.parse) })).event

const objectIn = (body: Buffer, parse: (text: string) => unknown): Event | undefined => {
  const json = attempt(() => parse(body.toString()))
  return typeof json === 'object' && json !== null && !Array.isArray(json) ? (json as Event) : undefined
}

/**
 * A shared secret in the body itself: anyone who saw one event could make others, and repeat it for ever. The bytes are
 * searched for it first, because nothing is parsed for a stranger. Only if it is found is the body parsed, and then it
 * has to be where Moneybird writes it.
 */
const verifyToken = (body: Buffer, tokens: readonly string[]): void => {
  const given = tokensIn(body)
  if (given.length === 0) throw notAuthentic('webhook_token is missing')
  if (!given.map(token => isOneOf(token, tokens)).includes(true)) throw another()
  const token = eventIn(body)?.webhook_token
  if (typeof token !== 'string' || !isOneOf(token, tokens)) throw another()
}

const another = () => notAuthentic('webhook_token is another one')

const name = Buffer.from('"webhook_token"')
const blank = /[ \t\r\n]*:[ \t\r\n]*"([^"\\]*)"/y

// Moneybird writes it once, near the beginning.
const namesMax = 8
// For blanks and a token, which has 24 characters.
const valueBytesMax = 256

/** Whatever follows its name, wherever that is. */
const tokensIn = (body: Buffer): string[] => {
  const tokens: string[] = []
  let at = body.indexOf(name)
  for (let names = 0; at !== -1 && names < namesMax; names += 1) {
    const from = at + name.length
    blank.lastIndex = 0
    const [, token] = blank.exec(body.toString('latin1', from, from + valueBytesMax)) ?? []
    if (token !== undefined) tokens.push(token)
    at = body.indexOf(name, from)
  }
  return tokens
}

const isOneOf = (token: string, tokens: readonly string[]): boolean =>
  tokens.map(known => sameSecret(token, known)).includes(true)

/** Reads a proven body: if a number has to be exact, it is parsed once more, by its digits. */
export const read = (body: Buffer, context: ReadContext<Settings>): EventReading => {
  const event = eventIn(body)
  if (!event) return { kind: 'unreadable', problem: 'expected an object in JSON', sourceId: null }
  return readObject(hasNumbers(event) ? (objectIn(body, parseDigits) ?? event) : event, context)
}

/** Ids are sometimes text and sometimes numbers, and may be longer than a float can hold. */
const hasNumbers = ({ administration_id, entity_id, entity }: Event): boolean =>
  typeof administration_id === 'number' || typeof entity_id === 'number' || numbersMatter(entity)

const readObject = (event: Event, { settings, timeZone }: ReadContext<Settings>): EventReading => {
  const { administration_id: account, entity_type: type, entity_id: sourceId, action, entity } = event
  const { MONEYBIRD_ADMINISTRATION_ID: own } = settings
  if (own !== undefined && account !== own) return { kind: 'ignored', reason: 'unknown administration' }
  // External sales invoices have no Moneybird number and no PDF.
  if (type !== 'SalesInvoice') {
    const known = typeof type === 'string' && /^[A-Za-z:]{1,60}$/.test(type)
    return { kind: 'ignored', reason: known ? type : 'not a sales invoice' }
  }
  const isDestroyed = action === 'sales_invoice_destroyed'
  if (entity === null || entity === undefined) {
    const id = kept('expected an id').safeParse(sourceId)
    if (isDestroyed && id.success) return { kind: 'gone', sourceId: id.data }
    return { kind: 'ignored', reason: 'without the invoice' }
  }
  const parsed = parseInvoice(entity, { timeZone })
  if ('problem' in parsed) {
    const known = typeof sourceId === 'string' ? sourceId : null
    return { kind: 'unreadable', problem: `entity: ${parsed.problem}`, sourceId: known }
  }
  if (parsed.stage === 'draft') return { kind: 'ignored', reason: 'not final yet' }
  return { kind: 'invoices', invoices: [isDestroyed ? { ...parsed, stage: 'voided' } : parsed] }
}

export const sample = (
  { MONEYBIRD_ADMINISTRATION_ID, MONEYBIRD_WEBHOOK_SECRET }: Settings,
  { invoiceNumber, customerId, at, timeZone }: About
): Sample => {
  const { secrets: [secret] = [], tokens: [token] = [] } = MONEYBIRD_WEBHOOK_SECRET ?? {}
  const id = BigInt(`0x${createHash('sha256').update(invoiceNumber).digest('hex').slice(0, 15)}`).toString()
  const body = JSON.stringify({
    administration_id: MONEYBIRD_ADMINISTRATION_ID ?? '1',
    webhook_id: '1',
    // Sent only if there is nothing better: the token of one real event is the whole proof of all others.
    ...(secret === undefined ? { webhook_token: token } : {}),
    entity_type: 'SalesInvoice',
    entity_id: id,
    state: 'open',
    action: 'sales_invoice_state_changed_to_open',
    entity: {
      id,
      contact_id: '1',
      contact: { id: '1', company_name: 'Factuurbrug', custom_fields: [{ value: customerId }] },
      invoice_id: invoiceNumber,
      state: 'open',
      invoice_date: dateOf(at, timeZone),
      currency: 'EUR',
      total_price_incl_tax: '121.0',
      paid_at: null,
      reference: null
    }
  })
  const signature = secret === undefined ? {} : { [signatureHeader]: timedSignature(body, secret, at) }
  return { body, headers: { 'content-type': 'application/json', ...signature } }
}
