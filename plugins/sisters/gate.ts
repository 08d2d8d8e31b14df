// How often the bridge asks WeFact at most. WeFact shuts out the address of a machine that asks more than it allows,
// and with it everything else that asks from there. So the bridge stays far below, and once it is shut out it does not
// ask.

import type { Clock } from '../../src/core/clock.ts'
import { BridgeError, isCode } from '../../src/core/errors.ts'
import type { Answer } from '../../src/tools/api.ts'

export interface Gate {
  /** Asks, or rejects at once: TOOL_BUSY when the share is used up, TOOL_UNAUTHORIZED while it is shut out. */
  through: (ask: () => Promise<Answer>) => Promise<Answer>
}

// WeFact allows 200 a minute and 3600 an hour, by address. The bridge takes half: other programs may share the address.
const shares = [
  { requests: 100, windowMs: 60_000 },
  { requests: 1800, windowMs: 3_600_000 }
]

// How long a ban lasts is not known; each request may lengthen it.
const bannedMs = 3_600_000

// How many requests WeFact says are left, if it says so.
const remainingMin = 20
const pauseMs = 60_000

export const createGate = ({ clock, host }: { clock: Pick<Clock, 'monotonic'>; host: string }): Gate => {
  const asked: number[] = []
  let closedUntil = Number.NEGATIVE_INFINITY
  let bannedUntil = Number.NEGATIVE_INFINITY

  /** How long until one more request is allowed. */
  const waitMs = (now: number): number => {
    while (asked[0] !== undefined && asked[0] <= now - 3_600_000) asked.shift()
    const waits = shares.map(({ requests, windowMs }) => {
      const first = asked.at(-requests)
      return first === undefined ? 0 : first + windowMs - now
    })
    return Math.max(...waits, closedUntil - now, 0)
  }

  const shutOut = (ms: number) =>
    new BridgeError(
      'TOOL_UNAUTHORIZED',
      `${host} has shut out this address (403): the bridge asks nothing for an hour`,
      {
        retryAfterMs: ms
      }
    )

  return {
    async through(ask) {
      const now = clock.monotonic()
      if (bannedUntil > now) throw shutOut(bannedUntil - now)
      const wait = waitMs(now)
      if (wait > 0) throw new BridgeError('TOOL_BUSY', undefined, { retryAfterMs: wait })
      asked.push(now)
      try {
        const answer = await ask()
        if (isNearlyUsedUp(answer)) closedUntil = clock.monotonic() + pauseMs
        return answer
      } catch (error) {
        if (!isCode(error, 'TOOL_UNAUTHORIZED') || !error.message.includes('(403)')) throw error
        bannedUntil = clock.monotonic() + bannedMs
        throw shutOut(bannedMs)
      }
    }
  }
}

const isNearlyUsedUp = ({ headers }: Answer): boolean =>
  Object.entries(headers).some(
    ([name, value]) =>
      /^api-ratelimit-.*remaining/.test(name) && /^\d+$/.test(String(value)) && Number(value) < remainingMin
  )
