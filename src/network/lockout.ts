// Makes guessing hopeless: if a client was wrong too often, the bridge does not compare its token with the secret for a
// while. One lockout serves all ways in which an operator logs in. It is kept in memory, and bounded: an attacker with
// so many networks that they push each other out gains nothing from being forgotten.

import type { Clock } from '../core/clock.ts'
import type { Log } from '../core/log.ts'
import { createThrottle } from '../core/throttle.ts'

export interface Lockout {
  /** How long the client still has to wait; null when it may try. */
  locked: (client: string) => number | null
  /** Its token was wrong. */
  failed: (client: string) => void
  /** Its token was right: earlier failures are forgotten. */
  passed: (client: string) => void
  /** How many clients have to wait. */
  lockedOut: () => number
}

const minute = 60_000

// Enough for a person who copies a token badly, and next to nothing against 16 characters.
const failuresMax = 10

// Long enough to make guessing hopeless, short enough for a person who only shares the address to wait out.
const lockedMs = 5 * minute

const clientsMax = 10_000

// A guesser with many networks must not fill the log.
const warnEveryMs = minute

export const createLockout = ({ clock, log }: { clock: Clock; log: Log }): Lockout => {
  // The client that failed last comes last.
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
