// Mollie's sales invoice in our terms. It has a number once it is issued, or paid at once. Mollie's documents write
// both "canceled" and "cancelled", and dashes as well as underscores, so all are accepted.
// https://docs.mollie.com/docs/invoice-lifecycle

import { z } from 'zod'
import type { Instant } from '../../../src/core/clock.ts'
import { blankInvoice, type Customer, dateOf, parseAmount, parsePaidAt } from '../../../src/core/invoice.ts'
import {
  countryCodeIn,
  description,
  emailsIn,
  invoiceNumber,
  kept,
  portalIdPattern,
  problemIn
} from '../../../src/tools/fields.ts'
import type { Unparsed } from '../../../src/tools/seen.ts'
import type { ToolInvoice } from '../../../src/tools/tool.ts'

/** In the metadata of an invoice, this key holds the portal's id of the customer. */
export const portalIdKey = 'mijnklantportaal_customer_id'

/** An e-invoice is `issuing` until the network has taken it. */
const draftStatuses = ['draft', 'issuing']
const voidedStatuses = ['canceled', 'cancelled']
const collecting = ['pending-payment', 'pending_payment']
const finalStatuses = ['issued', 'overdue', ...collecting, 'paid', 'payment-reversed', 'payment_reversed']

const statusExpected = 'expected a status that is documented'
// Its end, and nobody has received it. What its sender does about that is not known here.
const failedExpected = 'expected an e-invoice that was delivered, not one that failed'

const idExpected = 'expected an id'
const Head = z.object(
  {
    id: kept(idExpected).min(1, idExpected).max(100, idExpected),
    status: z
      .string(statusExpected)
      .refine(status => status !== 'failed', failedExpected)
      .refine(status => [...draftStatuses, ...finalStatuses, ...voidedStatuses].includes(status), statusExpected),
    invoiceNumber: description
  },
  'expected a sales invoice'
)

const amountExpected = 'expected an amount such as 121.00, with its currency'
const Amount = z.object(
  { value: z.string(amountExpected), currency: z.string(amountExpected).regex(/^[A-Z]{3}$/, amountExpected) },
  amountExpected
)

const Recipient = z
  .object({
    organizationName: description,
    givenName: description,
    familyName: description,
    email: description,
    streetAndNumber: description,
    streetAdditional: description,
    postalCode: description,
    city: description,
    country: description
  })
  .nullish()
  .catch(null)

const Final = z.object({
  id: z.string(),
  status: z.string(),
  invoiceNumber,
  totalAmount: Amount,
  createdAt: description,
  issuedAt: description,
  paidAt: description,
  dueAt: description,
  recipientIdentifier: description,
  customerId: description,
  recipient: Recipient,
  metadata: z.record(z.string(), z.unknown()).nullish().catch(null)
})
type Final = z.output<typeof Final>

/** `seenAt`: when Mollie said so, for an invoice that is paid without a time. Null: that is not known. */
export type Context = { timeZone: string; seenAt: Instant | null }

export const parseInvoice = (entity: unknown, context: Context): ToolInvoice | Unparsed => {
  const head = Head.safeParse(entity)
  if (head.error) return { problem: problemIn(head.error), sourceId: idIn(entity) }
  const { id: sourceId, status, invoiceNumber } = head.data
  const isVoided = voidedStatuses.includes(status)
  if (draftStatuses.includes(status) || (invoiceNumber === null && !isVoided)) return unnumbered(sourceId, 'draft')

  const final = parseFinal(entity, context, sourceId)
  if (!isVoided) return final
  // Its facts no longer matter: the bridge knows it by its id.
  return 'problem' in final ? unnumbered(sourceId, 'voided') : { ...final, stage: 'voided' }
}

const parseFinal = (entity: unknown, { timeZone, seenAt }: Context, sourceId: string): ToolInvoice | Unparsed => {
  const { data: invoice, error } = Final.safeParse(entity)
  if (error) return { problem: problemIn(error), sourceId }
  const { value, currency } = invoice.totalAmount
  const amountCents = parseAmount(value, currency)
  if (amountCents === undefined) return { problem: `totalAmount: ${amountExpected}`, sourceId }
  const instant = (text: string | null) => (text === null ? null : (parsePaidAt(text, timeZone) ?? null))
  const [issuedAt, paidAt, dueAt] = [invoice.issuedAt, invoice.paidAt, invoice.dueAt].map(instant)
  // An invoice that is paid at once may never have been issued.
  const finalisedAt = issuedAt ?? paidAt ?? instant(invoice.createdAt)
  if (finalisedAt === null) return { problem: 'issuedAt: expected a time such as 2026-11-20T11:00:00+00:00', sourceId }
  return {
    invoice: {
      invoiceNumber: invoice.invoiceNumber,
      sourceId,
      customer: customerOf(invoice),
      amountCents,
      currency,
      issuedAt: dateOf(finalisedAt, timeZone),
      dueAt: dueAt ? dateOf(dueAt, timeZone) : null,
      // It was paid, too, if the payment was reversed. The portal cannot unmark it.
      paidAt: invoice.status === 'paid' ? (paidAt ?? seenAt) : null,
      pdfUrl: null // asked for when the PDF is fetched
    },
    stage: 'final',
    finalisedAt,
    collectsItself: collecting.includes(invoice.status)
  }
}

/** Carries only its id and its stage. */
const unnumbered = (sourceId: string, stage: 'draft' | 'voided'): ToolInvoice => ({
  invoice: { ...blankInvoice(sourceId, sourceId), sourceId },
  stage,
  finalisedAt: null,
  collectsItself: false
})

const customerOf = (invoice: Final): Customer => {
  const { recipient, metadata, recipientIdentifier, customerId } = invoice
  const emails = emailsIn(recipient?.email)
  const portalId = metadata?.[portalIdKey]
  return {
    // First the merchant's own. Mollie's customers have ids like the portal's, but are different ones.
    ref: recipientIdentifier ?? customerId ?? emails[0] ?? invoice.id,
    portalId: typeof portalId === 'string' && portalIdPattern.test(portalId) ? portalId : null,
    emails,
    name:
      recipient?.organizationName ?? ([recipient?.givenName, recipient?.familyName].filter(Boolean).join(' ') || null),
    address: [recipient?.streetAndNumber, recipient?.streetAdditional].filter(Boolean).join(', ') || null,
    zipCode: recipient?.postalCode ?? null,
    city: recipient?.city ?? null,
    countryCode: countryCodeIn(recipient?.country)
  }
}

export const idIn = (entity: unknown): string | null =>
  Head.shape.id.safeParse((entity as Partial<Final>)?.id).data ?? null
