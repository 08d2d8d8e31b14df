// A tool voids an invoice. Some tools make it final again later.

import type { Instant } from '../core/clock.ts'
import type { Invoice } from '../core/invoice.ts'
import type { Arrival } from '../core/row.ts'
import {
  type Arriving,
  accepted,
  type Change,
  type Changes,
  dismissed,
  dropped,
  dueOf,
  held,
  type Kept,
  type Line,
  soughtFromStart,
  waiting
} from './kept.ts'
import { mergedFacts, type Repeat, revisionOf } from './repeating.ts'

export const voidedLine: Line = { event: 'voided in the tool' }

/** By another tool than brought the row. */
export const voidedBy = (tool: string): Line => ({ ...voidedLine, detail: { tool } })

/**
 * A tool voided it: `by`, if that is another one than brought it. While it is in doubt that is only kept, and judged
 * when the doubt is settled. Null: no news.
 */
export const voidIt = (
  { state, code, overrides }: Pick<Kept, 'state' | 'code' | 'overrides'>,
  now: Instant,
  by?: string
): Changes | null => {
  if (overrides.includes('VOIDED_IN_TOOL')) return null
  const lines = [by === undefined ? voidedLine : voidedBy(by)]
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
export const voidAsTold = (kept: Kept, arrival: Arrival, now: Instant): Changes | null => {
  const { tool, invoice, restores } = arrival
  if (isOlderWord(kept, arrival)) return null
  // A person decided about an earlier void.
  const overrides = restores && isLater(invoice, kept.invoice) ? [] : kept.overrides
  const changes = voidIt({ ...kept, overrides }, now, tool === kept.tool ? undefined : tool)
  const { revision } = invoice
  if (!restores || revision === undefined) return changes
  // It stays dismissed, and how late the void was is kept, too: see `isLaterWord`.
  const isDismissed = isVoided(kept) || (kept.state === 'dismissed' && !kept.forgotten)
  if (changes === null && !(isDismissed && isNewer(invoice, kept.invoice))) return null
  return { set: { ...changes?.set, invoice: { ...kept.invoice, revision } }, lines: changes?.lines ?? [] }
}

/** Final again, later than it was voided. What a person dismissed stays dismissed. */
export const isRestored = ({ state, code, voided, invoice }: Kept, { restores, invoice: newer }: Arrival): boolean =>
  (state === 'sending' ? voided : isVoided({ state, code })) && restores === true && isLater(newer, invoice)

/** Final again, later than a void in spite of which a person had it delivered. */
export const isPastKnownVoid = (kept: Kept, arrival: Arrival): boolean =>
  kept.state !== 'dismissed' &&
  kept.overrides.includes('VOIDED_IN_TOOL') &&
  isAbout(kept, arrival) &&
  arrival.restores === true &&
  isLater(arrival.invoice, kept.invoice)

/** A row of a third tool, and another invoice of this one, have revisions of their own. */
const isAbout = ({ tool, invoice: kept }: Kept, { tool: by, invoice, secondHand = [] }: Arrival): boolean =>
  tool === by ? kept.sourceId === invoice.sourceId : secondHand.includes(tool)

/** The tool voided it, sent or not, and does not take that back by this word either. */
export const isStillVoided = ({ state, code, voided, invoice }: Kept, { restores, invoice: newer }: Arrival): boolean =>
  (state === 'sending' ? voided : code === 'VOIDED_IN_TOOL') && !(restores === true && isLater(newer, invoice))

/**
 * Final, and later than what is known of an invoice that a person or a rule dismissed. It may be delivered all the same,
 * and an older void that comes then must not count.
 */
export const isLaterWord = (kept: Kept, { restores, invoice: newer }: Arrival): boolean => {
  const { state, forgotten, invoice } = kept
  const isDismissed = state === 'dismissed' && !isVoided(kept) && !forgotten
  return restores === true && isDismissed && isNewer(newer, invoice)
}

/**
 * The void that a tool told of before the invoice itself; `revision`: how late that was, '' if the tool does not say.
 * Null: none, or taken back by this word.
 */
export const voidedAs = (arrival: Arrival, revision: string | null): Arrival | null => {
  if (revision === null || revision === '') return revision === null ? null : arrival
  const { restores, invoice } = arrival
  const voided = { ...invoice, revision }
  return restores === true && isLater(invoice, voided) ? null : { ...arrival, invoice: voided }
}

/** What the tool says of it, final or void, is out of date. */
export const isOlderWord = ({ invoice: kept }: Kept, { restores, invoice }: Arrival): boolean =>
  restores === true && isLater(kept, invoice)

/** Other facts, kept beside it, are the tool's latest word, too: an older void does not count any more. */
export const pastOlderVoid = (kept: Kept, arrival: Arrival): Change =>
  arrival.restores === true && isAbout(kept, arrival) && isNewer(arrival.invoice, kept.invoice)
    ? {
        voided: false,
        overrides: kept.overrides.filter(override => override !== 'VOIDED_IN_TOOL'),
        invoice: { ...kept.invoice, ...revisionOf(arrival.invoice) }
      }
    : {}

/** What a person said before it was voided was about what was voided. */
export const pastWords = (kept: Kept): Change =>
  isVoided(kept) ? { overrides: [], released: null, ...soughtFromStart(kept) } : {}

/** What a person still has to decide about: that it has another number with its tool, `before`, or other facts. */
export type Contested = { before: string | null; hasConflict: boolean }

/** It is judged again; in doubt, only the void no longer counts. */
export const restore = (
  kept: Kept,
  arrival: Arrival,
  { invoice, document }: Extract<Repeat, { kind: 'restore' }>,
  { before, hasConflict }: Contested,
  now: Instant
): Arriving => {
  const isContested = before !== null || hasConflict
  const judgedAgain = isContested ? held('INVOICE_CONFLICT') : waiting(dueOf({ ...arrival, invoice }, now))
  return {
    set: {
      ...mergedFacts(kept, arrival, { invoice, document }),
      // A person's words were about what was voided since.
      ...(kept.state === 'sending'
        ? { voided: false }
        : { ...judgedAgain, overrides: [], released: null, ...soughtFromStart(kept) })
    },
    lines: [
      { event: 'restored in the tool' },
      ...(before === null || kept.state === 'sending' ? [] : doubledBy(before).lines)
    ],
    received: { ...accepted, unused: dropped([arrival.document, kept.document], document) }
  }
}

/** Of several voids of one invoice the latest counts. */
export const latestVoid = (voided: Kept[], arrival: Arrival): Arrival => {
  let word = arrival
  for (const kept of voided) if (isStillVoided(kept, word)) word = { ...word, invoice: latest(kept, word) }
  return word
}

/** One of two rows that are one invoice of a tool, which has two numbers for it. */
export const doubledBy = (before: string): Changes => ({
  set: held('INVOICE_CONFLICT'),
  lines: [{ event: 'told under another number', detail: { code: 'INVOICE_CONFLICT', before } }]
})

/** An older word of a tool that restores does not hide how late the latest one was. */
export const latest = (kept: Kept, arrival: Arrival): Invoice =>
  isOlderWord(kept, arrival) ? { ...arrival.invoice, ...revisionOf(kept.invoice) } : arrival.invoice

const isVoided = ({ state, code }: Pick<Kept, 'state' | 'code'>): boolean =>
  state === 'dismissed' && code === 'VOIDED_IN_TOOL'

const isNewer = (newer: Invoice, kept: Invoice): boolean =>
  kept.revision === undefined ? newer.revision !== undefined : isLater(newer, kept)

/** Only for a tool that restores: its revisions sort by time. */
const isLater = ({ revision: a }: Invoice, { revision: b }: Invoice): boolean =>
  a !== undefined && b !== undefined && a > b
