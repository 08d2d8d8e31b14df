// Whether an invoice that the portal holds may be a certain one, by its facts. A fact that could not be read may equal
// anything: a portal may write its dates in an unexpected form.

import { dateShown, type PortalInvoice } from '../core/portal-entry.ts'
import type { Cell } from './driver.ts'

type ComparedFacts = Pick<PortalInvoice, 'customerId' | 'amountCents' | 'issuedAt'>

// Written like this and not as NULL, so that the index finds it.
const unreadable = { customer_id: '', amount_cents: Number.MIN_SAFE_INTEGER, issued_at: '' }

const columns = ['customer_id', 'issued_at', 'amount_cents'] as const

/** The columns by which they are compared. */
export const comparedCells = (facts: ComparedFacts) => ({
  customer_id: facts.customerId ?? unreadable.customer_id,
  amount_cents: facts.amountCents ?? unreadable.amount_cents,
  issued_at: dateShown(facts) ?? unreadable.issued_at
})

export const mayEqual = (facts: ComparedFacts): { where: string; values: Cell[] } => {
  const cells = comparedCells(facts)
  const readable = columns.filter(column => cells[column] !== unreadable[column])
  return {
    where: ['TRUE', ...readable.map(column => `${column} IN (?, ?)`)].join(' AND '),
    values: readable.flatMap(column => [cells[column], unreadable[column]])
  }
}
