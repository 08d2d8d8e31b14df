// What a tool without webhooks answered and the bridge could not read, as it is kept: with the moment at which it was
// seen, so that it means the same whenever it is read again.

import { attempt } from '../core/attempt.ts'
import type { Instant } from '../core/clock.ts'
import type { EventReading, ReadContext, ToolInvoice, UnreadEvent } from './tool.ts'

export type Unparsed = { problem: string; sourceId: string | null }

/** `seenAt`: when the tool answered this. */
export type SeenContext = { timeZone: string; seenAt: Instant }

type Parse = (entity: unknown, context: SeenContext) => ToolInvoice | Unparsed

export const unreadEvent = (entity: unknown, { problem, sourceId }: Unparsed, seenAt: Instant): UnreadEvent => ({
  body: Buffer.from(JSON.stringify({ seenAt, entity })),
  problem: `entity: ${problem}`,
  sourceId
})

/** Reads what `unreadEvent` wrote. */
export const readSeen =
  (parse: Parse) =>
  (body: Buffer, { timeZone }: Pick<ReadContext<unknown>, 'timeZone'>): EventReading => {
    const { seenAt, entity } = attempt(() => JSON.parse(body.toString()) as Record<string, unknown> | null) ?? {}
    if (typeof seenAt !== 'number' || !Number.isSafeInteger(seenAt) || Math.abs(seenAt) > instantMax)
      return { kind: 'unreadable', problem: 'seenAt: expected a time', sourceId: null }
    const parsed = parse(entity, { timeZone, seenAt })
    if ('problem' in parsed) return { kind: 'unreadable', ...parsed, problem: `entity: ${parsed.problem}` }
    if (parsed.stage === 'draft') return { kind: 'ignored', reason: 'not final yet' }
    return { kind: 'invoices', invoices: [parsed] }
  }

// No date of JavaScript lies further from 1970.
const instantMax = 8.64e15
