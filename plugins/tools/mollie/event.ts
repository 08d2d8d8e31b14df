// One event from Mollie. It is signed `X-Mollie-Signature: sha256=<hex>`: HMAC-SHA256 over the body. For a day after
// the secret was changed, the header comes twice. https://docs.mollie.com/reference/webhooks-new

import { createHmac } from 'node:crypto'
import { attempt } from '../../../src/core/attempt.ts'
import { isoInstant } from '../../../src/core/clock.ts'
import { parsePaidAt } from '../../../src/core/invoice.ts'
import { fieldIn, textIn } from '../../../src/tools/api.ts'
import type { About, Sample } from '../../../src/tools/source.ts'
import type { Delivery, EventReading, ReadContext, UnreadEvent } from '../../../src/tools/tool.ts'
import { notAuthentic, sameBytes } from '../../signatures/comparison.ts'
import { idIn, parseInvoice, portalIdKey } from './invoice.ts'
import { canAsk, type Settings } from './settings.ts'

const signatureHeader = 'x-mollie-signature'

// Compared as text: the hex of a signature has only one spelling.
const sign = (body: Buffer | string, secret: string): Buffer =>
  Buffer.from(`sha256=${createHmac('sha256', secret).update(body).digest('hex')}`)

export const verify = (
  { body, headers }: Delivery,
  { MOLLIE_WEBHOOK_SECRET: secrets = [] }: Pick<Settings, 'MOLLIE_WEBHOOK_SECRET'>
): void => {
  const given = headers[signatureHeader]
  if (typeof given !== 'string' || given === '') throw notAuthentic('X-Mollie-Signature is missing')
  // Node joins two headers with the same name.
  const signatures = given.split(',').map(signature => Buffer.from(signature.trim(), 'latin1'))
  const expected = secrets.map(secret => sign(body, secret))
  const matches = expected.flatMap(bytes => signatures.map(signature => sameBytes(signature, bytes)))
  if (!matches.includes(true)) throw notAuthentic('X-Mollie-Signature does not match the body')
}

/** The older webhook, for payments: an id in a form, unsigned, never about an invoice. Resent until it gets 200. */
export const isRegistrationCheck = ({ body, headers }: Delivery): boolean =>
  headers[signatureHeader] === undefined && body.length < 100 && /^id=[a-z]+_\w+$/.test(body.toString())

/** Never `sales-invoice.created`: that is a draft. */
export const eventTypes = [
  'sales-invoice.issued',
  'sales-invoice.e-invoice-issued',
  'sales-invoice.paid',
  'sales-invoice.canceled'
]

/**
 * Mollie documents two bodies: an event, with or without the invoice in it, and the bare invoice. It also shows
 * invoices that lack most of their fields.
 */
export const read = (body: Buffer, { settings, timeZone }: ReadContext<Settings>): EventReading => {
  const event: unknown = attempt(() => JSON.parse(body.toString()))
  const resource = fieldIn(event, 'resource')
  if (resource !== 'event' && resource !== 'sales-invoice') return { kind: 'ignored', reason: 'not about an invoice' }
  const type = resource === 'event' && fieldIn(event, 'type') !== undefined ? textIn(event, 'type') : undefined
  if (type !== undefined && !eventTypes.includes(type))
    return { kind: 'ignored', reason: /^[a-z.-]{1,100}$/.test(type) ? type : 'another event' }

  const entity = resource === 'event' ? fieldIn(fieldIn(event, '_embedded'), 'entity') : event
  const sourceId = idIn(entity) ?? idIn({ id: fieldIn(event, 'entityId') })
  if (fieldIn(entity, 'mode') === 'test' && !settings.MOLLIE_TEST_MODE) return { kind: 'ignored', reason: 'test mode' }
  if (sourceId !== null && (type === 'sales-invoice.canceled' || isCanceled(entity))) return { kind: 'gone', sourceId }
  if (isThin(entity)) return thin(sourceId, settings)

  // A bare invoice says only when it was made.
  const seenAt = resource === 'event' ? (parsePaidAt(textIn(event, 'createdAt'), timeZone) ?? null) : null
  const invoice = parseInvoice(entity, { timeZone, seenAt })
  if ('problem' in invoice) return { kind: 'unreadable', ...invoice }
  // Paid, and the event does not say since when. A day that is guessed stays in the portal for good.
  if (textIn(entity, 'status') === 'paid' && invoice.invoice.paidAt === null) return thin(sourceId, settings)
  if (invoice.stage !== 'draft') return { kind: 'invoices', invoices: [invoice] }
  // The event says that it is final, the invoice in it was written before: nothing may come after.
  return type === undefined ? { kind: 'ignored', reason: 'not final yet' } : thin(sourceId, settings)
}

const isCanceled = (entity: unknown): boolean => /^cancell?ed$/.test(textIn(entity, 'status'))

const isThin = (entity: unknown): boolean =>
  fieldIn(entity, 'status') !== 'draft' &&
  ['invoiceNumber', 'totalAmount', 'recipient'].some(name => fieldIn(entity, name) === undefined)

/** The bridge asks for the invoice that it is about; if it cannot ask, a person has to know. */
const thin = (sourceId: string | null, settings: Settings): EventReading =>
  canAsk(settings)
    ? { kind: 'hint', sourceId }
    : { kind: 'unreadable', problem: 'expected the invoice in the event, as MOLLIE_API_KEY is not set', sourceId }

/** As a webhook would bring it. */
export const unreadEvent = (entity: unknown, problem: string, at: number): UnreadEvent => {
  const event = { resource: 'event', type: eventTypes[0], createdAt: isoInstant(at), _embedded: { entity } }
  return { body: Buffer.from(JSON.stringify(event)), problem, sourceId: idIn(entity) }
}

export const sample = (
  { MOLLIE_WEBHOOK_SECRET: [secret] = [] }: Settings,
  { invoiceNumber, customerId, at }: About
): Sample => {
  const time = isoInstant(at)
  const id = `invoice_${invoiceNumber}`
  const amount = { value: '121.00', currency: 'EUR' }
  const entity = {
    resource: 'sales-invoice',
    id,
    mode: 'live',
    status: 'issued',
    invoiceNumber,
    totalAmount: amount,
    amountDue: amount,
    recipientIdentifier: 'test',
    recipient: { type: 'business', organizationName: 'Test' },
    metadata: { [portalIdKey]: customerId },
    createdAt: time,
    issuedAt: time,
    paidAt: null,
    dueAt: null
  }
  const body = JSON.stringify({
    resource: 'event',
    id: `event_${invoiceNumber}`,
    type: 'sales-invoice.issued',
    entityId: id,
    createdAt: time,
    _embedded: { entity }
  })
  const signature = secret === undefined ? {} : { [signatureHeader]: sign(body, secret).toString() }
  return { body, headers: { 'content-type': 'application/json', ...signature } }
}
