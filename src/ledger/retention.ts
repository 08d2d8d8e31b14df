// How long personal data stays: finished invoices are emptied, then their customers, and no file stays that no row
// names.

import type { Instant } from '../core/clock.ts'
import { emailPrints, hiddenRef, namePrint } from '../core/fingerprint.ts'
import type { Known } from '../core/identity.ts'
import type { Invoice } from '../core/invoice.ts'
import { nothingKnown } from '../core/invoice.ts'
import type { Document } from '../core/row.ts'
import { type InvoiceCells, keptOf } from './cells.ts'
import { emptyConflicts } from './conflicts.ts'
import { isTelling, textsIn } from './customer-cells.ts'
import { emailsOf } from './customer-claims.ts'
import type { Cells, Tx } from './driver.ts'
import { forgetPace } from './pace.ts'
import { forgetRefusals } from './refusals.ts'
import { setRow } from './rows.ts'
import { entriesOf, setTexts } from './search.ts'
import { emptyUnmade } from './unmade.ts'

// A customer that still has invoices is looked at again after this.
const againMs = 24 * 3_600_000

const knownOf = async (tx: Tx, customer: Cells | undefined): Promise<Known> =>
  customer
    ? { names: textsIn(customer.names), emails: await emailsOf(tx, customer.id as number) }
    : { names: [], emails: [] }

/** Without personal data; the facts that duplicates are compared by stay. */
const bareOf = (invoice: Invoice, known: Known): Invoice => {
  const { ref, portalId, name, emails } = invoice.customer
  const isPersonal = isTelling(ref, {
    names: [namePrint(name), ...known.names],
    emails: [...emailPrints(emails), ...known.emails]
  })
  return { ...invoice, pdfUrl: null, customer: { ...nothingKnown, ref: isPersonal ? hiddenRef(ref) : ref, portalId } }
}

/** Answers the documents that it no longer needs. */
const empty = async (tx: Tx, cells: InvoiceCells): Promise<Document[]> => {
  const { id, invoice, document } = keptOf(cells)
  const customer = await tx.one(
    'SELECT * FROM customer WHERE tool = ? AND ref_key = ?',
    cells.tool as string,
    cells.customer_ref as string
  )
  await tx.run('DELETE FROM history WHERE invoice_id = ?', id)
  await tx.run('DELETE FROM event WHERE invoice_id = ?', id)
  await tx.run('UPDATE invoice SET received = NULL WHERE id = ?', id)
  const bare = bareOf(invoice, await knownOf(tx, customer))
  await setRow(tx, id, {
    invoice: bare,
    document: null,
    draft: null,
    released: null,
    forgotten: true
  })
  await setTexts(tx, new Map([[id, entriesOf(bare)]]))
  if (customer) await tx.run('UPDATE customer SET told_at = 0 WHERE id = ?', customer.id as number)
  return [document, ...(await emptyConflicts(tx, id))].filter(found => found !== null)
}

const forgetInvoices = async (tx: Tx, before: Instant, limit: number): Promise<Document[]> => {
  const finished = await tx.all(
    `SELECT * FROM invoice WHERE finished_at < ? AND forgotten = 0 AND next_attempt_at IS NULL
      AND NOT (state = 'delivered' AND code IS NOT NULL) LIMIT ?`,
    before,
    limit
  )
  const unused: Document[] = []
  for (const row of finished) unused.push(...(await empty(tx, row as InvoiceCells)))
  return unused
}

/** Whether an invoice of this customer is not emptied yet, or its creation may be under way. */
const isInReach = async (tx: Tx, { id, tool, ref_key: ref }: Cells, before: Instant): Promise<boolean> => {
  const invoice = await tx.one(
    'SELECT 1 AS found FROM invoice WHERE customer_ref = ? AND tool = ? AND forgotten = 0 LIMIT 1',
    ref as string,
    tool as string
  )
  if (invoice) return true
  const creation = 'SELECT 1 AS found FROM customer_creation WHERE customer_id = ? AND at >= ?'
  return (await tx.one(creation, id as number, before)) !== undefined
}

/** Links and comparisons stay: they are made of fingerprints. */
const emptyCustomer = async (tx: Tx, customer: Cells): Promise<void> => {
  const id = customer.id as number
  const ref = customer.ref as string
  // By now the copy knows what came of it: the next invoice is matched with that.
  await tx.run('DELETE FROM customer_creation WHERE customer_id = ?', id)
  await emptyUnmade(tx, id)
  await tx.run(
    `UPDATE customer SET ref = ?, contact = ?, facts = '', forgotten = 1 WHERE id = ?`,
    isTelling(ref, await knownOf(tx, customer)) ? hiddenRef(ref) : ref,
    JSON.stringify(nothingKnown),
    id
  )
}

const forgetCustomers = async (tx: Tx, before: Instant, limit: number): Promise<void> => {
  const untold = await tx.all(
    'SELECT * FROM customer WHERE forgotten = 0 AND told_at < ? ORDER BY told_at LIMIT ?',
    before,
    limit
  )
  for (const customer of untold)
    if (!(await isInReach(tx, customer, before))) await emptyCustomer(tx, customer)
    else await tx.run('UPDATE customer SET told_at = ? WHERE id = ?', before + againMs, customer.id as number)
}

export const forget = async (tx: Tx, before: Instant, limit: number): Promise<Document[]> => {
  for (const table of ['voided_source', 'dated_void'])
    await tx.run(
      `DELETE FROM ${table} WHERE (tool, source_id) IN (
        SELECT tool, source_id FROM ${table} WHERE at < ? LIMIT ?)`,
      before,
      limit
    )
  await forgetRefusals(tx, before)
  await forgetPace(tx, before)
  const unused = await forgetInvoices(tx, before, limit)
  await forgetCustomers(tx, before, limit)
  return unused
}

/** A PDF that two rows name comes twice: removing duplicates in the database would take longer the more rows it has. */
export const documentsSql = `SELECT document_file AS file FROM invoice WHERE document_file IS NOT NULL
  UNION ALL SELECT document_file FROM conflict WHERE settled = 0 AND document_file IS NOT NULL`

export const documents = async (tx: Tx): Promise<Set<string>> =>
  new Set((await tx.all(documentsSql)).map(({ file }) => file as string))
