// The table of states, as pure functions that every ledger shares: what an event, or a person, does to a row.
// A ledger loads the row, asks here, and writes what it is told, in one transaction.

import { isDeepStrictEqual } from 'node:util'
import type { Instant } from '../core/clock.ts'
import type { Code } from '../core/codes.ts'
import { type Customer, formatAmount, type Invoice, numberKey, sameFacts } from '../core/invoice.ts'
import type { PortalInvoice } from '../core/portal-entry.ts'
import type { Document } from '../core/row.ts'
import {
  type Action,
  type Arrival,
  type CreateBody,
  type Override,
  overrides,
  type State
} from '../core/row.ts'

/** As much of a row as is needed to judge what comes in. */
export type Kept = {
  state: State
  code: Code | null
  tool: string
  invoice: Invoice
  document: Document | null
  /** A create call went out for it at some time, even if it was proven later that nothing came of it. */
  everSent: boolean
  /** The portal's customer that it was sent to; null where that is not told, or it was not sent. */
  sentTo: string | null
}

/** When it may be delivered: at once, unless the tool is about to collect it by itself. */
export const dueOf = ({ notBefore, invoice }: Arrival, now: Instant): Instant =>
  invoice.paidAt === null ? Math.max(now, notBefore ?? now) : now

export type Judgement =
  | { kind: 'nothing' }
  /** The same invoice, told again. `released`: what it was held for is now known, so it is judged anew. */
  | { kind: 'merge'; invoice: Invoice; document: Document | null; released: boolean }
  /** Never sent, so the tool's correction simply counts. Other facts beside it still wait for a person. */
  | { kind: 'replace' }
  | { kind: 'conflict' }

export const judge = (kept: Kept, { tool, invoice, document }: Arrival): Judgement => {
  const sameSource = kept.tool === tool && kept.invoice.sourceId === invoice.sourceId
  // What was sent to one customer of the portal, and is said to be another's, is no repetition.
  const { portalId } = invoice.customer
  const isAnothers = kept.sentTo !== null && portalId !== null && portalId !== kept.sentTo
  if (sameSource && !isAnothers && sameFacts(kept.invoice, invoice))
    return judgeRepeat(kept, invoice, document)
  // Without an id of its own (generic intake) nothing says that this is a correction, and not another invoice.
  const correction = sameSource && invoice.sourceId !== null
  if (correction && correctable(kept)) return { kind: 'replace' }
  return { kind: 'conflict' }
}

/** The tool voided it. While it is in doubt that is only kept, and judged when the doubt is settled. */
export type Voiding = { kind: 'nothing' } | { kind: 'void'; now: 'dismiss' | 'note' | 'keep' }

export const judgeVoided = ({ state, code }: Kept): Voiding => {
  switch (state) {
    case 'waiting':
    case 'held':
      return { kind: 'void', now: 'dismiss' }
    case 'sending':
      return { kind: 'void', now: 'keep' }
    case 'delivered':
      return code === 'VOIDED_IN_TOOL' ? { kind: 'nothing' } : { kind: 'void', now: 'note' }
    case 'dismissed':
      return { kind: 'nothing' }
  }
}

const correctable = ({ state, everSent }: Kept): boolean =>
  state === 'dismissed' || ((state === 'waiting' || state === 'held') && !everSent)

const judgeRepeat = (kept: Kept, newer: Invoice, document: Document | null): Judgement => {
  if (kept.state === 'dismissed') return { kind: 'nothing' }
  const invoice = mergeInvoice(kept, newer)
  const merged = mergeDocument(kept, newer, document)
  const released = heals(kept, invoice, merged)
  const changed = merged !== kept.document || !isDeepStrictEqual(invoice, kept.invoice)
  return changed || released ? { kind: 'merge', invoice, document: merged, released } : { kind: 'nothing' }
}

/** The same other facts, told again: what is newer stays with them, for a person who takes them. */
export const mergeArrival = (kept: Arrival, newer: Arrival): Arrival => ({
  ...kept,
  invoice: mergeInvoice({ state: 'held', invoice: kept.invoice }, newer.invoice),
  document: kept.document ?? newer.document
})

const mergeInvoice = ({ state, invoice }: Pick<Kept, 'state' | 'invoice'>, newer: Invoice): Invoice => {
  // Paid goes from nothing to a date once, and is never cleared or changed.
  const paidAt = invoice.paidAt ?? newer.paidAt
  if (state === 'delivered') return { ...invoice, paidAt }
  return {
    ...invoice,
    paidAt,
    dueAt: newer.dueAt ?? invoice.dueAt,
    pdfUrl: newer.pdfUrl ?? invoice.pdfUrl,
    ...(newer.revision === undefined ? {} : { revision: newer.revision }),
    customer: mergeCustomer(invoice.customer, newer.customer)
  }
}

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
 * While nothing was sent the newest PDF is the one: a correction may change nothing else. A tool that renders anew each
 * time has changed nothing until it says so; a sender without ids of its own says so by another address.
 */
