// How a loan or a doubt ends, on SQLite: the decision is written; then what was only kept while nobody could judge it.

import type { Instant } from '../core/clock.ts'
import type { Code } from '../core/codes.ts'
import type { CreateBody, Decision } from '../core/row.ts'
import {
  dismissedCells,
  draftCells,
  endCells,
  heldCells,
  type InvoiceCells,
  keptOf,
  overridesOf,
  payingCells
} from './cells.ts'
import type { SqliteConflicts } from './sqlite-conflicts.ts'
import type { SqliteDelivered } from './sqlite-delivered.ts'
import type { SqliteHoldings } from './sqlite-holdings.ts'
import type { SqliteRows } from './sqlite-rows.ts'
import { toldOtherwise } from './states.ts'

type Delivered = Extract<Decision, { to: 'delivered' }>
type Waiting = Extract<Decision, { to: 'waiting' }>

type Around = {
  rows: SqliteRows
  conflicts: SqliteConflicts
  delivered: SqliteDelivered
  holdings: SqliteHoldings
  owner: string
}

/** `isLooked`: the portal was looked into; else a loan ends. */
type Ending = { now: Instant; isLooked: boolean }

export const createEndings = ({
  rows: { find, byNumber, set, note },
  conflicts,
  delivered,
  holdings,
  owner
}: Around) => {
  const deliver = (row: InvoiceCells, decision: Delivered, now: Instant): void => {
    const { holding, how, code } = decision
    const { paidAt } = keptOf(row).invoice
    const differing = differences(row, decision)
    if (differing.length > 0)
      note(row.id, now, 'the portal tells otherwise', {
        code: 'INVOICE_CONFLICT',
        detail: `the portal shows another ${differing.join(', ')}`
      })
    set(row.id, {
      ...endCells,
      state: 'delivered',
      code: conflicts.isOpen(row.id) || isOtherwise(differing) ? 'INVOICE_CONFLICT' : code,
      portal_id: holding.id,
      portal_customer_id: holding.customerId,
      delivered_at: now,
      finished_at: now,
      failures: 0,
      tried_ms: 0,
      unproven: 0,
      // What was sent is not yet what the portal took: only its own word is known.
      known_paid_at: holding.paidAt,
      ...payingCells(paidAt, holding.paidAt, now)
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
      // What was sent was certainly not taken, or is proven not to be there. Before it is sent again nothing is proven.
      // But what a portal says of one field, it may say after it has kept the invoice.
      ...(row.state === 'sending' && code !== 'PORTAL_FORM_CHANGED' ? { unproven: 0 } : {}),
      ...(spent
        ? { failures: Number(row.failures) + 1, tried_ms: Number(row.tried_ms) + Math.max(0, at - now) }
        : {})
    })

  const write = (row: InvoiceCells, decision: Decision, { now, isLooked }: Ending): void => {
    switch (decision.to) {
      case 'delivered':
        return deliver(row, decision, now)
      case 'waiting':
        return wait(row, decision, now)
      case 'held': {
        // A refusal is no proof that nothing was made; two readings are, where they could tell.
        const isProven = isLooked && decision.code !== 'PORTAL_UNCLEAR'
        return set(row.id, {
          ...heldCells(decision.code),
          ...(decision.wouldSend ? draftCells(decision.wouldSend, row) : {}),
          ...(isProven ? { unproven: 0 } : {}),
          ...(decision.code === 'REVIEW' ? unseenCells(row) : {})
        })
      }
      case 'dismissed':
        return set(row.id, dismissedCells(decision.code, now))
      case 'doubt':
        // What was not sent is lent again when its loan has run out, and not at once.
        if (row.state === 'sending') set(row.id, { loan_until: null })
        return
      case 'look':
        return set(row.id, {
          loan_until: null,
          next_attempt_at: null,
          state: 'sending',
          code: null,
          body: JSON.stringify(decision.body),
          sent_by: owner,
          sending_at: now
        })
      case 'paid':
        delivered.knowPaid(row.id, decision.holding.paidAt ?? keptOf(row).invoice.paidAt ?? now)
        return holdings.enter(decision.holding, { read: null, own: false }, now)
      case 'unpaid':
        return set(row.id, { loan_until: null, next_attempt_at: null, code: decision.code })
    }
  }

  /**
   * An answer that tells of another invoice says nothing of this one. By its number alone that is not certain: a portal
   * that cuts numbers may give this row's invoice the number of another.
   */
  const believable = (row: InvoiceCells, decision: Decision): Decision => {
    if (decision.to !== 'delivered') return decision
    const { id, invoiceNumber } = decision.holding
    if ((find('portal_id = ?', id)?.id ?? row.id) !== row.id)
      return { to: 'doubt', detail: `the portal answered with ${id}, which is another invoice` }
    if (decision.how === 'created' && row.told !== null && holdings.knewBy(id, Number(row.told)))
      return { to: 'doubt', detail: `the portal answered with ${id}, which stood there before it was sent` }
    const named = invoiceNumber === null ? undefined : byNumber(invoiceNumber)
    const differing = differences(row, decision)
    if (!differing.includes('invoiceNumber')) return decision
    const detail = `the portal answered with ${id} and another number, ${invoiceNumber}`
    if (isOtherwise(differing)) return { to: 'doubt', detail }
    return named === undefined ? decision : { to: 'held', code: 'PORTAL_UNCLEAR', detail }
  }

  const noteDecision = (id: number, decision: Decision, now: Instant): void => {
    // In history `at` is when it happened; the holding is the copy's.
    const { to, at: nextAttemptAt, holding, ...detail } = { at: undefined, holding: undefined, ...decision }
    const portalId = holding?.id
    note(id, now, eventOf[to] ?? to, { ...detail, body: undefined, portalId, nextAttemptAt })
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
    if (voided !== 1 || to === 'doubt' || to === 'look') return
    if (to === 'delivered') set(id, { code: 'VOIDED_IN_TOOL' })
    else if (state !== 'delivered') set(id, dismissedCells('VOIDED_IN_TOOL', now))
    set(id, { voided: 0 })
    note(id, now, 'voided in the tool')
  }

  /** Answers what came of it: of what is delivered, with the note that stands on it now. */
  const conclude = (row: InvoiceCells, told: Decision, ending: Ending): Decision => {
    const { now } = ending
    const decision = believable(row, told)
    write(row, decision, ending)
    if (isSamePause(row, decision)) return decision
    noteDecision(row.id, decision, now)
    holdForConflict(row, decision, now)
    concludeVoided(row, decision, now)
    if (decision.to !== 'delivered') return decision
    return { ...decision, code: find('id = ?', row.id)!.code as Code | null }
  }

  return { conclude }
}

export type SqliteEndings = ReturnType<typeof createEndings>

/** What was released before is another one now. */
const unseenCells = (row: InvoiceCells) => ({
  released: null,
  overrides: JSON.stringify(overridesOf(row).filter(override => override !== 'REVIEW'))
})

const eventOf: Partial<Record<Decision['to'], string>> = { doubt: 'answer unknown', look: 'looked for first' }

/** What the answer to a create tells otherwise than it was sent. */
const differences = ({ body }: InvoiceCells, { how, holding }: Delivered): string[] =>
  how !== 'created' || body === null ? [] : toldOtherwise(JSON.parse(body as string) as CreateBody, holding)

/** Another spelling of its number changes nothing about an invoice that stands there. */
const isOtherwise = (fields: string[]): boolean => fields.some(field => field !== 'invoiceNumber')

/** A pause that goes on is not worth a line each time. */
const isSamePause = ({ state, code }: InvoiceCells, decision: Decision): boolean =>
  decision.to === 'waiting' && !decision.spent && (code === decision.code || state === 'delivered')
