// One webhook of Moneybird: what proves it where it is not signed, and what it tells. Its JSON is parsed once, however
// many ask, and never by a stranger's wish where that would take long.

import { createHash, timingSafeEqual } from 'node:crypto'
import { BridgeError } from '../../../src/core/errors.ts'
import { parseDigits } from '../../../src/tools/api.ts'
import type { EventReading, ReadContext } from '../../../src/tools/tool.ts'
import { numbersMatter, parseInvoice } from './invoice.ts'
import type { Settings } from './settings.ts'

type Event = Record<string, unknown>

const events = new WeakMap<Buffer, { event: Event | undefined }>()

/** Undefined for what is no object in JSON. Numbers are floats: for what they say exactly ask `readEvent`. */
export const eventIn = (body: Buffer): Event | undefined => {
  const known = events.get(body)
  if (known) return known.event
  const event = objectIn(body, JSON.parse)
  events.set(body, { event })
  return event
}

const objectIn = (body: Buffer, parse: (text: string) => unknown): Event | undefined => {
  try {
    const json = parse(body.toString())
    return typeof json === 'object' && json !== null && !Array.isArray(json) ? (json as Event) : undefined
  } catch {
    return undefined
  }
}

/**
 * A shared secret in the body itself: whoever saw one event could make others, and repeat it for ever. It is looked for
 * in the bytes, because nothing is parsed for a stranger; only whoever wrote it somewhere has the body parsed, and then
 * it has to stand where Moneybird writes it.
 */
export const verifyToken = (body: Buffer, tokens: readonly string[]): void => {
  const given = tokensIn(body)
  if (given.length === 0) throw new BridgeError('NOT_AUTHENTIC', 'webhook_token is missing')
  if (!given.map(token => isOneOf(token, tokens)).includes(true)) throw another()
  const token = eventIn(body)?.webhook_token
  if (typeof token !== 'string' || !isOneOf(token, tokens)) throw another()
}

const another = () => new BridgeError('NOT_AUTHENTIC', 'webhook_token is another one')

const name = Buffer.from('"webhook_token"')
const blank = /[ \t\r\n]*:[ \t\r\n]*"([^"\\]*)"/y

// Moneybird writes it once, near the beginning.
const namesMax = 8
// Of blanks and a token, which has 24 characters.
const valueBytesMax = 256

/** Whatever stands behind its name, wherever that is. */
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
  tokens.map(known => timingSafeEqual(digest(token), digest(known))).includes(true)

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** Of a body that is proven: where a number has to be exact it is parsed once more, by its digits. */
export const readEvent = (body: Buffer, context: ReadContext<Settings>): EventReading => {
  const event = eventIn(body)
  if (!event) return { kind: 'unreadable', problem: 'expected an object in JSON', sourceId: null }
  return readObject(hasNumbers(event) ? (objectIn(body, parseDigits) ?? event) : event, context)
}

/** Ids are text here and a number there, and may be longer than a float can hold. */
const hasNumbers = ({ administration_id, entity_id, entity }: Event): boolean =>
  typeof administration_id === 'number' || typeof entity_id === 'number' || numbersMatter(entity)

const readObject = (event: Event, { settings, timeZone }: ReadContext<Settings>): EventReading => {
  const { administration_id: account, entity_type: type, entity_id: sourceId, action, entity } = event
  const { MONEYBIRD_ADMINISTRATION_ID: own } = settings
  if (own !== undefined && account !== own) return { kind: 'ignored', reason: 'unknown administration' }
  // External sales invoices have no number of Moneybird's and no PDF.
  if (type !== 'SalesInvoice') {
    const known = typeof type === 'string' && /^[A-Za-z:]{1,60}$/.test(type)
    return { kind: 'ignored', reason: known ? type : 'not a sales invoice' }
  }
  const isDestroyed = action === 'sales_invoice_destroyed'
  if (entity === null || entity === undefined) {
    if (isDestroyed && typeof sourceId === 'string') return { kind: 'gone', sourceId }
    return { kind: 'ignored', reason: 'without the invoice' }
  }
  const parsed = parseInvoice(entity, { timeZone })
  if ('problem' in parsed) {
    const known = typeof sourceId === 'string' ? sourceId : null
    return { kind: 'unreadable', problem: `entity: ${parsed.problem}`, sourceId: known }
  }
  const { told } = parsed
  if (told.stage === 'draft') return { kind: 'ignored', reason: 'not final yet' }
  return { kind: 'told', told: [isDestroyed ? { ...told, stage: 'voided' } : told] }
}
