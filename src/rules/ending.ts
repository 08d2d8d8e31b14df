// How a loan or a doubt ends: what a decision does to its row; then what was only kept while nobody could judge it.

import type { Instant } from '../core/clock.ts'
import { formatAmount, numberKey } from '../core/invoice.ts'
import { dateTold, type PortalInvoice } from '../core/portal-entry.ts'
import type { CreateBody, Decision } from '../core/row.ts'
import { type Change, type Changes, dismissed, ended, held, type Kept, type Line, toMark } from './kept.ts'

type Delivered = Extract<Decision, { to: 'delivered' }>

/** What the ledger knows of an answer that names an invoice of the portal. */
export type Named = {
  /** Another row was delivered as it. */
  isAnothers: boolean
  /** It stood there before this row was sent. */
  wasThere: boolean
  /** The number that it tells is that of a row. */
  isNumberKnown: boolean
}

/**
 * An answer that tells of another invoice says nothing of this one. By its number alone that is not certain: a portal
 * that cuts numbers may give this row's invoice the number of another.
 */
export const believe = (
  { body }: Pick<Kept, 'body'>,
  decision: Delivered,
  { isAnothers, wasThere, isNumberKnown }: Named
): Decision => {
  const { id, invoiceNumber } = decision.holding
  if (isAnothers) return { to: 'doubt', detail: `the portal answered with ${id}, which is another invoice` }
  if (wasThere) return { to: 'doubt', detail: `the portal answered with ${id}, which stood there before it was sent` }
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
  /** The portal was looked into; else a loan ends. */
  isLooked: boolean
  /** Other facts stand beside the row, and a person is still to decide. */
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
      // What was not sent is lent again when its loan has run out, and not at once.
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
      // What was sent is not yet what the portal took: only its own word is known.
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
  // What was sent was certainly not taken, or is proven not to be there. Before it is sent again nothing is proven.
  // But what a portal says of one field, it may say after it has kept the invoice.
  ...(kept.state === 'sending' && code !== 'PORTAL_FORM_CHANGED' ? { unproven: false } : {}),
  ...(spent ? { failures: kept.failures + 1, triedMs: kept.triedMs + Math.max(0, at - now) } : {})
})

const hold = (
  { documentVersion, overrides }: Kept,
  { code, wouldSend }: Extract<Decision, { to: 'held' }>,
  { isLooked }: Ending
): Change => ({
  ...held(code),
  // With the PDF that stands beside it then.
  ...(wouldSend ? { draft: { draft: wouldSend, documentVersion } } : {}),
  // A refusal is no proof that nothing was made; two readings are, where they could tell.
  ...(isLooked && code !== 'PORTAL_UNCLEAR' ? { unproven: false } : {}),
  // What was released before is another one now.
  ...(code === 'REVIEW' ? { released: null, overrides: overrides.filter(override => override !== 'REVIEW') } : {})
})

/** The portal knows since when. */
export const markedPaid = (at: Instant): Change => ({
  knownPaidAt: at,
  paying: false,
  nextAttemptAt: null,
  loanUntil: null
})

const eventOf: Partial<Record<Decision['to'], string>> = { doubt: 'answer unknown', look: 'looked for first' }

const lineOf = (decision: Decision): Line => {
  // In history `at` is when it happened; the holding is the copy's.
  const { to, at: nextAttemptAt, holding, ...detail } = { at: undefined, holding: undefined, ...decision }
  const portalId = holding?.id
  return { event: eventOf[to] ?? to, detail: { ...detail, body: undefined, portalId, nextAttemptAt } }
}

/** Other facts that came while it was in doubt need a person; that the tool voided it meanwhile ends it. */
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

/** A pause that goes on is not worth a line each time. */
export const isSamePause = ({ state, code }: Pick<Kept, 'state' | 'code'>, decision: Decision): boolean =>
  decision.to === 'waiting' && !decision.spent && (code === decision.code || state === 'delivered')

/** What the answer to a create tells otherwise than it was sent. */
const differences = (body: CreateBody | null, { how, holding }: Delivered): string[] =>
  how !== 'created' || body === null ? [] : toldOtherwise(body, holding)

export const otherwiseLine = (fields: string[]): Line => ({
  event: 'the portal tells otherwise',
  detail: { code: 'INVOICE_CONFLICT', detail: `the portal shows another ${fields.join(', ')}` }
})

/** Another spelling of its number changes nothing about an invoice that stands there. */
const isOtherwise = (fields: string[]): boolean => fields.some(field => field !== 'invoiceNumber')

/** In which fields the portal tells an invoice otherwise than it was sent. What it does not tell is not compared. */
export const toldOtherwise = (sent: CreateBody, told: PortalInvoice): string[] => {
  const { customerId, amountCents, invoiceNumber } = told
  const fields = {
    customerId: [customerId, sent.customerId],
    amount: [amountCents === null ? null : formatAmount(amountCents), sent.amount],
    issuedAt: [dateTold(told), sent.issuedAt],
    invoiceNumber: [invoiceNumber && numberKey(invoiceNumber), numberKey(sent.invoiceNumber)]
  }
  return Object.entries(fields).flatMap(([field, [is, was]]) => (is === null || is === was ? [] : [field]))
}
