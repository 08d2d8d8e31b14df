// Delivers one invoice into the portal. Everything slow comes first; then the ledger says `sending`, and only then is
// anything sent. It answers how that ended, and writes nothing but the fetched PDF and what it is about to send.

import { Readable } from 'node:stream'
import { dateOf, formatAmount, formatPaidAt, isPlausible, numberKey, parseAmount } from '../core/invoice.ts'
import type { PortalInvoice } from '../core/portal-entry.ts'
import type { CreateBody, Document, Draft, Loan } from '../core/row.ts'
import { isSpelling } from '../core/spelling.ts'
import type { Spool } from '../ledger/spool.ts'
import type { Portal } from '../portal/client.ts'
import { confirm, contested, judgeFound, overruledOf } from '../portal/match.ts'
import type { Reader } from '../portal/reader.ts'
import { failed, failedBy, type Outcome } from '../rules/decide.ts'
import { overruledUpTo } from '../rules/kept.ts'
import type { ToolClient } from '../tools/client.ts'
import type { Receiver } from '../tools/receiver.ts'
import type { PdfAddress } from '../tools/tool.ts'
import type { Customers } from './customers.ts'
import { markPaid, type Paying } from './mark-paid.ts'
import { createSettling, failureOf, writeBeforeSpeak } from './write-before-speak.ts'

type OnAmount = 'hold' | 'dismiss' | 'deliver'

export type Rules = {
  creditNotes: OnAmount
  zeroAmounts: OnAmount
  review: boolean
  timeZone: string
}

export type Delivery = Paying & {
  spool: Spool
  portal: Pick<Portal, 'createInvoice'>
  reader: Pick<Reader, 'one'>
  customers: Pick<Customers, 'find'>
  fetchPdf: (address: PdfAddress) => Promise<Document>
  toolClient: Pick<ToolClient, 'current' | 'pdf' | 'read'>
  receiver: Pick<Receiver, 'receiveFromTool' | 'gone'>
  rules: Rules
}

// How many times the copy may learn of the number between two of our own steps.
const roundsMax = 5

/** Waits for what may be slow, while others are delivered in its place. */
export type Aside = <T>(slow: Promise<T>) => Promise<T>

/** Null: the loan had run out, so the invoice is no longer this worker's. */
export type Deliver = (loan: Loan, aside?: Aside) => Promise<Outcome | null>

export const createDeliver = (delivery: Delivery): Deliver => {
  const settling = createSettling(delivery)
  return (loan, aside = slow => slow) =>
    loan.work === 'pay' ? markPaid(loan, delivery, settling) : createInvoice(loan, delivery, aside)
}

const createInvoice = async (loan: Loan, delivery: Delivery, aside: Aside): Promise<Outcome | null> => {
  const { rules } = delivery
  if (loan.unread) return readAgain(loan, loan.unread, delivery)
  const asked = await askTool(loan, delivery)
  if (asked !== 'same') return asked
  const ruled = ruleOnAmount(loan, rules) ?? ruleOnDate(loan, delivery)
  if (ruled) return ruled
  const isReleased = loan.overrides.includes('REVIEW')
  const review = (rules.review || loan.test) && !isReleased
  // No customer is created until a person has seen the invoice, and until it is certain that what they saw still holds.
  const whose = await delivery.customers.find(loan, { mayCreate: !review && !isReleased })
  if ('kind' in whose) return whose
  if (loan.test && 'wouldCreate' in whose && isReleased) return failed('CUSTOMER_UNKNOWN', 'a test creates no customer')
  const draft = draftOf(loan, whose, rules.timeZone)

  // A tool's sample event has no PDF behind it.
  if (review && loan.test && loan.document === null) return { kind: 'review', wouldSend: draft, detail: null }
  const pdf = await readyPdf(loan, delivery, aside)
  if (pdf === null) return null
  if ('kind' in pdf) return pdf
  if (review) return { kind: 'review', wouldSend: draft, detail: null }
  const changed = await changedSince(loan, draft, delivery)
  if (changed) return changed
  const whom = 'portalId' in whose ? whose : await createAnnounced(loan, delivery)
  if ('kind' in whom) return whom
  const { newCustomer: _, ...facts } = draft
  const body: CreateBody = { ...facts, customerId: whom.portalId }

  // What was sent before may stand in the portal, whatever the portal answered and whoever asks for it again.
  if (loan.unproven && !loan.overrides.includes('PORTAL_UNCLEAR')) return { kind: 'unproven', body }
  for (let round = 1; round <= roundsMax; round += 1) {
    const there = await findInPortal(loan, body, delivery)
    if (there) return there
    const outcome = await send(loan, body, pdf, delivery)
    if (outcome !== 'known') return outcome
  }
  return failed('PORTAL_UNREACHABLE', 'what the portal holds under this number keeps changing')
}

