// What invoices tell of their customers, as SQLite enters it. The order in which they are looked at is not the order in
// which they were made: an older one that is looked at later takes nothing away.

import type { Instant } from '../core/clock.ts'
import type { Cells } from './cells.ts'
import { contactOf } from './claims.ts'
import { factsOf, isNewsOf, nothingKnown, textsIn } from './customer-cells.ts'
import type { Sighting } from './customers.ts'
import type { Database } from './database.ts'
import { emailPrints, namePrint, refPrint } from './fingerprint.ts'
import type { SqliteClaims } from './sqlite-claims.ts'

type Around = {
  claims: SqliteClaims
  /** Of all invoices of a customer that wait, but one. */
  endLoans: (customer: Cells, but?: number) => void
  releaseOf: (customer: Cells, why: string, now: Instant) => void
}

export const createSightings = (
  { one, all, run }: Pick<Database, 'one' | 'all' | 'run'>,
  { claims: { byRef, byId, having, emailsOf, portalIdsHaving }, endLoans, releaseOf }: Around
) => {
  const insert = (tool: string, ref: string, now: Instant): Cells =>
    one(
      `INSERT INTO customer (tool, ref_key, ref, contact, name_key, facts, told_by, told_at)
        VALUES (?, ?, ?, ?, '', '', 0, ?) RETURNING *`,
      tool,
      refPrint(ref),
      ref.trim(),
      JSON.stringify(nothingKnown),
      now
    ) as Cells

  /** Customers of the same tool that the new facts may stand against. */
  const rivalsOf = (customer: Cells, emails: string[]): Cells[] => {
    const portalIds = portalIdsHaving(emails)
    if (customer.given_id !== null) portalIds.push(customer.given_id as string)
    const linked = all(
      'SELECT * FROM customer WHERE portal_id IN (SELECT value FROM json_each(?))',
      JSON.stringify(portalIds)
    )
    const rivals = [...having(emails), ...linked].filter(
      ({ id, tool }) => tool === customer.tool && id !== customer.id
    )
    return [...new Map(rivals.map(rival => [rival.id, rival])).values()]
  }

  /** The contact as it is told now; whoever may stand against it, or waited for it, is judged anew. */
  const takeContact = (
    known: Cells | undefined,
    { invoiceId, tool, customer }: Sighting,
    now: Instant
  ): void => {
    const contact = contactOf(customer)
    const emails = emailPrints(contact.emails)
    const row = known ?? insert(tool, customer.ref, now)
    const id = row.id as number
    const emailsBefore = emailsOf(id)
    run(
      `UPDATE customer SET ref = ?, contact = ?, name_key = ?, facts = ?, told_by = max(told_by, ?), told_at = ?,
        forgotten = 0 WHERE id = ?`,
      customer.ref.trim(),
      JSON.stringify(contact),
      namePrint(contact.name),
      factsOf(contact),
      invoiceId,
      now,
      id
    )
    run('DELETE FROM customer_email WHERE customer_id = ?', id)
    for (const email of emails) run('INSERT INTO customer_email VALUES (?, ?)', email, id)

    const rivals = rivalsOf(byId(id), [...emailsBefore, ...emails])
    for (const rival of rivals) endLoans(rival)
    if (!known) return
    endLoans(row, invoiceId)
    releaseOf(row, 'the customer changed', now)
    // An address that it left, or a name that it shares now, is one claim less.
    const isLess = emailsBefore.some(email => !emails.includes(email))
    if (isLess || namePrint(contact.name) !== row.name_key)
      for (const rival of rivals) releaseOf(rival, 'another customer changed', now)
  }

  const takeGiven = (row: Cells, portalId: string): void => {
    run('UPDATE customer SET given_id = ? WHERE id = ?', portalId, row.id as number)
    for (const rival of rivalsOf(byId(row.id as number), [])) endLoans(rival)
  }

  const takeName = (row: Cells, name: string, invoiceId: number): void => {
    const names = [...textsIn(row.names), name]
    run('UPDATE customer SET names = ? WHERE id = ?', JSON.stringify(names), row.id as number)
    if (names.length > 1) endLoans(row, invoiceId)
  }

  /** Enters what the invoice tells. Told again it is no news, and what an older one tells is none. */
  const see = (sighting: Sighting, now: Instant): Cells => {
    const { invoiceId, tool, customer } = sighting
    const facts = factsOf(contactOf(customer))
    const known = byRef(tool, customer.ref)
    const before = one('SELECT * FROM customer_sighting WHERE invoice_id = ?', invoiceId)
    const isTold = known !== undefined && before?.customer_id === known.id
    const isNews = isTold ? before?.facts !== facts : invoiceId >= Number(known?.told_by ?? 0)
    if (isNews && isNewsOf(known, contactOf(customer))) takeContact(known, sighting, now)
    const row = byRef(tool, customer.ref) as Cells
    run(
      `INSERT INTO customer_sighting VALUES (?, ?, ?)
        ON CONFLICT DO UPDATE SET customer_id = excluded.customer_id, facts = excluded.facts`,
      invoiceId,
      row.id as number,
      facts
    )
    if (customer.portalId !== null && row.given_id !== customer.portalId) takeGiven(row, customer.portalId)
    const name = namePrint(customer.name)
    if (!textsIn(row.names).includes(name)) takeName(row, name, invoiceId)
    return byId(row.id as number)
  }

  return { insert, see }
}
