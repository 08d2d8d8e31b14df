// For tools that can be asked by the date of an invoice, but not by when it changed.

import type { Instant } from '../core/clock.ts'
import { dateOf, type PlainDate } from '../core/invoice.ts'
import type { ToolConnection } from './tool.ts'

// People backdate invoices, by a month at most if their VAT return is monthly.
const daysBack = 31

// The bridge sees that an invoice was paid only if it reads it again. Nearly all are paid within half a year; if it
// asked that far back every few minutes, a busy company's list would take many pages each time.
const daysBackOnceADay = 183

/**
 * The first date to ask for. The first question of a day goes back further than the others. What the tool answers from
 * before `since` is known, or older than the tool's start.
 */
export const firstDateSince = (
  since: Instant,
  { clock, timeZone }: Pick<ToolConnection<unknown>, 'clock' | 'timeZone'>
): PlainDate => {
  const date = dateOf(since, timeZone)
  const days = date === dateOf(clock.now(), timeZone) ? daysBack : daysBackOnceADay
  return Temporal.PlainDate.from(date).subtract({ days }).toString()
}
