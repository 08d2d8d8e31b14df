// Puts together everything that delivers. The copy is filled first. Then the worker sends, the look settles what is in
// doubt, and the breaker pauses deliveries while the portal does not answer. Time, chance, network and ledger come from
// outside, so that a simulated run is made of the same parts.

import type { Clock } from '../core/clock.ts'
import type { Code } from '../core/codes.ts'
import type { MatchRules } from '../core/customer.ts'
import type { Log } from '../core/log.ts'
import type { Decision, Document } from '../core/row.ts'
import type { Hint } from '../ledger/driver.ts'
import type { SlotLimits } from '../ledger/holdings.ts'
import type { Ledger, Tally } from '../ledger/ledger.ts'
import type { Spool } from '../ledger/spool.ts'
import { type BreakerState, createBreaker } from '../portal/breaker.ts'
import { type Budget, type BudgetState, createBudget } from '../portal/budget.ts'
import type { Portal } from '../portal/client.ts'
import { createCopy, type ReadingState } from '../portal/copy.ts'
import { createLook } from '../portal/look.ts'
import { createReader } from '../portal/reader.ts'
import { distrustRolledBack, type PortalIdentity, recognisePortal } from '../portal/recognise.ts'
import { decide, type Patience } from '../rules/decide.ts'
import type { ToolClient } from '../tools/client.ts'
import type { Receiver } from '../tools/receiver.ts'
import type { PdfAddress } from '../tools/tool.ts'
import type { Alert, AlertOfEnd } from './alert.ts'
import { type Customers, createCustomers } from './customers.ts'
import { createDeliver, type Rules } from './deliver.ts'
import { createWorker } from './worker.ts'

export type EngineOptions = {
  ledger: Ledger
  spool: Spool
  portal: Portal
  /** The budget of the portal's token, with the slots that were taken before this process began. */
  budget: Budget
  fetchPdf: (address: PdfAddress) => Promise<Document>
  toolClient: Pick<ToolClient, 'current' | 'pdf' | 'read'>
  receiver: Pick<Receiver, 'receiveFromTool' | 'gone'>
  clock: Clock
  random: () => number
  log: Log
  alert: Alert
  /** What made deliveries pause is over. */
  over?: AlertOfEnd
  rules: Rules
  matching: MatchRules
  patience: Patience
  /** Whose portal this is. */
  identity: PortalIdentity
  portalTimeoutMs: number
  portalSettleMs: number
  /** The same for what another process sent. */
  portalSettleInheritedMs: number
  /** After this long without a believable reading, invoices in doubt are held. */
  unclearAfterMs?: number
  concurrency: number
  loanMs: number
  /** Lets other processes know. */
  hint?: (hint: Hint) => void
  /** Called with each decision once it is on the disk. */
  recorded?: (invoice: { tool: string | null; invoiceNumber: string }, decision: Decision, tookMs: number) => void
}

export type PortalState = BreakerState & ReadingState & { budget: BudgetState }

export type Engine = {
  /** Before `start`: stops with PORTAL_CHANGED when the ledger belongs to another portal. */
  recognise: () => Promise<void>
  start: () => void
  /**
   * Borrows nothing more. Resolves when the running deliveries have ended, or after `withinMs`, and answers how many
   * were left.
   */
  stop: (withinMs: number) => Promise<number>
  /** Something may be due, here or elsewhere. */
  wake: () => void
  /** What another process lets this one know. */
  hear: (hint: Hint) => void
  customers: Pick<Customers, 'link' | 'unlink'>
  /** When the worker's loop last turned, on the monotonic clock. */
  turnedAt: () => number
  portal: () => PortalState
}

export const createBudgetFor = async (
  { holdings, isShared }: Ledger,
  { clock, log, ...limits }: SlotLimits & { clock: Clock; log: Log }
): Promise<Budget> => {
  // A slot that is not given back counts until it is too old.
  const failed = (err: unknown): void => log.warn({ err }, 'the portal’s budget could not be shared')
  return createBudget({
    perMinute: limits.perMinute,
    clock,
    // A shared ledger counts for all processes, each time that a slot is taken.
    takenBefore: isShared ? 0 : await holdings.slotsTaken(),
    async keep() {
      const id = await holdings.takeSlot(clock.monotonic(), limits, clock.now())
      return id === null ? null : { end: isUsed => void holdings.endSlot(id, isUsed, clock.now()).catch(failed) }
    },
    paused: ms => void holdings.pauseSlots(ms, clock.now()).catch(failed)
  })
}

