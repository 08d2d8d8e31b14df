// What an event does to a row: the table of states, as pure functions. The ledger loads what is known, asks here, and
// writes the answer, in one transaction.

import type { Instant } from '../core/clock.ts'
import { refPrint } from '../core/fingerprint.ts'
import { type Customer, type Invoice, isSame, mayBeCopy, mayBeOne, sameFacts } from '../core/invoice.ts'
import type { Arrival, Document, Received } from '../core/row.ts'
import {
  arrived,
  type Change,
  type Changes,
  dismissed,
  dueOf,
  type Facts,
  factsOf,
  held,
  type Kept,
  type Line,
  sentTo,
  soughtFromStart,
  toMark,
  waiting
} from './kept.ts'

/** What an event changes, and what its sender is told. */
export type Arriving = Changes & { received: Received }

/** The part of a row that an event is judged by. */
type Judged = Pick<Kept, 'state' | 'code' | 'tool' | 'invoice' | 'document' | 'everSent' | 'pdfByPerson' | 'voided'>

export type Judgement =
  | { kind: 'nothing' }
  /** The same invoice again. `released`: what it was held for is now known, so it is judged again. */
  | { kind: 'merge'; invoice: Invoice; document: Document | null; released: boolean }
  /** The tool voided it, and takes that back. Other facts beside it still wait for a person. */
  | { kind: 'restore'; invoice: Invoice; document: Document | null }
  /** Never sent, so the tool's correction applies. Other facts beside it still wait for a person. */
  | { kind: 'replace' }
  | { kind: 'conflict' }

export const judge = (kept: Kept, arrival: Arrival): Judgement => {
  const { tool, document } = arrival
  const invoice = latest(kept, arrival)
  const sameSource = kept.tool === tool && kept.invoice.sourceId === invoice.sourceId
  // An invoice that was sent to one portal customer, and is now said to be another's, is not a repeat.
  const { portalId } = invoice.customer
  const to = sentTo(kept)
  const isAnothers = to !== null && portalId !== null && portalId !== to
  const isBack = isRestored(kept, arrival)
  if (sameSource && !isAnothers && sameFacts(kept.invoice, invoice)) return judgeRepeat(kept, invoice, document, isBack)
  // When a second tool brings the same invoice, only its payment is news: the first tool may not know of that. And how
  // late its word was, if it may void the invoice and restore it.
  if (!isAnothers && isCopy(kept, arrival)) {
    const news = { paidAt: invoice.paidAt, ...(arrival.restores ? revisionOf(invoice) : {}) }
    return judgeRepeat(kept, { ...kept.invoice, ...news }, kept.document, isBack)
  }
  // Without an id of its own (generic intake), nothing shows that this is a correction and not another invoice.
  const correction = sameSource && invoice.sourceId !== null
  if (correction && correctable(kept)) return { kind: 'replace' }
  return { kind: 'conflict' }
}

/** One of the two tools brings the other's invoices. */
export const isCopy = (
  { tool, invoice }: Judged,
  { tool: other, invoice: another, secondHand = [] }: Arrival
): boolean => tool !== other && [tool, other].some(name => secondHand.includes(name)) && mayBeCopy(invoice, another)

/** Final again, later than it was voided. What a person dismissed stays dismissed. */
const isRestored = ({ state, code, voided, invoice }: Judged, { restores, invoice: newer }: Arrival): boolean => {
  return (state === 'sending' ? voided : isVoided({ state, code })) && restores === true && isLater(newer, invoice)
}

const isVoided = ({ state, code }: Pick<Kept, 'state' | 'code'>): boolean =>
  state === 'dismissed' && code === 'VOIDED_IN_TOOL'

/** An older word of a tool that restores does not hide how late the latest one was. */
const latest = ({ invoice: kept }: Judged, { restores, invoice }: Arrival): Invoice => {
  const { revision } = kept
  return restores && revision !== undefined && isLater(kept, invoice) ? { ...invoice, revision } : invoice
}

/** Only for a tool that restores: its revisions sort by time. */
const isLater = ({ revision: a }: Invoice, { revision: b }: Invoice): boolean =>
  a !== undefined && b !== undefined && a > b

const correctable = ({ state, everSent }: Judged): boolean =>
  state === 'dismissed' || ((state === 'waiting' || state === 'held') && !everSent)

