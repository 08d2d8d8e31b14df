// How a loan or a doubt ends: what a decision does to its row, and then what could only be kept until it was settled.

import type { Instant } from '../core/clock.ts'
import { formatAmount, numberKey } from '../core/invoice.ts'
import { dateShown, type PortalInvoice } from '../core/portal-entry.ts'
import type { CreateBody, Decision } from '../core/row.ts'
import { type Change, type Changes, dismissed, ended, held, type Kept, type Line, toMark } from './kept.ts'

type Delivered = Extract<Decision, { to: 'delivered' }>

/** What the ledger knows of an answer that names an invoice of the portal. */
export type Named = {
  /** Another row was delivered as it. */
  isAnothers: boolean
  /** It stood there before this row was sent. */
  wasThere: boolean
  /** The number in the answer is that of a row. */
  isNumberKnown: boolean
}

/**
 * An answer about another invoice says nothing about this one. A different number alone does not prove that: a portal
 * that cuts numbers may give this row's invoice the number of another.
 */
export const believe = (
  { body }: Pick<Kept, 'body'>,
  decision: Delivered,
  { isAnothers, wasThere, isNumberKnown }: Named
): Decision => {
  const { id, invoiceNumber } = decision.holding
  if (isAnothers) return { to: 'doubt', detail: `the portal answered with ${id}, which is another invoice` }
  if (wasThere) return { to: 'doubt', detail: `the portal answered with ${id}, which was there before it was sent` }
  const differing = differences(body, decision)
  if (!differing.includes('invoiceNumber')) return decision
  const detail = `the portal answered with ${id} and another number, ${invoiceNumber}`
  if (isOtherwise(differing)) return { to: 'doubt', detail }
  return isNumberKnown ? { to: 'held', code: 'PORTAL_UNCLEAR', detail } : decision
}

export type Ending = {
  now: Instant
  /** How this process calls itself. */
  owner: string
  /** The bridge has looked into the portal; otherwise a loan ends. */
  isLooked: boolean
  /** Other facts stand beside the row, and a person still has to decide. */
  hasConflict: boolean
}

export const end = (kept: Kept, decision: Decision, ending: Ending): Changes => {
  const first = write(kept, decision, ending)
  if (isSamePause(kept, decision)) return first
  const { set, lines } = concluded(kept, decision, ending)
  return { set: { ...first.set, ...set }, lines: [...first.lines, lineOf(decision), ...lines] }
}

const write = (kept: Kept, decision: Decision, ending: Ending): Changes => {
  const { now } = ending
  switch (decision.to) {
    case 'delivered':
      return deliver(kept, decision, ending)
    case 'waiting':
      return { set: wait(kept, decision, now), lines: [] }
    case 'held':
      return { set: hold(kept, decision, ending), lines: [] }
    case 'dismissed':
      return { set: dismissed(decision.code, now), lines: [] }
    case 'doubt':
      // A row that was not sent keeps its loan, so that it is lent again only once that has run out.
      return { set: kept.state === 'sending' ? { loanUntil: null } : {}, lines: [] }
    case 'look': {
      const { body } = decision
      const set = { loanUntil: null, nextAttemptAt: null, code: null, body, sentBy: ending.owner, sendingAt: now }
      return { set: { ...set, state: 'sending' }, lines: [] }
    }
    case 'paid':
      return { set: markedPaid(decision.holding.paidAt ?? kept.invoice.paidAt ?? now), lines: [] }
    case 'unpaid':
      return { set: { loanUntil: null, nextAttemptAt: null, code: decision.code }, lines: [] }
  }
}

const deliver = (kept: Kept, decision: Delivered, { now, hasConflict }: Ending): Changes => {
  const { holding, code } = decision
  const differing = differences(kept.body, decision)
  return {
    set: {
      ...ended,
      state: 'delivered',
      code: hasConflict || isOtherwise(differing) ? 'INVOICE_CONFLICT' : code,
      portalId: holding.id,
      portalCustomerId: holding.customerId,
      deliveredAt: now,
      finishedAt: now,
      failures: 0,
      triedMs: 0,
      unproven: false,
      // What was sent may not be what the portal stored: only what it says itself is known.
      knownPaidAt: holding.paidAt,
      ...toMark(kept.invoice.paidAt, holding.paidAt, now)
    },
    lines: differing.length > 0 ? [otherwiseLine(differing)] : []
  }
}

