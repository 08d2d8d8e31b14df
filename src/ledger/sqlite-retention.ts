// How long what is personal stays, on SQLite: what finished is emptied, then its customer, and no file is kept that no row
// names.

import type { Instant } from '../core/clock.ts'
import type { Known } from '../core/identity.ts'
import type { Invoice } from '../core/invoice.ts'
import type { Document } from '../core/row.ts'
import { type Cells, documentCells, type InvoiceCells, keptOf } from './cells.ts'
import { isTelling, nothingKnown, textsIn } from './customer-cells.ts'
import type { Database } from './database.ts'
import { emailPrints, hiddenRef, namePrint } from './fingerprint.ts'
import type { SqliteClaims } from './sqlite-claims.ts'
import type { SqliteConflicts } from './sqlite-conflicts.ts'
import type { SqliteRows } from './sqlite-rows.ts'

type Around = { rows: SqliteRows; conflicts: SqliteConflicts; claims: Pick<SqliteClaims, 'emailsOf'> }

// A customer that still has invoices is looked at again after this.
const againMs = 24 * 3_600_000

export const createRetention = ({ one, all, run }: Database, { rows, conflicts, claims }: Around) => {
  const knownOf = (customer: Cells | undefined): Known =>
    customer
      ? { names: textsIn(customer.names), emails: claims.emailsOf(customer.id as number) }
      : { names: [], emails: [] }

  /** Without what is personal; what duplicates are compared by stays. */
  const bareOf = (invoice: Invoice, customer: Cells | undefined): Invoice => {
    const { ref, portalId, name, emails } = invoice.customer
    const known = knownOf(customer)
    const isPersonal = isTelling(ref, {
      names: [namePrint(name), ...known.names],
      emails: [...emailPrints(emails), ...known.emails]
    })
    return {
      ...invoice,
      pdfUrl: null,
      customer: { ...nothingKnown, ref: isPersonal ? hiddenRef(ref) : ref, portalId }
    }
  }

  /** Answers the documents that it needs no more. */
  const empty = (row: InvoiceCells): Document[] => {
    const { invoice, document } = keptOf(row)
    const customer = one(
      'SELECT * FROM customer WHERE tool = ? AND ref_key = ?',
      row.tool as string,
      row.customer_ref as string
    )
    run('DELETE FROM history WHERE invoice_id = ?', row.id)
    run('DELETE FROM event WHERE invoice_id = ?', row.id)
    rows.set(row.id, {
      invoice: JSON.stringify(bareOf(invoice, customer)),
      ...documentCells(null),
      draft: null,
      released: null,
      forgotten: 1
    })
    // An earlier version wrote the name of a customer that it would create in place of the id.
    run(
      `UPDATE invoice SET body = json_set(body, '$.customerId', ''), sent_body = json_set(sent_body, '$.customerId', '')
        WHERE id = ? AND body ->> '$.customerId' NOT GLOB 'cst_*'`,
      row.id
    )
    if (customer) run('UPDATE customer SET told_at = 0 WHERE id = ?', customer.id as number)
    return [document, ...conflicts.empty(row.id)].filter(found => found !== null)
  }

  const forgetInvoices = (before: Instant, limit: number): Document[] => {
    const finished = all(
      `SELECT * FROM invoice WHERE finished_at < ? AND forgotten = 0 AND next_attempt_at IS NULL
        AND NOT (state = 'delivered' AND code IS NOT NULL) LIMIT ?`,
      before,
      limit
    ) as InvoiceCells[]
    return finished.flatMap(empty)
  }

  /** Whether an invoice of it is not emptied yet, or a create of it may be under way. */
  const isInReach = ({ id, tool, ref_key: ref }: Cells, before: Instant): boolean =>
    one(
      `SELECT 1 FROM invoice INDEXED BY invoice_in_reach WHERE customer_ref = ? AND tool = ? AND forgotten = 0 LIMIT 1`,
      ref as string,
      tool as string
    ) !== undefined ||
    one('SELECT 1 FROM customer_creation WHERE customer_id = ? AND at >= ?', id as number, before) !==
      undefined

  /** Links and comparisons stay: they are made of fingerprints. */
  const emptyCustomer = (customer: Cells): void => {
    const id = customer.id as number
    const ref = customer.ref as string
    // What came of it the copy knows by now: whoever asks next is matched with it.
    run('DELETE FROM customer_creation WHERE customer_id = ?', id)
    run(
      `UPDATE customer SET ref = ?, contact = ?, facts = '', forgotten = 1 WHERE id = ?`,
      isTelling(ref, knownOf(customer)) ? hiddenRef(ref) : ref,
      JSON.stringify(nothingKnown),
      id
    )
  }

  const forgetCustomers = (before: Instant, limit: number): void => {
    const untold = all(
      `SELECT * FROM customer INDEXED BY customer_told WHERE forgotten = 0 AND told_at < ? ORDER BY told_at LIMIT ?`,
      before,
      limit
    )
    for (const customer of untold)
      if (!isInReach(customer, before)) emptyCustomer(customer)
      else run('UPDATE customer SET told_at = ? WHERE id = ?', before + againMs, customer.id as number)
  }

  const forget = (before: Instant, limit: number): Document[] => {
    run(
      `DELETE FROM voided_source WHERE (tool, source_id) IN (
        SELECT tool, source_id FROM voided_source WHERE at < ? LIMIT ?)`,
      before,
      limit
    )
    const unused = forgetInvoices(before, limit)
    forgetCustomers(before, limit)
    return unused
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