const judgeRepeat = (kept: Judged, newer: Invoice, document: Document | null, isBack: boolean): Judgement => {
  if (kept.state === 'dismissed' && !isBack) return { kind: 'nothing' }
  const invoice = mergeInvoice(kept, newer)
  const merged = mergeDocument(kept, newer, document)
  if (isBack) return { kind: 'restore', invoice, document: merged }
  const released = heals(kept, invoice, merged)
  const changed = merged !== kept.document || !isSame(invoice, kept.invoice)
  return changed || released ? { kind: 'merge', invoice, document: merged, released } : { kind: 'nothing' }
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

const revisionOf = ({ revision }: Invoice): Pick<Invoice, 'revision'> => (revision === undefined ? {} : { revision })

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

/** Whether it brings another PDF than was sent, which is not used any more. A copy has one of its own. */
export const bringsUnusedPdf = (
  { everSent, tool, document }: Judged,
  { tool: by, document: other }: Arrival
): boolean => everSent && tool === by && document !== null && other !== null && other.sha256 !== document.sha256

/** Whether the newer facts bring what the row is held for, or waits for. */
const heals = (kept: Judged, invoice: Invoice, document: Document | null): boolean => {
  const isPdfAwaited = kept.state === 'waiting' && kept.code === 'PDF_UNREACHABLE'
  if (isPdfAwaited || isPdfRefused(kept)) return document !== kept.document || invoice.pdfUrl !== kept.invoice.pdfUrl
  if (kept.state !== 'held') return false
  const noCustomer = kept.code === 'CUSTOMER_UNKNOWN' || kept.code === 'CUSTOMER_AMBIGUOUS'
  return noCustomer && !isSame(invoice.customer, kept.invoice.customer)
}

const accepted: Received = { result: 'accepted', changed: true, unused: [] }

/**
 * A new number. What the tool said before may contradict it: that it voided the invoice, or that its number is another
 * one, `before`. `first`: how its history begins.
 */
export const enter = (
  arrival: Arrival,
  { before, isVoided }: { before: string | null; isVoided: boolean },
  now: Instant
): Arriving & { first: object } => {
  const due = dueOf(arrival, now)
  const { tool, notify } = arrival
  const first = { tool, notify, ...(due > now ? { notBefore: due } : {}) }
  const set = arrived(arrival, now)
  if (before !== null)
    return {
      first,
      set: { ...set, ...held('INVOICE_CONFLICT') },
      lines: [{ event: 'told under another number', detail: { code: 'INVOICE_CONFLICT', before } }],
      received: { ...accepted, result: 'conflict' }
    }
  return isVoided
    ? { first, set: { ...set, ...dismissed('VOIDED_IN_TOOL', now) }, lines: [voidedLine], received: accepted }
    : { first, set, lines: [], received: accepted }
}

/** The same invoice again, with something new. */
export const merge = (
  kept: Kept,
  arrival: Arrival,
  { invoice, document, released }: Extract<Judgement, { kind: 'merge' }>,
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
      ...(state === 'waiting' && isPaidNow ? { nextAttemptAt: now, since: Math.min(kept.since, now) } : {}),
      ...(state === 'delivered' ? toMark(invoice.paidAt, kept.knownPaidAt, now) : {}),
      ...(released ? waiting(now) : {})
    },
    lines: [{ event: 'merged', detail: released ? { released: kept.code } : {} }],
    received: { result: 'duplicate', changed: true, unused: dropped([arrival.document, kept.document], document) }
  }
}

const mergedFacts = (
  kept: Kept,
  { tool }: Arrival,
  { invoice, document }: { invoice: Invoice; document: Document | null }
): Change => {
  // What another tool says of its revisions is not about this PDF.
  const isAnnounced = tool === kept.tool && !kept.pdfByPerson && isPdfAnother(kept.invoice, invoice)
  const isPdfNew = document !== kept.document || isAnnounced
  return { invoice, document, ...(isPdfNew ? { documentVersion: kept.documentVersion + 1 } : {}) }
}

/** It is judged again; in doubt, only the void no longer counts. `isContested`: a person still has to decide. */
export const restore = (
  kept: Kept,
  arrival: Arrival,
  { invoice, document }: Extract<Judgement, { kind: 'restore' }>,
  isContested: boolean,
  now: Instant
): Arriving => {
  const judgedAgain = isContested ? held('INVOICE_CONFLICT') : waiting(dueOf({ ...arrival, invoice }, now))
  return {
    set: {
      ...mergedFacts(kept, arrival, { invoice, document }),
      // A person's words were about what was voided since.
      ...(kept.state === 'sending'
        ? { voided: false }
        : { ...judgedAgain, overrides: [], released: null, ...soughtFromStart(kept) })
    },
    lines: [{ event: 'restored in the tool' }],
    received: { ...accepted, unused: dropped([arrival.document, kept.document], document) }
  }
}

