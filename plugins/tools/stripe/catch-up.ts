// What Stripe's webhooks missed. The event log knows best but forgets after a month; for anything older, the bridge
// lists invoices. Both lists come newest first, so time is cut into windows that are asked oldest first, and no more
// than one window is in memory.

import type { Instant } from '../../../src/core/clock.ts'
import type { ToolInvoice, UnreadEvent } from '../../../src/tools/tool.ts'
import { list, type Query, seenNow } from './api.ts'
import { eventTypes, readEvent } from './event.ts'
import { parseInvoice } from './invoice.ts'
import type { Connection } from './settings.ts'

const day = 24 * 60 * 60_000

// Stripe keeps events for 30 days; the last of these is left out, because it ends while the bridge asks.
const eventsKeptMs = 29 * day

// Invoices are listed by when they were drafted, not by when they became final. No draft is assumed to get older.
const draftAgeMsMax = 366 * day

/** Without an end: until now, and whatever comes in while the bridge asks. */
type Window = { from: Instant; to: Instant | null }
/** Null: nothing for the bridge. */
type Found = ToolInvoice | UnreadEvent | null

export async function* missed(since: Instant, connection: Connection): AsyncGenerator<ToolInvoice | UnreadEvent> {
  const now = connection.clock.now()
  const logged = now - eventsKeptMs

  if (since < logged) {
    const read = (object: unknown) => readListed(object, since, connection)
    for (const window of windows(since - draftAgeMsMax, logged, 7 * day))
      yield* await collect(list(connection, 'invoices', created(window)), read)
  }
  // The question is not limited to failed deliveries: where no webhook is registered, none ever fails.
  const types: Query = eventTypes.map(type => ['types[]', type])
  const read = (object: unknown) => readLogged(object, connection)
  for (const window of untilNow(windows(Math.max(since, logged), now, day)))
    yield* await collect(list(connection, 'events', [...types, ...created(window)]), read)
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
): Promise<(ToolInvoice | UnreadEvent)[]> => {
  const found = new Map<string, ToolInvoice>()
  const unread: UnreadEvent[] = []
  for await (const object of objects) {
    const reading = read(object)
    if (reading === null) continue
    if ('problem' in reading) unread.push(reading)
    else keepFurthest(found, reading)
  }
  return [...found.values(), ...unread].reverse()
}

/** Stripe does not promise the order of events about one invoice: void overrides paid, and paid overrides final. */
const keepFurthest = (found: Map<string, ToolInvoice>, next: ToolInvoice): void => {
  const id = next.invoice.sourceId ?? ''
  const known = found.get(id)
  if (known === undefined || furtherness(next) > furtherness(known)) found.set(id, next)
}

const furtherness = ({ stage, invoice }: ToolInvoice): number => {
  if (stage === 'voided') return 2
  return invoice.paidAt === null ? 0 : 1
}

const readLogged = (event: unknown, { settings, timeZone }: Connection): Found => {
  const reading = readEvent(event, { settings, timeZone })
  if (reading.kind === 'unreadable') return { ...reading, body: Buffer.from(JSON.stringify(event)) }
  return reading.kind === 'invoices' ? (reading.invoices[0] ?? null) : null
}

const readListed = (object: unknown, since: Instant, connection: Connection): Found => {
  const isTest = (object as { livemode?: unknown }).livemode === false
  if (isTest && !connection.settings.STRIPE_TEST_MODE) return null
  const reading = parseInvoice(object, seenNow(connection))
  if ('problem' in reading) return { ...unreadEvent(object), problem: `data.object.${reading.problem}` }
  const { stage, finalisedAt, invoice } = reading
  // A voided invoice does not say when it was voided; more than was asked for does no harm.
  const isRecent = stage === 'voided' || finalisedAt === null || Math.max(finalisedAt, invoice.paidAt ?? 0) >= since
  return stage !== 'draft' && isRecent ? reading : null
}

const unreadEvent = (object: unknown): Omit<UnreadEvent, 'problem'> => {
  const { id, livemode, created } = object as Record<string, unknown>
  const event = { object: 'event', type: 'invoice.finalized', livemode, created, data: { object } }
  return { body: Buffer.from(JSON.stringify(event)), sourceId: typeof id === 'string' ? id : null }
}
