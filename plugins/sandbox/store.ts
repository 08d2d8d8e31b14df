// What the portal has, in memory: customers, their invoices, and the latest PDFs.

import { randomInt } from 'node:crypto'
import type { Clock, Instant } from '../../src/core/clock.ts'
import type { PlainDate } from '../../src/core/invoice.ts'
import { createListing } from './listing.ts'
import { createPdfs } from './pdfs.ts'

export type StoredInvoice = {
  readonly id: string
  readonly serial: number
  readonly createdAt: Instant
  readonly visibleFromMs: number
  /** On the monotonic clock: until then the list does not show it, although its id finds it. */
  readonly listedFromMs: number
  readonly customerId: string
  readonly invoiceNumber: string
  readonly issuedAt: PlainDate
  readonly dueAt: PlainDate | null
  readonly currency: 'EUR'
  readonly amount: string
  paidAt: Instant | null
  /** As it arrived, before it was interpreted; null: it did not arrive. */
  readonly sendNotification: string | null
  /** All text of the form, as it arrived; empty for an invoice made by hand. */
  readonly fields: Readonly<Record<string, string>>
  /** Null for an invoice made by hand. */
  readonly sha256: string | null
  readonly bytes: number
}

export type StoredCustomer = {
  readonly id: string
  readonly serial: number
  readonly createdAt: Instant
  readonly visibleFromMs: number
  companyName: string
  address: string
  zipCode: string
  city: string
  countryCode: string
  primaryEmail: string
  phone: string | null
  /** The bookkeeping program that the portal itself is linked to. Calls can read both, but set neither. */
  integration: string | null
  integrationId: string | null
  customerGroups: string[]
}

type Made = 'id' | 'serial' | 'createdAt' | 'visibleFromMs'
type When = { createdAt?: Instant | undefined; visibleFromMs?: number | undefined }
type Listed = { listedFromMs?: number | undefined }

/** What an invoice is made of. It is created now and visible at once, unless these say otherwise. */
export type NewInvoice = Omit<StoredInvoice, Made | 'currency' | 'listedFromMs'> &
  When &
  Listed & { content?: Buffer | null }

type NewCustomer = Omit<StoredCustomer, Made>

/** A customer that exists from the start. */
export type CustomerSeed = Pick<NewCustomer, 'companyName' | 'primaryEmail'> &
  Partial<NewCustomer> & { id?: string; createdAt?: Instant | undefined }

// A call needs an address to create a customer, so the first customers have one, too.
const blankCustomer = {
  address: 'Voorbeeldstraat 1',
  zipCode: '1234 AB',
  city: 'Utrecht',
  countryCode: 'NL',
  phone: null,
  integration: null,
  integrationId: null,
  customerGroups: []
} satisfies Partial<NewCustomer>

/** The customers of a sandbox that was given none. No one owns the .example domains. */
export const sampleCustomers: readonly CustomerSeed[] = [
  {
    id: 'cst_bakkerijdevos1',
    companyName: 'Bakkerij De Vos',
    address: 'Molenweg 12',
    zipCode: '3512 AB',
    city: 'Utrecht',
    primaryEmail: 'administratie@bakkerijdevos.example',
    phone: '+31302345678'
  },
  {
    id: 'cst_fietsenvanlint',
    companyName: 'Fietsen Van Lint',
    address: 'Stationsplein 4',
    zipCode: '2801 GK',
    city: 'Gouda',
    primaryEmail: 'info@fietsenvanlint.example'
  },
  {
    id: 'cst_tuinenterhoek1',
    companyName: 'Tuinen Ter Hoek',
    address: 'Lindelaan 88',
    zipCode: '9000',
    city: 'Gent',
    countryCode: 'BE',
    primaryEmail: 'facturen@tuinenterhoek.example'
  }
]

const idCharacters = 'abcdefghijklmnopqrstuvwxyz0123456789'
const idLength = 14
const idAttemptsMax = 100

export type StoreOptions = {
  clock: Clock
  /** From 0 up to, not including, 1. */
  random?: (() => number) | undefined
  customers?: readonly CustomerSeed[] | undefined
}

export const createStore = ({ clock, random = chance, customers: seeds = sampleCustomers }: StoreOptions) => {
  const invoices = createListing<StoredInvoice>(clock.monotonic)
  const customers = createListing<StoredCustomer>(clock.monotonic)
  const pdfs = createPdfs(clock)
  // How many invoices have each number: nothing here forbids two.
  const numbers = new Map<string, number>()
  let serial = 0

  const makeId = (prefix: string, taken: (id: string) => boolean): string => {
    for (let attempt = 0; attempt < idAttemptsMax; attempt++) {
      let id = prefix
      for (let at = 0; at < idLength; at++) id += idCharacters[Math.floor(random() * idCharacters.length)]
      if (!taken(id)) return id
    }
    throw new Error('bug: the random numbers repeat themselves')
  }

  const made = ({ createdAt = clock.now(), visibleFromMs = 0 }: When) => ({
    serial: ++serial,
    createdAt,
    visibleFromMs
  })

  const addCustomer = ({ id = makeId('cst_', customers.has), createdAt, ...fields }: CustomerSeed) => {
    const customer: StoredCustomer = { id, ...made({ createdAt }), ...blankCustomer, ...fields }
    customers.add(customer)
    return customer
  }

  for (const seed of seeds) addCustomer(seed)

  return {
    invoices,
    customers,
    pdfs,
    addCustomer,

    addInvoice({ content, createdAt, visibleFromMs, listedFromMs = 0, ...fields }: NewInvoice): StoredInvoice {
      const id = makeId('inv_', invoices.has)
      const invoice: StoredInvoice = {
        id,
        ...made({ createdAt, visibleFromMs }),
        listedFromMs,
        currency: 'EUR',
        ...fields
      }
      invoices.add(invoice)
      numbers.set(invoice.invoiceNumber, (numbers.get(invoice.invoiceNumber) ?? 0) + 1)
      if (content) pdfs.keep(id, content)
      return invoice
    },

    deleteInvoice(id: string): boolean {
      const invoice = invoices.remove(id)
      if (!invoice) return false
      numbers.set(invoice.invoiceNumber, numbers.get(invoice.invoiceNumber)! - 1)
      pdfs.drop(id)
      return true
    },

    numberTaken: (invoiceNumber: string): boolean => (numbers.get(invoiceNumber) ?? 0) > 0
  }
}

export type Store = ReturnType<typeof createStore>

const chance = (): number => randomInt(2 ** 32) / 2 ** 32
