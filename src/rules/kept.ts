// What is kept of an invoice, as rules see it, and what they answer: changes of it, and lines of its history. How that stands
// in a database no rule knows.

import type { Instant } from '../core/clock.ts'
import type { Code } from '../core/codes.ts'
import { fingerprint, refKey, refPrint } from '../core/fingerprint.ts'
import type { Invoice } from '../core/invoice.ts'
import type { Actor, Arrival, CreateBody, Document, OtherFacts, Override, Released, State } from '../core/row.ts'

export type Kept = {
  state: State
  code: Code | null
  tool: string
  invoice: Invoice
  document: Document | null
  documentVersion: number
  /** A person put it in the place of another: what the source sends again does not take that back. */
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
  /** It was sent, and since then nothing has told what came of it. */
  unproven: boolean
  sentBy: string | null
  /** How much the copy of the portal had been told when it was sent. */
  told: number | null
  sendingAt: Instant | null
  portalId: string | null
  portalCustomerId: string | null
  deliveredAt: Instant | null
  finishedAt: Instant | null
  /** When the portal knows that it was paid; and whether it may have been asked to. */
  knownPaidAt: Instant | null
  paying: boolean
  /** Since when it should be in the portal. */
  since: Instant
  nextAttemptAt: Instant | null
  loanUntil: Instant | null
  failures: number
  triedMs: number
  /** The tool voided it while nobody could judge that. */
  voided: boolean
  /** What is personal of it is gone. */
  forgotten: boolean
}

export type Change = Partial<Kept>

/** A line of history. */
export type Line = { event: string; detail?: object }

export type Changes = { set: Change; lines: Line[] }

/** What makes a set of facts another one. */
export type Facts = OtherFacts & { sourceId: string | null }

export const factsOf = ({ tool, invoice }: Pick<Arrival, 'tool' | 'invoice'>): Facts => ({
  tool,
  sourceId: invoice.sourceId,
  customer: invoice.customer.portalId ?? refKey(invoice.customer.ref),
  amountCents: invoice.amountCents,
  currency: invoice.currency,
  issuedAt: invoice.issuedAt
})

/** Under which a set of facts is kept once, for ever: the tool's customer is not to be read from it. */
export const factsPrint = ({ customer, ...facts }: Facts): string =>
  fingerprint(JSON.stringify({ ...facts, customer: isPortals(customer) ? customer : refPrint(customer) }))

/** The portal's id of a customer, and no reference of a tool. */
const isPortals = (customer: string): boolean => customer.startsWith('cst_')

/** When it may be delivered: at once, unless the tool is about to collect it by itself. */
export const dueOf = ({ notBefore, invoice }: Arrival, now: Instant): Instant =>
  invoice.paidAt === null ? Math.max(now, notBefore ?? now) : now

/** The portal's customer that it was sent to: as the portal told, or else as it was asked for; null where neither is known. */
export const sentTo = ({ portalCustomerId, unproven, sentBody }: Kept): string | null =>
  portalCustomerId ?? (unproven ? (sentBody?.customerId ?? null) : null)

/** Whoever has it on loan may no longer write. */
export const ended = { loanUntil: null, nextAttemptAt: null, sendingAt: null } satisfies Change

/** To be judged anew and delivered, with a fresh count. */
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

/** An invoice that nobody has judged yet. */
export const arrived = (arrival: Arrival, now: Instant): Change => {
  const { tool, invoice, document, notify, test } = arrival
  const unjudged: Change = { overrides: [], released: null, draft: null, body: null, voided: false, pdfByPerson: false }
  return { tool, invoice, document, notify, test, ...unjudged, ...waiting(dueOf(arrival, now)) }
}

/** Wanted against known: what is left to do about being paid. */
export const toMark = (wanted: Instant | null, known: Instant | null, now: Instant): Change =>
  wanted !== null && known === null ? { nextAttemptAt: now, failures: 0, triedMs: 0, forgotten: false } : {}

/** What it was held for may be so no more. `actor`: who saw to that. */
export const releasedFor = (why: string, now: Instant, actor?: Actor): Changes => ({
  set: waiting(now),
  lines: [{ event: 'released', detail: { why, ...actor } }]
})
