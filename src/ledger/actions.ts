// What a person says about a row: lets the rules judge (rules/acting.ts), and writes their answer.

import { BridgeError } from '../core/errors.ts'
import {
  type Acted,
  type Action,
  type ActionForAll,
  type Actor,
  type Arrival,
  type Document,
  type OtherFacts,
  type Row,
  seenAs,
  standingOf,
  type Words
} from '../core/row.ts'
import { obey, refusal, rule } from '../rules/acting.ts'
import { replacePdf } from '../rules/replacing.ts'
import { leftOutOf } from '../rules/together.ts'
import { type InvoiceCells, type KeptRow, keptOf, rowOf } from './cells.ts'
import { hasOpenConflict, keepConflict, latestConflict, openConflicts, settleConflicts } from './conflicts.ts'
import type { Tx } from './driver.ts'
import { countOf } from './facts.ts'
import { historyOfRow } from './reading.ts'
import { apply, cellsOfNumber, findCells, note, setRow } from './rows.ts'
import { askAgain } from './tool-customers.ts'

export const act = async (tx: Tx, invoiceNumber: string, action: Action, words: Words = {}): Promise<Acted> => {
  const cells = await cellsOfNumber(tx, invoiceNumber)
  if (!cells) throw new BridgeError('INVOICE_NOT_FOUND')
  if (words.seen !== undefined) await standsAs(tx, cells, words.seen)
  return actOn(tx, cells, action, words)
}

const standsAs = async (tx: Tx, cells: InvoiceCells, seen: string): Promise<void> => {
  const kept = keptOf(cells)
  const isExact = /\d$/.test(seen)
  const stands = isExact ? seenAs({ ...kept, history: await historyOfRow(tx, cells) }) : standingOf(kept)
  if (seen !== stands) throw new BridgeError('STATE_CONFLICT', `it was ${seen} when you looked, and is ${stands} now`)
}

/** Judges each again: something may have changed since they were picked. */
export const actOnAll = async (
  tx: Tx,
  ids: readonly number[],
  action: ActionForAll,
  words: Words = {}
): Promise<number> => {
  let acted = 0
  for (const id of ids) {
    const cells = await findCells(tx, 'id = ?', id)
    if (!cells || leftOutOf(keptOf(cells), action, await hasOpenConflict(tx, id)) !== null) continue
    await actOn(tx, cells, action, words)
    acted += 1
  }
  return acted
}

const actOn = async (tx: Tx, cells: InvoiceCells, action: Action, { absent, actor, among }: Words): Promise<Acted> => {
  const kept = keptOf(cells)
  const { id } = kept
  const conflicts = await openConflicts(tx, kept)
  const hasConflict = conflicts.length > 0
  const ruling = rule(kept, action, { hasConflict, absent })
  if (!ruling) throw new BridgeError('STATE_CONFLICT', refusal(action, kept))
  if (ruling.kind === 'nothing') return { ...rowOf(cells), changed: false, decided: null }

  const isTaken = ruling.kind === 'take'
  const taken = isTaken ? await latestConflict(tx, id) : null
  // The facts that lose stay, too: they may arrive again, perhaps with another PDF than when they were taken before.
  if (isTaken) await keepConflict(tx, id, arrivalOf(kept))
  // For a test nobody is created: to send one is no word about its customer.
  if (action === 'deliver' && !kept.test) await askAgain(tx, kept.tool, kept.invoice.customer)
  const { set, settles } = obey(kept, ruling, { hasConflict, taken, ordinal: await countOf(tx, 'told') }, tx.now)
  await setRow(tx, id, set)
  if (settles) await settleConflicts(tx, id)
  await note(tx, id, `operator: ${action}`, {
    ...(absent ? { absent } : {}),
    ...(among ? { among } : {}),
    ...actor
  })

  const before = rowOf(cells)
  const after = rowOf((await findCells(tx, 'id = ?', id)) as InvoiceCells)
  const decided =
    action === 'dismiss' || !hasConflict
      ? null
      : { won: toldBy(after), lost: isTaken ? [toldBy(before), ...conflicts.slice(0, -1)] : conflicts }
  return { ...after, changed: true, decided }
}

/** Answers the row, and the document that it no longer needs. */
export const replaceDocument = async (
  tx: Tx,
  invoiceNumber: string,
  document: Document,
  actor?: Actor
): Promise<{ row: Row; unused: Document | null }> => {
  const cells = await cellsOfNumber(tx, invoiceNumber)
  if (!cells) throw new BridgeError('INVOICE_NOT_FOUND')
  const kept = keptOf(cells)
  const changes = replacePdf(kept, document, actor, tx.now)
  if (!changes)
    throw new BridgeError(
      'STATE_CONFLICT',
      'its PDF can be replaced only while it waits or is held, and was never sent'
    )
  await apply(tx, kept.id, changes)
  return { row: rowOf((await findCells(tx, 'id = ?', kept.id)) as InvoiceCells), unused: kept.document }
}

const arrivalOf = ({ tool, invoice, document, notify, test }: KeptRow): Arrival => ({
  tool,
  invoice,
  document,
  notify,
  test
})

const toldBy = ({ tool, customer, amountCents, currency, issuedAt }: Row): OtherFacts => ({
  tool,
  customer: customer.portalId ?? customer.ref,
  amountCents,
  currency,
  issuedAt
})
