// Rows that are delivered: what the portal tells of them afterwards is judged (rules/portal-news.ts), and written.

import type { PortalInvoice } from '../core/portal-entry.ts'
import { isSpelling } from '../core/spelling.ts'
import { type Entered, foundTwice, gone, isTwice, shown } from '../rules/portal-news.ts'
import { type InvoiceCells, type KeptRow, keptOf } from './cells.ts'
import { hasOpenConflict } from './conflicts.ts'
import type { Tx } from './driver.ts'
import { mayEqual } from './may-equal.ts'
import { apply, findRow, rowOfNumber } from './rows.ts'

/** The copy has taken in what the portal tells of an invoice. */
export const entered = async (tx: Tx, entry: PortalInvoice, what: Entered): Promise<void> => {
  const kept = await findRow(tx, 'portal_id = ?', entry.id)
  if (kept) {
    const hasConflict = kept.code === 'DELETED_IN_PORTAL' && (await hasOpenConflict(tx, kept.id))
    await apply(tx, kept.id, shown(kept, entry, what, hasConflict, tx.now))
  } else if (what.isNew && entry.invoiceNumber !== null) {
    const named = (await rowOfNumber(tx, entry.invoiceNumber)) ?? (await rowSpelledOtherwise(tx, entry))
    if (named && isTwice(named)) await apply(tx, named.id, foundTwice(entry.id))
  }
}

// Of one customer, on one day, with one amount there are few. Of more, not all are looked at.
const alikeMax = 20

// Without its customer no index leads to what is alike, and a portal may tell none: of so many it was told of last.
const latest = '(SELECT * FROM portal_invoice ORDER BY told DESC LIMIT 1000) AS latest'

/** It was delivered with the same customer, amount and date, under a number of which this one may be a spelling. */
const rowSpelledOtherwise = async (tx: Tx, entry: PortalInvoice): Promise<KeptRow | undefined> => {
  const { id, invoiceNumber, customerId } = entry
  const among = customerId === null ? latest : 'portal_invoice'
  const { where, values } = mayEqual(entry)
  const found = await tx.all(
    `SELECT * FROM invoice WHERE portal_id IN (
      SELECT id FROM ${among} WHERE ${where} AND id <> ? LIMIT ?)`,
    ...[...values, id, alikeMax]
  )
  return found
    .map(cells => keptOf(cells as InvoiceCells))
    .find(({ invoice }) => isSpelling(invoiceNumber, invoice.invoiceNumber))
}

/** The copy has lost it. */
export const lost = async (tx: Tx, portalId: string): Promise<void> => {
  const kept = await findRow(tx, 'portal_id = ?', portalId)
  if (kept) await apply(tx, kept.id, gone(kept))
}
