// An invoice of WeFact or HostFact in our terms. Its status says what it is; values come as text or as numbers.

import { z } from 'zod'
import { blankInvoice, type Customer, parseAmount, parseDate, parsePaidAt } from '../../src/core/invoice.ts'
import { fieldIn } from '../../src/tools/api.ts'
import {
  countryCodeIn,
  dateExpected,
  description,
  emailsIn,
  invoiceNumber,
  parsed,
  problemIn
} from '../../src/tools/fields.ts'
import type { Unparsed } from '../../src/tools/seen.ts'
import type { ToolInvoice } from '../../src/tools/tool.ts'

const id = z.string('expected an id').regex(/^\d{1,30}$/, 'expected an id')

const date = parsed(parseDate, dateExpected)

const amountExpected = 'expected an amount such as 121.50'

/** Sent, partly paid, paid, credit invoice. There is no 1, 5, 6 or 7. */
const finalStatuses = ['2', '3', '4', '8']
const paid = '4'
const credit = '8'
/** Voided or expired. Crediting a paid invoice puts the original here. */
const voided = '9'

/** The statuses that can be asked for, one at a time. */
export const statuses = [...finalStatuses, voided]

const Head = z.object({ Identifier: id }, 'expected an invoice')

const Stage = z.object({ Status: z.string('expected a status'), InvoiceCode: description })

const Final = z.object({
  Identifier: id,
  InvoiceCode: invoiceNumber,
  DebtorCode: z.string('expected the code of the debtor').trim().min(1, 'expected the code of the debtor').max(100),
  CompanyName: description,
  Initials: description,
  SurName: description,
  EmailAddress: description,
  Address: description,
  ZipCode: description,
  City: description,
  Country: description,
  AmountIncl: z.string(amountExpected),
  Currency: z.string('expected a currency').regex(/^[A-Za-z]{3}$/, 'expected a currency'),
  Date: date,
  PayBefore: date.nullish().catch(null),
  PayDate: date.nullish().catch(null),
  Modified: description
})
type Final = z.output<typeof Final>

export const parseInvoice = (entity: unknown, { timeZone }: { timeZone: string }): ToolInvoice | Unparsed => {
  const head = Head.safeParse(entity)
  if (head.error) return { problem: problemIn(head.error), sourceId: null }
  const sourceId = head.data.Identifier
  const stage = Stage.safeParse(entity)
  if (stage.error) return { problem: problemIn(stage.error), sourceId }
  const { Status: status, InvoiceCode: code } = stage.data
  // A draft has a placeholder as its number.
  if (!statuses.includes(status) || code === null || code.startsWith('[')) return draft(sourceId)

  const { data: invoice, error } = Final.safeParse(entity)
  if (error) return { problem: problemIn(error), sourceId }
  const currency = invoice.Currency.toUpperCase()
  const amountCents = parseAmount(invoice.AmountIncl, currency)
  if (amountCents === undefined) return { problem: `AmountIncl: ${amountExpected}`, sourceId }
  // Otherwise the customer would be asked to pay what they are to get back.
  if (status === credit && amountCents > 0)
    return { problem: 'AmountIncl: expected a minus, as the status is that of a credit invoice', sourceId }
  return {
    invoice: {
      invoiceNumber: invoice.InvoiceCode,
      sourceId,
      customer: customerOf(invoice),
      amountCents,
      currency,
      issuedAt: invoice.Date,
      dueAt: invoice.PayBefore ?? null,
      paidAt: status === paid ? paidAtOf(invoice, timeZone) : null,
      pdfUrl: null // comes as bytes, with the key
    },
    stage: status === voided ? 'voided' : 'final',
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

/** Whether it is paid, and this answer leaves out since when. Without an id it cannot be asked for. */
export const lacksPayDate = (entity: unknown): boolean =>
  Head.safeParse(entity).success && fieldIn(entity, 'Status') === paid && fieldIn(entity, 'PayDate') === undefined

/** The date may be empty: then the day of its last change, which made it paid, counts. */
const paidAtOf = ({ PayDate: date, Modified: modified }: Final, timeZone: string) => {
  const day = date ?? modified?.slice(0, 10)
  return day === undefined ? null : (parsePaidAt(day, timeZone) ?? null)
}

const customerOf = (invoice: Final): Customer => ({
  ref: invoice.DebtorCode,
  portalId: null,
  emails: emailsIn(invoice.EmailAddress),
  name: invoice.CompanyName ?? ([invoice.Initials, invoice.SurName].filter(Boolean).join(' ') || null),
  address: invoice.Address,
  zipCode: invoice.ZipCode,
  city: invoice.City,
  countryCode: countryCodeIn(invoice.Country)
})