const ruleOnAmount = ({ invoice, overrides }: Loan, { creditNotes, zeroAmounts }: Rules): Outcome | null => {
  if (invoice.currency !== 'EUR') return failed('CURRENCY_UNSUPPORTED', invoice.currency)
  if (invoice.amountCents > 0) return null
  const [code, rule] =
    invoice.amountCents < 0 ? (['CREDIT_NOTE', creditNotes] as const) : (['ZERO_AMOUNT', zeroAmounts] as const)
  if (rule === 'deliver' || overrides.includes(code)) return null
  return rule === 'dismiss' ? { kind: 'dismissed', code } : failed(code)
}

/** An invoice with a wrong date would be mailed, and the portal cannot delete it. */
const ruleOnDate = ({ invoice: { issuedAt }, overrides }: Loan, { clock, rules }: Delivery): Outcome | null =>
  overrides.includes('DATE_IMPLAUSIBLE') || isPlausible(issuedAt, dateOf(clock.now(), rules.timeZone))
    ? null
    : failed('DATE_IMPLAUSIBLE', issuedAt)

/** An event may be out of date, so a tool that can be asked is asked again. `same`: nothing has changed. */
const askTool = async (loan: Loan, { toolClient, receiver, clock }: Delivery): Promise<Outcome | 'same' | null> => {
  let current: Awaited<ReturnType<ToolClient['current']>>
  try {
    current = await toolClient.current(loan)
  } catch (error) {
    return failedBy(error)
  }
  if (current === null) return 'same'
  if (current === 'gone') return failed('EVENT_UNREADABLE', 'the tool holds no such invoice (any more)')
  if (current.stage === 'draft') return failed('TOOL_NOT_FINAL')
  if (numberKey(current.invoice.invoiceNumber) !== numberKey(loan.invoice.invoiceNumber))
    return failed('EVENT_UNREADABLE', 'the tool has this invoice under another number')
  // Some tools make a new link to the PDF for every answer. It must not count as a change, or no loan would get past
  // this check.
  const invoice = { ...current.invoice, pdfUrl: loan.invoice.pdfUrl ?? current.invoice.pdfUrl }
  // A change enters the row as an event would, and ends this loan.
  const { changed } = await receiver.receiveFromTool(
    loan.tool,
    { ...current, invoice, collectsItself: false },
    { now: clock.now(), anyAge: true }
  )
  return changed ? null : 'same'
}

/**
 * This version may be able to read an event that an earlier one could not. Then the event's own row is no longer
 * needed.
 */
