// The weather of a seed before a theme or a way changes it.

import type { Random } from './random.ts'
import type { Faults, ListOrder, Weather } from './weather.ts'

const day = 24 * 3_600_000

const listOrders: readonly ListOrder[] = [
  'newest',
  'newest',
  'newest',
  'oldest',
  'oldest',
  'issued',
  'issued first',
  'number',
  'number first',
  'hash'
]

export const noFaults: Readonly<Faults> = {
  refused: 0,
  slowConnect: 0,
  lostRequest: 0,
  lostAnswer: 0,
  lateAnswer: 0,
  reset: 0,
  garbled: 0,
  errorBefore: 0,
  errorAfter: 0,
  odd: 0,
  pageBefore: 0,
  pageAfter: 0,
  refusedAfter: 0,
  wrongId: 0,
  another: 0
}

/** A little of everything; most of it absent, and more so where the seed has a theme of its own. */
export const mixed = (random: Random, share: number): Weather => {
  const calm = random.chance(0.08)
  /** A front that only some seeds have, and then as strong as chance decides. */
  const front = (presence: number, least: number, most: number): number =>
    !calm && random.chance(presence * share) ? least + random.next() * (most - least) : 0
  const some = (presence: number, most: number): number =>
    !calm && random.chance(presence * share) ? random.int(1, most) : 0

  const timeoutMs = random.pick([2000, 3000, 5000, 10_000, 30_000])
  const settleMs = timeoutMs + random.pick([1000, 1000, 5000, 30_000])
  const settleInheritedMs = 5 * settleMs
  const skewed = front(0.25, 1000, 25_000)
  const engines = !calm && random.chance(0.2) ? 2 : 1
  const sequential = random.chance(0.45)
  return {
    calm,
    stormMs: random.pick([30_000, 60_000, 60_000, 120_000]),
    invoices: random.int(2, random.pick([4, 6, 10])),
    bridge: {
      timeoutMs,
      settleMs,
      settleInheritedMs,
      unclearAfterMs: 30 * 60_000,
      perMinute: random.pick([10, 20, 30, 60, 60]),
      concurrency: random.int(1, 4),
      loanMs:
        !calm && random.chance(engines === 2 ? 0.7 : 0.2) ? random.int(500, 20_000) : 75_000 + 2 * timeoutMs + 60_000,
      retryFirstMs: random.pick([1000, 5000]),
      retryLongestMs: 60_000,
      review: !calm && random.chance(0.05),
      createsCustomers: false,
      restartMsMax: 20_000,
      engines
    },
    portal: {
      pageSize: random.pick([2, 3, 3, 5, 15]),
      order: random.pick(listOrders),
      before: random.chance(0.2) ? 0 : random.int(1, random.pick([3, 8, 14])),
      beforeEveryMs: day,
      sequential,
      undated: front(0.08, 0.05, 1),
      skewMs: Math.round(skewed),
      lateMs: random.chance(0.5) ? Math.round(front(0.7, 0.05, 1) * (settleMs - 100)) : 0,
      unique: random.chance(0.1),
      latencyMs: random.pick([20, 100, 300]),
      slowMs: Math.round(front(0.3, 500, Math.min(settleMs / 2, timeoutMs))),
      tellsBudget: random.chance(0.5),
      // At least those that the tools name.
      customers: random.int(5, 10),
      getMissing: 'never',
      hiding: 'nothing',
      silent: 0,
      spelling: 'as given',
      dates: 'as given',
      clockBackAt: null,
      stallMs: 0,
      ignoresPage: false,
      unnumbered: 0,
      dropsPaid: 'never',
      customerLateMs: 0,
      onSameCustomer: 'makes another',
      customerSpelling: 'as given',
      storesAnotherAddress: false,
      answersOnlyId: false,
      wrapped: false
    },
    faults: {
      ...noFaults,
      refused: front(0.25, 0.05, 0.4),
      slowConnect: front(0.2, 0.05, 0.4),
      lostRequest: front(0.3, 0.05, 0.4),
      lostAnswer: front(0.4, 0.05, 0.6),
      lateAnswer: front(0.25, 0.05, 0.5),
      reset: front(0.25, 0.05, 0.4),
      garbled: front(0.25, 0.05, 0.4),
      errorBefore: front(0.25, 0.05, 0.4),
      errorAfter: front(0.3, 0.05, 0.4),
      odd: front(0.15, 0.05, 0.4)
    },
    readFaults: {
      ...noFaults,
      refused: front(0.15, 0.05, 0.3),
      lostRequest: front(0.1, 0.05, 0.2),
      lostAnswer: front(0.1, 0.05, 0.2),
      garbled: front(0.15, 0.05, 0.3),
      errorBefore: front(0.15, 0.05, 0.3)
    },
    counts: {
      crashes: some(0.45, 4),
      freezes: some(0.3, 3),
      jumps: some(0.25, 3),
      rollbacks: some(0.2, 1),
      lostDisks: some(0.06, 1),
      stops: some(0.15, 2),
      downSpells: some(0.15, 2),
      refusedSpells: some(0.12, 1),
      busySpells: some(0.15, 2),
      added: some(0.4, 12),
      deleted: some(0.35, 12),
      acts: some(0.4, 6),
      others: some(0.1, 40),
      databaseRollbacks: 0,
      diskRollbacks: 0,
      hidingSpells: 0,
      missingSpells: 0,
      ignoringSpells: 0,
      paidByPeople: some(0.12, 4),
      moves: some(0.15, 4),
      links: some(0.1, 3),
      customersTyped: 0,
      releases: 0,
      customersDeleted: 0,
      newcomerLinks: 0
    },
    crashAt: {
      commit: random.pick([0.01, 0.03, 0.1]),
      request: random.pick([0.05, 0.2]),
      answer: random.pick([0.05, 0.3]),
      reading: random.pick([0.01, 0.05])
    },
    freezeAt: {
      commit: front(0.2, 0.02, 0.1),
      request: front(0.25, 0.02, 0.2),
      answer: front(0.25, 0.02, 0.2),
      reading: front(0.25, 0.01, 0.05),
      forMs: random.pick([1000, 5000, 12_000, 80_000])
    },
    diskFails: front(0.1, 0.01, 0.2),
    pdfFails: front(0.25, 0.1, 0.5),
    pdfSlow: front(0.5, 0.1, 0.3),
    people: {
      byHand: front(0.25, 0.1, 0.5),
      deleteOurs: random.chance(0.3),
      deleteWhileRead: front(0.2, 0.1, 0.6)
    },
    tool: {
      duplicates: random.chance(0.6) ? random.next() : 0,
      corrections: front(0.3, 0.1, 0.5),
      voided: front(0.15, 0.1, 0.4),
      otherTools: front(0.15, 0.1, 0.4),
      paid: random.chance(0.3) ? random.next() * 0.6 : 0,
      backdated: random.chance(0.5) ? 0.4 : 0,
      forbidden: front(0.08, 0.1, 0.4),
      rejected: front(0.08, 0.1, 0.4),
      odd: front(0.15, 0.1, 0.3),
      voidedFirst: front(0.12, 0.1, 0.4),
      renumbered: front(0.1, 0.1, 0.4),
      byAddress: random.chance(0.35) ? 0.2 + random.next() * 0.8 : 0,
      newcomers: 0,
      copied: 0,
      restored: 0,
      revised: 0,
      voidedById: 0
    }
  }
}
