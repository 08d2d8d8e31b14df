// Judges whether what stands in the portal under a number is the invoice that was to be sent.

import { formatAmount } from '../core/invoice.ts'
import type { PortalInvoice } from '../core/portal-entry.ts'
import type { CreateBody, Decision } from '../core/row.ts'
import { type Failure, failed } from '../rules/decide.ts'
import type { Errand } from './budget.ts'
import { contestedWords, type Reader } from './reader.ts'

/**
 * Each entry as the portal shows it now, without those that are gone. `contested`: for one of them, that is not known.
 */
export const confirm = async (
  reader: Pick<Reader, 'one'>,
  entries: PortalInvoice[],
  errand: Errand
): Promise<PortalInvoice[] | 'contested'> => {
  const confirmed = await Promise.all(entries.map(({ id }) => reader.one(id, errand)))
  if (confirmed.includes('contested')) return 'contested'
  return confirmed.filter(entry => entry !== null && entry !== 'contested')
}

/** As a failure of one delivery. The portal is there, so the others go on. */
export const contested = (entries: Pick<PortalInvoice, 'id'>[]): Failure =>
  failed('PORTAL_UNREACHABLE', contestedWords(entries), { answered: true })

/**
 * The decision that follows from what the portal holds under an invoice's number; null when nothing there counts.
 * `overruled`: a person has seen these, and told the bridge to deliver all the same.
 */
export const judgeFound = (
  found: PortalInvoice[],
  body: CreateBody,
  overruled: readonly PortalInvoice[] = []
): Decision | null => {
  const counting = found.filter(entry => isSame(entry, body) || !overruled.some(({ id }) => id === entry.id))
  const mine = counting.find(entry => isSame(entry, body))
  if (mine) {
    const code = counting.length > 1 ? 'PORTAL_DUPLICATE' : null
    return { to: 'delivered', holding: mine, how: 'adopted', code }
  }
  if (counting.length === 0) return null
  return {
    to: 'held',
    code: 'INVOICE_CONFLICT',
    detail: `the portal holds ${counting.map(({ id }) => id).join(', ')} under this number`
  }
}

/** Of those under a number, what a person has overruled: what the copy knew by then. */
export const overruledOf = (entries: PortalInvoice[], since: PortalInvoice[]): PortalInvoice[] =>
  entries.filter(({ id }) => since.every(entry => entry.id !== id))

// A date that cannot be read does not match: where numbering restarts each year, an older invoice has all else in
// common.
const isSame = (entry: PortalInvoice, body: CreateBody): boolean =>
  entry.customerId === body.customerId &&
  entry.amountCents !== null &&
  formatAmount(entry.amountCents) === body.amount &&
  entry.issuedAt === body.issuedAt
