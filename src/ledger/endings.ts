// How a loan or a doubt ends: the decision is written; then what was only kept while nobody could judge it.

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
import { hasOpenConflict } from './conflicts.ts'
import { knowPaid } from './delivered.ts'
import type { Tx } from './driver.ts'
import { enter, idsUnder, knewBy } from './portal-invoices.ts'
import { findRow, note, rowOfNumber, setRow } from './rows.ts'
import { toldOtherwise } from './states.ts'

type Delivered = Extract<Decision, { to: 'delivered' }>
type Waiting = Extract<Decision, { to: 'waiting' }>

/** `isLooked`: the portal was looked into; else a loan ends. */
type Ending = { isLooked: boolean }

const deliver = async (tx: Tx, row: InvoiceCells, decision: Delivered): Promise<void> => {
  const { holding, how, code } = decision
  const { paidAt } = keptOf(row).invoice
  const differing = differences(row, decision)
  if (differing.length > 0)
    await note(tx, row.id, 'the portal tells otherwise', {
      code: 'INVOICE_CONFLICT',
      detail: `the portal shows another ${differing.join(', ')}`
    })
  const isConflict = (await hasOpenConflict(tx, row.id)) || isOtherwise(differing)
  await setRow(tx, row.id, {
    ...endCells,
    state: 'delivered',
    code: isConflict ? 'INVOICE_CONFLICT' : code,
    portal_id: holding.id,
    portal_customer_id: holding.customerId,
    delivered_at: tx.now,
    finished_at: tx.now,
    failures: 0,
    tried_ms: 0,
    unproven: 0,
    // What was sent is not yet what the portal took: only its own word is known.
    known_paid_at: holding.paidAt,
    ...payingCells(paidAt, holding.paidAt, tx.now)
  })
  await enter(tx, holding, { read: null, own: how === 'created' })
  const twice = (await idsUnder(tx, row.key as string)).length > 1
  if (twice && !overridesOf(row).includes('INVOICE_CONFLICT'))
    await setRow(tx, row.id, { code: 'PORTAL_DUPLICATE' })
}

const wait = (tx: Tx, row: InvoiceCells, { at, code, spent }: Waiting): Promise<void> =>
  setRow(tx, row.id, {
    loan_until: null,
    next_attempt_at: at,
    ...(row.state === 'delivered' ? {} : { state: 'waiting', code, sending_at: null }),
    // What was sent was certainly not taken, or is proven not to be there. Before it is sent again nothing is proven.
    // But what a portal says of one field, it may say after it has kept the invoice.
    ...(row.state === 'sending' && code !== 'PORTAL_FORM_CHANGED' ? { unproven: 0 } : {}),
    ...(spent
      ? { failures: Number(row.failures) + 1, tried_ms: Number(row.tried_ms) + Math.max(0, at - tx.now) }
      : {})
  })

const write = async (tx: Tx, row: InvoiceCells, decision: Decision, { isLooked }: Ending): Promise<void> => {
  switch (decision.to) {
    case 'delivered':
      return deliver(tx, row, decision)
    case 'waiting':
      return wait(tx, row, decision)
    case 'held': {
      // A refusal is no proof that nothing was made; two readings are, where they could tell.
      const isProven = isLooked && decision.code !== 'PORTAL_UNCLEAR'
      return setRow(tx, row.id, {
        ...heldCells(decision.code),
        ...(decision.wouldSend ? draftCells(decision.wouldSend, row) : {}),
        ...(isProven ? { unproven: 0 } : {}),
        ...(decision.code === 'REVIEW' ? unseenCells(row) : {})
      })
    }
    case 'dismissed':
      return setRow(tx, row.id, dismissedCells(decision.code, tx.now))
    case 'doubt':
      // What was not sent is lent again when its loan has run out, and not at once.
      if (row.state === 'sending') await setRow(tx, row.id, { loan_until: null })
      return
    case 'look':
      return setRow(tx, row.id, {
        loan_until: null,
        next_attempt_at: null,
        state: 'sending',
        code: null,
        body: JSON.stringify(decision.body),
        sent_by: tx.owner,
        sending_at: tx.now
      })
    case 'paid':
      await knowPaid(tx, row.id, decision.holding.paidAt ?? keptOf(row).invoice.paidAt ?? tx.now)
      return enter(tx, decision.holding, { read: null, own: false })
    case 'unpaid':
      return setRow(tx, row.id, { loan_until: null, next_attempt_at: null, code: decision.code })
  }
}

