// How slowly a body may come. Only the time in which the bridge waits for the sender counts, not the time in which the
// sender waits for the bridge: for a place, or for the disk.

import type { Clock } from '../../src/core/clock.ts'
import { BridgeError } from '../../src/core/errors.ts'

// One ISDN channel, the slowest line in use for sending documents. A phone at the edge of its network has twice that,
// the poorest ADSL four times. A slower body would keep its place for hours.
export const bytesPerSecondMin = 8000

// A line may stall for this long, again and again, as long as it makes up for it: TCP resends what was lost after 1, 2,
// 4 and 8 seconds, and small bodies get through over any line.
export const patienceMsMax = 20_000

const lookEveryMs = 1000

/** Returns what `next` brings; `bytesOf` says how much that is. Rejects with BODY_TOO_SLOW when it takes too long. */
export type Wait = <T>(next: () => Promise<T>, bytesOf: (brought: T) => number) => Promise<T>

type Waiter = { until: number; end: () => void }

/** Creates the patience for one body; the signal ends it early. */
export const createPatience = (clock: Pick<Clock, 'monotonic' | 'sleep'>): ((signal?: AbortSignal) => Wait) => {
  const waiters = new Set<Waiter>()
  let watching = false

  /** One watch for all bodies, for as long as the bridge waits for any. */
  const watch = async (): Promise<void> => {
    watching = true
    while (waiters.size > 0) {
      await clock.sleep(lookEveryMs)
      for (const { until, end } of waiters) if (clock.monotonic() > until) end()
    }
    watching = false
  }

  return signal => {
    let leftMs = patienceMsMax
    return async (next, bytesOf) => {
      signal?.throwIfAborted()
      const since = clock.monotonic()
      const { promise: ended, reject } = Promise.withResolvers<never>()
      const waiter = { until: since + leftMs, end: () => reject(tooSlow()) }
      const stop = () => reject(signal?.reason)
      waiters.add(waiter)
      signal?.addEventListener('abort', stop)
      if (!watching) void watch()
      try {
        const brought = await Promise.race([next(), ended])
        const wonMs = (bytesOf(brought) / bytesPerSecondMin) * 1000
        leftMs = Math.min(patienceMsMax, leftMs - (clock.monotonic() - since) + wonMs)
        return brought
      } finally {
        waiters.delete(waiter)
        signal?.removeEventListener('abort', stop)
      }
    }
  }
}

const tooSlow = () => new BridgeError('BODY_TOO_SLOW', `the body came slower than ${bytesPerSecondMin} bytes a second`)
