// The worker borrows invoices, delivers them, decides what follows and records it: at its own pace, several at once,
// until it is stopped. It knows nothing that the ledger does not: whatever it drops when it dies, the ledger lends
// out again.

import type { Clock } from '../core/clock.ts'
import { BridgeError, isCode } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import { createLoop } from '../core/loop.ts'
import type { Decision, Loan } from '../core/row.ts'
import type { Ledger, Places } from '../ledger/ledger.ts'
import type { Breaker } from '../portal/breaker.ts'
import { decide, type Outcome, type Patience } from '../rules/decide.ts'
import type { Aside, Deliver } from './deliver.ts'

export type WorkerOptions = {
  ledger: Ledger
  deliver: Deliver
  breaker: Pick<Breaker, 'admits' | 'heard'>
  /** Whether the copy of the portal is filled. Nothing may be created before that. */
  isReady: () => boolean
  clock: Clock
  random: () => number
  concurrency: number
  /** Longer than the slowest delivery. A loan that runs out under way leaves the invoice in doubt. */
  loanMs: number
  patience: Patience
  log: Log
  /** Called with each decision once it is on the disk. */
  recorded?: (loan: Loan, decision: Decision, tookMs: number) => void
}

export type Worker = {
  start: () => void
  /** Something may be due sooner than thought. */
  wake: () => void
  /**
   * Borrows nothing more. Resolves when the running deliveries have ended, or after `withinMs`, and answers how many
   * were left.
   */
  stop: (withinMs: number) => Promise<number>
  /** When the loop last turned, on the monotonic clock; for health. */
  turnedAt: () => number
}

// Long enough to cost nothing, short enough that a jump of the wall clock or a missed wake is noticed.
const sleepMsMax = 5000

// A delivery that waits longer than this for a slow host gives its place to another, and takes one again when it goes
// on. A fetch costs a socket and little memory; even so, at most this many are aside.
const placeKeptMs = 1000
const asideMax = 64

// How long a ledger that failed rests before it is asked again.
const ledgerPauseMs = 1000

// How long an answer is kept in memory while the ledger fails. Then its place is given back, and the look finds out.
const recordWithinMs = 30_000

/** A delivery that runs. While it is aside it takes no place. */
type Held = { kind: keyof Places; isAside: boolean }

export const createWorker = (options: WorkerOptions): Worker => {
  const { ledger, breaker, isReady, clock, concurrency, loanMs, log } = options
  const loop = createLoop({ clock, retryFirstMs: ledgerPauseMs, retryLongestMs: ledgerPauseMs })
  const running = new Map<Promise<void>, Held>()
  // A delivery that outlasts the stop must not keep the process alive, trying to write to a ledger that is closed.
  const left = new AbortController()
  let turnedAt = clock.monotonic()

  const held = (isAside: boolean): Held[] => [...running.values()].filter(one => one.isAside === isAside)

  /** One place is kept for invoices that never failed, and one for those that did: neither may delay the other. */
  const places = (): Places => {
    const taken = { untried: 0, again: 0 }
    for (const { kind } of held(false)) taken[kind] += 1
    const most = Math.max(1, concurrency - 1)
    return { untried: Math.max(0, most - taken.untried), again: Math.max(0, most - taken.again) }
  }

  const asideOf =
    (one: Held): Aside =>
    async slow => {
      const ended = new AbortController()
      void clock.sleep(placeKeptMs, ended.signal).then(() => {
        if (ended.signal.aborted || held(true).length >= asideMax) return
        one.isAside = true
        loop.wake()
      })
      try {
        return await slow
      } finally {
        // With a reason of its own: without one, each abort makes an error with its stack.
        ended.abort('ended')
        one.isAside = false
      }
    }

  const turn = async (): Promise<void> => {
    turnedAt = clock.monotonic()
    const now = clock.now()
    const free = isReady() ? Math.min(concurrency - held(false).length, breaker.admits(running.size)) : 0
    const loans = free > 0 ? await ledger.borrow(free, now, now + loanMs, places()) : []
    for (const loan of loans) {
      const one: Held = { kind: loan.failures === 0 ? 'untried' : 'again', isAside: false }
      const run = handOver(options, loan, asideOf(one), left.signal).finally(() => {
        running.delete(run)
        loop.wake()
      })
      running.set(run, one)
    }
    const due = free > loans.length ? await ledger.nextDueAt() : null
    // An invoice that is due and was not lent waits for a place of its kind. The delivery that frees one wakes the
    // loop.
    const isDueLater = due !== null && due > now
    await loop.nap(isDueLater ? Math.min(Math.max(due - clock.now(), 0), sleepMsMax) : sleepMsMax)
  }

  const failed = (err: unknown): void => log.error({ err }, 'the ledger could not be read')

  return {
    start: () => loop.start(turn, failed),
    wake: loop.wake,
    async stop(withinMs) {
      const late = new AbortController()
      const ended = (async () => {
        await loop.stop()
        await Promise.all(running.keys())
        late.abort()
      })()
      await Promise.race([ended, clock.sleep(withinMs, late.signal)])
      left.abort()
      return running.size
    },
    turnedAt: () => turnedAt
  }
}

