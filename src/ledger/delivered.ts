// Delivered rows: lets the rules judge what the portal says of them afterwards (rules/portal-news.ts), and writes it.

import type { PortalInvoice } from '../core/portal-entry.ts'
import { isCut, isSpelling } from '../core/spelling.ts'
import { type Entered, foundBeside, foundTwice, gone, shown } from '../rules/portal-news.ts'
import { type InvoiceCells, type KeptRow, keptOf } from './cells.ts'
import { hasOpenConflict } from './conflicts.ts'
import type { Tx } from './driver.ts'
import { mayEqual } from './may-equal.ts'
import { apply, findRow, rowOfNumber } from './rows.ts'

/** The copy has taken in what the portal says of an invoice. */
export const entered = async (tx: Tx, entry: PortalInvoice, what: Entered): Promise<void> => {
  const kept = await findRow(tx, 'portal_id = ?', entry.id)
  if (kept) {
    const hasConflict = kept.code === 'DELETED_IN_PORTAL' && (await hasOpenConflict(tx, kept.id))
    await apply(tx, kept.id, shown(kept, entry, what, hasConflict, tx.now))
  } else if (what.isNew && entry.invoiceNumber !== null) {
    const named = (await rowOfNumber(tx, entry.invoiceNumber)) ?? (await rowSpelledOtherwise(tx, entry))
    // A person's word does not cover what the copy did not know then.
    if (named?.state === 'delivered') await apply(tx, named.id, foundTwice(entry.id))
    else if (named?.state === 'held' && named.code === 'INVOICE_CONFLICT')
      await apply(tx, named.id, foundBeside(entry.id))
  }
}

// There are few with one customer, one day and one amount. If there are more, not all are checked.
const alikeMax = 20

// A portal may give no customer, and then no index leads to what is alike: only the latest entries are searched.
const latest = '(SELECT * FROM portal_invoice ORDER BY told DESC LIMIT 1000) AS latest'

/**
 * A row that was delivered with the same customer, amount and date, whose number this one may spell differently. If a
 * reading shows a longer number for what the bridge sent, the portal does not cut it to this: 20261 is no twin of
 * 202612.
 */
const rowSpelledOtherwise = async (tx: Tx, entry: PortalInvoice): Promise<KeptRow | undefined> => {
  const { id, invoiceNumber, customerId } = entry
  const among = customerId === null ? latest : 'portal_invoice'
  const { where, values } = mayEqual(entry)
  const found = await tx.all(
    `SELECT *, (SELECT key FROM portal_invoice WHERE id = portal_id AND own = 1 AND seen_by > 0) AS shown
      FROM invoice WHERE portal_id IN (SELECT id FROM ${among} WHERE ${where} AND id <> ? LIMIT ?)`,
    ...[...values, id, alikeMax]
  )
  return found
    .filter(({ shown }) => shown === null || !isCut(invoiceNumber, shown as string))
    .map(cells => keptOf(cells as InvoiceCells))
    .find(({ invoice }) => isSpelling(invoiceNumber, invoice.invoiceNumber))
}

/** The copy has lost it. */
export const lost = async (tx: Tx, portalId: string): Promise<void> => {
  const kept = await findRow(tx, 'portal_id = ?', portalId)
  if (kept) await apply(tx, kept.id, gone(kept))
}
