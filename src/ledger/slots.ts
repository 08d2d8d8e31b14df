// The portal's budget, as the ledger remembers it: which slots may still count. They are dated by a clock of their own, which
// nobody can set and which stands still between two processes.

import type { Tx } from './driver.ts'

// Longer than a minute by more than any request takes: a slot that may still count.
const slotMsMax = 90_000

const lastTaken = async (tx: Tx): Promise<number | null> =>
  (await tx.one('SELECT max(taken_at) AS at FROM slot'))?.at as number | null

/** Counted back from the last one taken, not from now: what the clock did since then cannot free a slot. */
export const slotsTaken = async (tx: Tx): Promise<number> => {
  const last = await lastTaken(tx)
  if (last === null) return 0
  const found = await tx.one('SELECT count(*) AS slots FROM slot WHERE taken_at > ?', last - slotMsMax)
  return Number(found?.slots)
}

export const createSlots = () => {
  // Where that clock stood when this process's monotonic clock began.
  let from: number | undefined
  /** `at`: on the monotonic clock. */
  return async (tx: Tx, at: number): Promise<void> => {
    from ??= ((await lastTaken(tx)) ?? 0) - at
    const takenAt = Math.round(from + at)
    await tx.run('DELETE FROM slot WHERE taken_at <= ?', takenAt - slotMsMax)
    await tx.run('INSERT INTO slot (taken_at) VALUES (?)', takenAt)
  }
}
