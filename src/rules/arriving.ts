// What an event does to a row: the table of states, as pure functions. The ledger loads what is known, asks here, and
// writes the answer, in one transaction. The same invoice again is repeating.ts; a void, and its end, are voiding.ts.

import type { Instant } from '../core/clock.ts'
import { refPrint } from '../core/fingerprint.ts'
import { type Invoice, mayBeCopy, mayBeOne, sameFacts } from '../core/invoice.ts'
import type { Arrival, Document, Received } from '../core/row.ts'
import {
  type Arriving,
  accepted,
  arrived,
  type Change,
  type Changes,
  dismissed,
  documents,
  dropped,
  dueOf,
  type Facts,
  factsOf,
  held,
  type Kept,
  soughtFromStart,
  wentToAnother
} from './kept.ts'
import { judgeRepeat, keepRevision, type Repeat, revisionOf } from './repeating.ts'
import {
  type Contested,
  doubledBy,
  isLaterWord,
  isOlderWord,
  isRestored,
  latest,
  pastOlderVoid,
  pastWords,
  voidedBy,
  voidedLine
} from './voiding.ts'

export type Judgement =
  | Repeat
  /** Never sent, so the tool's correction applies. Other facts beside it still wait for a person. */
  | { kind: 'replace' }
  | { kind: 'conflict' }

/** `isKnownById`: by this tool's id, even if another one brought it. */
export const judge = (kept: Kept, arrival: Arrival, isKnownById = false): Judgement => {
  const { tool, document } = arrival
  const invoice = latest(kept, arrival)
  const sameSource = kept.tool === tool && kept.invoice.sourceId === invoice.sourceId
  // An invoice that was sent to one portal customer, and is now said to be another's, is not a repeat.
  const isAnothers = wentToAnother(kept, invoice.customer.portalId)
  const isBack = isRestored(kept, arrival)
  const repeat = (newer: Invoice, own: Document | null): Repeat =>
    isLaterWord(kept, arrival) ? keepRevision(kept, newer, own) : judgeRepeat(kept, newer, own, isBack)
  if (sameSource && !isAnothers && sameFacts(kept.invoice, invoice)) return repeat(invoice, document)
  // When a second tool brings the same invoice, only its payment is news: the first tool may not know of that. And how
  // late its word was, if it may void the invoice and restore it.
  if (!isAnothers && isCopy(kept, arrival)) {
    const news = { paidAt: invoice.paidAt, ...(arrival.restores ? revisionOf(invoice) : {}) }
    return repeat({ ...kept.invoice, ...news }, kept.document)
  }
  // Without an id of its own (generic intake), nothing shows that this is a correction and not another invoice.
  const correction = sameSource && invoice.sourceId !== null
  if ((correction || isKnownById) && isOlderWord(kept, arrival)) return { kind: 'nothing' }
  if (correction && correctable(kept) && !isAgainstDated(kept, arrival)) return { kind: 'replace' }
  return { kind: 'conflict' }
}

/** One of the two tools brings the other's invoices. */
export const isCopy = ({ tool, invoice }: Kept, { tool: other, invoice: another, secondHand = [] }: Arrival): boolean =>
  tool !== other && [tool, other].some(name => secondHand.includes(name)) && mayBeCopy(invoice, another)

/** A mail, say, which has no date, against the word of a tool that dates its own: that may be the later one. */
const isAgainstDated = ({ invoice: kept }: Kept, { tool, invoice, secondHand = [] }: Arrival): boolean =>
  secondHand.includes(tool) && kept.revision !== undefined && invoice.revision === undefined

const correctable = ({ state, everSent }: Kept): boolean =>
  state === 'dismissed' || ((state === 'waiting' || state === 'held') && !everSent)

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
  if (before !== null) {
    const doubled = doubledBy(before)
    return {
      first,
      set: { ...set, ...doubled.set },
      lines: doubled.lines,
      received: { ...accepted, result: 'conflict' }
    }
  }
  return isVoided
    ? { first, set: { ...set, ...dismissed('VOIDED_IN_TOOL', now) }, lines: [voidedLine], received: accepted }
    : { first, set, lines: [], received: accepted }
}

/** Nothing of it is under way, so a person may still decide. */
export const isUnsent = ({ state }: Kept): boolean => state === 'waiting' || state === 'held'

/** One of two rows that turn out to be one invoice of a tool, which has two numbers for it. */
export const toldUnderAnother = (kept: Kept, before: string): Changes | null =>
  isUnsent(kept) ? doubledBy(before) : null

/** Other facts replace those that were never sent. */
export const correct = (kept: Kept, arrival: Arrival, { before, hasConflict }: Contested, now: Instant): Arriving => ({
  set: {
    ...arrived(arrival, now),
    ...soughtFromStart(kept),
    documentVersion: kept.documentVersion + 1,
    ...(before !== null || hasConflict ? held('INVOICE_CONFLICT') : {})
  },
  lines: [
    { event: 'corrected', detail: { notify: arrival.notify, replaced: factsOf(kept) } },
    ...(before === null ? [] : doubledBy(before).lines)
  ],
  received: { ...accepted, unused: documents(kept.document) }
})

/** Other facts, which are kept beside the row for a person. `isVoided`: the tool said so before it told of them. */
export const contest = (kept: Kept, arrival: Arrival, isVoided: boolean): Arriving => ({
  set: { ...contested(kept), ...pastOlderVoid(kept, arrival), ...pastWords(kept) },
  lines: [
    { event: 'conflict received', detail: { tool: arrival.tool, facts: tellingFacts(arrival, kept.invoice) } },
    ...(isVoided ? [voidedBy(arrival.tool)] : [])
  ],
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

/** The arrival with its reference as the row has it: a hidden one is still the same reference. */
export const asKept = (arrival: Arrival, { customer: kept }: Invoice): Arrival => {
  const { invoice } = arrival
  return refPrint(invoice.customer.ref) === refPrint(kept.ref)
    ? { ...arrival, invoice: { ...invoice, customer: { ...invoice.customer, ref: kept.ref } } }
    : arrival
}

/** For a person: the reference as the tool writes it, and who that is where it alone would not tell two apart. */
export const tellingFacts = (arrival: Pick<Arrival, 'tool' | 'invoice'>, kept: Invoice): Facts => {
  const { customer } = arrival.invoice
  const facts = { ...factsOf(arrival), customer: customer.portalId ?? customer.ref.trim() }
  if (customer.portalId !== null || mayBeOne(customer, kept.customer)) return facts
  const who = [customer.name, ...customer.emails].filter(text => text !== null)
  return { ...facts, customer: `${facts.customer} (${who.join(', ')})` }
}
