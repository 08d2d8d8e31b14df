// Time in a test's hand. `advance` wakes each sleeper in its turn, and lets all that follows happen before the next
// one.

import type { Clock } from '../../../src/core/clock.ts'

export const noon = Date.UTC(2026, 10, 20, 12)

export type HandClock = Clock & {
  /** Resolves once everything that could happen until then has happened. */
  advance: (ms: number) => Promise<void>
  /** Lets happen what needs no time. */
  rest: () => Promise<void>
  /** How many sleep now. */
  sleeping: () => number
  /** The wall clock is set forward, or back; nobody wakes. */
  set: (ms: number) => void
}

type Sleeper = { until: number; wake: () => void }

// Whoever sleeps no time at all, again and again, would keep the clock for ever.
const turnsMax = 100_000

export const handClock = ({
  busy = () => false
}: {
  /** True while something is under way that needs real time, such as a request. */
  busy?: () => boolean
} = {}): HandClock => {
  let passedMs = 0
  let setMs = 0
  const sleepers = new Set<Sleeper>()

  const rest = async (): Promise<void> => {
    do await new Promise(resolve => setImmediate(resolve))
    while (busy())
  }

  const firstUntil = (end: number): Sleeper | undefined =>
    [...sleepers].filter(({ until }) => until <= end).reduce<Sleeper | undefined>(earlier, undefined)

  return {
    now: () => noon + passedMs + setMs,
    monotonic: () => passedMs,
    sleep: (ms, signal) =>
      new Promise(resolve => {
        if (signal?.aborted) return resolve()
        const sleeper = {
          until: passedMs + ms,
          wake: () => {
            sleepers.delete(sleeper)
            signal?.removeEventListener('abort', sleeper.wake)
            resolve()
          }
        }
        sleepers.add(sleeper)
        signal?.addEventListener('abort', sleeper.wake)
      }),
    async advance(ms) {
      const end = passedMs + ms
      await rest()
      for (let turns = 0; turns < turnsMax; turns += 1) {
        const sleeper = firstUntil(end)
        if (!sleeper) {
          passedMs = end
          return
        }
        passedMs = Math.max(passedMs, sleeper.until)
        sleeper.wake()
        await rest()
      }
      throw new Error('somebody sleeps without time')
    },
    rest,
    sleeping: () => sleepers.size,
    set(ms) {
      setMs += ms
    }
  }
}

const earlier = (found: Sleeper | undefined, sleeper: Sleeper): Sleeper =>
  found && found.until <= sleeper.until ? found : sleeper
