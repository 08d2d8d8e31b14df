// e-Boekhouden's invoice in our terms. No field is known to say "final": it counts as final when it has a number and a
// PDF. Of its customer it has only an id; the rest is in the relation.

import { z } from 'zod'
import { blankInvoice, type Customer, nothingKnown, type PlainDate, parseDate } from '../../../src/core/invoice.ts'
import {
  countryCodeIn,
  dateExpected,
  description,
  emailsIn,
  invoiceNumber,
  parseDecimal,
  parsed,
  portalIdPattern,
  problemIn
} from '../../../src/tools/fields.ts'
import type { Unparsed } from '../../../src/tools/seen.ts'
import type { ToolInvoice } from '../../../src/tools/tool.ts'

// Numbers arrive here as their digits, so that no amount was ever a float.
const id = z.string('expected an id').regex(/^\d{1,30}$/, 'expected an id')

/** Some answers may carry a time after the date. */
const date = parsed(text => parseDate(text.replace(/T00:00:00.*$/, '')), dateExpected)

const amountExpected = 'expected an amount such as 121.5'

const Head = z.object({ id }, 'expected an invoice')

const Stage = z.object({ invoiceNumber: description, urlPdfFile: description })

const Final = z.object({
  id,
  invoiceNumber,
  relationId: id,
  date,
  termOfPayment: description,
  totalIncl: z.string(amountExpected),
  reference: description
})
type Final = z.output<typeof Final>

const Relation = z.object({
  id,
  name: description,
  contact: description,
  emailAddress: description,
  email: description,
  address: description,
  postalCode: description,
  city: description,
  country: description
})

export const parseInvoice = (entity: unknown): ToolInvoice | Unparsed => {
  const head = Head.safeParse(entity)
  if (head.error) return { problem: problemIn(head.error), sourceId: null }
  const sourceId = head.data.id
  const { data: stage } = Stage.safeParse(entity)
  if (!stage?.invoiceNumber || !stage.urlPdfFile) return draft(sourceId)

  const { data: invoice, error } = Final.safeParse(entity)
  if (error) return { problem: problemIn(error), sourceId }
  const amountCents = parseDecimal(invoice.totalIncl)
  if (amountCents === undefined) return { problem: `totalIncl: ${amountExpected}`, sourceId }
  return {
    invoice: {
      invoiceNumber: invoice.invoiceNumber,
      sourceId,
      customer: { ref: invoice.relationId, portalId: portalIdOf(invoice), ...nothingKnown },
      amountCents,
      currency: 'EUR', // no other is known
      issuedAt: invoice.date,
      dueAt: dueOf(invoice),
      paidAt: null, // payments are mutations, which name no invoice
      pdfUrl: null // read again for each attempt: how long it lives is not known
    },
    stage: 'final',
    finalisedAt: null, // it has only a date
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

const dueOf = ({ date, termOfPayment }: Final): PlainDate | null =>
  termOfPayment !== null && /^\d{1,3}$/.test(termOfPayment)
    ? Temporal.PlainDate.from(date)
        .add({ days: Number(termOfPayment) })
        .toString()
    : null

const portalIdOf = ({ reference }: Final): string | null =>
  reference !== null && portalIdPattern.test(reference) ? reference : null

/** The customer with what its relation says. Null: the answer is not that relation. */
export const withRelation = (customer: Customer, entity: unknown): Customer | null => {
  const { data: relation } = Relation.safeParse(entity)
  if (relation?.id !== customer.ref) return null
  return {
    ...customer,
    emails: emailsIn(relation.emailAddress ?? relation.email),
    name: relation.name ?? relation.contact,
    address: relation.address,
    zipCode: relation.postalCode,
    city: relation.city,
    countryCode: countryCodeIn(relation.country)
  }
}
