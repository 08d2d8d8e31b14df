// The portal's budget, as the ledger keeps it. Where one process has the ledger for itself, slots are dated by a clock of
// their own, which nobody can set and which stands still between two processes. Where several share it, they are dated by
// the ledger's time, and whoever would take one too many gets none.

import type { Driver, Tx } from './driver.ts'
import { countOf, setCount } from './facts.ts'

const minute = 60_000

// Longer than a minute by more than any request takes: a slot that may still count, where nobody gave it back.
const slotMsMax = 90_000

const lastTaken = async (tx: Tx): Promise<number | null> =>
  (await tx.one('SELECT max(taken_at) AS at FROM slot'))?.at as number | null

/** Counted back from the last one taken, not from now: what the clock did since then cannot free a slot. */
const taken = async (tx: Tx): Promise<number> => {
  const last = await lastTaken(tx)
  if (last === null) return 0
  const found = await tx.one('SELECT count(*) AS slots FROM slot WHERE taken_at > ?', last - slotMsMax)
  return Number(found?.slots)
}

const insert = async (tx: Tx, at: number): Promise<number> => {
  await tx.run('DELETE FROM slot WHERE taken_at <= ?', at - slotMsMax)
  const made = await tx.one('INSERT INTO slot (owner, taken_at) VALUES (?, ?) RETURNING id', tx.owner, at)
  return Number(made?.id)
}

/** Null: all of them together have taken as many as the portal takes, or it asked for a pause. */
const take = async (tx: Tx, perMinute: number): Promise<number | null> => {
  const found = await tx.one(
    'SELECT count(*) AS slots FROM slot WHERE coalesce(done_at, taken_at + ?) > ?',
    slotMsMax - minute,
    tx.now - minute
  )
  const isPaused = tx.now < (await countOf(tx, 'paused until'))
  return isPaused || Number(found?.slots) >= perMinute ? null : insert(tx, tx.now)
}

export const createSlots = ({ read, write, isShared }: Pick<Driver, 'read' | 'write' | 'isShared'>) => {
  // Where the slots' own clock stood when this process's monotonic clock began.
  let from: number | undefined
  return {
    slotsTaken: () => read(taken),
    takeSlot: (at: number, perMinute: number, now: number) =>
      write(async tx => {
        if (isShared) return take(tx, perMinute)
        from ??= ((await lastTaken(tx)) ?? 0) - at
        return insert(tx, Math.round(from + at))
      }, now),
    async endSlot(id: number, isUsed: boolean, now: number) {
      if (!isShared) return
      await write(
        tx =>
          isUsed
            ? tx.run('UPDATE slot SET done_at = ? WHERE id = ?', tx.now, id)
            : tx.run('DELETE FROM slot WHERE id = ?', id),
        now
      )
    },
    async pauseSlots(ms: number, now: number) {
      if (!isShared) return
      await write(async tx => {
        const until = Math.max(await countOf(tx, 'paused until'), tx.now + ms)
        await setCount(tx, 'paused until', until)
      }, now)
    }
  }
}
