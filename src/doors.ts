// Who is turned away at the tools' addresses. A request that claims to be the tool, and is not believed, may have brought an
// invoice that is now missing; that ends as soon as the tool is believed again. Kept in memory: whoever has a wrong secret
// comes again.

import type { Clock, Instant } from './clock.ts'
import type { Intake } from './intake.ts'
import type { Log } from './log.ts'
import { createSeldom } from './seldom.ts'

export type TurnedAway = { requests: number; lastAt: Instant }

export interface Doors {
  /** A request was not authentic. `claims`: it carries what only somebody sends who means to prove something. */
  refused: (tool: string, reason: string, claims: boolean) => void
  /** The same intake, for what comes in by a tool's address: whoever gets as far as that is believed. */
  behind: (tool: string, intake: Intake) => Intake
  /** Those that claimed to be the tool since it was last believed; null when there were none lately. */
  turnedAway: (tool: string) => TurnedAway | null
}

const minute = 60_000

// Anybody may be refused; they must not fill the log.
const warnEveryMs = minute

// Long enough for everybody to be told. A tool that is never used again must not be warned of for ever.
const forgottenMs = 24 * 60 * minute

export const createDoors = ({ clock, log }: { clock: Clock; log: Log }): Doors => {
  const away = new Map<string, TurnedAway>()
  const mayWarn = createSeldom(warnEveryMs)

  const turnedAway: Doors['turnedAway'] = tool => {
    const found = away.get(tool)
    return found && clock.now() - found.lastAt <= forgottenMs ? found : null
  }

  return {
    turnedAway,

    refused(tool, reason, claims) {
      if (mayWarn(tool, clock.monotonic()))
        log.warn({ tool, code: 'NOT_AUTHENTIC', reason }, 'request refused')
      if (!claims) return
      away.set(tool, { requests: (turnedAway(tool)?.requests ?? 0) + 1, lastAt: clock.now() })
    },

    behind(tool, { receive, tell, gone, keepUnreadable, ignore }) {
      const believed =
        <Args extends unknown[], Answer>(next: (...args: Args) => Answer) =>
        (...args: Args): Answer => {
          away.delete(tool)
          return next(...args)
        }
      return {
        receive: believed(receive),
        tell: believed(tell),
        gone: believed(gone),
        keepUnreadable: believed(keepUnreadable),
        ignore: believed(ignore)
      }
    }
  }
}