/** Other facts replace those that were never sent. `isContested`: a person still has to decide about others. */
export const correct = (kept: Kept, arrival: Arrival, isContested: boolean, now: Instant): Arriving => ({
  set: {
    ...arrived(arrival, now),
    ...soughtFromStart(kept),
    documentVersion: kept.documentVersion + 1,
    ...(isContested ? held('INVOICE_CONFLICT') : {})
  },
  lines: [{ event: 'corrected', detail: { notify: arrival.notify, replaced: factsOf(kept) } }],
  received: { ...accepted, unused: documents(kept.document) }
})

/** Other facts, which are kept beside the row for a person. */
export const contest = (kept: Kept, arrival: Arrival): Arriving => ({
  set: contested(kept),
  lines: [{ event: 'conflict received', detail: { tool: arrival.tool, facts: tellingFacts(arrival, kept.invoice) } }],
  received: { ...accepted, result: 'conflict' }
})

/** Facts beside an emptied row are personal data again. A row in doubt is judged when the doubt is settled. */
const contested = ({ state }: Kept): Change => {
  if (state === 'delivered') return { code: 'INVOICE_CONFLICT', forgotten: false }
  return state === 'sending' ? {} : held('INVOICE_CONFLICT')
}

/** Other facts that are already known: a person has decided on them, or will. `merged`: what is kept of them now. */
export const contestAgain = (arrival: Arrival, merged: Arrival | null): Received => ({
  result: 'conflict',
  changed: false,
  unused: merged === null ? documents(arrival.document) : dropped([arrival.document], merged.document)
})

const voidedLine: Line = { event: 'voided in the tool' }

/**
 * A tool voided it: `by`, if that is another one than brought it. While it is in doubt that is only kept, and judged
 * when the doubt is settled. Null: no news.
 */
export const voidIt = ({ state, code }: Pick<Kept, 'state' | 'code'>, now: Instant, by?: string): Changes | null => {
  const lines = [by === undefined ? voidedLine : { ...voidedLine, detail: { tool: by } }]
  switch (state) {
    case 'waiting':
    case 'held':
      return { set: dismissed('VOIDED_IN_TOOL', now), lines }
    case 'sending':
      return { set: { voided: true }, lines }
    case 'delivered':
      return code === 'VOIDED_IN_TOOL' ? null : { set: { code: 'VOIDED_IN_TOOL', forgotten: false }, lines }
    case 'dismissed':
      return null
  }
}

/** The same, as the tool tells of it. Where it may restore the invoice, its latest word counts, and is known by date. */
export const voidAsTold = (kept: Kept, { tool, invoice, restores }: Arrival, now: Instant): Changes | null => {
  if (restores && isLater(kept.invoice, invoice)) return null
  const changes = voidIt(kept, now, tool === kept.tool ? undefined : tool)
  const { revision } = invoice
  if (!restores || revision === undefined) return changes
  if (changes === null && !(isVoided(kept) && isLater(invoice, kept.invoice))) return null
  return { set: { ...changes?.set, invoice: { ...kept.invoice, revision } }, lines: changes?.lines ?? [] }
}

/** The arrival with its reference as the row has it: a hidden one is still the same reference. */
export const asKept = (arrival: Arrival, { customer: kept }: Invoice): Arrival => {
  const { invoice } = arrival
  return refPrint(invoice.customer.ref) === refPrint(kept.ref)
    ? { ...arrival, invoice: { ...invoice, customer: { ...invoice.customer, ref: kept.ref } } }
    : arrival
}

/** For a person, who would otherwise see only the reference that both have. */
export const tellingFacts = (arrival: Pick<Arrival, 'tool' | 'invoice'>, kept: Invoice): Facts => {
  const facts = factsOf(arrival)
  const { customer } = arrival.invoice
  if (customer.portalId !== null || mayBeOne(customer, kept.customer)) return facts
  const who = [customer.name, ...customer.emails].filter(text => text !== null)
  return { ...facts, customer: `${facts.customer} (${who.join(', ')})` }
}

export const documents = (...found: (Document | null)[]): Document[] => found.filter(document => document !== null)

/** Never the file that is used, in case the same arrival comes twice. */
export const dropped = (found: (Document | null)[], used: Document | null): Document[] =>
  documents(...found).filter(({ file }) => file !== used?.file)
