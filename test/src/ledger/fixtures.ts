// Arrivals, and rows brought into each state the way they get there in real life.

import type { Test } from 'tap'
import type { Instant } from '../../../src/core/clock.ts'
import { type Customer, formatAmount, type Invoice, numberKey } from '../../../src/core/invoice.ts'
import type { PortalInvoice } from '../../../src/core/portal-entry.ts'
import type { Arrival, CreateBody, Decision, Document, Draft, Loan, Row } from '../../../src/core/row.ts'
import type { Ledger } from '../../../src/ledger/ledger.ts'

export const noon: Instant = Temporal.Instant.from('2026-11-20T12:00:00Z').epochMilliseconds
export const minute = 60_000
export const day = 24 * 60 * minute

/** Adds one promise to a suite: a test with a ledger of its own. */
export type Promised = (promise: string, prove: (t: Test, ledger: Ledger) => Promise<void>) => void

const customer: Customer = {
  ref: 'kees@bakker.example',
  portalId: null,
  emails: ['kees@bakker.example'],
  name: 'Bakkerij Kees',
  address: 'Dorpsstraat 1',
  zipCode: '1234 AB',
  city: 'Ons Dorp',
  countryCode: 'NL'
}

type Facts = Partial<Omit<Invoice, 'customer'>> & { customer?: Partial<Customer> }

const sourceOf = (number: string): string =>
  numberKey(number) === '2026-0042' ? 'acme-1' : `acme-${numberKey(number)}`

export const arrivalOf = (facts: Facts = {}, rest: Partial<Omit<Arrival, 'invoice'>> = {}): Arrival => ({
  tool: 'acme',
  document: null,
  notify: true,
  test: false,
  ...rest,
  invoice: {
    invoiceNumber: '2026-0042',
    // A tool has one id for each number.
    sourceId: facts.invoiceNumber === undefined ? 'acme-1' : sourceOf(facts.invoiceNumber),
    amountCents: 12100,
    currency: 'EUR',
    issuedAt: '2026-11-20',
    dueAt: null,
    paidAt: null,
    pdfUrl: 'https://acme.example/42.pdf',
    ...facts,
    customer: { ...customer, ...facts.customer }
  }
})

export const documentOf = (name: string): Document => ({
  file: `${name}.pdf`,
  bytes: 1234,
  sha256: 'ab'.repeat(32)
})

export const bodyOf = ({ invoice, notify }: Pick<Loan, 'invoice' | 'notify'>): CreateBody => ({
  customerId: invoice.customer.portalId ?? 'cst_1',
  invoiceNumber: invoice.invoiceNumber,
  issuedAt: invoice.issuedAt,
  amount: formatAmount(invoice.amountCents),
  paidAt: null,
  sendNotification: notify
})

/** As a person sees it in review. */
export const draftOf = (loan: Pick<Loan, 'invoice' | 'notify'>): Draft => ({
  ...bodyOf(loan),
  newCustomer: null
})

/** The same event, the tool's correction of it, and another invoice under its number. */
export const same = arrivalOf()
export const paid = arrivalOf({ paidAt: noon })
export const corrected = arrivalOf({ amountCents: 24200 })
export const other = arrivalOf({ sourceId: 'rival-9', amountCents: 999 }, { tool: 'rival', notify: false })

/** An invoice as the portal tells of it. */
export const holdingOf = (id: string, facts: Partial<PortalInvoice> = {}): PortalInvoice => ({
  id,
  customerId: 'cst_1',
  invoiceNumber: '2026-0042',
  issuedAt: '2026-11-20',
  amountCents: 12100,
  currency: 'EUR',
  paidAt: null,
  createdAt: noon,
  ...facts
})

export const delivered = (id = 'inv_1', invoiceNumber = '2026-0042'): Decision => ({
  to: 'delivered',
  holding: holdingOf(id, { invoiceNumber }),
  how: 'created',
  code: null
})
export const again = (at: Instant): Decision => ({
  to: 'waiting',
  at,
  code: 'PORTAL_UNREACHABLE',
  detail: null,
  spent: true
})
export const rejected: Decision = { to: 'held', code: 'PORTAL_REJECTED', detail: 'no such customer' }
export const doubt: Decision = { to: 'doubt', detail: 'time-out' }

export const stages = [
  'waiting',
  'lent',
  'waiting once sent',
  'sending',
  'delivered',
  'held',
  'held once sent',
  'dismissed',
  'dismissed once sent'
] as const
export type Stage = (typeof stages)[number]

/** Receives an invoice at noon and brings it to a stage. Loans last a minute. */
export const bring = async (ledger: Ledger, stage: Stage, arrival: Arrival = same): Promise<Loan> => {
  const { invoiceNumber } = arrival.invoice
  await ledger.receive(arrival, noon)
  if (stage === 'waiting' || stage === 'dismissed') {
    if (stage === 'dismissed') await ledger.act(invoiceNumber, 'dismiss', noon)
    return { id: -1, attempt: 0 } as Loan
  }
  const loan = await borrowOne(ledger, noon)
  if (stage === 'lent') return loan
  if (stage === 'held') {
    await ledger.record(loan, { to: 'held', code: 'REVIEW', detail: null, wouldSend: draftOf(loan) }, noon)
    return loan
  }
  await ledger.sending(loan, bodyOf(loan), noon)
  if (stage === 'sending') return loan
  if (stage === 'delivered') await ledger.record(loan, delivered(`inv_${invoiceNumber}`, invoiceNumber), noon)
  else await ledger.record(loan, stage === 'held once sent' ? rejected : again(noon), noon)
  if (stage === 'dismissed once sent') await ledger.act(invoiceNumber, 'dismiss', noon)
  return loan
}

export const borrowOne = async (ledger: Ledger, now: Instant): Promise<Loan> => {
  const [loan] = await ledger.borrow(1, now, now + minute)
  if (!loan) throw new Error('nothing was due')
  return loan
}

export const stateOf = async (ledger: Ledger, invoiceNumber = '2026-0042'): Promise<[Row['state'], Row['code']]> => {
  const row = await rowOf(ledger, invoiceNumber)
  return [row.state, row.code]
}

export const rowOf = async (ledger: Ledger, invoiceNumber = '2026-0042') => {
  const row = await ledger.find(invoiceNumber)
  if (!row) throw new Error(`${invoiceNumber} is not known`)
  return row
}
