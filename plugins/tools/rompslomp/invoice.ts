// Rompslomp's sales invoice in our terms. It is final when it is published and has a number. Bare amounts are always in
// euros, whatever currency the PDF shows. Paid comes without a date: the day on which the bridge first saw it counts.

import { z } from 'zod'
import { blankInvoice, type Customer, dateOf, parseAmount, parseDate, parsePaidAt } from '../../../src/core/invoice.ts'
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
import type { SeenContext, Unparsed } from '../../../src/tools/seen.ts'
import type { ToolInvoice } from '../../../src/tools/tool.ts'

// Numbers arrive here as their digits.
const id = z.string('expected an id').regex(/^\d{1,30}$/, 'expected an id')

const date = parsed(parseDate, dateExpected)

// Rompslomp writes as few decimals as needed: "181.5" is 181.50.
const amountExpected = 'expected an amount such as 121.5'

const Contact = z
  .object({
    name: description,
    contact_person_name: description,
    contact_person_email_address: description,
    address: description,
    zipcode: description,
    city: description,
    country_code: description
  })
  .nullish()
  .catch(null)

const Head = z.object({ id }, 'expected a sales invoice')

const Stage = z.object({ status: z.string('expected a status'), invoice_number: description })

const Final = z.object({
  id,
  invoice_number: invoiceNumber,
  contact_id: id,
  cached_contact: Contact,
  date,
  due_date: date.nullish().catch(null),
  currency: z
    .string('expected a currency')
    .regex(/^[A-Za-z]{3}$/, 'expected a currency')
    .nullish(),
  price_with_vat: z.string(amountExpected),
  payment_status: description,
  api_reference: description
})
type Final = z.output<typeof Final>

const paid: readonly (string | null)[] = ['paid', 'overpaid']

export const parseInvoice = (entity: unknown, { timeZone, seenAt }: SeenContext): ToolInvoice | Unparsed => {
  const head = Head.safeParse(entity)
  if (head.error) return { problem: problemIn(head.error), sourceId: null }
  const sourceId = head.data.id
  const stage = Stage.safeParse(entity)
  if (stage.error) return { problem: problemIn(stage.error), sourceId }
  if (stage.data.status !== 'published' || stage.data.invoice_number === null) return draft(sourceId)

  const { data: invoice, error } = Final.safeParse(entity)
  if (error) return { problem: problemIn(error), sourceId }
  const amountCents = parseAmount(invoice.price_with_vat)
  if (amountCents === undefined) return { problem: `price_with_vat: ${amountExpected}`, sourceId }
  return {
    invoice: {
      invoiceNumber: invoice.invoice_number,
      sourceId,
      customer: customerOf(invoice),
      amountCents,
      // The PDF would show a different amount from the portal's: with its own currency the invoice goes to a person
      // first.
      currency: invoice.currency?.toUpperCase() ?? 'EUR',
      issuedAt: invoice.date,
      dueAt: invoice.due_date ?? null,
      paidAt: paid.includes(invoice.payment_status) ? (parsePaidAt(dateOf(seenAt, timeZone), timeZone) ?? null) : null,
      pdfUrl: null // needs the token
    },
    stage: 'final',
    finalisedAt: null, // Rompslomp gives only a date
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

const customerOf = ({ contact_id: ref, cached_contact: contact, api_reference: reference }: Final): Customer => ({
  ref,
  portalId: reference !== null && portalIdPattern.test(reference) ? reference : null,
  emails: emailsIn(contact?.contact_person_email_address),
  name: contact?.name ?? contact?.contact_person_name ?? null,
  address: contact?.address ?? null,
  zipCode: contact?.zipcode ?? null,
  city: contact?.city ?? null,
  countryCode: countryCodeIn(contact?.country_code)
})
