// Keeps the requests that were refused at the addresses of the tools, so that a person can find them: "the sender says
// that it sent 0042". A refusal costs an entry in memory. Requests that are alike share one, the number of entries is
// bounded, and every few seconds all of them go to the ledger at once: a flood costs no more than a trickle. If the
// process is killed, those seconds are lost, and no more.

import type { Clock } from '../core/clock.ts'
import type { Log } from '../core/log.ts'
import { createLoop } from '../core/loop.ts'
import type { Refusal, RefusalFilter, RefusalPage } from '../core/refusal.ts'
import type { Ledger } from '../ledger/ledger.ts'

export interface RefusedRequests {
  note: (refusal: Omit<Refusal, 'requests' | 'since' | 'at'>) => void
  /** Latest first, with those that are still in memory here. */
  list: (filter: RefusalFilter) => Promise<RefusalPage>
  start: () => void
  /** Writes what is in memory to the ledger. */
  stop: () => Promise<void>
}

const everyMs = 5000

// Of each kind, authentic or not. In a flood from everywhere the first ones stand for the rest.
const inMemoryMax = 200

export const createRefusedRequests = (options: {
  ledger: Pick<Ledger, 'noteRefusals' | 'listRefusals'>
  clock: Clock
  log: Log
}): RefusedRequests => {
  const { ledger, clock, log } = options
  const loop = createLoop({ clock, retryFirstMs: everyMs, retryLongestMs: everyMs })
  let kept = new Map<string, Refusal>()

  const hasRoom = (isAuthentic: boolean): boolean =>
    [...kept.values()].filter(refusal => refusal.isAuthentic === isAuthentic).length < inMemoryMax

  const flush = async (): Promise<void> => {
    if (kept.size === 0) return
    const taken = kept
    kept = new Map()
    try {
      await ledger.noteRefusals([...taken.values()])
    } catch (error) {
      kept = new Map([...taken, ...kept])
      throw error
    }
  }

  const failed = (err: unknown): void => log.warn({ err }, 'refused requests could not be kept')

  return {
    note(refusal) {
      const { tool, client, code, isAuthentic, invoiceNumber, problems } = refusal
      const key = JSON.stringify([tool, client, code, isAuthentic, invoiceNumber, problems])
      const at = clock.now()
      const known = kept.get(key)
      if (known) kept.set(key, { ...known, requests: known.requests + 1, at })
      else if (hasRoom(isAuthentic)) kept.set(key, { ...refusal, requests: 1, since: at, at })
    },
    async list(filter) {
      await flush()
      return ledger.listRefusals(filter)
    },
    start: () =>
      loop.start(async () => {
        await flush()
        await loop.nap(everyMs)
      }, failed),
    async stop() {
      await loop.stop()
      await flush().catch(failed)
    }
  }
}
