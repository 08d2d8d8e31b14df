// The same invoice again: what is newer counts, and what of it no longer may.

import type { Instant } from '../core/clock.ts'
import { type Customer, type Invoice, isSame } from '../core/invoice.ts'
import type { Arrival, Document } from '../core/row.ts'
import { type Arriving, type Change, dropped, type Kept, toMark, waiting } from './kept.ts'

/** The part of a row that an event is judged by. */
type Judged = Pick<Kept, 'state' | 'code' | 'tool' | 'invoice' | 'document' | 'everSent' | 'pdfByPerson' | 'voided'>

/** What the same invoice comes to when it comes again. */
export type Repeat =
  | { kind: 'nothing' }
  /** `released`: what it was held for is now known, so it is judged again. */
  | { kind: 'merge'; invoice: Invoice; document: Document | null; released: boolean }
  /** The tool voided it, and takes that back. Other facts beside it still wait for a person. */
  | { kind: 'restore'; invoice: Invoice; document: Document | null }

export const judgeRepeat = (kept: Judged, newer: Invoice, document: Document | null, isBack: boolean): Repeat => {
  if (kept.state === 'dismissed' && !isBack) return { kind: 'nothing' }
  const invoice = mergeInvoice(kept, newer)
  const merged = mergeDocument(kept, newer, document)
  if (isBack) return { kind: 'restore', invoice, document: merged }
  const released = heals(kept, invoice, merged)
  const changed = merged !== kept.document || !isSame(invoice, kept.invoice)
  return changed || released ? { kind: 'merge', invoice, document: merged, released } : { kind: 'nothing' }
}

/** It stays dismissed: only how late its tool's latest word was is news, and that its PDF may be another one. */
export const keepRevision = (kept: Judged, newer: Invoice, document: Document | null): Repeat => ({
  kind: 'merge',
  invoice: { ...kept.invoice, ...revisionOf(newer) },
  document: mergeDocument(kept, newer, document),
  released: false
})

/** The same invoice again, with something new. */
export const merge = (
  kept: Kept,
  arrival: Arrival,
  { invoice, document, released }: Extract<Repeat, { kind: 'merge' }>,
  now: Instant
): Arriving => {
  const { state } = kept
  const isPaidNow = kept.invoice.paidAt === null && invoice.paidAt !== null
  return {
    set: {
      ...mergedFacts(kept, arrival, { invoice, document }),
      // The worker that has it on loan knows less, so the row is lent again with everything.
      ...(state === 'waiting' ? { loanUntil: null } : {}),
      // It waited for the tool to collect the payment: now it is paid.
      ...(state === 'waiting' && isPaidNow
        ? { nextAttemptAt: Math.min(kept.nextAttemptAt ?? now, now), since: Math.min(kept.since, now) }
        : {}),
      ...(state === 'delivered' ? toMark(invoice.paidAt, kept.knownPaidAt, now) : {}),
      ...(released ? waiting(now) : {})
    },
    lines: [{ event: 'merged', detail: released ? { released: kept.code } : {} }],
    received: { result: 'duplicate', changed: true, unused: dropped([arrival.document, kept.document], document) }
  }
}

export const mergedFacts = (
  kept: Kept,
  { tool }: Arrival,
  { invoice, document }: { invoice: Invoice; document: Document | null }
): Change => {
  // What another tool says of its revisions is not about this PDF.
  const isAnnounced = tool === kept.tool && !kept.pdfByPerson && isPdfAnother(kept.invoice, invoice)
  const isPdfNew = document !== kept.document || isAnnounced
  return { invoice, document, ...(isPdfNew ? { documentVersion: kept.documentVersion + 1 } : {}) }
}

/** The same other facts again: what is newer stays with them, for a person who takes them. */
export const mergeArrival = (kept: Arrival, newer: Arrival): Arrival => ({
  ...kept,
  invoice: mergeInvoice({ state: 'held', invoice: kept.invoice }, newer.invoice),
  document: kept.document ?? newer.document
})

