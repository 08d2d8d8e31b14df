// The rows of invoices and their history: how every part of the ledger finds one, changes it, and notes why.

import { formerKey, numberKey } from '../core/invoice.ts'
import { type InvoiceCells, waitingCells } from './cells.ts'
import type { Cell, Cells, Tx } from './driver.ts'

/** The one row that answers to a condition. */
export const findRow = async (
  tx: Tx,
  condition: string,
  ...values: Cell[]
): Promise<InvoiceCells | undefined> =>
  (await tx.one(`SELECT * FROM invoice WHERE ${condition}`, ...values)) as InvoiceCells | undefined

/** The row that an earlier version kept apart under exactly this number, or else the one of all that look alike. */
export const rowOfNumber = async (tx: Tx, invoiceNumber: string): Promise<InvoiceCells | undefined> => {
  const [former, key] = [formerKey(invoiceNumber), numberKey(invoiceNumber)]
  const apart = former === key ? undefined : await findRow(tx, 'key = ?', former)
  return apart ?? findRow(tx, 'key = ?', key)
}

/** Answers its id. */
export const insertRow = async (tx: Tx, invoiceNumber: string, cells: Cells): Promise<number> => {
  const names = ['key', ...Object.keys(cells)]
  const row = await tx.one(
    `INSERT INTO invoice (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')}) RETURNING id`,
    numberKey(invoiceNumber),
    ...Object.values(cells)
  )
  return (row as InvoiceCells).id
}

export const setRow = async (tx: Tx, id: number, cells: Cells): Promise<void> => {
  const changes = Object.keys(cells).map(name => `${name} = ?`)
  await tx.run(`UPDATE invoice SET ${changes.join(', ')} WHERE id = ?`, ...Object.values(cells), id)
}

export const note = (tx: Tx, id: number, event: string, detail: object = {}): Promise<void> =>
  tx.run(
    'INSERT INTO history (invoice_id, at, event, detail) VALUES (?, ?, ?, ?)',
    id,
    tx.now,
    event,
    JSON.stringify(detail)
  )

/** What it was held for may be so no more. */
export const releaseRow = async (tx: Tx, id: number, why: string): Promise<void> => {
  await setRow(tx, id, waitingCells(tx.now))
  await note(tx, id, 'released', { why })
}
