// Invoices that wait for a tool's customer, or rest on what is known of one: when that changes, those that wait are
// released, and loans end.

import type { Actor } from '../core/row.ts'
import { heldForCustomer } from './customer-cells.ts'
import { amongAll, type Cells, type Tx } from './driver.ts'
import { releaseRow } from './rows.ts'

/** Answers how many. */
export const releaseOf = async (tx: Tx, { tool, ref_key: ref }: Cells, why: string, actor?: Actor): Promise<number> => {
  const found = await tx.all(
    `SELECT id FROM invoice WHERE customer_ref = ? AND tool = ? AND ${heldForCustomer} ORDER BY id`,
    ref as string,
    tool as string
  )
  for (const { id } of found) await releaseRow(tx, id as number, why, actor)
  return found.length
}

export const releaseAll = async (tx: Tx): Promise<number> => {
  const found: number[] = []
  for (const code of ['CUSTOMER_UNKNOWN', 'CUSTOMER_AMBIGUOUS']) {
    const held = await tx.all(`SELECT id FROM invoice WHERE code = ? AND state || '' = 'held' ORDER BY id`, code)
    found.push(...held.map(({ id }) => id as number))
  }
  for (const id of found.sort((a, b) => a - b)) await releaseRow(tx, id, 'customers are found in another way')
  return found.length
}

/** What its invoices rest on has changed: none of them, except for one, may be sent before it is judged again. */
export const endLoans = (tx: Tx, { tool, ref_key: ref }: Cells, but = 0): Promise<void> =>
  tx.run(
    `UPDATE invoice SET loan_until = NULL
      WHERE customer_ref = ? AND tool = ? AND state = 'waiting' AND loan_until IS NOT NULL AND id <> ?`,
    ref as string,
    tool as string,
    but
  )

/** The tools' customers that have one of these e-mail addresses. */
export const customersHaving = async (tx: Tx, emails: readonly string[]): Promise<Cells[]> => {
  const found = await amongAll(
    tx,
    emails,
    marks => `SELECT * FROM customer WHERE id IN (SELECT customer_id FROM customer_email WHERE email IN (${marks}))`
  )
  return [...new Map(found.map(customer => [customer.id, customer])).values()]
}

/** A portal customer gained or lost these e-mail addresses, as fingerprints. */
export const addressed = async (tx: Tx, emails: readonly string[]): Promise<void> => {
  for (const customer of await customersHaving(tx, emails)) {
    // A match that was unique may no longer be; a person's word still holds.
    if (customer.how === 'email') await endLoans(tx, customer)
    await releaseOf(tx, customer, 'the portal changed')
  }
}

/** The copy has a new portal customer: invoices that name it were held while no portal customer had that id. */
export const customerEntered = async (tx: Tx, portalId: string): Promise<void> => {
  for (const customer of await tx.all('SELECT * FROM customer WHERE given_id = ?', portalId))
    await releaseOf(tx, customer, 'the portal changed')
}