const mergeInvoice = ({ state, invoice }: Pick<Judged, 'state' | 'invoice'>, newer: Invoice): Invoice => {
  // `paidAt` goes from null to a date once, and is never cleared or changed.
  const paidAt = invoice.paidAt ?? newer.paidAt
  if (state === 'delivered') return { ...invoice, paidAt }
  return {
    ...invoice,
    paidAt,
    dueAt: newer.dueAt ?? invoice.dueAt,
    pdfUrl: newer.pdfUrl ?? invoice.pdfUrl,
    ...revisionOf(newer),
    customer: mergeCustomer(invoice.customer, newer.customer)
  }
}

export const revisionOf = ({ revision }: Invoice): Pick<Invoice, 'revision'> =>
  revision === undefined ? {} : { revision }

const mergeCustomer = (kept: Customer, newer: Customer): Customer => ({
  ref: kept.ref,
  portalId: kept.portalId ?? newer.portalId,
  emails: newer.emails.length > 0 ? newer.emails : kept.emails,
  name: newer.name ?? kept.name,
  address: newer.address ?? kept.address,
  zipCode: newer.zipCode ?? kept.zipCode,
  city: newer.city ?? kept.city,
  countryCode: newer.countryCode ?? kept.countryCode
})

/**
 * Until something is sent, the newest PDF counts: a correction may change nothing else. A tool that renders anew each
 * time has changed nothing until it says so; a sender without ids of its own says so by another address.
 */
const mergeDocument = (kept: Judged, newer: Invoice, document: Document | null): Document | null => {
  if (kept.everSent || kept.state === 'delivered' || kept.pdfByPerson) return kept.document
  // The file of a refused PDF may be gone, so the new one counts even if its bytes are the same.
  if (document !== null)
    return document.sha256 === kept.document?.sha256 && !isPdfRefused(kept) ? kept.document : document
  if (isPdfRefused(kept) && newer.pdfUrl !== kept.invoice.pdfUrl) return null
  return isPdfAnother(kept.invoice, newer) ? null : kept.document
}

/** Whether the source announces another PDF. A tool's address does not say so: it may differ in every answer. */
const isPdfAnother = (kept: Invoice, newer: Invoice): boolean => {
  const isMoved = newer.pdfUrl !== null && newer.pdfUrl !== kept.pdfUrl
  if (kept.sourceId === null) return isMoved
  return newer.revision !== undefined && kept.revision !== undefined && newer.revision !== kept.revision
}

export const isPdfRefused = ({ state, code }: Pick<Kept, 'state' | 'code'>): boolean =>
  state === 'held' && (code === 'PDF_NOT_A_PDF' || code === 'PDF_TOO_LARGE' || code === 'PDF_ADDRESS_REFUSED')

/**
 * Whether it brings another PDF than was sent, which is not used any more. A copy has one of its own, and what a person
 * replaced is told again.
 */
export const bringsUnusedPdf = (
  { everSent, pdfByPerson, tool, document }: Judged,
  { tool: by, document: other }: Arrival
): boolean => {
  if (!everSent || pdfByPerson || tool !== by) return false
  return document !== null && other !== null && other.sha256 !== document.sha256
}

/** Whether the newer facts bring what the row is held for, or waits for. */
const heals = (kept: Judged, invoice: Invoice, document: Document | null): boolean => {
  const isPdfAwaited = kept.state === 'waiting' && kept.code === 'PDF_UNREACHABLE'
  if (isPdfAwaited || isPdfRefused(kept)) return document !== kept.document || invoice.pdfUrl !== kept.invoice.pdfUrl
  if (kept.state !== 'held') return false
  const noCustomer = kept.code === 'CUSTOMER_UNKNOWN' || kept.code === 'CUSTOMER_AMBIGUOUS'
  return noCustomer && !isSame(invoice.customer, kept.invoice.customer)
}
