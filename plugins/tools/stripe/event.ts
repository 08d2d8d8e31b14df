// Which of Stripe's events say something that the bridge acts on. Used for webhooks and for the event log alike, which
// hold the same objects. https://docs.stripe.com/api/events/object

import { z } from 'zod'
import type { EventReading, ReadContext } from '../../../src/tools/tool.ts'
import { Invoice, problemIn, seconds, toldOf } from './invoice.ts'
import type { Settings } from './settings.ts'

/** Never `invoice.created`: while its delivery fails, Stripe puts off finalising the merchant's own invoices. */
export const eventTypes = [
  'invoice.finalized',
  'invoice.paid',
  'invoice.voided',
  'invoice.marked_uncollectible'
]

const Envelope = z.object({
  type: z.string('expected a text'),
  livemode: z.boolean('expected true or false'),
  created: seconds
})
const Content = z.object({ data: z.object({ object: Invoice }, 'expected an object') })

export const readEvent = (event: unknown, { settings, timeZone }: ReadContext<Settings>): EventReading => {
  const { object, type, account } = (event ?? {}) as Record<string, unknown>
  // Thin events (v2.core.event) carry no data, and none of them is about invoices.
  if (object !== 'event') return { kind: 'ignored', reason: 'not a snapshot event' }
  if (typeof type === 'string' && !eventTypes.includes(type)) {
    return { kind: 'ignored', reason: /^[a-z0-9_.]{1,100}$/.test(type) ? type : 'another event' }
  }
  // Connect: a connected account's invoice is another business's.
  if (account) return { kind: 'ignored', reason: 'from a connected account' }

  const envelope = Envelope.safeParse(event)
  if (!envelope.success) return unreadable(event, envelope.error)
  const { livemode, created } = envelope.data
  if (!livemode && !settings.STRIPE_TEST_MODE) return { kind: 'ignored', reason: 'test mode' }

  const content = Content.safeParse(event)
  if (!content.success) return unreadable(event, content.error)
  return { kind: 'told', told: [toldOf(content.data.data.object, { timeZone, toldAt: created })] }
}

const unreadable = (event: unknown, error: z.ZodError): EventReading => {
  const { data } = event as { data?: { object?: { id?: unknown } | null } | null }
  const id = data?.object?.id
  return { kind: 'unreadable', problem: problemIn(error), sourceId: typeof id === 'string' ? id : null }
}
