// One event from Stripe. It is signed `stripe-signature: t=<unix seconds>,v1=<hex>`: HMAC-SHA256 over `<t>.<body>`; the
// key is the whole secret, whsec_ included. https://docs.stripe.com/webhooks/signature

import { z } from 'zod'
import { attempt } from '../../../src/core/attempt.ts'
import { problemIn } from '../../../src/tools/fields.ts'
import type { About, Sample } from '../../../src/tools/source.ts'
import type { Delivery, EventReading, ReadContext } from '../../../src/tools/tool.ts'
import { timedSignature, verifyTimedSignature } from '../../signatures/timed-signature.ts'
import { Invoice, portalIdKey, seconds, toolInvoiceOf } from './invoice.ts'
import type { Settings } from './settings.ts'

const signatureHeader = 'stripe-signature'

export const verify = (
  { body, headers, receivedAt }: Delivery,
  { STRIPE_WEBHOOK_SECRET: secrets = [] }: Settings
): void => verifyTimedSignature({ header: headers[signatureHeader], body, secrets, receivedAt, name: signatureHeader })

/** Never `invoice.created`: while its delivery fails, Stripe delays finalising the merchant's own invoices. */
export const eventTypes = ['invoice.finalized', 'invoice.paid', 'invoice.voided', 'invoice.marked_uncollectible']

const Envelope = z.object({
  type: z.string('expected a text'),
  livemode: z.boolean('expected true or false'),
  created: seconds
})
const Content = z.object({ data: z.object({ object: Invoice }, 'expected an object') })

export const read = (body: Buffer, context: ReadContext<Settings>): EventReading => {
  const event: unknown = attempt(() => JSON.parse(body.toString()))
  if (event === undefined) return { kind: 'unreadable', problem: 'the body is not JSON', sourceId: null }
  return readEvent(event, context)
}

/** For an event that is parsed already: catch-up finds events in lists. */
export const readEvent = (event: unknown, { settings, timeZone }: ReadContext<Settings>): EventReading => {
  const { object, type, account } = (event ?? {}) as Record<string, unknown>
  // Thin events (v2.core.event) carry no data, and none of them is about invoices.
  if (object !== 'event') return { kind: 'ignored', reason: 'not a snapshot event' }
  if (typeof type === 'string' && !eventTypes.includes(type))
    return { kind: 'ignored', reason: /^[a-z0-9_.]{1,100}$/.test(type) ? type : 'another event' }
  // Connect: a connected account's invoice is another business's.
  if (account) return { kind: 'ignored', reason: 'from a connected account' }

  const envelope = Envelope.safeParse(event)
  if (!envelope.success) return unreadable(event, envelope.error)
  const { livemode, created } = envelope.data
  if (!livemode && !settings.STRIPE_TEST_MODE) return { kind: 'ignored', reason: 'test mode' }

  const content = Content.safeParse(event)
  if (!content.success) return unreadable(event, content.error)
  const invoice = toolInvoiceOf(content.data.data.object, { timeZone, seenAt: created })
  return { kind: 'invoices', invoices: [invoice] }
}

const unreadable = (event: unknown, error: z.ZodError): EventReading => {
  const { data } = event as { data?: { object?: { id?: unknown } | null } | null }
  const id = data?.object?.id
  return { kind: 'unreadable', problem: problemIn(error), sourceId: typeof id === 'string' ? id : null }
}

export const sample = (
  { STRIPE_WEBHOOK_SECRET: [secret = ''] = [] }: Settings,
  { invoiceNumber, customerId, at }: About
): Sample => {
  const now = Math.floor(at / 1000)
  const invoice = {
    id: `in_test_${invoiceNumber}`,
    object: 'invoice',
    number: invoiceNumber,
    status: 'open',
    collection_method: 'send_invoice',
    currency: 'eur',
    total: 12100,
    created: now,
    effective_at: now,
    status_transitions: { finalized_at: now, paid_at: null },
    invoice_pdf: null,
    metadata: { [portalIdKey]: customerId },
    customer: 'cus_test',
    customer_name: 'Test'
  }
  const body = JSON.stringify({
    id: `evt_test_${invoiceNumber}`,
    object: 'event',
    type: 'invoice.finalized',
    livemode: true,
    created: now,
    data: { object: invoice }
  })
  return { body, headers: { 'content-type': 'application/json', [signatureHeader]: timedSignature(body, secret, at) } }
}
