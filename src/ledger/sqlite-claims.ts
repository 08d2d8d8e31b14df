// What SQLite knows about whose a customer is: loaded here, judged in claims.ts.

import type { Customer } from '../core/invoice.ts'
import type { Cells } from './cells.ts'
import { type Claims, contactOf, refKey } from './claims.ts'
import { contactIn, creationIn, madeForIn, textsIn } from './customer-cells.ts'
import type { Creation, How } from './customers.ts'
import type { Database } from './database.ts'
import { emailPrints, namePrint, refPrint } from './fingerprint.ts'

export const createClaims = ({ one, all }: Pick<Database, 'one' | 'all'>) => {
  const byRef = (tool: string, ref: string): Cells | undefined =>
    one('SELECT * FROM customer WHERE tool = ? AND ref_key = ?', tool, refPrint(ref))

  const byId = (id: number): Cells => one('SELECT * FROM customer WHERE id = ?', id) as Cells

  /** A set of values travels as JSON, so that the statement stays one. */
  const having = (emails: string[]): Cells[] =>
    all(
      `SELECT * FROM customer WHERE id IN (
        SELECT customer_id FROM customer_email WHERE email IN (SELECT value FROM json_each(?)))`,
      JSON.stringify(emails)
    )

  const emailsOf = (id: number): string[] =>
    all('SELECT email FROM customer_email WHERE customer_id = ?', id).map(({ email }) => email as string)

  const portalIdsHaving = (emails: string[]): string[] =>
    all(
      'SELECT id FROM portal_customer WHERE email IN (SELECT value FROM json_each(?))',
      JSON.stringify(emails)
    )
      .map(({ id }) => id as string)
      .sort()

  /** Its own, rather than one that somebody else asked for with one of its addresses. */
  const creationOf = (id: number, emails: string[]): Creation | null => {
    const cells =
      one('SELECT * FROM customer_creation WHERE customer_id = ?', id) ??
      one(
        'SELECT * FROM customer_creation WHERE email IN (SELECT value FROM json_each(?)) LIMIT 1',
        JSON.stringify(emails)
      )
    return cells ? creationIn(cells) : null
  }

  /** Who of the same tool is linked to it, was given it, or has its address; by another name, or by none. */
  const rivalFor = (portalId: string, { id, tool, name_key: name }: Cells): Cells | undefined => {
    const address = one('SELECT email FROM portal_customer WHERE id = ?', portalId)?.email
    return [
      ...all('SELECT * FROM customer WHERE portal_id = ?', portalId),
      ...all('SELECT * FROM customer WHERE given_id = ?', portalId),
      ...(typeof address === 'string' ? having([address]) : [])
    ].find(
      other => other.id !== id && other.tool === tool && (other.name_key === '' || other.name_key !== name)
    )
  }

  const contestOf = (portalId: string, row: Cells): Claims['contested'] => {
    const rival = rivalFor(portalId, row)
    return rival ? [{ portalId, by: rival.id as number }] : []
  }

  const isInCopy = (portalId: string): boolean =>
    one('SELECT 1 FROM portal_customer WHERE id = ?', portalId) !== undefined

  /** Of a customer, as an invoice tells of it. */
  const claimsOf = (row: Cells, customer: Customer): Claims => {
    const contact = row.forgotten === 1 ? contactOf(customer) : contactIn(row)
    const emails = emailPrints(contact.emails)
    const matches = portalIdsHaving(emails)
    const portalId = row.portal_id as string | null
    const claimed = portalId === null ? matches : [...matches, portalId]
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
          : { portalId, how: row.how as How, madeFor: madeForIn(row), isInCopy: isInCopy(portalId) },
      refused: textsIn(row.refused),
      goneId: row.gone_id as string | null,
      matches,
      contested: claimed.flatMap(id => contestOf(id, row)),
      creation: creationOf(row.id as number, emails)
    }
  }

  return { byRef, byId, having, emailsOf, portalIdsHaving, claimsOf }
}

export type SqliteClaims = ReturnType<typeof createClaims>
