// Rows that are delivered: what the portal tells of them afterwards is judged (rules/portal-news.ts), and written.

import type { PortalInvoice } from '../core/portal-entry.ts'
import { type Entered, foundTwice, gone, isTwice, shown } from '../rules/portal-news.ts'
import { hasOpenConflict } from './conflicts.ts'
import type { Tx } from './driver.ts'
import { apply, findRow, rowOfNumber } from './rows.ts'

/** The copy has taken in what the portal tells of an invoice. */
export const entered = async (tx: Tx, entry: PortalInvoice, what: Entered): Promise<void> => {
  const kept = await findRow(tx, 'portal_id = ?', entry.id)
  if (kept) {
    const hasConflict = kept.code === 'DELETED_IN_PORTAL' && (await hasOpenConflict(tx, kept.id))
    await apply(tx, kept.id, shown(kept, entry, what, hasConflict, tx.now))
  } else if (what.isNew && entry.invoiceNumber !== null) {
    const named = await rowOfNumber(tx, entry.invoiceNumber)
    if (named && isTwice(named)) await apply(tx, named.id, foundTwice(entry.id))
  }
}

/** The copy has lost it. */
export const lost = async (tx: Tx, portalId: string): Promise<void> => {
  const kept = await findRow(tx, 'portal_id = ?', portalId)
  if (kept) await apply(tx, kept.id, gone(kept))
}
