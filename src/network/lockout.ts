// Guessing, made hopeless: who was wrong too often is not even compared with the secret any more, for a while. One for
// all the ways in which an operator proves to be one. Kept in memory, and bounded: whoever has so many networks that
// they push each other out has no use for a lock-out.

import type { Clock } from '../core/clock.ts'
import type { Log } from '../core/log.ts'
import { createThrottle } from '../core/throttle.ts'

export interface Lockout {
  /** How long the client still has to wait; null when it may try. */
  locked: (client: string) => number | null
  /** It was wrong. */
  failed: (client: string) => void
  /** It was right: what was typed wrong before is forgotten. */
  passed: (client: string) => void
  /** How many have to wait. */
  lockedOut: () => number
}

const minute = 60_000

// Enough for somebody who copies a token badly; of a token with 16 characters that is nothing.
const failuresMax = 10

// So long that guessing is hopeless, so short that whoever was locked out by somebody behind the same address waits.
const lockedMs = 5 * minute

const clientsMax = 10_000

// Whoever has many networks must not fill the log.
const warnEveryMs = minute

export const createLockout = ({ clock, log }: { clock: Clock; log: Log }): Lockout => {
  // The one that failed last stands last.
  const failures = new Map<string, { count: number; lastAt: number }>()

  const mayWarn = createThrottle(warnEveryMs)

  const recent = (client: string) => {
    const found = failures.get(client)
    return found && clock.monotonic() - found.lastAt < lockedMs ? found : undefined
  }

  return {
    locked(client) {
      const found = recent(client)
      return found && found.count >= failuresMax ? found.lastAt + lockedMs - clock.monotonic() : null
    },

    failed(client) {
      const count = (recent(client)?.count ?? 0) + 1
      failures.delete(client)
      failures.set(client, { count, lastAt: clock.monotonic() })
      if (count === failuresMax && mayWarn('locked out', clock.monotonic()))
        log.warn({ code: 'TOO_MANY_REQUESTS', client }, 'wrong operator tokens: client locked out')
      const [oldest] = failures.keys()
      if (failures.size > clientsMax && oldest !== undefined) failures.delete(oldest)
    },

    passed(client) {
      failures.delete(client)
    },

    lockedOut: () => [...failures.keys()].filter(client => (recent(client)?.count ?? 0) >= failuresMax).length
  }
}
