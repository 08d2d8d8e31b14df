// Authentic requests that are refused all the same: what they brought is missing, and their sender may not notice.
// Counted with what was wrong, never with what stood there. Kept in memory: a sender that is wrong once is wrong again.

import type { Clock, Instant } from '../core/clock.ts'
import type { BridgeError, Problem } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import { createThrottle } from '../core/throttle.ts'

export type UnreadableRequest = {
  requests: number
  since: Instant
  lastAt: Instant
  /** The fields that were wrong, or else the code. */
  reasons: readonly string[]
}

/**
 * `by`: the tool, or its sender, as the ledger names it. `fields`: the names that have a meaning; any other is the
 * sender's own words.
 */
export type NotedRequest = { by: string; isTest: boolean; fields: readonly string[] }

export interface UnreadableRequests {
  /** A test is logged and not counted: the person who sent it is looking. */
  note: (error: BridgeError, request: NotedRequest) => void
  /** Null when there were none lately. */
  of: (by: string) => UnreadableRequest | null
}

const minute = 60_000

// A flow may be wrong a thousand times a minute, and nobody reads more lines than this.
const warnEveryMs = minute

// Long enough for everybody to notice. Later requests that are right say nothing about those that are missing.
const forgottenMs = 24 * 60 * minute

export const createUnreadableRequests = ({ clock, log }: { clock: Clock; log: Log }): UnreadableRequests => {
  const kept = new Map<string, UnreadableRequest>()
  const mayWarn = createThrottle(warnEveryMs)

  const lately = ({ lastAt }: UnreadableRequest): boolean => clock.now() - lastAt <= forgottenMs

  return {
    of(by) {
      const down = kept.get(by)
      return down && lately(down) ? down : null
    },

    note(error, { by, isTest, fields }) {
      const reasons = reasonsOf(error, fields)
      const { code } = error
      if (mayWarn(by, clock.monotonic())) log.warn({ tool: by, code, fields: reasons }, 'authentic request refused')
      if (isTest) return
      const now = clock.now()
      const known = kept.get(by)
      const before = known && lately(known) ? known : { requests: 0, since: now, reasons: [] }
      kept.set(by, {
        requests: before.requests + 1,
        since: before.since,
        lastAt: now,
        // What is wrong now, first.
        reasons: [...new Set([...reasons, ...before.reasons])]
      })
    }
  }
}

const reasonsOf = (error: BridgeError, known: readonly string[]): string[] => {
  const fields = problemsIn(error, known).map(({ field }) => field)
  return fields.length > 0 ? [...new Set(fields)] : [error.code]
}

/** Names only known fields: a name that no field has is the sender's own word. */
export const problemsIn = ({ problems }: BridgeError, known: readonly string[]): Problem[] =>
  problems.map(({ field, message }) => ({ field: known.includes(field) ? field : 'another field', message }))
