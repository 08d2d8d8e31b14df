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

/** The decision that follows from what the portal holds under an invoice's number; null when nothing there counts. */
export const judgeFound = (found: PortalInvoice[], body: CreateBody, overridden: boolean): Decision | null => {
  const same = found.filter(entry => isSame(entry, body))
  const [mine] = same
  if (mine) {
    const others = overridden ? same.length - 1 : found.length - 1
    return { to: 'delivered', holding: mine, how: 'adopted', code: others > 0 ? 'PORTAL_DUPLICATE' : null }
  }
  // A person has seen what stands there and told the bridge to deliver all the same.
  if (found.length === 0 || overridden) return null
  return {
    to: 'held',
    code: 'INVOICE_CONFLICT',
    detail: `the portal holds ${found.map(({ id }) => id).join(', ')} under this number`
  }
}

// A date that cannot be read does not match: where numbering restarts each year, an older invoice has all else in
// common.
const isSame = (entry: PortalInvoice, body: CreateBody): boolean =>
  entry.customerId === body.customerId &&
  entry.amountCents !== null &&
  formatAmount(entry.amountCents) === body.amount &&
  entry.issuedAt === body.issuedAt
