// A portal in memory, for what the sandbox cannot show: a list that changes between two of its pages.

import type { BridgeError } from '../../../src/core/errors.ts'
import { parseAmount } from '../../../src/core/invoice.ts'
import type { PortalCustomer, PortalInvoice } from '../../../src/core/portal-entry.ts'
import type { Portal } from '../../../src/portal/client.ts'
import type { Shape } from '../../../src/portal/verdict.ts'
import { portalCustomerOf } from '../ledger/contract/customers.ts'
import { noon } from './hand-clock.ts'

// Entries are made so far from each other that no clock that went back mixes them.
const hour = 3_600_000
const perPage = 15

/** Entry n of a list in which issue dates, numbers and ids say nothing of the order. */
export const entryOf = (n: number, facts: Partial<PortalInvoice> = {}): PortalInvoice => ({
  id: `inv_${scatter(n)}_${n}`,
  customerId: 'cst_1',
  invoiceNumber: `R${scatter(n)}-${n}`,
  issuedAt: `2026-0${1 + (scatter(n) % 7)}-11`,
  amountCents: 100,
  currency: 'EUR',
  paidAt: null,
  createdAt: noon - 150 * 24 * hour + n * 3 * hour,
  ...facts
})

const scatter = (n: number): number => (n * 7919) % 1009

export type Double = {
  portal: Portal
  /** By creation, oldest first. */
  list: PortalInvoice[]
  customers: PortalCustomer[]
  order: 'newest' | 'oldest' | ((list: PortalInvoice[]) => PortalInvoice[])
  /** What was asked since `asked` was: `list 1`, `get inv_1`, `create 2026-0042`, `customers 1`. */
  calls: string[]
  /** Called when a page has been read, and before the next call. */
  onPage: (page: number) => void
  /** Called before each call; what it throws is its answer. */
  onCall: (call: string) => void | Promise<void>
  /** How it says that it holds no such invoice. */
  missing: Shape | null
  /** Ids that are listed, but not there when they are asked for. */
  hidden: Set<string>
  remove: (entry: PortalInvoice) => void
  asked: () => string[]
}

export const openDouble = (list: PortalInvoice[] = []): Double => {
  const call = async (name: string): Promise<void> => {
    double.calls.push(name)
    await double.onCall(name)
  }
  const page = <T>(entries: T[], number: number) => ({
    items: entries.slice((number - 1) * perPage, number * perPage),
    more: number * perPage < entries.length
  })
  const ordered = (): PortalInvoice[] => {
    if (double.order === 'newest') return double.list.toReversed()
    return double.order === 'oldest' ? [...double.list] : double.order(double.list)
  }
  const unasked = async (): Promise<never> => {
    throw new Error('not a part of this double')
  }
  const double: Double = {
    list: [...list],
    customers: [portalCustomerOf('cst_1', null)],
    order: 'newest',
    calls: [],
    onPage: () => {},
    onCall: () => {},
    missing: { status: 404, fields: 'code', words: 'Not found.' },
    hidden: new Set(),
    remove(entry) {
      double.list.splice(double.list.indexOf(entry), 1)
    },
    asked() {
      return double.calls.splice(0)
    },
    portal: {
      async invoicesPage(number) {
        await call(`list ${number}`)
        const read = page(ordered(), number)
        double.onPage(number)
        return read
      },
      async customersPage(number) {
        await call(`customers ${number}`)
        return page(double.customers, number)
      },
      async learnMissing() {
        await call('get an id that nobody has')
        return double.missing
      },
      async invoice(id) {
        await call(`get ${id}`)
        return (!double.hidden.has(id) && double.list.find(entry => entry.id === id)) || null
      },
      async createInvoice({ invoiceNumber, customerId, issuedAt, amount }) {
        await call(`create ${invoiceNumber}`)
        const amountCents = parseAmount(amount) ?? null
        const entry = entryOf(double.calls.length + 500, { invoiceNumber, customerId, issuedAt, amountCents })
        double.list.push(entry)
        return { outcome: 'done', value: entry }
      },
      async customer(id) {
        await call(`customer ${id}`)
        return double.customers.find(customer => customer.id === id) ?? null
      },
      markPaid: unasked,
      createCustomer: unasked,
      close() {}
    }
  }
  return double
}

export const throwing = (error: BridgeError) => () => {
  throw error
}
