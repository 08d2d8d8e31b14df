// A WooCommerce order with the invoice that the plugin "PDF Invoices & Packing Slips" made for it, the same in webhooks
// and in the API. An order has an invoice once the plugin has given it a number; the order's own number is different.

import { z } from 'zod'
import type { Instant } from '../../../src/core/clock.ts'
import { blankInvoice, type Customer, dateOf, parseDate, parsePaidAt } from '../../../src/core/invoice.ts'
import {
  countryCodeIn,
  description,
  invoiceNumber,
  isEmail,
  kept,
  parseDecimal,
  parsed,
  portalIdPattern,
  problemIn
} from '../../../src/tools/fields.ts'
import type { ToolInvoice } from '../../../src/tools/tool.ts'

const idExpected = 'expected the id of an order'
const id = z
  .union([z.int(idExpected).positive(idExpected), z.string().regex(/^[1-9]\d{0,18}$/)], idExpected)
  .transform(String)

const dateExpected = 'expected a time such as 2026-10-05T08:00:00'
const amountExpected = 'expected an amount such as 99.95'

/** The shop writes its times in UTC, without saying so. */
const instantIn = (text: string): Instant | undefined => parsePaidAt(`${text}Z`, 'UTC')

const Billing = z
  .object({
    first_name: description,
    last_name: description,
    company: description,
    address_1: description,
    address_2: description,
    postcode: description,
    city: description,
    country: description,
    email: description
  })
  .nullish()
  .catch(null)

const Meta = z
  .array(z.object({ key: z.string(), value: z.unknown() }))
  .nullish()
  .catch(null)

const Head = z.object(
  { id, status: z.string('expected the status of the order'), wpo_wcpdf_invoice_number: description },
  'expected an order'
)

const Order = z.object({
  id,
  status: z.string(),
  wpo_wcpdf_invoice_number: invoiceNumber,
  currency: kept('expected a currency').regex(/^[A-Za-z]{3}$/, 'expected a currency'),
  total: z.string(amountExpected),
  customer_id: z.union([z.int(), z.string()]).nullish().catch(null),
  date_created_gmt: parsed(instantIn, dateExpected),
  date_paid_gmt: description,
  date_modified_gmt: description,
  billing: Billing,
  meta_data: Meta
})
type Order = z.output<typeof Order>

const notYet = new Set(['pending', 'failed', 'auto-draft', 'checkout-draft'])
const cancelled = new Set(['cancelled', 'trash'])

export const parseInvoice = (
  entity: unknown,
  { timeZone }: { timeZone: string }
): ToolInvoice | { problem: string } => {
  const head = Head.safeParse(entity)
  if (head.error) return { problem: problemIn(head.error) }
  if (head.data.wpo_wcpdf_invoice_number === null || notYet.has(head.data.status)) return draft(head.data.id)

  const { data: order, error } = Order.safeParse(entity)
  if (error) return { problem: problemIn(error) }
  const currency = order.currency.toUpperCase()
  // With as many decimals as the shop has set for its prices.
  const amountCents = parseDecimal(order.total, currency)
  if (amountCents === undefined) return { problem: `total: ${amountExpected}` }
  return {
    invoice: {
      invoiceNumber: order.wpo_wcpdf_invoice_number,
      sourceId: order.id,
      customer: customerOf(order),
      amountCents,
      currency,
      issuedAt: issuedOn(order, timeZone),
      dueAt: null, // a shop is paid when the order is placed
      paidAt: order.date_paid_gmt === null ? null : (instantIn(order.date_paid_gmt) ?? null),
      pdfUrl: null, // opened by a key that never changes: it is asked for when the PDF is fetched
      ...(order.date_modified_gmt === null ? {} : { revision: order.date_modified_gmt })
    },
    stage: cancelled.has(order.status) ? 'voided' : 'final',
    finalisedAt: null, // the plugin gives only a date
    collectsItself: false
  }
}

/** A draft goes nowhere, so it carries only its id and its stage. */
const draft = (sourceId: string): ToolInvoice => ({
  invoice: { ...blankInvoice(sourceId, sourceId), sourceId },
  stage: 'draft',
  finalisedAt: null,
  collectsItself: false
})

const metaOf = ({ meta_data: meta }: Order, key: string): string => {
  const value = meta?.find(entry => entry.key === key)?.value
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

/** The plugin's own date, in seconds or as the shop writes it. Not every shop shows it: then, the day of the order. */
const issuedOn = (order: Order, timeZone: string): string => {
  const seconds = metaOf(order, '_wcpdf_invoice_date')
  if (/^\d{9,11}$/.test(seconds)) return dateOf(Number(seconds) * 1000, timeZone)
  const written = parseDate(metaOf(order, '_wcpdf_invoice_date_formatted').slice(0, 10))
  return written ?? dateOf(order.date_created_gmt, timeZone)
}

const customerOf = (order: Order): Customer => {
  const { billing } = order
  const email = billing?.email && isEmail(billing.email) ? billing.email : null
  const portalId = metaOf(order, 'mijnklantportaal_customer_id')
  return {
    ref: refOf(order, email),
    portalId: portalIdPattern.test(portalId) ? portalId : null,
    emails: email === null ? [] : [email],
    name: billing?.company ?? ([billing?.first_name, billing?.last_name].filter(Boolean).join(' ') || null),
    address: [billing?.address_1, billing?.address_2].filter(Boolean).join(', ') || null,
    zipCode: billing?.postcode ?? null,
    city: billing?.city ?? null,
    countryCode: countryCodeIn(billing?.country)
  }
}

/** All guests have the id 0: their e-mail address tells them apart; without one, each order has its own customer. */
const refOf = ({ id, customer_id: customerId }: Order, email: string | null): string => {
  const ref = String(customerId ?? '0')
  return /^[1-9]\d*$/.test(ref) ? ref : (email?.toLowerCase() ?? `order-${id}`)
}
