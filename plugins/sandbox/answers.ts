// The documented objects, as the portal writes them: instants in ATOM with the offset of its zone, pages in
// an envelope that knows no total.

import type { Instant } from '../../src/clock.ts'
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
export const invoiceAnswer = (invoice: StoredInvoice, base: string) => ({
  id: invoice.id,
  customerId: invoice.customerId,
  invoiceNumber: invoice.invoiceNumber,
  issuedAt: invoice.issuedAt,
  dueAt: invoice.dueAt,
  currency: invoice.currency,
  amount: invoice.amount,
  paidAt: invoice.paidAt === null ? null : atom(invoice.paidAt),
  createdAt: atom(invoice.createdAt),
  links: {
    customer: { href: `${base}/customers/${invoice.customerId}`, type: 'application/json' },
    // Documented to be there whether or not anything can be paid, so it leads nowhere.
    onlinePaymentLink: {
      href: `https://portal.example/public-invoice/${invoice.id}/pay/${invoice.id.slice(-6)}`,
      type: 'text/html'
    }
  }
})

export const pageAnswer = <T>(path: string, page: number, { entries, more }: Page<T>) => {
  const before = (page - 1) * perPage
  const full = entries.length > 0
  return {
    current_page: page,
    data: entries,
    first_page_url: `${path}?page=1`,
    from: full ? before + 1 : null,
    // The stray comma stands in every example of the vendor; who follows this address as it is gets a 422.
    next_page_url: more ? `${path}?page=${page + 1},` : null,
    path,
    per_page: perPage,
    prev_page_url: page > 1 ? `${path}?page=${page - 1}` : null,
    to: full ? before + entries.length : null
  }
}