/**
 * An answer that tells of another invoice says nothing of this one. By its number alone that is not certain: a portal
 * that cuts numbers may give this row's invoice the number of another.
 */
const believable = async (tx: Tx, row: InvoiceCells, decision: Decision): Promise<Decision> => {
  if (decision.to !== 'delivered') return decision
  const { id, invoiceNumber } = decision.holding
  const holder = await findRow(tx, 'portal_id = ?', id)
  if (holder && holder.id !== row.id)
    return { to: 'doubt', detail: `the portal answered with ${id}, which is another invoice` }
  if (decision.how === 'created' && row.told !== null && (await knewBy(tx, id, Number(row.told))))
    return { to: 'doubt', detail: `the portal answered with ${id}, which stood there before it was sent` }
  const differing = differences(row, decision)
  if (!differing.includes('invoiceNumber')) return decision
  const detail = `the portal answered with ${id} and another number, ${invoiceNumber}`
  if (isOtherwise(differing)) return { to: 'doubt', detail }
  const named = invoiceNumber === null ? undefined : await rowOfNumber(tx, invoiceNumber)
  return named === undefined ? decision : { to: 'held', code: 'PORTAL_UNCLEAR', detail }
}

const noteDecision = (tx: Tx, id: number, decision: Decision): Promise<void> => {
  // In history `at` is when it happened; the holding is the copy's.
  const { to, at: nextAttemptAt, holding, ...detail } = { at: undefined, holding: undefined, ...decision }
  const portalId = holding?.id
  return note(tx, id, eventOf[to] ?? to, { ...detail, body: undefined, portalId, nextAttemptAt })
}

/** Other facts came under this number while it was in doubt: they need a person. */
const holdForConflict = async (tx: Tx, { id, state }: InvoiceCells, { to }: Decision): Promise<void> => {
  if (state === 'delivered' || !(to === 'waiting' || to === 'held' || to === 'dismissed')) return
  if (!(await hasOpenConflict(tx, id))) return
  await setRow(tx, id, heldCells('INVOICE_CONFLICT'))
  await note(tx, id, 'held', { code: 'INVOICE_CONFLICT' })
}

/** The tool voided it while it was in doubt. */
const concludeVoided = async (
  tx: Tx,
  { id, state, voided }: InvoiceCells,
  { to }: Decision
): Promise<void> => {
  if (voided !== 1 || to === 'doubt' || to === 'look') return
  if (to === 'delivered') await setRow(tx, id, { code: 'VOIDED_IN_TOOL' })
  else if (state !== 'delivered') await setRow(tx, id, dismissedCells('VOIDED_IN_TOOL', tx.now))
  await setRow(tx, id, { voided: 0 })
  await note(tx, id, 'voided in the tool')
}

/** Answers what came of it: of what is delivered, with the note that stands on it now. */
export const conclude = async (
  tx: Tx,
  row: InvoiceCells,
  told: Decision,
  ending: Ending
): Promise<Decision> => {
  const decision = await believable(tx, row, told)
  await write(tx, row, decision, ending)
  if (isSamePause(row, decision)) return decision
  await noteDecision(tx, row.id, decision)
  await holdForConflict(tx, row, decision)
  await concludeVoided(tx, row, decision)
  if (decision.to !== 'delivered') return decision
  const { code } = (await findRow(tx, 'id = ?', row.id)) as InvoiceCells
  return { ...decision, code: code as Code | null }
}

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
