// For tools that can be asked by the date of an invoice, and not by when it changed.

import type { Instant } from '../core/clock.ts'
import { dateOf, type PlainDate } from '../core/invoice.ts'
import type { ToolConnection } from './tool.ts'

// Invoices are dated back, by a month at most where the VAT return is monthly.
const daysBack = 31

// Whether an invoice was paid is seen only where it is read again. Within half a year nearly all are; asked so far back
// every few minutes, a busy company's list would take many pages each time.
const daysBackOnceADay = 183

/**
 * The first date to ask for. The first question of a day goes back further than the others. What is told beyond the
 * question is known, or older than the tool's start.
 */
export const firstDateSince = (
  since: Instant,
  { clock, timeZone }: Pick<ToolConnection<unknown>, 'clock' | 'timeZone'>
): PlainDate => {
  const date = dateOf(since, timeZone)
  const days = date === dateOf(clock.now(), timeZone) ? daysBack : daysBackOnceADay
  return Temporal.PlainDate.from(date).subtract({ days }).toString()
}