/** Takes one loan from its beginning to its record. Never rejects. */
const handOver = async (options: WorkerOptions, loan: Loan, aside: Aside, left: AbortSignal): Promise<void> => {
  const { deliver, breaker, clock, random, patience, log, recorded } = options
  const facts = { tool: loan.tool, invoiceNumber: loan.invoice.invoiceNumber, attempt: loan.attempt }
  const startedAt = clock.monotonic()
  let outcome: Outcome | null
  try {
    outcome = await deliver(loan, aside)
  } catch (err) {
    // `deliver` turns whatever happens after `sending` into an outcome, so nothing has been sent here.
    const code = err instanceof BridgeError ? err.code : 'UNEXPECTED'
    // Only the cause says why the disk or the ledger cannot do it.
    if (code === 'LEDGER_UNAVAILABLE') log.warn({ ...facts, err }, 'the ledger could not be written')
    if (code === 'UNEXPECTED') log.error({ ...facts, err }, 'delivery broke')
    outcome = { kind: 'failed', code, detail: null }
  }
  if (outcome === null) return log.warn(facts, 'loan ran out before sending')

  const standing = breaker.heard(loan.id, outcome)
  const decision = decide(outcome, loan, { now: clock.now(), random: random(), patience, standing })
  const kept = await write(options, loan, decision, left)
  if (!kept) return log.warn({ ...facts, ...codeOf(decision) }, 'loan ran out before it was recorded')
  log[levelOf(kept)]({ ...facts, ...codeOf(kept) }, messages[kept.to])
  recorded?.(loan, kept, clock.monotonic() - startedAt)
}

/**
 * Records how the loan ended; answers what was recorded. The portal's answer is precious, so a ledger that fails is
 * asked again for a while. An answer that the ledger refuses counts as none: then the invoice is in doubt.
 */
const write = async (
  options: WorkerOptions,
  loan: Loan,
  decision: Decision,
  left: AbortSignal
): Promise<Decision | null> => {
  const { ledger, clock, log } = options
  const giveUpAt = clock.monotonic() + recordWithinMs
  for (;;) {
    try {
      const kept = await ledger.record(loan, decision, clock.now())
      if (kept) return kept
      // It is too late for the row, but what the portal said is still true.
      if (decision.to === 'delivered') await ledger.holdings.learn([decision.holding], null, clock.now())
      return null
    } catch (err) {
      log.error({ err, invoiceNumber: loan.invoice.invoiceNumber }, 'the outcome could not be recorded')
      if (!isCode(err, 'LEDGER_UNAVAILABLE')) {
        if (decision.to === 'doubt') return null
        return write(options, loan, { to: 'doubt', detail: 'the answer could not be recorded' }, left)
      }
      await clock.sleep(ledgerPauseMs, left)
      if (left.aborted || clock.monotonic() >= giveUpAt) return null
    }
  }
}

const messages = {
  delivered: 'invoice delivered',
  waiting: 'invoice waits for another attempt',
  held: 'invoice held',
  dismissed: 'invoice dismissed',
  doubt: 'invoice in doubt',
  look: 'invoice looked for before it is sent again',
  paid: 'invoice paid',
  unpaid: 'invoice could not be marked paid'
} as const satisfies Record<Decision['to'], string>

const codeOf = (decision: Decision): object => ('code' in decision ? { code: decision.code } : {})

const levelOf = (decision: Decision): 'info' | 'warn' => {
  if (decision.to === 'doubt' || decision.to === 'look' || decision.to === 'waiting' || decision.to === 'unpaid')
    return 'warn'
  return decision.to === 'held' && decision.code !== 'REVIEW' ? 'warn' : 'info'
}
