// The real parts around a delivery: a ledger in memory, a spool on disk, the sandbox behind the real client, and a
// clock in the test's hand.

import type { Test } from 'tap'
import { samplePdf } from '../../../plugins/intake/sample.ts'
import { buildSandbox, type SandboxOptions } from '../../../plugins/sandbox/sandbox.ts'
import { type Clock, systemClock } from '../../../src/core/clock.ts'
import type { Log } from '../../../src/core/log.ts'
import type { CustomerFields } from '../../../src/core/portal-entry.ts'
import type { Arrival, Loan } from '../../../src/core/row.ts'
import { createCustomers } from '../../../src/delivery/customers.ts'
import { createDeliver, type Delivery, type Rules } from '../../../src/delivery/deliver.ts'
import type { Ledger } from '../../../src/ledger/ledger.ts'
import { type DraftingSpool, openSpool } from '../../../src/ledger/spool.ts'
import { createBudget } from '../../../src/portal/budget.ts'
import { createPortal } from '../../../src/portal/client.ts'
import { createReader } from '../../../src/portal/reader.ts'
import { createToolClient } from '../../../src/tools/client.ts'
import { createReceiver } from '../../../src/tools/receiver.ts'
import { portalCustomerOf } from '../ledger/contract/customers.ts'
import { arrivalOf, borrowOne } from '../ledger/fixtures.ts'
import { openMemory } from '../ledger/memory.ts'
import { handClock } from '../portal/hand-clock.ts'

export const customerId = 'cst_bakkerijdevos1'

export const silent: Log = { debug() {}, info() {}, warn() {}, error() {} }

export const rules: Rules = {
  creditNotes: 'hold',
  zeroAmounts: 'dismiss',
  review: false,
  timeZone: 'Europe/Amsterdam'
}

/** Of a customer that the sandbox knows. */
export const arrival = (
  facts: Parameters<typeof arrivalOf>[0] = {},
  rest: Parameters<typeof arrivalOf>[1] = {}
): Arrival => arrivalOf({ ...facts, customer: { portalId: customerId, ...facts.customer } }, rest)

/** What stands between the ledger and the tools, when none of them is on but the generic intake. */
export const withoutTools = ({ ledger, spool, clock }: { ledger: Ledger; spool: DraftingSpool; clock: Clock }) => {
  const { timeZone } = rules
  const api = { ask: () => Promise.reject(new Error('no tool is on')) }
  return {
    toolClient: createToolClient({ tools: [], api, locate: api.ask, clock, timeZone, refused: () => {} }),
    receiver: createReceiver({
      ledger,
      spool,
      log: silent,
      wake: () => {},
      alert: () => {},
      rules: { sendNotification: true, notifyWithinDays: 7, timeZone }
    })
  }
}

export type DeliveryOptions = {
  sandbox?: Partial<SandboxOptions>
  perMinute?: number
  /** Customers that the portal does not have, too. */
  creates?: boolean
  /** Another portal than the sandbox. */
  portalUrl?: string
  /** Stands between deliver and what it is given. */
  watch?: (delivery: Delivery) => Delivery
}

export const openDelivery = async (t: Test, options: DeliveryOptions = {}) => {
  const clock = handClock()
  const ledger = openMemory({ defer: queueMicrotask })
  t.teardown(() => ledger.close())
  const spool = openSpool(t.testdir(), { bytesMax: 1_000_000 })
  const app = await buildSandbox({ clock: systemClock, requestsPerMinute: 10_000, ...options.sandbox })
  t.teardown(() => app.close())
  const url = `${await app.listen({ host: '127.0.0.1', port: 0 })}/v1`
  const { timeZone } = rules
  const portal = createPortal({
    url: options.portalUrl ?? url,
    token: 'token',
    timeoutMs: 5000,
    timeZone,
    clock
  })
  t.teardown(() => portal.close())
  const budget = createBudget({
    perMinute: options.perMinute ?? 10_000,
    clock,
    takenBefore: 0,
    keep: async () => ({ end: () => {} })
  })
  const reader = createReader({ portal, budget, holdings: ledger.holdings, clock })
  const { toolClient, receiver } = withoutTools({ ledger, spool, clock })
  const customers = createCustomers({
    ledger,
    portal,
    budget,
    reader,
    clock,
    rules: { match: 'email', create: options.creates ?? false },
    portalTimeoutMs: 5000,
    portalSettleMs: 6000,
    portalSettleInheritedMs: 30_000
  })
  t.teardown(() => customers.stop())
  await ledger.holdings.learnCustomer(portalCustomerOf(customerId, null), clock.now())
  const fetched: string[] = []
  const watch = options.watch ?? (delivery => delivery)
  const delivery = watch({
    ledger,
    spool,
    portal,
    reader,
    budget,
    clock,
    rules,
    customers,
    portalTimeoutMs: 5000,
    portalSettleMs: 6000,
    portalSettleInheritedMs: 30_000,
    toolClient,
    receiver,
    fetchPdf: async ({ url }) => {
      fetched.push(url)
      return spool.keep(stream(samplePdf(url)))
    }
  })

  const deliver = createDeliver(delivery)
  return {
    ...delivery,
    delivery,
    sandbox: app.sandbox,
    /** As a person enters it in the portal. */
    enterCustomer: (fields: CustomerFields) => portal.createCustomer(fields),
    reader,
    clock,
    /** Addresses of PDFs that were asked for. */
    fetched,
    keepPdf: (text = 'kept') => spool.keep(stream(samplePdf(text))),
    deliver: (loan: Loan, changed?: Partial<Rules>) =>
      changed ? createDeliver({ ...delivery, rules: { ...rules, ...changed } })(loan) : deliver(loan),
    /** Receives it, and lends it out for a minute. */
    lend: async (received: Arrival = arrival()): Promise<Loan> => {
      await ledger.receive(received, clock.now())
      return borrowOne(ledger, clock.now())
    }
  }
}

export type Opened = Awaited<ReturnType<typeof openDelivery>>

async function* stream(bytes: Buffer) {
  yield bytes
}
