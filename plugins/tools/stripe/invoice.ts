// Stripe's invoice in our terms. Reads only what exists in every API version since 2020, and accepts any reference as
// an id or as the expanded object: webhooks are rendered in the version of their endpoint, which the bridge may not
// have chosen. https://docs.stripe.com/api/invoices/object

import { z } from 'zod'
import type { Instant } from '../../../src/core/clock.ts'
import { type Customer, dateOf } from '../../../src/core/invoice.ts'
import { description, invoiceNumber, kept, problemIn } from '../../../src/tools/fields.ts'
import type { ToolInvoice } from '../../../src/tools/tool.ts'

/** Set on an invoice, a subscription or a customer, it holds the portal's id of the customer. */
export const portalIdKey = 'mijnklantportaal_customer_id'

// Accepts a missing value, too. Each check is one step in zod, and an event takes twenty of them.
const anything = z.unknown().optional()

// Minor units and seconds are whole and small, so that a float holds them. An earlier version kept what catch-up could
// not read with its numbers as text.
const whole = (expected: string, written: RegExp) => (given: unknown, context: z.core.$RefinementCtx) => {
  if ((typeof given === 'number' || typeof given === 'string') && written.test(String(given))) return Number(given)
  context.addIssue({ code: 'custom', message: expected })
  return z.NEVER
}
const wholeSeconds = whole('expected seconds since 1970', /^\d{1,11}$/)

export const seconds = anything.transform((given, context) => wholeSeconds(given, context) * 1000)
const time = anything.transform((given, context) =>
  given === null || given === undefined ? null : wholeSeconds(given, context) * 1000
)

// A value that only describes is left out when it cannot be read: an invoice does not wait for a name.
const object = (given: unknown): Record<string, unknown> | null =>
  typeof given === 'object' && given !== null && !Array.isArray(given) ? (given as Record<string, unknown>) : null
const metadata = anything.transform(object)
const ofSubscription = anything.transform(given => ({ metadata: object(object(given)?.metadata) }))

const anId = kept('expected an id')

const reference = z
  .union([anId, z.object({ id: anId, metadata })], 'expected an id or an expanded object')
  .nullish()
  .transform(given => (typeof given === 'string' ? { id: given, metadata: null } : given))

export const Invoice = z.object(
  {
    object: z.literal('invoice', 'expected invoice'),
    id: anId.min(1, 'expected an id'),
    number: invoiceNumber.nullish().transform(number => number ?? null),
    status: z
      .enum(['draft', 'open', 'paid', 'uncollectible', 'void'], 'expected a status that is documented')
      .nullish(),
    collection_method: description,
    currency: z.string('expected a currency').regex(/^[a-z]{3}$/i, 'expected a currency'),
    total: anything.transform(whole('expected whole minor units', /^-?\d{1,11}$/)),
    created: seconds,
    effective_at: time,
    due_date: time,
    status_transitions: z.object({ finalized_at: time, paid_at: time }, 'expected an object').nullish(),
    // Until 2025-03-31.basil.
    paid: z.boolean().nullish().catch(null),
    invoice_pdf: description,
    metadata,
    parent: z.object({ subscription_details: ofSubscription }).nullish().catch(null),
    // Until 2025-03-31.basil.
    subscription_details: ofSubscription,
    customer: reference,
    customer_account: reference,
    customer_email: description,
    customer_name: description,
    customer_address: z
      .object({
        line1: description,
        line2: description,
        postal_code: description,
        city: description,
        country: description
      })
      .nullish()
      .catch(null)
  },
  'expected an invoice'
)
export type Invoice = z.output<typeof Invoice>

type Context = {
  timeZone: string
  /** When Stripe said so: old invoices can be paid without a time. */
  seenAt: Instant
}

export const parseInvoice = (json: unknown, context: Context): ToolInvoice | { problem: string } => {
  const { data: invoice, error } = Invoice.safeParse(json)
  return error ? { problem: problemIn(error) } : toolInvoiceOf(invoice, context)
}

export const toolInvoiceOf = (invoice: Invoice, { timeZone, seenAt }: Context): ToolInvoice => {
  const { finalized_at: finalisedAt = null, paid_at: paidAt = null } = invoice.status_transitions ?? {}
  const isPaid = invoice.status === 'paid' || invoice.paid === true
  return {
    invoice: {
      invoiceNumber: invoice.number ?? invoice.id, // a draft has no number, and goes nowhere
      sourceId: invoice.id,
      customer: customerOf(invoice),
      amountCents: amountOf(invoice),
      currency: invoice.currency.toUpperCase(),
      issuedAt: dateOf(invoice.effective_at ?? finalisedAt ?? invoice.created, timeZone),
      dueAt: invoice.due_date === null ? null : dateOf(invoice.due_date, timeZone),
      // Some invoices are paid while their status is still open.
      paidAt: paidAt ?? (isPaid ? seenAt : null),
      pdfUrl: invoice.invoice_pdf
    },
    stage: stageOf(invoice),
    finalisedAt,
    collectsItself: invoice.collection_method === 'charge_automatically'
  }
}

// Currencies with whole amounts. ISK and UGX have no decimals either, but come in hundredths, for compatibility.
// https://docs.stripe.com/currencies#zero-decimal
const wholeCurrencies: ReadonlySet<string> = new Set(
  'bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf'.split(' ')
)

/** From Stripe's minor units; thousandths (kwd) stay thousandths. */
const amountOf = ({ total, currency }: Invoice): number =>
  total * (wholeCurrencies.has(currency.toLowerCase()) ? 100 : 1) || 0 // there is a negative zero

/** Uncollectible counts as final: the customer still owes the amount. */
const stageOf = ({ status, number }: Invoice): ToolInvoice['stage'] => {
  if (status === 'void') return 'voided'
  return status === 'draft' || number === null ? 'draft' : 'final'
}

const customerOf = (invoice: Invoice): Customer => {
  const { customer, customer_account: account, customer_email: email, customer_address: address } = invoice
  const known = [
    invoice.metadata,
    invoice.parent?.subscription_details?.metadata,
    invoice.subscription_details?.metadata,
    customer?.metadata
  ]
  return {
    // Without any id there is no customer to link; the invoice's own id makes sure that it shares no link either.
    ref: customer?.id || account?.id || email || invoice.id,
    portalId: known.map(portalIdIn).find(id => id !== null) ?? null,
    emails: email === null ? [] : [email],
    name: invoice.customer_name,
    address: [address?.line1, address?.line2].filter(Boolean).join(', ') || null,
    zipCode: address?.postal_code ?? null,
    city: address?.city ?? null,
    countryCode: address?.country?.toUpperCase() ?? null
  }
}

/** Null when it is not an id of the portal: a typo in a free text field is no reason to stop an invoice. */
export const portalIdIn = (given: unknown): string | null => {
  const id = (given as Record<string, unknown> | null | undefined)?.[portalIdKey]
  return typeof id === 'string' && /^cst_[^\s\0]{1,100}$/.test(id.trim()) ? id.trim() : null
}
