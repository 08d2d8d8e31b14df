// Customers that the portal was asked for, answered about, and does not show. Which ones is kept for ever, as a
// fingerprint; what the portal said goes with the customer's personal data.

import { fingerprint } from '../core/fingerprint.ts'
import type { CustomerFields } from '../core/portal-entry.ts'
import type { Claims } from '../rules/claims.ts'
import { insert, type Tx } from './driver.ts'

const printOf = ({ companyName, address, zipCode, city, primaryEmail, countryCode }: CustomerFields): string =>
  fingerprint(JSON.stringify([companyName, address, zipCode, city, primaryEmail, countryCode ?? null]))

export const unmadeOf = async (tx: Tx, fields: CustomerFields | null): Promise<Claims['unmade']> => {
  const found = fields && (await tx.one('SELECT answer FROM customer_unmade WHERE fields = ?', printOf(fields)))
  return found ? { answer: found.answer as string | null } : null
}

export const keepUnmade = async (
  tx: Tx,
  { customerId, fields, answer }: { customerId: number; fields: CustomerFields; answer: string }
): Promise<void> => {
  await insert(
    tx,
    'customer_unmade',
    { fields: printOf(fields), customer_id: customerId, answer },
    'ON CONFLICT (fields) DO UPDATE SET customer_id = excluded.customer_id, answer = excluded.answer'
  )
}

/** It may be asked for again. */
export const dropUnmade = (tx: Tx, fields: CustomerFields): Promise<void> =>
  tx.run('DELETE FROM customer_unmade WHERE fields = ?', printOf(fields))

export const emptyUnmade = (tx: Tx, customerId: number): Promise<void> =>
  tx.run('UPDATE customer_unmade SET answer = NULL WHERE customer_id = ?', customerId)
