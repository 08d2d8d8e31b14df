// The customers that the portal holds: holdings.ts says what is promised.

import { emailPrint } from '../core/fingerprint.ts'
import { emailKey } from '../core/identity.ts'
import type { PortalCustomer } from '../core/portal-entry.ts'
import { addressed, customerEntered } from './customer-waiting.ts'
import { type Cells, insert, type Tx } from './driver.ts'
import { countOf } from './facts.ts'

/** Answers the addresses that this added and removed. */
const keep = async (tx: Tx, customer: PortalCustomer, read: number): Promise<string[]> => {
  const before = await tx.one('SELECT email FROM portal_customer WHERE id = ?', customer.id)
  const email = emailPrint(customer.primaryEmail ?? '') || null
  await insert(
    tx,
    'portal_customer',
    { id: customer.id, email, entry: JSON.stringify(customer), seen_by: read },
    `ON CONFLICT (id) DO UPDATE SET email = excluded.email, entry = excluded.entry, seen_by = excluded.seen_by
      WHERE portal_customer.seen_by <= excluded.seen_by`
  )
  if (before === undefined) await customerEntered(tx, customer.id)
  if (before?.email === email) return []
  return textsOf([before?.email, email])
}

// The portal may show what it has just made seconds later, or after the next reading.
const freshMs = 10 * 60_000

export const learnCustomers = async (tx: Tx, seen: readonly PortalCustomer[], read: number): Promise<void> => {
  const news: string[] = []
  for (const customer of seen) news.push(...(await keep(tx, customer, read)))
  const gone = await tx.all(
    `DELETE FROM portal_customer WHERE seen_by < ? AND NOT EXISTS (
      SELECT 1 FROM customer WHERE portal_id = portal_customer.id AND how = 'created' AND linked_at > ?
    ) RETURNING email`,
    read,
    tx.now - freshMs
  )
  news.push(...textsOf(gone.map(({ email }) => email)))
  if (news.length > 0) await addressed(tx, news)
}

export const learnCustomer = async (tx: Tx, customer: PortalCustomer): Promise<void> => {
  const news = await keep(tx, customer, await countOf(tx, 'reads'))
  if (news.length > 0) await addressed(tx, news)
}

export const loseCustomer = (tx: Tx, id: string): Promise<void> =>
  tx.run('DELETE FROM portal_customer WHERE id = ?', id)

export const portalCustomer = async (tx: Tx, id: string): Promise<PortalCustomer | null> => {
  const cells = await tx.one('SELECT entry FROM portal_customer WHERE id = ?', id)
  return cells ? entryOf(cells) : null
}

export const hasCustomer = async (tx: Tx, id: string): Promise<boolean> =>
  (await tx.one('SELECT 1 AS found FROM portal_customer WHERE id = ?', id)) !== undefined

/** Those that have this address, as a fingerprint. */
export const customersAddressed = async (tx: Tx, email: string): Promise<PortalCustomer[]> =>
  (await tx.all('SELECT entry FROM portal_customer WHERE email = ?', email)).map(entryOf)

const all = async (tx: Tx): Promise<PortalCustomer[]> =>
  (await tx.all('SELECT entry FROM portal_customer ORDER BY id')).map(entryOf)

export const customersSize = async (tx: Tx): Promise<number> =>
  Number((await tx.one('SELECT count(*) AS entries FROM portal_customer'))?.entries)

export const customerIds = async (tx: Tx): Promise<string[]> =>
  (await tx.all('SELECT id FROM portal_customer ORDER BY id')).map(({ id }) => id as string)

export const customersIntegrated = async (tx: Tx): Promise<string[]> =>
  (await all(tx)).filter(({ integration }) => integration !== null).map(({ id }) => id)

export const searchCustomers = async (tx: Tx, q: string, limit: number): Promise<PortalCustomer[]> => {
  const wanted = emailKey(q)
  const isMeant = ({ id, companyName, primaryEmail }: PortalCustomer) =>
    id.toLowerCase() === wanted || [companyName, primaryEmail].some(text => emailKey(text ?? '').includes(wanted))
  return (await all(tx)).filter(isMeant).slice(0, limit)
}

const textsOf = (cells: unknown[]): string[] => cells.filter(cell => typeof cell === 'string')

const entryOf = (cells: Cells): PortalCustomer => JSON.parse(cells.entry as string) as PortalCustomer
