// What invoices say about their customers, as the ledger enters it. Invoices are not judged in the order in which they
// were made: an older one that is judged later takes nothing away.

import type { Sighting } from '../core/customer.ts'
import { emailPrints, namePrint, refPrint } from '../core/fingerprint.ts'
import { nothingKnown } from '../core/invoice.ts'
import { contactOf } from '../rules/claims.ts'
import { factsOf, isNewsOf, tellsNothing, textsIn } from './customer-cells.ts'
import { customerById, customerByRef, emailsOf, portalIdsHaving } from './customer-claims.ts'
import { customersHaving, endLoans, releaseOf } from './customer-waiting.ts'
import { amongAll, type Cells, insert, type Tx } from './driver.ts'

/** A customer that no invoice has described yet. */
export const insertCustomer = async (tx: Tx, tool: string, ref: string): Promise<Cells> => {
  const contact = { contact: JSON.stringify(nothingKnown), name_key: '', facts: '', told_by: 0, told_at: tx.now }
  const cells = { tool, ref_key: refPrint(ref), ref: ref.trim(), ...contact }
  return (await insert(tx, 'customer', cells, 'RETURNING *')) as Cells
}

/** Customers of the same tool whose claims the new facts may contest. */
const rivalsOf = async (tx: Tx, customer: Cells, emails: string[]): Promise<Cells[]> => {
  const portalIds = await portalIdsHaving(tx, emails)
  if (customer.given_id !== null) portalIds.push(customer.given_id as string)
  const linked = await amongAll(tx, portalIds, marks => `SELECT * FROM customer WHERE portal_id IN (${marks})`)
  const rivals = [...(await customersHaving(tx, emails)), ...linked].filter(
    ({ id, tool }) => tool === customer.tool && id !== customer.id
  )
  return [...new Map(rivals.map(rival => [rival.id, rival])).values()]
}

/** Takes the contact as it is now. Invoices of rivals, and those that waited for this contact, are judged again. */
const takeContact = async (
  tx: Tx,
  known: Cells | undefined,
  { invoiceId, tool, customer }: Sighting
): Promise<void> => {
  const contact = contactOf(customer)
  const emails = emailPrints(contact.emails)
  const row = known ?? (await insertCustomer(tx, tool, customer.ref))
  const id = row.id as number
  const emailsBefore = await emailsOf(tx, id)
  await tx.run(
    `UPDATE customer SET ref = ?, contact = ?, name_key = ?, facts = ?, told_by = ?, told_at = ?, forgotten = 0
      WHERE id = ?`,
    customer.ref.trim(),
    JSON.stringify(contact),
    namePrint(contact.name),
    factsOf(contact),
    Math.max(Number(row.told_by), tellsNothing(contact) ? 0 : invoiceId),
    tx.now,
    id
  )
  await tx.run('DELETE FROM customer_email WHERE customer_id = ?', id)
  for (const email of emails) await insert(tx, 'customer_email', { email, customer_id: id })

  const rivals = await rivalsOf(tx, await customerById(tx, id), [...emailsBefore, ...emails])
  for (const rival of rivals) await endLoans(tx, rival)
  if (!known) return
  await endLoans(tx, row, invoiceId)
  await releaseOf(tx, row, 'the customer changed')
  // An address that it no longer has, or a name that it now shares, means one rival claim less.
  const isLess = emailsBefore.some(email => !emails.includes(email))
  if (isLess || namePrint(contact.name) !== row.name_key)
    for (const rival of rivals) await releaseOf(tx, rival, 'another customer changed')
}

const takeGiven = async (tx: Tx, row: Cells, portalId: string): Promise<void> => {
  const id = row.id as number
  await tx.run('UPDATE customer SET given_id = ? WHERE id = ?', portalId, id)
  for (const rival of await rivalsOf(tx, await customerById(tx, id), [])) await endLoans(tx, rival)
}

const takeName = async (tx: Tx, row: Cells, name: string, invoiceId: number): Promise<void> => {
  const names = [...textsIn(row.names), name]
  await tx.run('UPDATE customer SET names = ? WHERE id = ?', JSON.stringify(names), row.id as number)
  if (names.length > 1) await endLoans(tx, row, invoiceId)
}

/** Enters what the invoice says. The same again is no news, and neither is what an older invoice says. */
export const see = async (tx: Tx, sighting: Sighting): Promise<Cells> => {
  const { invoiceId, tool, customer } = sighting
  const facts = factsOf(contactOf(customer))
  const known = await customerByRef(tx, tool, customer.ref)
  const before = await tx.one('SELECT * FROM customer_sighting WHERE invoice_id = ?', invoiceId)
  const isTold = known !== undefined && before?.customer_id === known.id
  const isNews = isTold ? before?.facts !== facts : invoiceId >= Number(known?.told_by ?? 0)
  if (isNews && isNewsOf(known, contactOf(customer))) await takeContact(tx, known, sighting)
  const row = (await customerByRef(tx, tool, customer.ref)) as Cells
  const id = row.id as number
  await insert(
    tx,
    'customer_sighting',
    { invoice_id: invoiceId, customer_id: id, facts },
    'ON CONFLICT (invoice_id) DO UPDATE SET customer_id = excluded.customer_id, facts = excluded.facts'
  )
  if (customer.portalId !== null && row.given_id !== customer.portalId) await takeGiven(tx, row, customer.portalId)
  const name = namePrint(customer.name)
  if (!textsIn(row.names).includes(name)) await takeName(tx, row, name, invoiceId)
  return customerById(tx, id)
}
