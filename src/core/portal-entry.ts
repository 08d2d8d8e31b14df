// What the portal says about an invoice and about a customer, and what a customer is created from.

import type { Instant } from './clock.ts'
import { type PlainDate, parseDate } from './invoice.ts'

export type PortalInvoice = {
  id: string
  customerId: string | null
  invoiceNumber: string | null
  /** As the portal writes it, where it is not a calendar date. */
  issuedAt: string | null
  /** Also null if the amount could not be read: then it equals no amount. */
  amountCents: number | null
  currency: string | null
  paidAt: Instant | null
  createdAt: Instant | null
}

/** Null where the portal gives none, or one that the bridge cannot read: then it contradicts nothing. */
export const dateShown = ({ issuedAt }: Pick<PortalInvoice, 'issuedAt'>): PlainDate | null =>
  parseDate(issuedAt ?? '') ?? null

/** With the address at which its customer pays: anyone who has that can read the invoice. */
export type LinkedInvoice = PortalInvoice & { paymentLink: string | null }

export type PortalCustomer = {
  id: string
  companyName: string | null
  primaryEmail: string | null
  address: string | null
  zipCode: string | null
  city: string | null
  countryCode: string | null
  integration: string | null
  createdAt: Instant | null
}

export type CustomerFields = {
  companyName: string
  address: string
  zipCode: string
  city: string
  primaryEmail: string
  countryCode?: string
}
