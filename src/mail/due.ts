// When a summary is due: in the morning, by the calendar of the portal's time zone.

import type { Instant } from '../core/clock.ts'

export type Every = 'off' | 'daily' | 'weekly'

const hourDue = 8
const monday = 1

/** The day of the latest summary that is due by now, as `2026-11-20`. */
export const dueDay = (every: Exclude<Every, 'off'>, now: Instant, timeZone: string): string => {
  const local = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timeZone)
  const latest = local.toPlainDate().subtract({ days: local.hour < hourDue ? 1 : 0 })
  return latest.subtract({ days: every === 'weekly' ? latest.dayOfWeek - monday : 0 }).toString()
}

/** The moment at which that day's summary became due. */
export const dueAt = (day: string, timeZone: string): Instant =>
  Temporal.PlainDate.from(day).toZonedDateTime({ timeZone, plainTime: { hour: hourDue } }).epochMilliseconds
