// Moneybird. Its webhooks are signed `Moneybird-Signature: t=<unix seconds>,v1=<hex>` since June 2026, and have always
// carried a token in the body. They bring the whole invoice, but not always as it is now: where a token of the API is
// set it is read again. https://developer.moneybird.com/webhooks

import { createHash, timingSafeEqual } from 'node:crypto'
import { BridgeError } from '../../src/errors.ts'
import { dateOf } from '../../src/invoice.ts'
import { type Delivery, defineTool, type ReadContext, type Reading } from '../../src/tool.ts'
import { parseDigits } from '../../src/tool-api.ts'
import { getInvoice, missed, pdfAddress } from '../moneybird/api.ts'
import { parseInvoice } from '../moneybird/invoice.ts'
import { check, connect } from '../moneybird/registration.ts'
import { type Settings, settings } from '../moneybird/settings.ts'
import { timedSignature, verifyTimedSignature } from '../timed-signature.ts'
import { webhook } from '../webhook.ts'

const signatureOf = ({ headers }: Delivery) => headers['moneybird-signature']

type Event = Record<string, unknown>

/** Undefined for what is no object in JSON. */
const eventIn = (body: Buffer): Event | undefined => {
  try {
    const json = parseDigits(body.toString())
    return typeof json === 'object' && json !== null && !Array.isArray(json) ? (json as Event) : undefined
  } catch {
    return undefined
  }
}

const readEvent = (event: Event, { settings, timeZone }: ReadContext<Settings>): Reading => {
  const { administration_id: account, entity_type: type, entity_id: sourceId, action, entity } = event
  const { MONEYBIRD_ADMINISTRATION_ID: own } = settings
  // Ids are text here and a number there, and may be longer than a float can hold.
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

/** A shared secret in the body itself: whoever saw one event could make others, and repeat it for ever. */
const verifyToken = (body: Buffer, tokens: readonly string[]): void => {
  const given = eventIn(body)?.webhook_token
  if (typeof given !== 'string') throw new BridgeError('NOT_AUTHENTIC', 'webhook_token is missing')
  if (!tokens.map(token => isSame(given, token)).includes(true)) {
    throw new BridgeError('NOT_AUTHENTIC', 'webhook_token is another one')
  }
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
const isSame = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b))

export const tool = defineTool({
  name: 'moneybird',
  settings,
  missingSecret: ({ MONEYBIRD_WEBHOOK_SECRET }) =>
    MONEYBIRD_WEBHOOK_SECRET === undefined ? 'MONEYBIRD_WEBHOOK_SECRET' : null,

  /**
   * Once a signing secret is set, a signature that is there decides alone: a token in the same body cannot mend it. A
   * token is only believed where its owner has set one, for webhooks whose secret nobody knows.
   */
  verify(delivery, { MONEYBIRD_WEBHOOK_SECRET: { secrets, tokens } = { secrets: [], tokens: [] } }) {
    const { body, receivedAt } = delivery
    const header = signatureOf(delivery)
    if (secrets.length > 0 && (header !== undefined || tokens.length === 0)) {
      verifyTimedSignature({ header, body, secrets, receivedAt, name: 'Moneybird-Signature' })
      return
    }
    verifyToken(body, tokens)
  },

  /** Made before the secret is told, so it cannot be signed with it. What is about no entity would be ignored anyway. */
  isRegistrationCheck(delivery) {
    if (signatureOf(delivery) !== undefined) return false
    const { entity_id: id, entity } = eventIn(delivery.body) ?? {}
    return (id ?? null) === null && (entity ?? null) === null
  },

  read(body, context) {
    const event = eventIn(body)
    return event
      ? readEvent(event, context)
      : { kind: 'unreadable', problem: 'expected an object in JSON', sourceId: null }
  },

  canAsk: ({ MONEYBIRD_API_TOKEN }) => MONEYBIRD_API_TOKEN !== undefined,
  load: getInvoice,
  async pdf({ sourceId }, line) {
    return sourceId === null ? null : pdfAddress(sourceId, line)
  },
  missed,
  connect,
  check,

  sample(
    { MONEYBIRD_ADMINISTRATION_ID, MONEYBIRD_WEBHOOK_SECRET },
    { invoiceNumber, customerId, at, timeZone }
  ) {
    const { secrets: [secret] = [], tokens: [token] = [] } = MONEYBIRD_WEBHOOK_SECRET ?? {}
    const id = BigInt(`0x${createHash('sha256').update(invoiceNumber).digest('hex').slice(0, 15)}`).toString()
    const body = JSON.stringify({
      administration_id: MONEYBIRD_ADMINISTRATION_ID ?? '1',
      webhook_id: '1',
      // Sent only where there is nothing better: a real event's token is the whole proof of the others.
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
    const signature = secret === undefined ? {} : { 'moneybird-signature': timedSignature(body, secret, at) }
    return { body, headers: { 'content-type': 'application/json', ...signature } }
  }
})

export default webhook(tool)
