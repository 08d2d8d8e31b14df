// What is kept of an invoice, as rules see it, and what they answer: changes to it, and lines of its history. No rule
// knows how a database stores that.

import type { Instant } from '../core/clock.ts'
import type { Code } from '../core/codes.ts'
import { fingerprint, refKey, refPrint } from '../core/fingerprint.ts'
import type { Invoice } from '../core/invoice.ts'
import type {
  Actor,
  Arrival,
  CreateBody,
  Document,
  OtherFacts,
  Override,
  Received,
  Released,
  State
} from '../core/row.ts'

export type Kept = {
  state: State
  code: Code | null
  tool: string
  invoice: Invoice
  document: Document | null
  documentVersion: number
  /** A person replaced another PDF with it: what the source sends later does not undo that. */
  pdfByPerson: boolean
  notify: boolean
  test: boolean
  overrides: Override[]
  /** What would be sent, as it was put up for review, and with which PDF. */
  draft: Released | null
  released: Released | null
  /** What was sent, is being sent, or is looked for. */
  body: CreateBody | null
  /** What went out last. */
  sentBody: CreateBody | null
  /** A create call went out for it at some time, even if it was proven later that nothing came of it. */
  everSent: boolean
  /** It was sent, and nothing has shown since what came of it. */
  unproven: boolean
  sentBy: string | null
  /** The copy's last ordinal when it was sent, or when a person overruled what stands in the portal. */
  sentAfter: number | null
  sendingAt: Instant | null
  portalId: string | null
  portalCustomerId: string | null
  deliveredAt: Instant | null
  finishedAt: Instant | null
  /** When it was paid, as the portal knows it; and whether the portal may have been asked to mark it. */
  knownPaidAt: Instant | null
  paying: boolean
  /** Since when it should be in the portal. */
  since: Instant
  nextAttemptAt: Instant | null
  loanUntil: Instant | null
  failures: number
  triedMs: number
  /** The tool voided it while that could not be judged. */
  voided: boolean
  /** Its personal data is gone. */
  forgotten: boolean
}

export type Change = Partial<Kept>

/** A line of history. */
export type Line = { event: string; detail?: object }

export type Changes = { set: Change; lines: Line[] }

/** What distinguishes one set of facts from another. */
export type Facts = OtherFacts & { sourceId: string | null }

export const factsOf = ({ tool, invoice }: Pick<Arrival, 'tool' | 'invoice'>): Facts => ({
  tool,
  sourceId: invoice.sourceId,
  customer: invoice.customer.portalId ?? refKey(invoice.customer.ref),
  amountCents: invoice.amountCents,
  currency: invoice.currency,
  issuedAt: invoice.issuedAt
})

/** The key under which a set of facts is kept once, for ever. It must not reveal the tool's customer. */
export const factsPrint = ({ customer, ...facts }: Facts): string =>
  fingerprint(JSON.stringify({ ...facts, customer: isPortals(customer) ? customer : refPrint(customer) }))

/** The portal's id of a customer, not a tool's reference. */
const isPortals = (customer: string): boolean => customer.startsWith('cst_')

/** When it may be delivered: at once, unless the tool is about to collect it by itself. */
export const dueOf = ({ notBefore, invoice }: Arrival, now: Instant): Instant =>
  invoice.paidAt === null ? Math.max(now, notBefore ?? now) : now

/**
 * Whether it was sent to a portal customer other than this one, as the portal says, or else as the bridge asked. If the
 * portal made it another's, for the one that was asked for it is no news.
 */
export const wentToAnother = ({ portalCustomerId, unproven, sentBody }: Kept, portalId: string | null): boolean => {
  const asked = sentBody?.customerId ?? null
  const to = portalCustomerId ?? (unproven ? asked : null)
  return to !== null && portalId !== null && portalId !== to && portalId !== asked
}

/** The worker that has it on loan may no longer write. */
export const ended = { loanUntil: null, nextAttemptAt: null, sendingAt: null } satisfies Change

/** To be judged again and delivered, with a fresh count of failures. */
export const waiting = (due: Instant): Change => ({
  ...ended,
  state: 'waiting',
  code: null,
  since: due,
  nextAttemptAt: due,
  finishedAt: null,
  forgotten: false,
  failures: 0,
  triedMs: 0
})

export const held = (code: Code): Change => ({ ...ended, state: 'held', code, finishedAt: null, forgotten: false })

export const dismissed = (code: Code, now: Instant): Change => ({ ...ended, state: 'dismissed', code, finishedAt: now })

/** An invoice that is not judged yet. */
export const arrived = (arrival: Arrival, now: Instant): Change => {
  const { tool, invoice, document, notify, test } = arrival
  const unjudged: Change = { overrides: [], released: null, draft: null, body: null, voided: false, pdfByPerson: false }
  return { tool, invoice, document, notify, test, ...unjudged, ...waiting(dueOf(arrival, now)) }
}

/**
 * The copy's last ordinal when a person overruled what stands in the portal, or it was sent after that. Of what an
 * earlier version kept that is not known: there the word covers everything.
 */
export const overruledUpTo = ({ overrides, sentAfter }: Pick<Kept, 'overrides' | 'sentAfter'>): number =>
  overrides.includes('INVOICE_CONFLICT') ? (sentAfter ?? Number.MAX_SAFE_INTEGER) : 0

/**
 * With the facts, a person's words go, so that what was sent is looked for after all. By then they may have overruled
 * what came after it was sent: how much the copy knew at that time is no longer known.
 */
export const soughtFromStart = ({ unproven, overrides }: Kept): Change =>
  unproven && overrides.includes('PORTAL_UNCLEAR') && overrides.includes('INVOICE_CONFLICT') ? { sentAfter: 0 } : {}

/** What is left to do about its payment: what is wanted against what the portal knows. */
export const toMark = (wanted: Instant | null, known: Instant | null, now: Instant): Change =>
  wanted !== null && known === null ? { nextAttemptAt: now, failures: 0, triedMs: 0, forgotten: false } : {}

/** The reason that it was held for may be gone. `actor`: who saw to that. */
export const releasedFor = (why: string, now: Instant, actor?: Actor): Changes => ({
  set: waiting(now),
  lines: [{ event: 'released', detail: { why, ...actor } }]
})

/** What an event changes, and what its sender is told. */
export type Arriving = Changes & { received: Received }

export const accepted: Received = { result: 'accepted', changed: true, unused: [] }

export const documents = (...found: (Document | null)[]): Document[] => found.filter(document => document !== null)

/** Never the file that is used, in case the same arrival comes twice. */
export const dropped = (found: (Document | null)[], used: Document | null): Document[] =>
  documents(...found).filter(({ file }) => file !== used?.file)
