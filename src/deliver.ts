// One invoice's way into the portal. Everything slow comes first; then the ledger says `sending`, and only then the
// portal is spoken to. Answers how it ended; writes nothing itself but the fetched PDF and `sending`.

import type { Clock } from './clock.ts'
import type { Outcome } from './decide.ts'
import { BridgeError, type Code } from './errors.ts'
import { formatAmount, formatPaidAt } from './invoice.ts'
import type { CreateBody, Ledger, Loan } from './ledger/ledger.ts'
import type { Portal } from './portal/client.ts'
import type { Document, Spool } from './spool.ts'

type OnAmount = 'hold' | 'dismiss' | 'deliver'

export type Rules = {
  creditNotes: OnAmount
  zeroAmounts: OnAmount
  review: boolean
  timeZone: string
}

export type Delivery = {
  ledger: Ledger
  spool: Spool
  portal: Pick<Portal, 'createInvoice'>
  fetchPdf: (url: string) => Promise<Document>
  clock: Clock
  rules: Rules
}

// From the commit of `sending` to the first byte. A process that froze in between must not speak late: by then
// somebody may have looked into the portal and found nothing.
const firstByteWithinMs = 5000

/** Null when the loan had run out: somebody else has the invoice now. */
export type Deliver = (loan: Loan) => Promise<Outcome | null>

export const createDeliver =
  (delivery: Delivery): Deliver =>
  async loan => {
    const { rules } = delivery
    const ruled = ruleOnAmount(loan, rules)
    if (ruled) return ruled
    const customerId = loan.invoice.customer.portalId
    if (customerId === null) return failed('CUSTOMER_UNKNOWN')

    const document = await keepPdf(loan, delivery)
    if (document === null) return null
    if ('kind' in document) return document

    const body = bodyOf(loan, customerId, rules.timeZone)
    const review = (rules.review || loan.test) && !loan.overrides.includes('REVIEW')
    if (review) return { kind: 'review', wouldSend: body }
    return create(loan, body, document, delivery)
  }

const failed = (code: Code, detail: string | null = null): Outcome => ({ kind: 'failed', code, detail })

const ruleOnAmount = ({ invoice, overrides }: Loan, { creditNotes, zeroAmounts }: Rules): Outcome | null => {
  if (invoice.currency !== 'EUR') return failed('CURRENCY_UNSUPPORTED', invoice.currency)
  if (invoice.amountCents > 0) return null
  const [code, rule] =
    invoice.amountCents < 0
      ? (['CREDIT_NOTE', creditNotes] as const)
      : (['ZERO_AMOUNT', zeroAmounts] as const)
  if (rule === 'deliver' || overrides.includes(code)) return null
  return rule === 'dismiss' ? { kind: 'dismissed', code } : failed(code)
}

const keepPdf = async (
  loan: Loan,
  { ledger, spool, fetchPdf, clock }: Delivery
): Promise<Document | Outcome | null> => {
  if (loan.document) return loan.document
  const { pdfUrl } = loan.invoice
  if (pdfUrl === null) return failed('PDF_UNREACHABLE', 'neither a PDF nor an address of one is known')
  let document: Document
  try {
    document = await fetchPdf(pdfUrl)
  } catch (error) {
    if (!(error instanceof BridgeError)) throw error
    return { kind: 'failed', code: error.code, detail: error.message, retryAfterMs: error.retryAfterMs }
  }
  if (await ledger.attach(loan, document, clock.now())) return document
  await spool.remove(document)
  return null
}

const bodyOf = ({ invoice, notify }: Loan, customerId: string, timeZone: string): CreateBody => ({
  customerId,
  invoiceNumber: invoice.invoiceNumber,
  issuedAt: invoice.issuedAt,
  amount: formatAmount(invoice.amountCents),
  paidAt: invoice.paidAt === null ? null : formatPaidAt(invoice.paidAt, timeZone),
  sendNotification: notify
})

const create = async (
  loan: Loan,
  body: CreateBody,
  document: Document,
  { ledger, spool, portal, clock }: Delivery
): Promise<Outcome | null> => {
  let pdf: Blob
  try {
    pdf = await spool.blob(document)
  } catch {
    return failed('PDF_UNREACHABLE', 'the spooled PDF is gone')
  }
  const startBy = clock.monotonic() + firstByteWithinMs
  if (!(await ledger.sending(loan, body, clock.now()))) return null
  try {
    const written = await portal.createInvoice(body, pdf, { startBy })
    switch (written.outcome) {
      case 'done':
        return { kind: 'created', portalId: written.value.id }
      case 'not-done':
        return {
          kind: 'failed',
          code: written.code,
          detail: written.detail,
          retryAfterMs: written.retryAfterMs
        }
      case 'unknown':
        return { kind: 'unknown', detail: written.detail }
    }
  } catch (error) {
    // Whatever went wrong in us, a byte may have left: only a look can tell.
    return { kind: 'unknown', detail: error instanceof Error ? error.message : String(error) }
  }
}
