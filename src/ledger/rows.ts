// The rows of invoices and their history: how every part of the ledger finds one, and writes what a rule answers.

import { formerKey, numberKey } from '../core/invoice.ts'
import type { Actor } from '../core/row.ts'
import type { Change, Changes } from '../rules/kept.ts'
import { releasedFor } from '../rules/kept.ts'
import { cellsOf, type InvoiceCells, type KeptRow, keptOf } from './cells.ts'
import { type Cell, type Cells, insert, type Tx } from './driver.ts'
import { searchAgain } from './search.ts'

/** The one row that meets a condition. */
export const findCells = async (tx: Tx, condition: string, ...values: Cell[]): Promise<InvoiceCells | undefined> =>
  (await tx.one(`SELECT * FROM invoice WHERE ${condition}`, ...values)) as InvoiceCells | undefined

export const findRow = async (tx: Tx, condition: string, ...values: Cell[]): Promise<KeptRow | undefined> => {
  const cells = await findCells(tx, condition, ...values)
  return cells && keptOf(cells)
}

/** The row that an earlier version kept apart under exactly this number, or else the one row of all that look alike. */
export const cellsOfNumber = async (tx: Tx, invoiceNumber: string): Promise<InvoiceCells | undefined> => {
  const [former, key] = [formerKey(invoiceNumber), numberKey(invoiceNumber)]
  const apart = former === key ? undefined : await findCells(tx, 'key = ?', former)
  return apart ?? findCells(tx, 'key = ?', key)
}

export const rowOfNumber = async (tx: Tx, invoiceNumber: string): Promise<KeptRow | undefined> => {
  const cells = await cellsOfNumber(tx, invoiceNumber)
  return cells && keptOf(cells)
}

/** The cells of a new row. `first`: how its history begins. */
export const cellsOfNew = (tx: Tx, invoiceNumber: string, { set, first }: { set: Change; first: object }): Cells => ({
  key: numberKey(invoiceNumber),
  received_at: tx.now,
  received: JSON.stringify(first),
  ...cellsOf(set)
})

/** Answers its id. */
export const insertRow = async (
  tx: Tx,
  invoiceNumber: string,
  entered: { set: Change; first: object }
): Promise<number> => {
  const row = await insert(tx, 'invoice', cellsOfNew(tx, invoiceNumber, entered), 'RETURNING id')
  return (row as InvoiceCells).id
}

export const setRow = async (tx: Tx, id: number, change: Change): Promise<void> => {
  const cells = cellsOf(change)
  const names = Object.keys(cells)
  if (names.length === 0) return
  await tx.run(
    `UPDATE invoice SET ${names.map(name => `${name} = ?`).join(', ')} WHERE id = ?`,
    ...Object.values(cells),
    id
  )
  if (change.invoice !== undefined) await searchAgain(tx, id)
}

export const note = async (tx: Tx, id: number, event: string, detail: object = {}): Promise<void> => {
  await insert(tx, 'history', { invoice_id: id, at: tx.now, event, detail: JSON.stringify(detail) })
}

/** Writes what a rule answered. */
export const apply = async (tx: Tx, id: number, { set, lines }: Changes): Promise<void> => {
  await setRow(tx, id, set)
  for (const { event, detail } of lines) await note(tx, id, event, detail)
}

/** The reason that it was held for may be gone. */
export const releaseRow = (tx: Tx, id: number, why: string, actor?: Actor): Promise<void> =>
  apply(tx, id, releasedFor(why, tx.now, actor))