export const createEngine = (options: EngineOptions): Engine => {
  const { ledger, portal, budget, clock, random, log, alert, patience } = options
  const { portalSettleMs: settleMs, portalSettleInheritedMs: settleInheritedMs } = options
  const { unclearAfterMs = aDay, hint = () => {} } = options
  const { holdings } = ledger
  const reader = createReader({ portal, budget, holdings, clock, contested: hurry })
  let pausedBy: Code | null = null

  /** Hurries whichever process sweeps. */
  function hurry(): void {
    copy.hurry()
    hint('sweep')
  }

  const announce = (decision: Decision, tool: string | null, invoiceNumber: string, tookMs: number): void => {
    options.recorded?.({ tool, invoiceNumber }, decision, tookMs)
    if (decision.to === 'held' || decision.to === 'unpaid') alert(decision.code, invoiceNumber)
    if (decision.to === 'delivered' && decision.code !== null) alert(decision.code, invoiceNumber)
  }

  const customers = createCustomers({ ...options, reader, rules: options.matching })

  const breaker = createBreaker({
    clock,
    retryFirstMs: patience.retryFirstMs,
    probe: () => reader.probe('delivery'),
    closed(code) {
      pausedBy = code
      log.warn({ code }, 'deliveries pause')
      alert(code, null)
    },
    opened() {
      if (pausedBy) options.over?.({ code: pausedBy })
      pausedBy = null
      log.info({}, 'deliveries go on')
      wake()
    }
  })

  const copy = createCopy({
    holdings,
    reader,
    clock,
    log,
    lateMs: settleMs + lateSpareMs,
    settleInheritedMs,
    unclearAfterMs,
    isOurs: () => ledger.lease('sweep', clock.now()),
    recognise: () => recognisePortal(ledger, reader, options.identity),
    areCustomersAwaited: async () => (await ledger.tally()).some(awaitsCustomer),
    filled() {
      wake()
      look.wake()
    },
    heard(error) {
      breaker.heardRead(error)
      if (error === null) void warnOfIntegrations(ledger, log)
      if (error?.code === 'PORTAL_CHANGED') alert(error.code, null)
    }
  })

  const look = createLook({
    ledger,
    reader,
    clock,
    log,
    settleMs,
    settleInheritedMs,
    unclearAfterMs,
    isOurs: () => ledger.lease('look', clock.now()),
    isReady: copy.isFilled,
    // Counts as a failure: if the portal never creates it, the bridge tries less and less often, and not for ever.
    absent: doubt =>
      decide(
        { kind: 'failed', code: 'PORTAL_UNREACHABLE', detail: 'the portal does not hold it' },
        { work: 'create', ...doubt },
        { now: clock.now(), random: random(), patience, standing: 'open' }
      ),
    settled(doubt, decision) {
      announce(decision, null, doubt.body.invoiceNumber, 0)
      wake()
    },
    heard: breaker.heardRead
  })

  const worker = createWorker({
    ledger,
    deliver: createDeliver({ ...options, reader, customers }),
    breaker,
    isReady: copy.isFilled,
    clock,
    random,
    concurrency: options.concurrency,
    loanMs: options.loanMs,
    patience,
    log,
    recorded(loan, decision, tookMs) {
      announce(decision, loan.tool, loan.invoice.invoiceNumber, tookMs)
      if (decision.to === 'doubt' || decision.to === 'look') look.wake()
    }
  })

  const wake = () => worker.wake()

  return {
    async recognise() {
      await distrustRolledBack(ledger, clock, log)
      await ledger.join(clock.now())
      await recognisePortal(ledger, reader, options.identity)
    },
    start() {
      copy.start()
      look.start()
      worker.start()
    },
    async stop(withinMs) {
      const ended = new AbortController()
      const readers = Promise.all([copy.stop(), look.stop(), breaker.stop(), customers.stop()]).then(() =>
        ended.abort()
      )
      const left = await worker.stop(withinMs)
      // The wait for a page that never comes must not outlast the deliveries.
      await Promise.race([readers, clock.sleep(readersMs, ended.signal)])
      return left
    },
    wake() {
      wake()
      hint('due')
    },
    hear: hint => (hint === 'sweep' ? copy.hurry() : wake()),
    customers,
    turnedAt: worker.turnedAt,
    portal: () => ({ ...breaker.state(), ...copy.state(), budget: budget.state() })
  }
}

// How long a page under way may take once nothing else runs.
const readersMs = 2000

// Long enough for the people at the portal to repair it, short enough to still tell a customer.
const aDay = 24 * 3_600_000

// How far back a sweep reads behind the last one, in addition to the settle time.
const lateSpareMs = 5 * 60_000

const awaitsCustomer = ({ code, invoices }: Tally): boolean =>
  invoices > 0 && (code === 'CUSTOMER_UNKNOWN' || code === 'CUSTOMER_AMBIGUOUS')

/**
 * If the portal links a customer to a bookkeeping, that bookkeeping may send its invoices, too. The log names each
 * customer only once, ever.
 */
const warnOfIntegrations = async ({ holdings }: Ledger, log: Log): Promise<void> => {
  try {
    const { integrationsTold: known = [] } = await holdings.memory()
    const customers = (await holdings.customersIntegrated()).filter(id => !known.includes(id))
    if (customers.length === 0) return
    await holdings.remember({ integrationsTold: [...known, ...customers] })
    log.warn({ customers }, 'the portal links customers to a bookkeeping program itself: invoices may come in twice')
  } catch (err) {
    log.error({ err }, 'customers that the portal links to a bookkeeping program could not be named')
  }
}
