// Rows that are delivered, on SQLite: what the portal tells of them afterwards. One is known to be paid, is gone, is there
// again, or stands there twice.

import type { SQLInputValue } from 'node:sqlite'
import type { Instant } from '../core/clock.ts'
import type { Code } from '../core/codes.ts'
import type { PortalInvoice } from '../core/portal-entry.ts'
import type { CreateBody } from '../core/row.ts'
import { type InvoiceCells, keptOf, overridesOf, payingCells } from './cells.ts'
import type { SqliteConflicts } from './sqlite-conflicts.ts'
import type { Told } from './sqlite-holdings.ts'
import type { SqliteRows } from './sqlite-rows.ts'
import { toldOtherwise } from './states.ts'

type Around = { rows: SqliteRows; conflicts: SqliteConflicts }

export const createDelivered = ({ rows, conflicts }: Around) => {
  const { find, byNumber, set, note } = rows

  const knowPaid = (id: number, at: Instant): void =>
    set(id, { known_paid_at: at, paying: 0, next_attempt_at: null, loan_until: null })

  /** It was only not visible yet: what its loss stopped goes on, and what its loss hid is told. */
  const reappear = (
    row: InvoiceCells,
    isOneOfMany: boolean,
    knownPaidAt: SQLInputValue | undefined,
    now: Instant
  ): void => {
    const hidden = (): Code | null => {
      if (row.voided === 1) return 'VOIDED_IN_TOOL'
      if (conflicts.isOpen(row.id)) return 'INVOICE_CONFLICT'
      return isOneOfMany && !overridesOf(row).includes('INVOICE_CONFLICT') ? 'PORTAL_DUPLICATE' : null
    }
    set(row.id, {
      code: hidden(),
      voided: 0,
      ...payingCells(keptOf(row).invoice.paidAt, knownPaidAt, now)
    })
  }

  /** Another entry, under a number that is delivered. */
  const findTwice = (invoiceNumber: string, portalId: string, now: Instant): void => {
    const row = byNumber(invoiceNumber)
    if (row?.state !== 'delivered' || overridesOf(row).includes('INVOICE_CONFLICT')) return
    set(row.id, { code: 'PORTAL_DUPLICATE', forgotten: 0 })
    note(row.id, now, 'found twice', { code: 'PORTAL_DUPLICATE', also: portalId })
  }

  /** The answer to its create may have told no more than the id: what stands there is compared once it is shown. */
  const compare = (row: InvoiceCells, entry: PortalInvoice, now: Instant): void => {
    if (row.code !== null || row.body === null) return
    const fields = toldOtherwise(JSON.parse(row.body as string) as CreateBody, entry).filter(
      field => field !== 'invoiceNumber'
    )
    if (fields.length === 0) return
    set(row.id, { code: 'INVOICE_CONFLICT', forgotten: 0 })
    const detail = `the portal shows another ${fields.join(', ')}`
    note(row.id, now, 'the portal tells otherwise', { code: 'INVOICE_CONFLICT', detail })
  }

  const entered: Told['entered'] = (entry, { isNew, isFirstSight, isOneOfMany }, now) => {
    const row = find('portal_id = ?', entry.id)
    if (!row) {
      if (isNew && entry.invoiceNumber !== null) findTwice(entry.invoiceNumber, entry.id, now)
      return
    }
    if (isFirstSight) compare(row, entry, now)
    if (entry.paidAt !== null && row.known_paid_at === null) knowPaid(row.id, entry.paidAt)
    if (row.code === 'DELETED_IN_PORTAL') reappear(row, isOneOfMany, entry.paidAt ?? row.known_paid_at, now)
  }

  const lost: Told['lost'] = (portalId, now) => {
    const row = find('portal_id = ?', portalId)
    if (!row) return
    // Known already, it may have been paid since: that, too, is over.
    set(row.id, {
      code: 'DELETED_IN_PORTAL',
      next_attempt_at: null,
      loan_until: null,
      forgotten: 0,
      voided: Number(row.voided === 1 || row.code === 'VOIDED_IN_TOOL')
    })
    if (row.code !== 'DELETED_IN_PORTAL')
      note(row.id, now, 'gone from the portal', { code: 'DELETED_IN_PORTAL' })
  }

  return { knowPaid, entered, lost }
}

export type SqliteDelivered = ReturnType<typeof createDelivered>