const readAgain = async (loan: Loan, body: Buffer, { toolClient, receiver, clock }: Delivery): Promise<Outcome> => {
  const reading = toolClient.read(loan.tool, body)
  if (reading.kind === 'unreadable') return failed('EVENT_UNREADABLE', reading.problem)
  if (reading.kind === 'gone') await receiver.gone(loan.tool, reading.sourceId, clock.now())
  const invoices = reading.kind === 'invoices' ? reading.invoices : []
  // A person has asked for it, so its age does not matter; but no customer is mailed about an old invoice.
  const heard = { now: clock.now(), anyAge: true, caughtUp: true }
  const ignored: string[] = []
  for (const one of invoices) {
    const kept = await receiver.receiveFromTool(loan.tool, one, heard)
    if (kept.result === 'ignored') ignored.push(kept.reason)
  }
  if (invoices.length > 0 && ignored.length === invoices.length)
    return failed('EVENT_UNREADABLE', `it can be read now, but is ignored: ${ignored[0]}`)
  return { kind: 'dismissed', code: 'BY_OPERATOR' }
}

/** The PDF from the disk, or else fetched and kept. Null: the loan had run out. */
const readyPdf = async (
  loan: Loan,
  { ledger, spool, fetchPdf, toolClient, clock }: Delivery,
  aside: Aside
): Promise<Blob | Outcome | null> => {
  const kept = loan.document && (await spool.blob(loan.document))
  if (kept && kept !== 'changed') return kept
  const happened = kept ? 'on the disk is not the one that was kept' : 'is gone from the disk'
  if (loan.pdfByPerson) return failed('PDF_NOT_A_PDF', `the PDF that you put there ${happened}: put it there again`)
  // Without an address, only a tool with its own id for the invoice can be asked again. Otherwise the sender must send
  // it once more.
  if (loan.invoice.pdfUrl === null && loan.invoice.sourceId === null)
    return failed('PDF_NOT_A_PDF', `the PDF ${happened}: send the invoice again, with it`)
  let document: Document
  try {
    const address = await toolClient.pdf(loan)
    if (address === null) return failed('PDF_NOT_READY')
    document = await aside('bytes' in address ? spool.keep(Readable.from([address.bytes])) : fetchPdf(address))
  } catch (error) {
    return failedBy(error)
  }
  if (await ledger.attach(loan, document, clock.now())) {
    if (kept) await spool.remove(loan.document!)
    const fresh = await spool.blob(document)
    return fresh === 'changed'
      ? failed('PDF_NOT_READY', 'the PDF was changed on the disk right after it was kept')
      : fresh
  }
  await spool.remove(document)
  return null
}

type Whose = Exclude<Awaited<ReturnType<Customers['find']>>, Outcome>

const draftOf = ({ invoice, notify }: Loan, whose: Whose, timeZone: string): Draft => ({
  customerId: 'portalId' in whose ? whose.portalId : null,
  newCustomer: 'portalId' in whose ? null : whose.wouldCreate.companyName,
  invoiceNumber: invoice.invoiceNumber,
  issuedAt: invoice.issuedAt,
  amount: formatAmount(invoice.amountCents, invoice.currency),
  paidAt: invoice.paidAt === null ? null : formatPaidAt(invoice.paidAt, timeZone),
  sendNotification: notify
})

/** Back into review if it differs from what a person saw when they released it. A payment is no surprise. */
const changedSince = async (loan: Loan, draft: Draft, { ledger }: Delivery): Promise<Outcome | null> => {
  const { released, documentVersion, tool, invoice } = loan
  if (released === null) return null
  const { draft: seen } = released
  const link = seen.newCustomer && (await ledger.customers.find({ tool, ref: invoice.customer.ref }))?.link
  const isCreated = link ? link.how === 'created' && link.portalId === draft.customerId : false
  const fields: [string, boolean][] = [
    ['customer', isCreated || (seen.customerId === draft.customerId && seen.newCustomer === draft.newCustomer)],
    ['amount', seen.amount === draft.amount],
    ['date', seen.issuedAt === draft.issuedAt],
    ['mail', seen.sendNotification === draft.sendNotification],
    ['PDF', released.documentVersion === documentVersion]
  ]
  const changed = fields.flatMap(([field, isSame]) => (isSame ? [] : [field]))
  if (changed.length === 0) return null
  return { kind: 'review', wouldSend: draft, detail: `changed since it was released: ${changed.join(', ')}` }
}

