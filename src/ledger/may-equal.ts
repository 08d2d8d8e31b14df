// Whether what the portal holds may be a certain invoice, by its facts. What could not be read may be equal to anything:
// a portal may write its dates as nobody expects.

import { dateTold, type PortalInvoice } from '../core/portal-entry.ts'
import type { Cell } from './driver.ts'

type ComparedFacts = Pick<PortalInvoice, 'customerId' | 'amountCents' | 'issuedAt'>

// So written, and not as NULL, it is found by the index.
const unreadable = { customer_id: '', amount_cents: Number.MIN_SAFE_INTEGER, issued_at: '' }

const columns = ['customer_id', 'issued_at', 'amount_cents'] as const

/** The columns by which they are compared. */
export const comparedCells = (facts: ComparedFacts) => ({
  customer_id: facts.customerId ?? unreadable.customer_id,
  amount_cents: facts.amountCents ?? unreadable.amount_cents,
  issued_at: dateTold(facts) ?? unreadable.issued_at
})

export const mayEqual = (facts: ComparedFacts): { where: string; values: Cell[] } => {
  const cells = comparedCells(facts)
  const readable = columns.filter(column => cells[column] !== unreadable[column])
  return {
    where: ['TRUE', ...readable.map(column => `${column} IN (?, ?)`)].join(' AND '),
    values: readable.flatMap(column => [cells[column], unreadable[column]])
  }
}
