// Events that could not be read: each is a row that waits for a person, with the event's bytes.

import { type Instant, isoInstant } from '../core/clock.ts'
import { blankInvoice, type Invoice } from '../core/invoice.ts'
import type { Arrival, Unreadable } from '../core/row.ts'
import { enter } from '../rules/arriving.ts'
import { held } from '../rules/kept.ts'
import { insert, type Tx } from './driver.ts'
import { insertRow, note, rowOfNumber, setRow } from './rows.ts'

export const keepUnreadable = async (tx: Tx, { tool, invoiceNumber, body, problem }: Unreadable): Promise<boolean> => {
  const known = await rowOfNumber(tx, invoiceNumber)
  const isNews = known === undefined || (await tellOtherwise(tx, known.id, body))
  // A row that waits for a person goes on waiting, with the latest body.
  if (!isNews || (known && known.state !== 'dismissed')) return false
  const id = known?.id ?? (await insertUnreadable(tx, tool, invoiceNumber))
  if (!known) await insert(tx, 'event', { invoice_id: id, body })
  await setRow(tx, id, held('EVENT_UNREADABLE'))
  await note(tx, id, 'held', { code: 'EVENT_UNREADABLE', detail: problem })
  return true
}

const insertUnreadable = (tx: Tx, tool: string, invoiceNumber: string): Promise<number> => {
  const invoice = unknownInvoice(invoiceNumber, tx.now)
  const arrival: Arrival = { tool, invoice, document: null, notify: false, test: false }
  return insertRow(tx, invoiceNumber, enter(arrival, { before: null, isVoided: false }, tx.now))
}

/** False where the bytes are the same, or forgotten: senders redeliver for days. */
const tellOtherwise = async (tx: Tx, invoiceId: number, body: Buffer): Promise<boolean> => {
  const kept = (await tx.one('SELECT body FROM event WHERE invoice_id = ?', invoiceId))?.body as Uint8Array | undefined
  if (kept === undefined || body.equals(kept)) return false
  await tx.run('UPDATE event SET body = ? WHERE invoice_id = ?', body, invoiceId)
  return true
}

/** Only its own number is known of an event that could not be read. */
const unknownInvoice = (invoiceNumber: string, now: Instant): Invoice => ({
  ...blankInvoice(invoiceNumber, 'unknown'),
  issuedAt: isoInstant(now).slice(0, 10)
})
