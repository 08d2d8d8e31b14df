// What the ledger knows about which portal customer is meant: loaded here, judged in rules/claims.ts.

import type { Contact, Creation, How } from '../core/customer.ts'
import { emailPrints, namePrint, refKey, refPrint } from '../core/fingerprint.ts'
import type { Customer } from '../core/invoice.ts'
import { type Claims, contactOf, fieldsOf } from '../rules/claims.ts'
import { contactIn, creationIn, madeForIn, textsIn } from './customer-cells.ts'
import { customersHaving } from './customer-waiting.ts'
import { amongAll, type Cells, type Tx } from './driver.ts'
import { hasCustomer } from './portal-customers.ts'
import { unmadeOf } from './unmade.ts'

export const customerByRef = (tx: Tx, tool: string, ref: string): Promise<Cells | undefined> =>
  tx.one('SELECT * FROM customer WHERE tool = ? AND ref_key = ?', tool, refPrint(ref))

export const customerById = async (tx: Tx, id: number): Promise<Cells> =>
  (await tx.one('SELECT * FROM customer WHERE id = ?', id)) as Cells

export const emailsOf = async (tx: Tx, id: number): Promise<string[]> =>
  (await tx.all('SELECT email FROM customer_email WHERE customer_id = ?', id)).map(({ email }) => email as string)

export const portalIdsHaving = async (tx: Tx, emails: readonly string[]): Promise<string[]> => {
  const found = await amongAll(tx, emails, marks => `SELECT id FROM portal_customer WHERE email IN (${marks})`)
  return [...new Set(found.map(({ id }) => id as string))].sort()
}

/** Its own, rather than one that another customer with one of its addresses asked for. */
export const creationOf = async (tx: Tx, id: number, emails: string[]): Promise<Creation | null> => {
  const own = await tx.one('SELECT * FROM customer_creation WHERE customer_id = ?', id)
  const [cells] = own
    ? [own]
    : await amongAll(tx, emails, marks => `SELECT * FROM customer_creation WHERE email IN (${marks})`)
  return cells ? creationIn(cells) : null
}

/** Named by the portal's id, without a number of its own, and nothing says that it has another name. */
const isNobodyElse = ({ name_key: other, ref_key: ref, given_id: given }: Cells, name: unknown): boolean =>
  given !== null && ref === refPrint(given as string) && (other === '' || name === '')

/** A customer of the same tool that is linked to it, was given it, or has its address; under another name, or none. */
const rivalFor = async (tx: Tx, portalId: string, { id, tool, name_key: name }: Cells): Promise<Cells | undefined> => {
  const address = (await tx.one('SELECT email FROM portal_customer WHERE id = ?', portalId))?.email
  const claimants = [
    ...(await tx.all('SELECT * FROM customer WHERE portal_id = ?', portalId)),
    ...(await tx.all('SELECT * FROM customer WHERE given_id = ?', portalId)),
    ...(typeof address === 'string' ? await customersHaving(tx, [address]) : [])
  ]
  return claimants.find(
    other =>
      other.id !== id &&
      other.tool === tool &&
      (other.name_key === '' || other.name_key !== name) &&
      !isNobodyElse(other, name)
  )
}

const contestsOf = async (tx: Tx, portalIds: string[], row: Cells): Promise<Claims['contested']> => {
  const contests: Claims['contested'] = []
  for (const portalId of portalIds) {
    const rival = await rivalFor(tx, portalId, row)
    if (rival) contests.push({ portalId, by: rival.id as number })
  }
  return contests
}

/** What is known of a customer; of a forgotten one, what the invoice at hand says. */
export const contactKnown = (row: Cells, customer: Customer): Contact =>
  row.forgotten === 1 ? contactOf(customer) : contactIn(row)

/** The claims of a customer, as an invoice describes it. */
export const claimsOf = async (tx: Tx, row: Cells, customer: Customer): Promise<Claims> => {
  const contact = contactKnown(row, customer)
  const emails = emailPrints(contact.emails)
  const matches = await portalIdsHaving(tx, emails)
  const portalId = row.portal_id as string | null
  return {
    refKey: refKey(customer.ref),
    contact,
    named: namePrint(customer.name),
    emails: emailPrints(customer.emails),
    told: { names: [namePrint(contact.name)], emails },
    names: textsIn(row.names),
    link:
      portalId === null
        ? null
        : {
            portalId,
            how: row.how as How,
            madeFor: madeForIn(row),
            isInCopy: await hasCustomer(tx, portalId)
          },
    refused: textsIn(row.refused),
    goneId: row.gone_id as string | null,
    matches,
    contested: await contestsOf(tx, portalId === null ? matches : [...matches, portalId], row),
    creation: await creationOf(tx, row.id as number, emails),
    unmade: portalId === null ? await unmadeOf(tx, fieldsOf(contact)) : null
  }
}
