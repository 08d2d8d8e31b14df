// How many invoices were delivered in each hour, and how long each took since it came in. Counted as it happens, so
// that a chart does not have to count a million rows.

import type { Instant } from '../core/clock.ts'
import { insert, type Tx } from './driver.ts'

/** `tookMs`: at most this long; null: longer than the longest step. */
export type Pace = { hour: Instant; tookMs: number | null; invoices: number }

const second = 1000
const hourMs = 3_600_000

// A factor of two or three apart: enough to say "seconds", "minutes", "a day".
const steps = [2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21_600, 43_200, 86_400, 259_200, 604_800]
const longer = 0

// Longer than any chart shows.
const keptMs = 100 * 24 * hourMs

export const countDelivery = async (tx: Tx, invoiceId: number): Promise<void> => {
  const { at } = (await tx.one('SELECT received_at AS at FROM invoice WHERE id = ?', invoiceId)) as { at: number }
  const seconds = (tx.now - Number(at)) / second
  const took = steps.find(step => seconds <= step) ?? longer
  const hour = Math.floor(tx.now / hourMs) * hourMs
  const also = 'ON CONFLICT (hour, took) DO UPDATE SET invoices = pace.invoices + 1'
  await insert(tx, 'pace', { hour, took, invoices: 1 }, also)
}

/** Keeps the days that a chart shows, however soon invoices are emptied. */
export const forgetPace = (tx: Tx, before: Instant): Promise<void> =>
  tx.run('DELETE FROM pace WHERE hour < ?', before - keptMs)

export const paceSince = async (tx: Tx, since: Instant): Promise<Pace[]> => {
  const found = await tx.all('SELECT hour, took, invoices FROM pace WHERE hour >= ? ORDER BY hour, took', since)
  return found.map(({ hour, took, invoices }) => ({
    hour: Number(hour),
    tookMs: Number(took) === longer ? null : Number(took) * second,
    invoices: Number(invoices)
  }))
}