/** The customer that was only announced before. */
const createAnnounced = async (loan: Loan, delivery: Delivery): Promise<{ portalId: string } | Outcome> => {
  const found = await delivery.customers.find(loan)
  if ('kind' in found) return found
  if ('wouldCreate' in found)
    return failed('CUSTOMER_UNKNOWN', 'the customer is not in the portal, and was not created')
  // By now the portal may have another customer with that address, which nobody has seen here.
  return (await changedSince(loan, draftOf(loan, found, delivery.rules.timeZone), delivery)) ?? found
}

/** What the copy holds under this number, confirmed by asking for it. Null: nothing that counts. */
const findInPortal = async (loan: Loan, body: CreateBody, delivery: Delivery): Promise<Outcome | null> => {
  const { ledger, reader } = delivery
  const known = await ledger.holdings.byNumber(body.invoiceNumber)
  if (known.length === 0) return findSpelledOtherwise(loan, body, delivery)
  try {
    const found = await confirm(reader, known, 'delivery')
    if (found === 'contested') return contested(known)
    const decision = judgeFound(found, body, await overruledAmong(found, loan, delivery))
    if (decision?.to === 'delivered') return { kind: 'adopted', holding: decision.holding, code: decision.code }
    if (decision?.to === 'held') return failed(decision.code, decision.detail)
    // What a person overruled is not what may stand there under another spelling.
    return await findSpelledOtherwise(loan, body, delivery)
  } catch (error) {
    return failedBy(error)
  }
}

const overruledAmong = async (found: PortalInvoice[], loan: Loan, { ledger }: Delivery): Promise<PortalInvoice[]> => {
  if (!loan.overrides.includes('INVOICE_CONFLICT')) return []
  return overruledOf(found, await ledger.holdings.byNumber(loan.invoice.invoiceNumber, overruledUpTo(loan)))
}

/** A new ledger does not know what a lost one sent, and a portal may spell numbers differently. */
const findSpelledOtherwise = async (
  { overrides }: Loan,
  body: CreateBody,
  { ledger }: Delivery
): Promise<Outcome | null> => {
  if (overrides.includes('PORTAL_UNCLEAR')) return null
  const equal = await ledger.holdings.strangers(body, 0)
  const [found] = equal.filter(({ invoiceNumber }) => isSpelling(invoiceNumber, body.invoiceNumber))
  return found
    ? failed(
        'PORTAL_UNCLEAR',
        `the portal shows ${found.id} (${found.invoiceNumber}), with the same customer, amount and date`
      )
    : null
}

/** `known`: the copy has learned of this number in the meantime. */
const send = async (loan: Loan, body: CreateBody, pdf: Blob, delivery: Delivery): Promise<Outcome | 'known' | null> => {
  const { ledger, portal, clock } = delivery
  const said = await writeBeforeSpeak(
    delivery,
    () => ledger.sending(loan, body, clock.now()),
    (permission, limits) => (permission === 'granted' ? portal.createInvoice(body, pdf, limits) : null)
  )
  if ('kind' in said) return said
  const { permission, written } = said
  if (permission === 'unproven') return { kind: 'unproven', body }
  if (written === null) return permission === 'known' ? 'known' : null
  switch (written.outcome) {
    case 'done':
      return { kind: 'created', holding: holdingOf(written.value, body) }
    case 'not-done':
      return failureOf(written)
    case 'unknown':
      return { kind: 'unknown', detail: written.detail, answered: written.answered }
  }
}

/** The answer to a create may hold no more than the id; the rest is what was sent. */
const holdingOf = (answer: PortalInvoice, body: CreateBody): PortalInvoice => ({
  ...answer,
  customerId: answer.customerId ?? body.customerId,
  invoiceNumber: answer.invoiceNumber ?? body.invoiceNumber,
  issuedAt: answer.issuedAt ?? body.issuedAt,
  amountCents: answer.amountCents ?? parseAmount(body.amount) ?? null
})
