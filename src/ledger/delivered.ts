// Rows that are delivered: what the portal tells of them afterwards. One is known to be paid, is gone, is there again, or
// stands there twice.

import type { Instant } from '../core/clock.ts'
import type { Code } from '../core/codes.ts'
import type { PortalInvoice } from '../core/portal-entry.ts'
import type { CreateBody } from '../core/row.ts'
import { type InvoiceCells, keptOf, overridesOf, payingCells } from './cells.ts'
import { hasOpenConflict } from './conflicts.ts'
import type { Cell, Tx } from './driver.ts'
import { findRow, note, rowOfNumber, setRow } from './rows.ts'
import { toldOtherwise } from './states.ts'

/** What an entry is to the copy of the portal. */
export type Entered = {
  /** The copy did not have it. */
  isNew: boolean
  /** No reading had shown it before: it was only told by an answer. */
  isFirstSight: boolean
  /** The copy has others of its number. */
  isOneOfMany: boolean
}

export const knowPaid = (tx: Tx, id: number, at: Instant): Promise<void> =>
  setRow(tx, id, { known_paid_at: at, paying: 0, next_attempt_at: null, loan_until: null })

/** It was only not visible yet: what its loss stopped goes on, and what its loss hid is told. */
const reappear = async (
  tx: Tx,
  row: InvoiceCells,
  isOneOfMany: boolean,
  knownPaidAt: Cell | undefined
): Promise<void> => {
  const hidden = async (): Promise<Code | null> => {
    if (row.voided === 1) return 'VOIDED_IN_TOOL'
    if (await hasOpenConflict(tx, row.id)) return 'INVOICE_CONFLICT'
    return isOneOfMany && !overridesOf(row).includes('INVOICE_CONFLICT') ? 'PORTAL_DUPLICATE' : null
  }
  await setRow(tx, row.id, {
    code: await hidden(),
    voided: 0,
    ...payingCells(keptOf(row).invoice.paidAt, knownPaidAt, tx.now)
  })
}

/** Another entry, under a number that is delivered. */
const findTwice = async (tx: Tx, invoiceNumber: string, portalId: string): Promise<void> => {
  const row = await rowOfNumber(tx, invoiceNumber)
  if (row?.state !== 'delivered' || overridesOf(row).includes('INVOICE_CONFLICT')) return
  await setRow(tx, row.id, { code: 'PORTAL_DUPLICATE', forgotten: 0 })
  await note(tx, row.id, 'found twice', { code: 'PORTAL_DUPLICATE', also: portalId })
}

/** The answer to its create may have told no more than the id: what stands there is compared once it is shown. */
const compare = async (tx: Tx, row: InvoiceCells, entry: PortalInvoice): Promise<void> => {
  if (row.code !== null || row.body === null) return
  const fields = toldOtherwise(JSON.parse(row.body as string) as CreateBody, entry).filter(
    field => field !== 'invoiceNumber'
  )
  if (fields.length === 0) return
  await setRow(tx, row.id, { code: 'INVOICE_CONFLICT', forgotten: 0 })
  const detail = `the portal shows another ${fields.join(', ')}`
  await note(tx, row.id, 'the portal tells otherwise', { code: 'INVOICE_CONFLICT', detail })
}

/** The copy has taken in what the portal tells of an invoice. */
export const entered = async (
  tx: Tx,
  entry: PortalInvoice,
  { isNew, isFirstSight, isOneOfMany }: Entered
): Promise<void> => {
  const row = await findRow(tx, 'portal_id = ?', entry.id)
  if (!row) {
    if (isNew && entry.invoiceNumber !== null) await findTwice(tx, entry.invoiceNumber, entry.id)
    return
  }
  if (isFirstSight) await compare(tx, row, entry)
  if (entry.paidAt !== null && row.known_paid_at === null) await knowPaid(tx, row.id, entry.paidAt)
  if (row.code === 'DELETED_IN_PORTAL')
    await reappear(tx, row, isOneOfMany, entry.paidAt ?? row.known_paid_at)
}

/** The copy has lost it. */
export const lost = async (tx: Tx, portalId: string): Promise<void> => {
  const row = await findRow(tx, 'portal_id = ?', portalId)
  if (!row) return
  // Known already, it may have been paid since: that, too, is over.
  await setRow(tx, row.id, {
    code: 'DELETED_IN_PORTAL',
    next_attempt_at: null,
    loan_until: null,
    forgotten: 0,
    voided: Number(row.voided === 1 || row.code === 'VOIDED_IN_TOOL')
  })
  if (row.code !== 'DELETED_IN_PORTAL')
    await note(tx, row.id, 'gone from the portal', { code: 'DELETED_IN_PORTAL' })
}
