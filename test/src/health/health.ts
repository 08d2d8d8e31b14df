// Health over a ledger in memory, with a portal in any state.

import { pino } from 'pino'
import type { Test } from 'tap'
import type { PortalState } from '../../../src/delivery/engine.ts'
import { createHealth, type HealthOptions } from '../../../src/health/health.ts'
import { openMemory } from '../ledger/memory.ts'
import { handClock } from '../portal/hand-clock.ts'

export const well: PortalState = {
  state: 'open',
  sinceMs: 0,
  readsRefused: false,
  filling: null,
  everyMs: 15 * 60_000,
  failure: null,
  budget: { perMinute: 60, taken: 3, waiting: { delivery: 0, doubt: 0, sweep: 0 }, pausedForMs: 0 }
}

/** A tool that is as it should be. */
export const on = { name: 'invoices', on: true, missingSecret: null }

export type Changed = Partial<HealthOptions> & { portal?: Partial<PortalState> }

export const openHealth = (t: Test, { portal = {}, ...changed }: Changed = {}) => {
  const clock = handClock()
  const ledger = openMemory({ defer: queueMicrotask })
  t.teardown(() => ledger.close())
  const logged: { level: number; msg: string; err: object }[] = []
  const health = createHealth({
    ledger,
    clock,
    engine: { turnedAt: clock.monotonic, portal: () => ({ ...well, ...portal }) },
    tools: [on],
    refusing: () => new Map(),
    caughtUp: () => [],
    turnedAway: () => null,
    unreadableRequests: () => null,
    strangersAreMany: () => false,
    lockedOut: () => 0,
    log: pino({ level: 'error' }, { write: line => void logged.push(JSON.parse(line)) }),
    ...changed
  })
  return { health, clock, ledger, logged }
}
