// How a loan or a doubt ends, on SQLite: the decision is written; then what was only kept while nobody could judge it.

import type { Instant } from '../clock.ts'
import {
  dismissedCells,
  endCells,
  heldCells,
  type InvoiceCells,
  keptOf,
  overridesOf,
  payingCells
} from './cells.ts'
import type { CreateBody, Decision } from './ledger.ts'
import type { SqliteConflicts } from './sqlite-conflicts.ts'
import type { SqliteDelivered } from './sqlite-delivered.ts'
import type { SqliteHoldings } from './sqlite-holdings.ts'
import type { SqliteRows } from './sqlite-rows.ts'

type Delivered = Extract<Decision, { to: 'delivered' }>
type Waiting = Extract<Decision, { to: 'waiting' }>

type Around = {
  rows: SqliteRows
  conflicts: SqliteConflicts
  delivered: SqliteDelivered
  holdings: SqliteHoldings
}

export const createEndings = ({ rows: { set, note }, conflicts, delivered, holdings }: Around) => {
  const deliver = (row: InvoiceCells, { holding, how, code }: Delivered, now: Instant): void => {
    const { paidAt } = keptOf(row).invoice
    // What is recorded as known is what was sent, or what the portal says.
    const sent =
      how === 'created' && row.body !== null ? (JSON.parse(row.body as string) as CreateBody).paidAt : null
    const knownPaidAt = sent === null ? holding.paidAt : paidAt
    set(row.id, {
      ...endCells,
      state: 'delivered',
      code: conflicts.isOpen(row.id) ? 'INVOICE_CONFLICT' : code,
      portal_id: holding.id,
      delivered_at: now,
      finished_at: now,
      failures: 0,
      tried_ms: 0,
      known_paid_at: knownPaidAt,
      ...payingCells(paidAt, knownPaidAt, now)
    })
    holdings.enter(holding, { read: null, own: how === 'created' }, now)
    const twice = holdings.idsUnder(row.key as string).length > 1
    if (twice && !overridesOf(row).includes('INVOICE_CONFLICT')) set(row.id, { code: 'PORTAL_DUPLICATE' })
  }

  const wait = (row: InvoiceCells, { at, code, spent }: Waiting, now: Instant): void =>
    set(row.id, {
      loan_until: null,
      next_attempt_at: at,
      ...(row.state === 'delivered' ? {} : { state: 'waiting', code, sending_at: null }),
      ...(spent
        ? { failures: Number(row.failures) + 1, tried_ms: Number(row.tried_ms) + Math.max(0, at - now) }
        : {})
    })

  const write = (row: InvoiceCells, decision: Decision, now: Instant): void => {
    switch (decision.to) {
      case 'delivered':
        return deliver(row, decision, now)
      case 'waiting':
        return wait(row, decision, now)
      case 'held': {
        const body = decision.wouldSend ? JSON.stringify(decision.wouldSend) : (row.body ?? null)
        return set(row.id, { ...heldCells(decision.code), body })
      }
      case 'dismissed':
        return set(row.id, dismissedCells(decision.code, now))
      case 'doubt':
        return set(row.id, { loan_until: null })
      case 'paid':
        delivered.knowPaid(row.id, keptOf(row).invoice.paidAt ?? now)
        return holdings.enter(decision.holding, { read: null, own: false }, now)
      case 'unpaid':
        return set(row.id, { loan_until: null, next_attempt_at: null, code: decision.code })
    }
  }

  const noteDecision = (id: number, decision: Decision, now: Instant): void => {
    // In history `at` is when it happened; the holding is the copy's.
    const { to, at: nextAttemptAt, holding, ...detail } = { at: undefined, holding: undefined, ...decision }
    const portalId = holding?.id
    note(id, now, to === 'doubt' ? 'answer unknown' : to, { ...detail, portalId, nextAttemptAt })
  }

  /** Other facts came under this number while it was in doubt: they need a person. */
  const holdForConflict = ({ id, state }: InvoiceCells, { to }: Decision, now: Instant): void => {
    if (state === 'delivered' || !(to === 'waiting' || to === 'held' || to === 'dismissed')) return
    if (!conflicts.isOpen(id)) return
    set(id, heldCells('INVOICE_CONFLICT'))
    note(id, now, 'held', { code: 'INVOICE_CONFLICT' })
  }

  /** The tool voided it while it was in doubt. */
  const concludeVoided = ({ id, state, voided }: InvoiceCells, { to }: Decision, now: Instant): void => {
    if (voided !== 1 || to === 'doubt') return
    if (to === 'delivered') set(id, { code: 'VOIDED_IN_TOOL' })
    else if (state !== 'delivered') set(id, dismissedCells('VOIDED_IN_TOOL', now))
    set(id, { voided: 0 })
    note(id, now, 'voided in the tool')
  }

  const conclude = (row: InvoiceCells, decision: Decision, now: Instant): void => {
    write(row, decision, now)
    if (isSamePause(row, decision)) return
    noteDecision(row.id, decision, now)
    holdForConflict(row, decision, now)
    concludeVoided(row, decision, now)
  }

  return { conclude }
}

export type SqliteEndings = ReturnType<typeof createEndings>

/** A pause that goes on is not worth a line each time. */
const isSamePause = ({ state, code }: InvoiceCells, decision: Decision): boolean =>
  decision.to === 'waiting' && !decision.spent && (code === decision.code || state === 'delivered')
