// The budget of requests per token, for @fastify/rate-limit: a true rolling window, on the clock that is passed in. No
// sixty seconds, wherever they begin, let through more than the budget.

import type { FastifyRateLimitStore } from '@fastify/rate-limit'
import type { Clock } from '../../src/core/clock.ts'

// Wrong tokens have budgets too. The one used least recently is forgotten.
const tokensMax = 1_000

/** When each request that was let through arrived. Those before `head` have left the window. */
type Passed = { at: number[]; head: number }

const leave = (passed: Passed, until: number) => {
  while (passed.head < passed.at.length && passed.at[passed.head]! <= until) passed.head++
  // Only now and then, so that each request costs the same however large the budget is.
  if (passed.head > 64 && passed.head * 2 > passed.at.length) {
    passed.at.splice(0, passed.head)
    passed.head = 0
  }
}

/** A class, because the plugin calls it with `new`. */
export const rollingWindow = (clock: Clock) =>
  class RollingWindow implements FastifyRateLimitStore {
    readonly tokens = new Map<string, Passed>()

    incr(
      token: string,
      done: (error: null, result: { current: number; ttl: number }) => void,
      windowMs: number,
      max: number
    ) {
      const now = clock.monotonic()
      const passed = this.tokens.get(token) ?? { at: [], head: 0 }
      this.tokens.delete(token)
      this.tokens.set(token, passed)
      if (this.tokens.size > tokensMax) this.tokens.delete(this.tokens.keys().next().value!)

      leave(passed, now - windowMs)
      const used = passed.at.length - passed.head
      if (used < max) {
        passed.at.push(now)
        return done(null, { current: used + 1, ttl: windowMs })
      }
      // A refused request takes no slot, so a client that waits as long as it was told gets one. The budget may have
      // been lowered since, so the slot that counts is not always the oldest.
      const frees = max === 0 ? now : passed.at[passed.at.length - max]!
      done(null, { current: max + 1, ttl: frees + windowMs - now })
    }

    child() {
      return this
    }
  }
