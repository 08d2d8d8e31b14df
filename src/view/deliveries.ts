// How many invoices were delivered on each of the last thirty days, and how long it took since they came in.

import type { Instant } from '../core/clock.ts'
import type { Pace } from '../ledger/pace.ts'
import type { Deliveries } from './answers.ts'

export const daysShown = 30

const zoned = (at: Instant, timeZone: string) => Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone)

/** When the first of the days that are shown begins. */
export const shownSince = (now: Instant, timeZone: string): Instant =>
  zoned(now, timeZone)
    .toPlainDate()
    .subtract({ days: daysShown - 1 })
    .toZonedDateTime(timeZone).epochMilliseconds

export const deliveriesOf = (paces: readonly Pace[], now: Instant, timeZone: string): Deliveries => {
  const byDay = new Map<string, number>()
  for (const { hour, invoices } of paces) {
    const day = zoned(hour, timeZone).toPlainDate().toString()
    byDay.set(day, (byDay.get(day) ?? 0) + invoices)
  }
  const first = zoned(shownSince(now, timeZone), timeZone).toPlainDate()
  const days = Array.from({ length: daysShown }, (_, at) => first.add({ days: at }).toString())
  return {
    days: days.map(day => ({ day, invoices: byDay.get(day) ?? 0 })),
    took: tookOf(paces)
  }
}

const tookOf = (paces: readonly Pace[]): Deliveries['took'] => {
  const all = paces.reduce((sum, { invoices }) => sum + invoices, 0)
  if (all === 0) return null
  const sorted = paces.toSorted((a, b) => (a.tookMs ?? Infinity) - (b.tookMs ?? Infinity))
  const within = (part: number): number | null => {
    let count = 0
    for (const { invoices, tookMs } of sorted) {
      count += invoices
      if (count >= part * all) return tookMs
    }
    return null
  }
  return { halfWithinMs: within(0.5), mostWithinMs: within(0.95) }
}
