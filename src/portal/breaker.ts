// Decides whether deliveries may begin at all. A portal that is down, or that refuses the token, is not the fault of
// any invoice: everything pauses, at most one call a minute tries the portal, and deliveries go on by themselves.

import type { Clock } from '../core/clock.ts'
import type { Code } from '../core/codes.ts'
import { type BridgeError, isCode } from '../core/errors.ts'
import type { Outcome, Standing } from '../rules/decide.ts'

export type BreakerOptions = {
  clock: Clock
  /** The first pause of a portal that is down. */
  retryFirstMs: number
  /** A list call, which changes nothing. Rejects while the portal is down. */
  probe: () => Promise<unknown>
  /** Called once when it closes, with the reason. */
  closed: (code: Code) => void
  opened: () => void
}

export type BreakerState = { state: 'open' | 'down' | 'refused'; sinceMs: number; readsRefused: boolean }

export interface Breaker {
  /** How many more deliveries may begin while `running` are under way. */
  admits: (running: number) => number
  heard: (invoice: number, outcome: Outcome) => Standing
  /** How a read went; null: it succeeded. */
  heardRead: (error: BridgeError | null) => void
  state: () => BreakerState
  stop: () => Promise<void>
}

// How many failures in a row close it, whichever invoices they belong to.
const failuresMax = 5
const probeEveryMsMax = 60_000

export const createBreaker = ({ clock, retryFirstMs, probe, closed, opened }: BreakerOptions): Breaker => {
  const stopping = new AbortController()
  let state: BreakerState['state'] = 'open'
  let since = clock.monotonic()
  let failures = 0
  let downs = 0
  let probeAt = 0
  let readsRefused = false
  // For each invoice that was refused: how many others the portal had taken by then.
  const refusedAfter = new Map<number, number>()
  let taken = 0

  const open = (): void => {
    failures = 0
    if (state === 'open') return
    state = 'open'
    since = clock.monotonic()
    opened()
  }

  const close = (why: 'down' | 'refused'): void => {
    if (state === why) return
    state = why
    since = clock.monotonic()
    if (why === 'down') closed('PORTAL_UNREACHABLE')
    // If reads were refused before, that has been announced.
    else if (!readsRefused) closed('PORTAL_UNAUTHORIZED')
  }

  const closeRefused = (): void => {
    failures = 0
    probeAt = clock.monotonic() + probeEveryMsMax
    close('refused')
  }

  const keepProbing = async (): Promise<void> => {
    downs += 1
    const down = downs
    const isDown = () => state === 'down' && downs === down && !stopping.signal.aborted
    let pause = Math.min(retryFirstMs, probeEveryMsMax)
    while (isDown()) {
      await clock.sleep(pause, stopping.signal)
      pause = Math.min(pause * 2, probeEveryMsMax)
      if (!isDown()) return
      try {
        await probe()
        if (isDown()) open()
      } catch (error) {
        // A refusal is an answer. Anything else says that the portal is still down.
        if (isDown() && isCode(error, 'PORTAL_UNAUTHORIZED')) closeRefused()
      }
    }
  }

  const refused = (invoice: number): Standing => {
    const before = refusedAfter.get(invoice)
    if (before !== undefined && taken > before) {
      refusedAfter.delete(invoice)
      return 'alone'
    }
    refusedAfter.set(invoice, taken)
    closeRefused()
    return 'paused'
  }

  const failed = (): Standing => {
    failures += 1
    if (state === 'down') return 'paused'
    if (state === 'refused') probeAt = clock.monotonic() + probeEveryMsMax
    if (failures < failuresMax) return state === 'open' ? 'open' : 'paused'
    close('down')
    void keepProbing()
    return 'paused'
  }

  return {
    admits(running) {
      if (state === 'open') return Number.POSITIVE_INFINITY
      if (state === 'down') return 0
      return running === 0 && clock.monotonic() >= probeAt ? 1 : 0
    },

    heard(invoice, outcome) {
      switch (reachOf(outcome)) {
        case 'answered':
          taken += Number(outcome.kind === 'created')
          refusedAfter.delete(invoice)
          open()
          return 'open'
        case 'refused':
          return refused(invoice)
        case 'failed':
          return failed()
        case 'silent':
          return state === 'open' ? 'open' : 'paused'
      }
    },

    heardRead(error) {
      if (error === null) readsRefused = false
      // Only a successful read shows that the portal takes reads again.
      if (error?.code !== 'PORTAL_UNAUTHORIZED') return
      if (!readsRefused && state !== 'refused') closed('PORTAL_UNAUTHORIZED')
      readsRefused = true
    },

    state: () => ({ state, sinceMs: clock.monotonic() - since, readsRefused }),

    // A probe under way changes nothing and may wait long for its slot, so `stop` does not wait for it.
    async stop() {
      stopping.abort()
    }
  }
}

/** What an outcome tells about the portal as a whole. `silent`: it was not asked, or its answer tells nothing. */
const reachOf = (outcome: Outcome): 'answered' | 'refused' | 'failed' | 'silent' => {
  switch (outcome.kind) {
    case 'created':
    case 'paid':
      return 'answered'
    case 'unknown':
      return outcome.answered ? 'answered' : 'failed'
    case 'failed':
      if (outcome.code === 'PORTAL_UNAUTHORIZED') return 'refused'
      if (outcome.code === 'PORTAL_UNREACHABLE') return outcome.answered ? 'silent' : 'failed'
      return outcome.code === 'PORTAL_REJECTED' || outcome.code === 'PORTAL_FORM_CHANGED' ? 'answered' : 'silent'
    default:
      return 'silent'
  }
}
