// What the portal says of a delivered row: it is paid, gone, there again, there twice, or different.

import type { Instant } from '../core/clock.ts'
import type { Code } from '../core/codes.ts'
import type { PortalInvoice } from '../core/portal-entry.ts'
import { markedPaid, otherFields, otherwiseLine } from './ending.ts'
import { type Change, type Changes, type Kept, toMark } from './kept.ts'

/** How an entry relates to the copy of the portal. */
export type Entered = {
  /** The copy did not have it. */
  isNew: boolean
  /** No reading had shown it before: it was known only from an answer. */
  isFirstSight: boolean
  /** The copy has others with its number. */
  isOneOfMany: boolean
}

/** The portal shows the invoice that a row was delivered as. `hasConflict`: other facts stand beside the row. */
export const shown = (
  kept: Kept,
  entry: PortalInvoice,
  { isFirstSight, isOneOfMany }: Entered,
  hasConflict: boolean,
  now: Instant
): Changes => {
  const compared = isFirstSight ? compare(kept, entry) : nothing
  const paid = entry.paidAt !== null && kept.knownPaidAt === null ? markedPaid(entry.paidAt) : {}
  const back =
    kept.code === 'DELETED_IN_PORTAL'
      ? reappear(kept, { isOneOfMany, hasConflict, knownPaidAt: entry.paidAt ?? kept.knownPaidAt }, now)
      : {}
  return { set: { ...compared.set, ...paid, ...back }, lines: compared.lines }
}

const nothing: Changes = { set: {}, lines: [] }

/** The answer to its create may have given only the id, so the invoice is compared once a reading shows it. */
const compare = ({ code, body }: Kept, entry: PortalInvoice): Changes => {
  if (code !== null || body === null) return nothing
  const fields = otherFields(body, entry).filter(field => field !== 'invoiceNumber')
  if (fields.length === 0) return nothing
  return { set: { code: 'INVOICE_CONFLICT', forgotten: false }, lines: [otherwiseLine(fields)] }
}

/** It was merely not visible yet: what its loss stopped goes on, and what its loss hid shows. */
const reappear = (
  kept: Kept,
  known: { isOneOfMany: boolean; hasConflict: boolean; knownPaidAt: Instant | null },
  now: Instant
): Change => ({ code: hidden(kept, known), voided: false, ...toMark(kept.invoice.paidAt, known.knownPaidAt, now) })

const hidden = (
  kept: Kept,
  { isOneOfMany, hasConflict }: { isOneOfMany: boolean; hasConflict: boolean }
): Code | null => {
  if (kept.voided) return 'VOIDED_IN_TOOL'
  if (hasConflict) return 'INVOICE_CONFLICT'
  return isOneOfMany && isTwice(kept) ? 'PORTAL_DUPLICATE' : null
}

/** Whether another entry under its number is news to a person. */
export const isTwice = ({ state, overrides }: Pick<Kept, 'state' | 'overrides'>): boolean =>
  state === 'delivered' && !overrides.includes('INVOICE_CONFLICT')

/** Another entry, under a number that is delivered. */
export const foundTwice = (portalId: string): Changes => ({
  set: { code: 'PORTAL_DUPLICATE', forgotten: false },
  lines: [{ event: 'found twice', detail: { code: 'PORTAL_DUPLICATE', also: portalId } }]
})

/** Another entry, under a number that a person is to decide about: a word given before they saw it is not taken. */
export const foundBeside = (portalId: string): Changes => ({
  set: {},
  lines: [{ event: 'found beside it', detail: { also: portalId } }]
})

/** Neither listed nor there when asked for. Even if that is known already, marking a later payment has to end too. */
export const gone = ({ code, voided }: Pick<Kept, 'code' | 'voided'>): Changes => ({
  set: {
    code: 'DELETED_IN_PORTAL',
    nextAttemptAt: null,
    loanUntil: null,
    forgotten: false,
    voided: voided || code === 'VOIDED_IN_TOOL'
  },
  lines: code === 'DELETED_IN_PORTAL' ? [] : [{ event: 'gone from the portal', detail: { code: 'DELETED_IN_PORTAL' } }]
})