const wait = (kept: Kept, { at, code, spent }: Extract<Decision, { to: 'waiting' }>, now: Instant): Change => ({
  loanUntil: null,
  nextAttemptAt: at,
  ...(kept.state === 'delivered' ? {} : { state: 'waiting', code, sendingAt: null }),
  // From `sending`: the portal certainly did not take what was sent, or it is proven not to be there. Otherwise nothing
  // was sent this time, so nothing is proven. A portal that complains of one field may have kept the invoice first.
  ...(kept.state === 'sending' && code !== 'PORTAL_FORM_CHANGED' ? { unproven: false } : {}),
  ...(spent ? { failures: kept.failures + 1, triedMs: kept.triedMs + Math.max(0, at - now) } : {})
})

const hold = (
  { documentVersion, overrides }: Kept,
  { code, wouldSend }: Extract<Decision, { to: 'held' }>,
  { isLooked }: Ending
): Change => ({
  ...held(code),
  // With the PDF that it has at that moment.
  ...(wouldSend ? { draft: { draft: wouldSend, documentVersion } } : {}),
  // A refusal does not prove that nothing was made; two readings do, where they could tell.
  ...(isLooked && code !== 'PORTAL_UNCLEAR' ? { unproven: false } : {}),
  // A person's word covers what stood there when they gave it, not what it is held for now.
  ...(code === 'INVOICE_CONFLICT' ? { overrides: overrides.filter(override => override !== code) } : {}),
  // The invoice now differs from what was released before.
  ...(code === 'REVIEW' ? { released: null, overrides: overrides.filter(override => override !== 'REVIEW') } : {})
})

/** The portal knows that it is paid, and since when. */
export const markedPaid = (at: Instant): Change => ({
  knownPaidAt: at,
  paying: false,
  nextAttemptAt: null,
  loanUntil: null
})

const eventOf: Partial<Record<Decision['to'], string>> = { doubt: 'answer unknown', look: 'looked for first' }

const lineOf = (decision: Decision): Line => {
  // In the history, `at` is when it happened; the holding belongs to the copy.
  const { to, at: nextAttemptAt, holding, ...detail } = { at: undefined, holding: undefined, ...decision }
  const portalId = holding?.id
  return { event: eventOf[to] ?? to, detail: { ...detail, body: undefined, portalId, nextAttemptAt } }
}

/** Other facts that came while it was in doubt need a person. If the tool voided it meanwhile, that ends it. */
const concluded = (kept: Kept, { to }: Decision, { hasConflict, now }: Ending): Changes => {
  const isOver = to === 'waiting' || to === 'held' || to === 'dismissed'
  const conflict: Changes =
    hasConflict && isOver && kept.state !== 'delivered'
      ? {
          set: held('INVOICE_CONFLICT'),
          lines: [{ event: 'held', detail: { code: 'INVOICE_CONFLICT' } }]
        }
      : { set: {}, lines: [] }
  if (!kept.voided || to === 'doubt' || to === 'look') return conflict
  return {
    set: { ...conflict.set, ...voidedNow(kept, to, now), voided: false },
    lines: [...conflict.lines, { event: 'voided in the tool' }]
  }
}

const voidedNow = ({ state }: Kept, to: Decision['to'], now: Instant): Change => {
  if (to === 'delivered') return { code: 'VOIDED_IN_TOOL' }
  return state === 'delivered' ? {} : dismissed('VOIDED_IN_TOOL', now)
}

/** A continuing pause is not worth a line each time. */
export const isSamePause = ({ state, code }: Pick<Kept, 'state' | 'code'>, decision: Decision): boolean =>
  decision.to === 'waiting' && !decision.spent && (code === decision.code || state === 'delivered')

/** The fields in which the answer to a create differs from what was sent. */
const differences = (body: CreateBody | null, { how, holding }: Delivered): string[] =>
  how !== 'created' || body === null ? [] : otherFields(body, holding)

export const otherwiseLine = (fields: string[]): Line => ({
  event: 'the portal tells otherwise',
  detail: { code: 'INVOICE_CONFLICT', detail: `the portal shows another ${fields.join(', ')}` }
})

/** A differently spelled number changes nothing about an invoice that stands there. */
const isOtherwise = (fields: string[]): boolean => fields.some(field => field !== 'invoiceNumber')

/** The fields in which the portal's invoice differs from what was sent. What the portal leaves out is not compared. */
export const otherFields = (sent: CreateBody, shown: PortalInvoice): string[] => {
  const { customerId, amountCents, invoiceNumber } = shown
  const fields = {
    customerId: [customerId, sent.customerId],
    amount: [amountCents === null ? null : formatAmount(amountCents), sent.amount],
    issuedAt: [dateShown(shown), sent.issuedAt],
    invoiceNumber: [invoiceNumber && numberKey(invoiceNumber), numberKey(sent.invoiceNumber)]
  }
  return Object.entries(fields).flatMap(([field, [is, was]]) => (is === null || is === was ? [] : [field]))
}
