// A person has the bridge ask a tool. That can take longer than a request should, so it goes on by itself. A second
// request for the same meanwhile waits for the same answer, and anybody can ask how it is going. When the process ends,
// it is lost and the person has to ask again.

import type { Clock, Instant } from '../core/clock.ts'
import { BridgeError } from '../core/errors.ts'
import type { Log } from '../core/log.ts'

/** `running`: so far. */
export type Asked<Found> = Found & { running?: true }

export type InquiriesOptions<Found> = {
  /** Asks the tool, and counts in `found` what it answers. */
  ask: (tool: string, since: Instant, found: Found) => Promise<void>
  nothing: () => Found
  clock: Clock
  log: Log
  /** Ends all waiting, with its reason. */
  stopped: AbortSignal
}

export interface Inquiries<Found> {
  /** Rejects as `ask` does. */
  ask: (tool: string, since: Instant) => Promise<Asked<Found>>
  /** How the last one is going, or how it ended. NOT_FOUND: there was none. */
  asked: (tool: string) => Promise<Asked<Found>>
}

type Inquiry<Found> = { since: Instant; found: Found; isOver: boolean; end: Promise<void> }

// Proxies end a request when nothing was sent on it for a minute.
const waitMs = 20_000

export const createInquiries = <Found extends object>(options: InquiriesOptions<Found>): Inquiries<Found> => {
  const { clock, log, stopped } = options
  const last = new Map<string, Inquiry<Found>>()

  const begin = (tool: string, since: Instant): Inquiry<Found> => {
    const found = options.nothing()
    const end = options.ask(tool, since, found)
    const inquiry = { since, found, isOver: false, end }
    last.set(tool, inquiry)
    end
      .then(
        () => log.info({ tool, ...found }, 'caught up on request'),
        // Perhaps nobody waits for it any more.
        err => {
          const code = err instanceof BridgeError ? err.code : 'UNEXPECTED'
          if (!stopped.aborted) log.warn({ tool, code, err }, 'catch-up on request failed')
        }
      )
      .finally(() => {
        inquiry.isOver = true
      })
    return inquiry
  }

  const waitFor = async ({ end, found }: Inquiry<Found>): Promise<Asked<Found>> => {
    const ended = new AbortController()
    const late = clock.sleep(waitMs, AbortSignal.any([ended.signal, stopped])).then(() => {
      stopped.throwIfAborted()
      return { ...found, running: true as const }
    })
    try {
      return await Promise.race([end.then(() => found), late])
    } finally {
      ended.abort()
    }
  }

  return {
    async ask(tool, since) {
      const before = last.get(tool)
      const isCovered = before && !before.isOver && before.since <= since
      return waitFor(isCovered ? before : begin(tool, since))
    },
    async asked(tool) {
      const inquiry = last.get(tool)
      if (!inquiry) throw new BridgeError('NOT_FOUND', `nobody has asked ${tool} since the bridge started`)
      return waitFor(inquiry)
    }
  }
}
