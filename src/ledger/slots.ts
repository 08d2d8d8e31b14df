// The portal's budget, as the ledger keeps it. Where one process has the ledger to itself, slots are dated by a clock
// of their own, which nobody can set and which stands still between one process and the next. Where several share it,
// slots are dated by the ledger's time, and a process that would take one too many gets none. If that clock is set,
// forward or back, the age of a slot is no longer known: each then rests once more, as if taken now.

import { type Driver, insert, type Tx } from './driver.ts'
import { countOf, setCount } from './facts.ts'
import type { SlotLimits } from './holdings.ts'

const minute = 60_000

// An earlier release wrote no end; its requests took no longer.
const requestMsUsual = 30_000

/** When its request is over: the recorded time, or the latest possible one, as the process that took it may be dead. */
const doneAt = `coalesce(done_at, taken_at + ${requestMsUsual})`

const lastTaken = async (tx: Tx): Promise<number | null> =>
  (await tx.one('SELECT max(taken_at) AS at FROM slot'))?.at as number | null

const restingAt = async (tx: Tx, at: number): Promise<number> =>
  Number((await tx.one(`SELECT count(*) AS slots FROM slot WHERE ${doneAt} > ?`, at - minute))?.slots)

/** Counted back from the last one taken, not from now: what the clock did since then cannot free a slot. */
const taken = async (tx: Tx): Promise<number> => restingAt(tx, (await lastTaken(tx)) ?? 0)

const take = async (tx: Tx, at: number, { requestMsMax }: SlotLimits): Promise<number> => {
  await tx.run(`DELETE FROM slot WHERE ${doneAt} <= ?`, at - minute)
  const slot = { owner: tx.owner, taken_at: at, done_at: at + requestMsMax }
  return Number((await insert(tx, 'slot', slot, 'RETURNING id'))?.id)
}

/** A pause, too, would last longer by as much as the clock was set back; the portal repeats one that it still wants. */
const restAgain = async (tx: Tx, { requestMsMax }: SlotLimits): Promise<void> => {
  await tx.run('UPDATE slot SET taken_at = ?, done_at = ?', tx.now, tx.now + requestMsMax)
  await setCount(tx, 'paused until', Math.min(await countOf(tx, 'paused until'), tx.now + minute))
}

/** Null: all processes together have taken as many as the portal allows, or it asked for a pause. */
const takeShared = async (tx: Tx, limits: SlotLimits, wasClockSet: boolean): Promise<number | null> => {
  const isFromLater = ((await lastTaken(tx)) ?? 0) > tx.now
  if (isFromLater || wasClockSet) await restAgain(tx, limits)
  const isPaused = tx.now < (await countOf(tx, 'paused until'))
  return isPaused || (await restingAt(tx, tx.now)) >= limits.perMinute ? null : take(tx, tx.now, limits)
}

export const createSlots = ({ read, write, isShared }: Pick<Driver, 'read' | 'write' | 'isShared'>) => {
  // Where the slots' own clock stood when this process's monotonic clock began.
  let from: number | undefined
  let stepsSeen = 0

  const takeAlone = async (tx: Tx, at: number, limits: SlotLimits): Promise<number> => {
    from ??= ((await lastTaken(tx)) ?? 0) - at
    return take(tx, Math.round(from + at), limits)
  }

  return {
    slotsTaken: () => read(taken),
    async takeSlot(at: number, limits: SlotLimits, now: number) {
      const { id, steps } = await write(async tx => {
        const { clockSteps: steps } = tx
        const id = isShared ? takeShared(tx, limits, steps > stepsSeen) : takeAlone(tx, at, limits)
        return { id: await id, steps }
      }, now)
      stepsSeen = steps
      return id
    },
    /**
     * Only its own: a process that was away may have the id of a slot that was removed, and that may be another
     * process's by now.
     */
    async endSlot(id: number, isUsed: boolean, now: number) {
      if (!isShared) return
      await write(
        tx =>
          isUsed
            ? tx.run('UPDATE slot SET done_at = ? WHERE id = ? AND owner = ?', tx.now, id, tx.owner)
            : tx.run('DELETE FROM slot WHERE id = ? AND owner = ?', id, tx.owner),
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
