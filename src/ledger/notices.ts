// What the owner still has to be told. Kept as rows, so that one process of several mails it, and a restart loses
// nothing.

import type { Code } from '../core/codes.ts'
import type { KeptNotice, Notice, NoticeKind } from '../core/notice.ts'
import { insert, type Tx } from './driver.ts'

// The owner does not read more of them at once, and the list of invoices has all.
const noticesMax = 1000

export const addNotice = async (tx: Tx, { kind, code, invoiceNumber, text }: Notice): Promise<void> => {
  const { notices } = (await tx.one('SELECT count(*) AS notices FROM notice')) as { notices: number }
  if (Number(notices) >= noticesMax) return
  await insert(tx, 'notice', { kind, code, invoice_number: invoiceNumber, text, at: tx.now })
}

/** Oldest first. */
export const notices = async (tx: Tx): Promise<KeptNotice[]> => {
  const found = await tx.all('SELECT * FROM notice ORDER BY id')
  return found.map(cells => ({
    id: Number(cells.id),
    at: Number(cells.at),
    kind: cells.kind as NoticeKind,
    code: cells.code as Code | null,
    invoiceNumber: cells.invoice_number as string | null,
    text: cells.text as string | null
  }))
}

/** The owner was told of this one and all before it. */
export const dropNotices = (tx: Tx, lastId: number): Promise<void> => tx.run('DELETE FROM notice WHERE id <= ?', lastId)