const mergeDocument = (kept: Kept, newer: Invoice, document: Document | null): Document | null => {
  if (kept.everSent || kept.state === 'delivered') return kept.document
  // The file of one that was refused may be gone, whatever its bytes were.
  if (document !== null)
    return document.sha256 === kept.document?.sha256 && !isPdfRefused(kept) ? kept.document : document
  if (isPdfRefused(kept) && newer.pdfUrl !== kept.invoice.pdfUrl) return null
  return isPdfAnother(kept.invoice, newer) ? null : kept.document
}

/** By what is told: a tool may give its PDF another address in every answer. */
export const isPdfAnother = (kept: Invoice, newer: Invoice): boolean => {
  const isMoved = newer.pdfUrl !== null && newer.pdfUrl !== kept.pdfUrl
  if (kept.sourceId === null) return isMoved
  return newer.revision !== undefined && kept.revision !== undefined && newer.revision !== kept.revision
}

const isPdfRefused = ({ state, code }: Kept): boolean =>
  state === 'held' && (code === 'PDF_NOT_A_PDF' || code === 'PDF_TOO_LARGE' || code === 'PDF_ADDRESS_REFUSED')

/** Whether the newer facts bring what the row was held for, or waits for. */
const heals = (kept: Kept, invoice: Invoice, document: Document | null): boolean => {
  const isPdfAwaited = kept.state === 'waiting' && kept.code === 'PDF_UNREACHABLE'
  if (isPdfAwaited || isPdfRefused(kept))
    return document !== kept.document || invoice.pdfUrl !== kept.invoice.pdfUrl
  if (kept.state !== 'held') return false
  const noCustomer = kept.code === 'CUSTOMER_UNKNOWN' || kept.code === 'CUSTOMER_AMBIGUOUS'
  return noCustomer && !isDeepStrictEqual(invoice.customer, kept.invoice.customer)
}

export type Ruling =
  | { kind: 'nothing' }
  /** To `waiting`, due at once, with a fresh count of failures. */
  | { kind: 'release'; overrides: Override[] }
  | { kind: 'dismiss' }
  /** Clears the code of a delivered row; a conflict that another code hid shows, and one that is seen is settled. */
  | { kind: 'clear' }
  /** Settles the conflicts beside a delivered row. */
  | { kind: 'settle' }
  /** To `waiting` with the other's facts, or with these; the conflicts beside it are settled. */
  | { kind: 'take' }
  | { kind: 'keep' }

const unclear: Override[] = ['PORTAL_UNCLEAR']

/** What a person's word does; null where the state does not allow it. */
export const rule = (
  { state, code }: Pick<Kept, 'state' | 'code'>,
  action: Action,
  { hasConflict, absent = false }: { hasConflict: boolean; absent?: boolean | undefined }
): Ruling | null => {
  if (state === 'sending') return null
  switch (action) {
    case 'deliver':
      if (state === 'delivered') return null
      if (hasConflict) return { kind: 'keep' }
      return {
        kind: 'release',
        overrides: [...overrides.filter(override => override === code), ...(absent ? unclear : [])]
      }
    case 'dismiss':
      if (state === 'dismissed' || (state === 'delivered' && code === null)) return { kind: 'nothing' }
      return state === 'delivered' ? { kind: 'clear' } : { kind: 'dismiss' }
    case 'take':
      return hasConflict && (state === 'held' || state === 'dismissed') ? { kind: 'take' } : null
    case 'keep':
      if (!hasConflict || state === 'waiting') return null
      return state === 'delivered' ? { kind: 'settle' } : { kind: 'keep' }
  }
}

/** In which fields the portal tells an invoice otherwise than it was sent. What it does not tell is not compared. */
export const toldOtherwise = (sent: CreateBody, told: PortalInvoice): string[] => {
  const { customerId, amountCents, issuedAt, invoiceNumber } = told
  const fields = {
    customerId: [customerId, sent.customerId],
    amount: [amountCents === null ? null : formatAmount(amountCents), sent.amount],
    issuedAt: [issuedAt, sent.issuedAt],
    invoiceNumber: [invoiceNumber && numberKey(invoiceNumber), numberKey(sent.invoiceNumber)]
  }
  return Object.entries(fields).flatMap(([field, [is, was]]) => (is === null || is === was ? [] : [field]))
}
