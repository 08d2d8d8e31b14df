// Which clients are turned away at the addresses for webhooks. A request that claims to come from the source, and is
// not believed or is refused before it could be, may have brought an invoice that is now missing. It is forgotten as
// soon as the source is believed again. Kept in memory, and bounded: a sender with a wrong secret comes again.

import type { Clock, Instant } from '../core/clock.ts'
import type { BridgeError } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import { createThrottle } from '../core/throttle.ts'

type Refusal = Pick<BridgeError, 'code' | 'message'>

/** `codes`: why, each once. */
export type UnprovenCount = { requests: number; lastAt: Instant; codes: BridgeError['code'][] }

export interface UnprovenRequests {
  /** An unproven request. `claims`: it carries what only a client sends that means to prove something. */
  refused: (tool: string, client: string, why: Refusal, claims: boolean) => void
  /** A request was authentic, whatever it was about. */
  believed: (tool: string, client: string) => void
  /** Those that claimed to be the tool since it was last believed; null when there is nothing to warn about. */
  turnedAway: (tool: string) => UnprovenCount | null
}

const minute = 60_000
const day = 24 * 60 * minute

// Anybody can get a request refused; that must not fill the log.
const warnEveryMs = minute

// Long enough for everybody to notice. A tool that is never used again must not be warned about for ever.
const forgottenMs = day

// From a client that was never believed. A stranger tries a header once or twice; a sender with a wrong secret comes
// again, because its vendor retries, or the person who is setting it up does.
const ofOneClientMin = 3

// Platforms send from many addresses, so each of them may come only once.
const togetherMin = 10

// A flow may send one invoice a week.
const countedMs = 30 * day

// Of each tool. Vendors send from a few dozen.
const clientsMax = 1000

type Refused = UnprovenCount & { wasBelieved: boolean }
type Clients = { believed: Set<string>; refused: Map<string, Refused> }

export const createUnprovenRequests = ({ clock, log }: { clock: Clock; log: Log }): UnprovenRequests => {
  const clients = new Map<string, Clients>()
  const mayWarn = createThrottle(warnEveryMs)

  const clientsOf = (tool: string): Clients =>
    clients.getOrInsertComputed(tool, () => ({ believed: new Set(), refused: new Map() }))

  return {
    refused(tool, client, { code, message: reason }, claims) {
      if (mayWarn(tool, clock.monotonic())) log.warn({ tool, code, reason }, 'request refused')
      if (!claims) return
      const { believed, refused } = clientsOf(tool)
      const before = refused.get(client)
      const counts = before !== undefined && clock.now() - before.lastAt <= countedMs
      // The one that was refused last stands last.
      refused.delete(client)
      refused.set(client, {
        requests: (counts ? before.requests : 0) + 1,
        lastAt: clock.now(),
        codes: [...new Set([...(counts ? before.codes : []), code])],
        wasBelieved: believed.has(client)
      })
      forgetOldest(refused)
    },

    believed(tool, client) {
      const { believed, refused } = clientsOf(tool)
      refused.clear()
      believed.delete(client)
      believed.add(client)
      forgetOldest(believed)
    },

    turnedAway(tool) {
      const counted = [...clientsOf(tool).refused.values()].filter(({ lastAt }) => clock.now() - lastAt <= countedMs)
      const isMany = sum(counted) >= togetherMin
      const suspicious = counted.filter(
        ({ requests, wasBelieved }) => isMany || wasBelieved || requests >= ofOneClientMin
      )
      const lastAt = Math.max(...suspicious.map(({ lastAt }) => lastAt))
      return clock.now() - lastAt <= forgottenMs
        ? { requests: sum(suspicious), lastAt, codes: codesOf(suspicious) }
        : null
    }
  }
}

const sum = (refused: Refused[]): number => refused.reduce((total, { requests }) => total + requests, 0)

const codesOf = (refused: Refused[]) => [...new Set(refused.flatMap(({ codes }) => codes))]

/** For collections that keep the order of insertion. */
const forgetOldest = (clients: Set<string> | Map<string, unknown>): void => {
  const [oldest] = clients.keys()
  if (clients.size > clientsMax && oldest !== undefined) clients.delete(oldest)
}
