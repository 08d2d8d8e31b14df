// What the ledger needs every few seconds: a sign of life, which tells a restored backup from a short stop; making due
// what a wrong clock put off for too long; forgetting, a little at a time, what finished long ago; and making
// searchable what came in.

import type { Clock } from '../core/clock.ts'
import type { Log } from '../core/log.ts'
import { createLoop } from '../core/loop.ts'
import type { Ledger } from './ledger.ts'
import type { Spool } from './spool.ts'

export type Upkeep = {
  start: () => void
  /** Signs until the deliveries that run have ended: others take those of a process without a sign of life. */
  stop: (drained?: Promise<unknown>) => Promise<void>
}

export type UpkeepOptions = {
  ledger: Ledger
  spool: Spool
  clock: Clock
  retentionDays: number
  /** No pause between two attempts is longer. */
  pauseMsMax: number
  log: Log
}

const day = 24 * 3_600_000

// One fsync each time, and still more rows a minute than the portal can take, so that forgetting never falls behind.
const everyMs = 10_000
// The others take over from a process that gives no sign of life, and must not wait long for that.
const sharedEveryMs = 3000
const rowsAtOnce = 25
// Ten statements each, under the lock that all writers take: at a distance of milliseconds they add up.
const sharedRowsAtOnce = 5

// The newest invoices are found without this. After a storm it enters a thousand a second, where that is quick; where
// all writers wait for one lock, it holds that lock for at most a tenth of the time.
const searchEveryMs = 2000
const searchPauseMs = 50
const searchPauses = 9
const enteredAtOnce = 50

export const createUpkeep = (options: UpkeepOptions): Upkeep => {
  const { ledger, spool, clock, log } = options
  const pauseMs = ledger.isShared ? sharedEveryMs : everyMs
  const loop = createLoop({ clock, retryFirstMs: pauseMs, retryLongestMs: pauseMs })

  // Apart, because a sign of life that waits for other work comes too late: with signs too far apart nobody is ever
  // taken for dead.
  const signing = createLoop({ clock, retryFirstMs: pauseMs, retryLongestMs: pauseMs })

  const sign = async (): Promise<void> => {
    await ledger.beat(clock.now())
    await signing.nap(pauseMs)
  }

  const turn = async (): Promise<void> => {
    const now = clock.now()
    await ledger.hasten(now, now + options.pauseMsMax)
    if (await ledger.lease('forget', now)) await forgetSome(options)
    await spool.removeUnused?.()
    await loop.nap(pauseMs)
  }

  const searching = createLoop({ clock, retryFirstMs: pauseMs, retryLongestMs: pauseMs })

  const enter = async (): Promise<void> => {
    const isOurs = await ledger.lease('search', clock.now())
    const begunAt = clock.monotonic()
    const entered = isOurs ? await ledger.makeSearchable(enteredAtOnce) : 0
    const restMs = Math.max(searchPauseMs, (clock.monotonic() - begunAt) * searchPauses)
    await searching.nap(entered < enteredAtOnce ? searchEveryMs : restMs)
  }

  const failed = (err: unknown): void => log.error({ err }, 'upkeep of the ledger failed')

  return {
    start() {
      signing.start(sign, failed)
      loop.start(turn, failed)
      searching.start(enter, failed)
    },
    async stop(drained = Promise.resolve()) {
      await Promise.all([loop.stop(), searching.stop(), drained.finally(() => signing.stop())])
    }
  }
}

const forgetSome = async ({ ledger, spool, clock, retentionDays }: UpkeepOptions): Promise<void> => {
  const documents = await ledger.forget(
    clock.now() - retentionDays * day,
    ledger.isShared ? sharedRowsAtOnce : rowsAtOnce
  )
  await Promise.all(documents.map(document => spool.remove(document)))
}
