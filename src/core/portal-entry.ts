// What the portal tells of an invoice and of a customer, once it was read, and what a customer is created from.

import type { Instant } from './clock.ts'
import type { PlainDate } from './invoice.ts'

export type PortalInvoice = {
  id: string
  customerId: string | null
  invoiceNumber: string | null
  issuedAt: PlainDate | null
  /** Null, too, where the amount could not be read: it equals none. */
  amountCents: number | null
  currency: string | null
  paidAt: Instant | null
  createdAt: Instant | null
}

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
