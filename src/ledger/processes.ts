// The processes that work with this ledger. One that gives no sign of life for long is dead: its loans and its leases
// end, and what it was sending is in doubt, as after a kill.

import { instantOf } from './cells.ts'
import type { Tx } from './driver.ts'
import { changeCopy, copyOf, countOf, setCount } from './facts.ts'

// Several missed signs: one may be late while the database is busy.
const deadAfterMs = 12_000

// After so long without a sign from any process, none could sign: the database was away, or all of them were frozen.
const silentAfterMs = 6000

/**
 * A sign of life: of this process, and of the ledger, which shows later whether it was rolled back. The process that
 * signs first after a silence must not take the others for dead: from then on each has its usual time to sign.
 */
export const beat = async (tx: Tx): Promise<void> => {
  const last = instantOf(await tx.one('SELECT at FROM heartbeat'))
  if (last === null || Math.abs(tx.now - last) > silentAfterMs) await setCount(tx, 'signs since', tx.now)
  await tx.run('INSERT INTO heartbeat (id, at) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET at = excluded.at', tx.now)
  await tx.run(
    'INSERT INTO process (owner, beat_at) VALUES (?, ?) ON CONFLICT (owner) DO UPDATE SET beat_at = excluded.beat_at',
    tx.owner,
    tx.now
  )
  if ((await countOf(tx, 'signs since')) > tx.now - deadAfterMs) return
  // A sign from the future means that the clock was set back since.
  const sql = 'SELECT owner FROM process WHERE beat_at <= ? OR beat_at > ?'
  const dead = await tx.all(sql, tx.now - deadAfterMs, tx.now)
  for (const { owner } of dead) await bury(tx, owner as string)
}

/** Ends what a process holds; what it sent stays in doubt. */
const bury = async (tx: Tx, owner: string): Promise<void> => {
  await tx.run('UPDATE invoice SET loan_until = NULL WHERE loan_until IS NOT NULL AND loan_owner = ?', owner)
  await tx.run('DELETE FROM lease WHERE owner = ?', owner)
  await tx.run('DELETE FROM process WHERE owner = ?', owner)
}

/** Any process may take what this one held. */
export const leave = (tx: Tx): Promise<void> => bury(tx, tx.owner)

/** Who holds a task. Asked first, so that a process that only waits for its turn never takes the writers' lock. */
export const whose = async (tx: Tx, task: string): Promise<'ours' | 'others' | 'free'> => {
  const found = await tx.one(
    `SELECT lease.owner AS owner, process.owner AS alive FROM lease
      LEFT JOIN process ON process.owner = lease.owner WHERE lease.task = ?`,
    task
  )
  if (found?.owner === tx.owner) return 'ours'
  return (found?.alive ?? null) === null ? 'free' : 'others'
}

export const release = (tx: Tx, task: string): Promise<void> =>
  tx.run('DELETE FROM lease WHERE task = ? AND owner = ?', task, tx.owner)

/** If no other process lives, an older ledger may have been put back since the last one lived. */
export const join = async (tx: Tx): Promise<void> => {
  const lastBeat = instantOf(await tx.one('SELECT at FROM heartbeat'))
  const living = 'SELECT 1 AS found FROM process WHERE owner <> ? AND beat_at > ? LIMIT 1'
  const isAlone = (await tx.one(living, tx.owner, tx.now - deadAfterMs)) === undefined
  await enrol(tx)
  if (lastBeat === null || !isAlone) return
  const { backTo } = await copyOf(tx)
  await changeCopy(tx, { backTo: Math.min(backTo ?? lastBeat, lastBeat) })
}

/** Enters a process that holds something, so that what it holds ends even if it dies before its first sign of life. */
export const enrol = (tx: Tx): Promise<void> =>
  tx.run('INSERT INTO process (owner, beat_at) VALUES (?, ?) ON CONFLICT (owner) DO NOTHING', tx.owner, tx.now)

/** Takes a task that is free, or that this process has already. */
export const take = async (tx: Tx, task: string): Promise<boolean> => {
  if ((await whose(tx, task)) === 'others') return false
  await enrol(tx)
  await tx.run(
    'INSERT INTO lease (task, owner) VALUES (?, ?) ON CONFLICT (task) DO UPDATE SET owner = excluded.owner',
    task,
    tx.owner
  )
  return true
}
