// Moneybird's sales invoice in our terms, the same in webhooks and in the API. An invoice is final when it has a number
// and is neither a draft nor scheduled; no single event says so: a direct debit may be seen as `pending_payment` or
// `paid` first. https://developer.moneybird.com/api/sales_invoices

import { z } from 'zod'
import { blankInvoice, type Customer, parseAmount, parseDate, parsePaidAt } from '../../../src/core/invoice.ts'
import {
  countryCodeIn,
  dateExpected,
  description,
  emailsIn,
  invoiceNumber,
  parsed,
  portalIdPattern,
  problemIn
} from '../../../src/tools/fields.ts'
import type { ToolInvoice } from '../../../src/tools/tool.ts'

// An id that was written as a number is its digits by now (`numbersMatter`), so that an id of any length stays exact.
const id = z.string('expected an id').regex(/^\d{1,30}$/, 'expected an id')

const date = parsed(parseDate, dateExpected)

const customFields = z
  .array(z.object({ value: description }))
  .nullish()
  .catch(null)

const Person = z.object({ firstname: description, lastname: description, email: description }).nullish().catch(null)

const Contact = z
  .object({
    company_name: description,
    firstname: description,
    lastname: description,
    address1: description,
    address2: description,
    zipcode: description,
    city: description,
    country: description,
    email: description,
    send_invoices_to_email: description,
    custom_fields: customFields
  })
  .nullish()
  .catch(null)

// Moneybird writes as few decimals as needed: "181.5" is 181.50.
const amountExpected = 'expected an amount such as 121.5, with no more decimals than its currency has'

const Stage = z.object({ id, state: z.string('expected a state'), invoice_id: description }, 'expected a sales invoice')

const Final = z.object({
  id,
  state: z.string(),
  invoice_id: invoiceNumber,
  contact_id: id,
  contact: Contact,
  contact_person: Person,
  invoice_date: date,
  due_date: date.nullish().catch(null),
  currency: z.string('expected a currency').regex(/^[A-Za-z]{3}$/, 'expected a currency'),
  total_price_incl_tax: z.string(amountExpected),
  paid_at: date.nullish(),
  reference: description,
  custom_fields: customFields,
  // The time of its last change, as a number.
  version: description
})
type Final = z.output<typeof Final>

/**
 * Moneybird writes ids and amounts as text. If one of them is a number after all, a float may have changed it: then the
 * JSON has to be parsed by its digits, which takes fifty times as long.
 */
export const numbersMatter = (entity: unknown): boolean => {
  const { id, invoice_id, contact_id, total_price_incl_tax } = (entity ?? {}) as Record<string, unknown>
  return [id, invoice_id, contact_id, total_price_incl_tax].some(value => typeof value === 'number')
}

export const parseInvoice = (
  entity: unknown,
  { timeZone }: { timeZone: string }
): ToolInvoice | { problem: string } => {
  const head = Stage.safeParse(entity)
  if (head.error) return { problem: problemIn(head.error) }
  const { state, invoice_id: number } = head.data
  if (state === 'draft' || state === 'scheduled' || number === null) return draft(head.data.id)

  const { data: invoice, error } = Final.safeParse(entity)
  if (error) return { problem: problemIn(error) }
  const currency = invoice.currency.toUpperCase()
  const amountCents = parseAmount(invoice.total_price_incl_tax, currency)
  if (amountCents === undefined) return { problem: `total_price_incl_tax: ${amountExpected}` }
  return {
    invoice: {
      invoiceNumber: invoice.invoice_id,
      sourceId: invoice.id,
      customer: customerOf(invoice),
      amountCents,
      currency,
      issuedAt: invoice.invoice_date,
      dueAt: invoice.due_date ?? null,
      paidAt: paidAtOf(invoice, timeZone),
      pdfUrl: null, // made on request, and valid for seconds
      ...(invoice.version === null ? {} : { revision: invoice.version })
    },
    stage: 'final',
    finalisedAt: null, // Moneybird gives only a date
    collectsItself: state === 'pending_payment'
  }
}

/** A draft goes nowhere, so it carries only its id and its stage. */
const draft = (sourceId: string): ToolInvoice => ({
  invoice: { ...blankInvoice(sourceId, sourceId), sourceId },
  stage: 'draft',
  finalisedAt: null,
  collectsItself: false
})

/** Marking as paid cannot be undone in the portal, so both the state and the date have to say it. */
const paidAtOf = ({ state, paid_at: paidAt }: Final, timeZone: string) =>
  state === 'paid' && paidAt ? (parsePaidAt(paidAt, timeZone) ?? null) : null

const customerOf = (invoice: Final): Customer => {
  const { contact, contact_person: person } = invoice
  const emails = contact?.send_invoices_to_email ?? contact?.email ?? person?.email
  return {
    ref: invoice.contact_id,
    portalId: portalIdOf(invoice),
    emails: emailsIn(emails),
    name: contact?.company_name ?? fullName(contact) ?? fullName(person),
    address: [contact?.address1, contact?.address2].filter(Boolean).join(', ') || null,
    zipCode: contact?.zipcode ?? null,
    city: contact?.city ?? null,
    countryCode: countryCodeIn(contact?.country)
  }
}

type Named = { firstname: string | null; lastname: string | null } | null | undefined

const fullName = (named: Named): string | null => [named?.firstname, named?.lastname].filter(Boolean).join(' ') || null

/** Any custom field may hold it, whatever its name. An id on the invoice itself takes precedence over its contact's. */
const portalIdOf = ({ reference, custom_fields: own, contact }: Final): string | null => {
  const values = [reference, ...(own ?? []), ...(contact?.custom_fields ?? [])].map(given =>
    typeof given === 'string' ? given : (given?.value ?? '')
  )
  return values.find(value => portalIdPattern.test(value)) ?? null
}
