// What Stripe's webhooks missed. The event log tells it best but forgets after a month; what is older is found by
// listing invoices. Both list newest first, so time is cut into windows that are asked oldest first, and no more than
// one window stands in memory.

import type { Instant } from '../../../src/core/clock.ts'
import type { ToolInvoice, Unread } from '../../../src/tools/tool.ts'
import { list, type Query, readCurrent } from './api.ts'
import { eventTypes, readEvent } from './event.ts'
import type { StripeConnection } from './settings.ts'

const day = 24 * 60 * 60_000

// Stripe keeps events for 30 days; the last of them is left alone, because it ends while we ask.
const eventsKeptMs = 29 * day

// Invoices are listed by when they were drafted, not by when they became final: how old a draft is thought to get.
const draftAgeMsMax = 366 * day

/** Without an end: until now, and whatever comes while we ask. */
type Window = { from: Instant; to: Instant | null }
type Found = { told: ToolInvoice | null } | Unread

export async function* missed(
  since: Instant,
  connection: StripeConnection
): AsyncGenerator<ToolInvoice | Unread> {
  const now = connection.clock.now()
  const logged = now - eventsKeptMs

  if (since < logged) {
    const read = (object: unknown) => readListed(object, since, connection)
    for (const window of windows(since - draftAgeMsMax, logged, 7 * day)) {
      yield* await collect(list(connection, 'invoices', created(window)), read)
    }
  }
  // Whether a delivery failed is not asked: where no webhook is registered none ever does.
  const types: Query = eventTypes.map(type => ['types[]', type])
  const read = (object: unknown) => readLogged(object, connection)
  for (const window of untilNow(windows(Math.max(since, logged), now, day))) {
    yield* await collect(list(connection, 'events', [...types, ...created(window)]), read)
  }
}

const windows = (from: Instant, to: Instant, lengthMs: number): Window[] =>
  Array.from({ length: Math.max(1, Math.ceil((to - from) / lengthMs)) }, (_, index) => ({
    from: from + index * lengthMs,
    to: Math.min(from + (index + 1) * lengthMs, to)
  }))

const untilNow = (cut: Window[]): Window[] => cut.with(-1, { ...cut.at(-1)!, to: null })

const created = ({ from, to }: Window): Query => [
  ['created[gte]', String(Math.floor(Math.max(from, 0) / 1000))],
  ...(to === null ? [] : [['created[lt]', String(Math.floor(Math.max(to, 0) / 1000))] as const])
]

/** One per invoice, oldest first. */
const collect = async (
  objects: AsyncIterable<unknown>,
  read: (object: unknown) => Found
): Promise<(ToolInvoice | Unread)[]> => {
  const found = new Map<string, ToolInvoice>()
  const unread: Unread[] = []
  for await (const object of objects) {
    const reading = read(object)
    if ('problem' in reading) unread.push(reading)
    else if (reading.told) keepFurthest(found, reading.told)
  }
  return [...found.values(), ...unread].reverse()
}

/** Of several events about one invoice the order is not promised: void outdoes paid, and paid outdoes final. */
const keepFurthest = (found: Map<string, ToolInvoice>, told: ToolInvoice): void => {
  const id = told.invoice.sourceId ?? ''
  const known = found.get(id)
  if (known === undefined || furtherness(told) > furtherness(known)) found.set(id, told)
}

const furtherness = ({ stage, invoice }: ToolInvoice): number => {
  if (stage === 'voided') return 2
  return invoice.paidAt === null ? 0 : 1
}

const readLogged = (event: unknown, { settings, timeZone }: StripeConnection): Found => {
  const reading = readEvent(event, { settings, timeZone })
  if (reading.kind === 'unreadable') return { ...reading, body: Buffer.from(JSON.stringify(event)) }
  return { told: reading.kind === 'told' ? (reading.told[0] ?? null) : null }
}

const readListed = (object: unknown, since: Instant, connection: StripeConnection): Found => {
  const isTest = (object as { livemode?: unknown }).livemode === false
  if (isTest && !connection.settings.STRIPE_TEST_MODE) return { told: null }
  const reading = readCurrent(object, connection)
  if ('problem' in reading) return { ...unreadEvent(object), problem: `data.object.${reading.problem}` }
  const { stage, finalisedAt, invoice } = reading.told
  // When it was voided does not stand in its words; more than asked for does no harm.
  const isRecent =
    stage === 'voided' || finalisedAt === null || Math.max(finalisedAt, invoice.paidAt ?? 0) >= since
  return { told: stage !== 'draft' && isRecent ? reading.told : null }
}

const unreadEvent = (object: unknown): Omit<Unread, 'problem'> => {
  const { id, livemode, created } = object as Record<string, unknown>
  const event = { object: 'event', type: 'invoice.finalized', livemode, created, data: { object } }
  return { body: Buffer.from(JSON.stringify(event)), sourceId: typeof id === 'string' ? id : null }
}
