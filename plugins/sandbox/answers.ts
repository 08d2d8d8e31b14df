// The documented objects, as the portal writes them: instants in ATOM with the offset of its zone, pages in an envelope
// without a total.

import type { Instant } from '../../src/core/clock.ts'
import { type Page, perPage } from './listing.ts'
import type { StoredCustomer, StoredInvoice } from './store.ts'

const portalTimeZone = 'Europe/Amsterdam'

export const atom = (at: Instant): string =>
  Temporal.Instant.fromEpochMilliseconds(at)
    .toZonedDateTimeISO(portalTimeZone)
    .toString({ smallestUnit: 'second', timeZoneName: 'never' })

/** The zoneless `YYYY-MM-DD HH:mm:ss` of a form. */
export const localInstant = (text: string): Instant =>
  Temporal.PlainDateTime.from(text.replace(' ', 'T')).toZonedDateTime(portalTimeZone).epochMilliseconds

export const customerAnswer = ({ serial, visibleFromMs, createdAt, ...customer }: StoredCustomer) => ({
  ...customer,
  createdAt: atom(createdAt)
})

/** `base` is the address of the API. */
export const invoiceAnswer = (invoice: StoredInvoice, base: string, { tellsNumber = true } = {}) => ({
  id: invoice.id,
  customerId: invoice.customerId,
  ...(tellsNumber ? { invoiceNumber: invoice.invoiceNumber } : {}),
  issuedAt: invoice.issuedAt,
  dueAt: invoice.dueAt,
  currency: invoice.currency,
  amount: invoice.amount,
  paidAt: invoice.paidAt === null ? null : atom(invoice.paidAt),
  createdAt: atom(invoice.createdAt),
  links: {
    customer: { href: `${base}/customers/${invoice.customerId}`, type: 'application/json' },
    // The documentation shows it whether or not anything can be paid, so here it leads nowhere.
    onlinePaymentLink: {
      href: `https://portal.example/public-invoice/${invoice.id}/pay/${invoice.id.slice(-6)}`,
      type: 'text/html'
    }
  }
})

type Form = { wrapped?: boolean }

export const objectAnswer = (answer: object, { wrapped = false }: Form) => (wrapped ? { data: answer } : answer)

export const pageAnswer = <T>(
  path: string,
  page: number,
  { entries, more, wrapped = false }: Page<T> & Form
): object => {
  const before = (page - 1) * perPage
  const full = entries.length > 0
  const meta = {
    current_page: page,
    from: full ? before + 1 : null,
    path,
    per_page: perPage,
    to: full ? before + entries.length : null
  }
  const first = `${path}?page=1`
  // Every example by the vendor has the stray comma. A client that follows this address as it is gets a 422.
  const next = more ? `${path}?page=${page + 1},` : null
  const prev = page > 1 ? `${path}?page=${page - 1}` : null
  return wrapped
    ? { data: entries, links: { first, next, prev }, meta }
    : { ...meta, data: entries, first_page_url: first, next_page_url: next, prev_page_url: prev }
}
