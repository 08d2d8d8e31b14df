// The real parts around a portal in memory, on a clock in the test's hand.

import type { DatabaseSync } from 'node:sqlite'
import type { Test } from 'tap'
import type { Clock } from '../../../src/core/clock.ts'
import type { Log } from '../../../src/core/log.ts'
import type { PortalInvoice } from '../../../src/core/portal-entry.ts'
import type { Decision } from '../../../src/core/row.ts'
import type { Ledger } from '../../../src/ledger/ledger.ts'
import { createBudget } from '../../../src/portal/budget.ts'
import { createLook } from '../../../src/portal/look.ts'
import { createReader } from '../../../src/portal/reader.ts'
import { arrivalOf, bodyOf, borrowOne, doubt, minute } from '../ledger/fixtures.ts'
import { openMemory } from '../ledger/memory.ts'
import { entryOf, openDouble } from './double.ts'
import { handClock } from './hand-clock.ts'

export const entries = (count: number): PortalInvoice[] =>
  Array.from({ length: count }, (_, index) => entryOf(index + 1))

/** `database`: one that others have used before. */
export const openParts = (
  t: Test,
  list: PortalInvoice[] = [],
  { perMinute = 10_000, database }: { perMinute?: number; database?: DatabaseSync } = {}
) => {
  const clock = handClock()
  const ledger = openMemory({ defer: queueMicrotask, ...(database ? { database } : {}) })
  t.teardown(() => ledger.close())
  const double = openDouble(list)
  const budget = createBudget({ perMinute, clock, takenBefore: 0, keep: async () => ({ end: () => {} }) })
  const reader = createReader({ portal: double.portal, budget, holdings: ledger.holdings, clock })
  const lines: string[] = []
  const write = (_: object, message: string) => void lines.push(message)
  const log: Log = { debug: write, info: write, warn: write, error: write }
  return { clock, ledger, holdings: ledger.holdings, double, budget, reader, log, lines }
}

export type Parts = ReturnType<typeof openParts>

/** The copy has read it all, and is sure of the order. */
export const know = async ({ reader, holdings, double }: Parts): Promise<void> => {
  await reader.all('sweep')
  const order = typeof double.order === 'string' ? double.order : 'unknown'
  await holdings.setCopy({ filled: true, order, orderSeen: true })
  double.asked()
}

/** A create went out for it, and no answer came. */
export const inDoubt = async (
  { ledger, clock }: Pick<Parts, 'ledger' | 'clock'>,
  invoiceNumber = '2026-0042'
): Promise<void> => {
  await ledger.receive(arrivalOf({ invoiceNumber, sourceId: invoiceNumber }), clock.now())
  const loan = await borrowOne(ledger, clock.now())
  await ledger.sending(loan, bodyOf(loan), clock.now())
  await ledger.record(loan, doubt, clock.now())
}

/** A person looked at what else stands under the number, and says to deliver; then no answer came. */
export const inDoubtOverridden = async ({ ledger, clock }: Parts): Promise<void> => {
  await ledger.receive(arrivalOf(), clock.now())
  const conflict = { to: 'held', code: 'INVOICE_CONFLICT', detail: null } as const
  await ledger.record(await borrowOne(ledger, clock.now()), conflict, clock.now())
  await ledger.act('2026-0042', 'deliver', clock.now())
  const loan = await borrowOne(ledger, clock.now())
  await ledger.sending(loan, bodyOf(loan), clock.now())
  await ledger.record(loan, doubt, clock.now())
}

/** As the portal tells of what `inDoubt` sent, when it arrived. */
export const arrived = (createdAt: number, facts: Partial<PortalInvoice> = {}): PortalInvoice =>
  entryOf(777, {
    invoiceNumber: '2026-0042',
    customerId: 'cst_1',
    issuedAt: '2026-11-20',
    amountCents: 12_100,
    createdAt,
    ...facts
  })

/** Not there: to be sent again at once. */
export const absentAt = (clock: Clock) => (): Decision => ({
  to: 'waiting',
  at: clock.now(),
  code: 'PORTAL_UNREACHABLE',
  detail: null,
  spent: true
})

export const stateOf = async (ledger: Ledger, invoiceNumber = '2026-0042') => {
  const row = await ledger.find(invoiceNumber)
  return [row?.state, row?.code ?? null, row?.portalId ?? null]
}

type Looking = { isReady?: () => boolean; settleInheritedMs?: number }

/** A look that runs. `settled`: number and state; `heard`: how each turn went. */
export const startLook = (
  t: Test,
  parts: Parts,
  { isReady = () => true, settleInheritedMs = 5 * minute }: Looking = {}
) => {
  const settled: string[] = []
  const heard: (string | null)[] = []
  const look = createLook({
    ...parts,
    isOurs: async () => true,
    settleMs: minute,
    settleInheritedMs,
    unclearAfterMs: 24 * 60 * minute,
    absent: absentAt(parts.clock),
    isReady,
    settled: ({ body }, { to }) => settled.push(`${body.invoiceNumber} ${to}`),
    heard: error => heard.push(error?.code ?? null)
  })
  look.start()
  t.teardown(() => look.stop())
  return { look, settled, heard }
}

export { minute }
