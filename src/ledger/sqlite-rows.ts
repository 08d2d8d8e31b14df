// The rows of invoices and their history, on SQLite: how every part of the ledger finds one, changes it, and notes why.

import type { SQLInputValue } from 'node:sqlite'
import type { Instant } from '../core/clock.ts'
import { formerKey, numberKey } from '../core/invoice.ts'
import { type Cells, type InvoiceCells, waitingCells } from './cells.ts'
import type { Database } from './database.ts'

export const createRows = ({ one, run }: Database) => {
  /** The one row that answers to a condition. */
  const find = (condition: string, ...values: SQLInputValue[]): InvoiceCells | undefined =>
    one(`SELECT * FROM invoice WHERE ${condition}`, ...values) as InvoiceCells | undefined

  /** The row that an earlier version kept apart under exactly this number, or else the one of all that look alike. */
  const byNumber = (invoiceNumber: string): InvoiceCells | undefined =>
    find('key = ?', formerKey(invoiceNumber)) ?? find('key = ?', numberKey(invoiceNumber))

  /** Answers its id. */
  const insert = (invoiceNumber: string, cells: Cells): number => {
    const names = ['key', ...Object.keys(cells)]
    const { id } = one(
      `INSERT INTO invoice (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')}) RETURNING id`,
      numberKey(invoiceNumber),
      ...Object.values(cells)
    ) as InvoiceCells
    return id
  }

  const set = (id: number, cells: Cells): void => {
    const changes = Object.keys(cells).map(name => `${name} = ?`)
    run(`UPDATE invoice SET ${changes.join(', ')} WHERE id = ?`, ...Object.values(cells), id)
  }

  const note = (id: number, at: Instant, event: string, detail: object = {}): void =>
    run(
      'INSERT INTO history (invoice_id, at, event, detail) VALUES (?, ?, ?, ?)',
      id,
      at,
      event,
      JSON.stringify(detail)
    )

  /** What it was held for may be so no more. */
  const release = (id: number, why: string, now: Instant): void => {
    set(id, waitingCells(now))
    note(id, now, 'released', { why })
  }

  return { find, byNumber, insert, set, note, release }
}

export type SqliteRows = ReturnType<typeof createRows>
