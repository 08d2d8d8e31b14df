// Authentic requests that are refused all the same: what they brought is missing, and their sender may not look. By what was
// wrong with them, never what stood there. Kept in memory: whoever sends wrongly does so again.

import type { Clock, Instant } from './clock.ts'
import type { BridgeError } from './errors.ts'
import type { Log } from './log.ts'
import { createSeldom } from './seldom.ts'

export type TurnedDown = {
  /** The tool, or its sender, as the ledger names it. */
  by: string
  requests: number
  since: Instant
  lastAt: Instant
  /** The fields that were wrong; else the code. */
  reasons: readonly string[]
}

export interface TurnedDowns {
  /** A test stands in the log, and is not counted: whoever sent it is looking. */
  note: (error: BridgeError, request: { by: string; isTest: boolean }) => void
  /** Those of the tool and of its senders, each; none when there were none lately. */
  of: (tool: string) => TurnedDown[]
}

const minute = 60_000

// A flow may be wrong a thousand times a minute, and nobody reads more than that of it.
const warnEveryMs = minute
const reasonsMax = 20

// Long enough for everybody to be told; that the next ones are right says nothing of those that are missing.
const forgottenMs = 24 * 60 * minute

export const createTurnedDowns = ({ clock, log }: { clock: Clock; log: Log }): TurnedDowns => {
  const kept = new Map<string, TurnedDown>()
  const mayWarn = createSeldom(warnEveryMs)

  const lately = ({ lastAt }: TurnedDown): boolean => clock.now() - lastAt <= forgottenMs

  return {
    of: tool =>
      [...kept.values()].filter(down => lately(down) && (down.by === tool || down.by.startsWith(`${tool}:`))),

    note(error, { by, isTest }) {
      const reasons = reasonsOf(error)
      const { code } = error
      if (mayWarn([by, code, ...reasons].join(), clock.monotonic()))
        log.warn({ tool: by, code, fields: reasons }, 'authentic request refused')
      if (isTest) return
      const now = clock.now()
      const known = kept.get(by)
      const before = known && lately(known) ? known : { requests: 0, since: now, reasons: [] }
      kept.set(by, {
        by,
        requests: before.requests + 1,
        since: before.since,
        lastAt: now,
        // What is wrong now, first.
        reasons: [...new Set([...reasons, ...before.reasons])].slice(0, reasonsMax)
      })
    }
  }
}

const reasonsOf = ({ code, problems }: BridgeError): string[] => {
  const fields = problems.map(({ field }) => (isPlain(field) ? field : 'another field'))
  return fields.length > 0 ? [...new Set(fields)].slice(0, reasonsMax) : [code]
}

/** A name that nobody knows is the sender's own words. */
const isPlain = (field: string): boolean => /^[A-Za-z][A-Za-z0-9_.-]{0,39}$/.test(field)
