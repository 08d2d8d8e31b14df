// How long what is personal stays, on SQLite: what finished is emptied, and no file is kept that no row names.

import type { Instant } from '../clock.ts'
import type { Invoice } from '../invoice.ts'
import type { Document } from '../spool.ts'
import { documentCells, type InvoiceCells, keptOf } from './cells.ts'
import type { Database } from './database.ts'
import type { SqliteConflicts } from './sqlite-conflicts.ts'
import type { SqliteRows } from './sqlite-rows.ts'

type Around = { rows: SqliteRows; conflicts: SqliteConflicts }

export const createRetention = ({ all, run }: Database, { rows, conflicts }: Around) => {
  /** Answers the documents that it needs no more. */
  const empty = (row: InvoiceCells): Document[] => {
    const { invoice, document } = keptOf(row)
    run('DELETE FROM history WHERE invoice_id = ?', row.id)
    run('DELETE FROM event WHERE invoice_id = ?', row.id)
    rows.set(row.id, {
      invoice: JSON.stringify(bareOf(invoice)),
      ...documentCells(null),
      draft: null,
      released: null,
      forgotten: 1
    })
    return [document, ...conflicts.empty(row.id)].filter(found => found !== null)
  }

  const forget = (before: Instant, limit: number): Document[] => {
    run(
      `DELETE FROM voided_source WHERE (tool, source_id) IN (
        SELECT tool, source_id FROM voided_source WHERE at < ? LIMIT ?)`,
      before,
      limit
    )
    const finished = all(
      `SELECT * FROM invoice WHERE finished_at < ? AND forgotten = 0 AND next_attempt_at IS NULL
        AND NOT (state = 'delivered' AND code IS NOT NULL) LIMIT ?`,
      before,
      limit
    ) as InvoiceCells[]
    return finished.flatMap(empty)
  }

  const documents = (): Set<string> => {
    const own = all('SELECT document_file AS file FROM invoice WHERE document_file IS NOT NULL')
    const beside = all(
      `SELECT arrival ->> '$.document.file' AS file FROM conflict WHERE settled = 0 AND file IS NOT NULL`
    )
    return new Set([...own, ...beside].map(({ file }) => file as string))
  }

  return { forget, documents }
}

/** Without what is personal; what duplicates are compared by stays. */
const bareOf = (invoice: Invoice): Invoice => {
  const { ref, portalId } = invoice.customer
  const empty = { emails: [], name: null, address: null, zipCode: null, city: null, countryCode: null }
  return { ...invoice, pdfUrl: null, customer: { ref, portalId, ...empty } }
}
