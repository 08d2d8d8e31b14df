// The tools' customers and their portal customers: customers.ts says what is promised.

import type { Creation, CustomerFilter, MatchRules, Sighting, ToolCustomer, Verdict } from '../core/customer.ts'
import { emailPrint, emailPrints, namePrint } from '../core/fingerprint.ts'
import { nameKey } from '../core/identity.ts'
import type { Customer } from '../core/invoice.ts'
import type { CustomerFields, PortalCustomer } from '../core/portal-entry.ts'
import { addKnown, contactOf, doubtOnAnswer, fieldsOf, judgeClaims, learned } from '../rules/claims.ts'
import { creationIn, customerIn, isNewsOf, strangerOf, textsIn } from './customer-cells.ts'
import { claimsOf, contactKnown, creationOf, customerById, customerByRef } from './customer-claims.ts'
import { releaseOf } from './customer-waiting.ts'
import { type Cells, insert, type Tx } from './driver.ts'
import { learnLink, setLink } from './links.ts'
import { customersAddressed, learnCustomer, portalCustomer } from './portal-customers.ts'
import { searchKey } from './search.ts'
import { see } from './sightings.ts'
import { dropUnmade, keepUnmade } from './unmade.ts'

/** `confirmed`: the portal customer that the portal has just confirmed. */
export const judge = async (
  tx: Tx,
  sighting: Sighting,
  rules: MatchRules,
  confirmed: string | null = null
): Promise<Verdict> => {
  const row = await see(tx, sighting)
  const id = row.id as number
  const { portalId } = sighting.customer
  if (portalId !== null) return { kind: 'is', portalId }
  const claims = await claimsOf(tx, row, sighting.customer)
  const judged = judgeClaims(claims, rules)
  if (judged.kind === 'is') {
    const madeFor = learned(claims)
    if (madeFor) await learnLink(tx, id, madeFor)
  }
  if (judged.kind !== 'match' || judged.portalId !== confirmed) return judged
  const madeFor = addKnown(claims.told, { names: [claims.named], emails: claims.emails })
  await setLink(tx, id, { portalId: confirmed, how: 'email', madeFor })
  return { kind: 'is', portalId: confirmed }
}

/** Without entering anything: if nothing is new there is nothing to enter, and nothing is kept of a test. */
export const judgeUnseen = async (
  tx: Tx,
  { tool, customer, test }: Sighting,
  rules: MatchRules
): Promise<Verdict | null> => {
  const known = await customerByRef(tx, tool, customer.ref)
  const { portalId } = customer
  const isNews = isNewsOf(known, contactOf(customer)) || (portalId !== null && known?.given_id !== portalId)
  if (!test && isNews) return null
  if (portalId !== null) return { kind: 'is', portalId }
  const claims = await claimsOf(tx, known ?? strangerOf(tool, customer), customer)
  const judged = judgeClaims(claims, rules)
  return judged.kind === 'is' && !test && learned(claims) ? null : judged
}

export const confirmMatch = async (
  tx: Tx,
  sighting: Sighting,
  found: PortalCustomer,
  rules: MatchRules
): Promise<Verdict> => {
  await learnCustomer(tx, found)
  if (!sighting.test) return judge(tx, sighting, rules, found.id)
  const judged = await judgeUnseen(tx, sighting, rules)
  if (judged === null) throw new Error('bug: of a test nothing is entered')
  return judged.kind === 'match' && judged.portalId === found.id ? { ...judged, kind: 'is' } : judged
}

export const beginCreate = async (tx: Tx, sighting: Sighting, rules: MatchRules): Promise<Creation | null> => {
  const invoice = await tx.one('SELECT state FROM invoice WHERE id = ?', sighting.invoiceId)
  if (invoice?.state !== 'waiting') return null
  const verdict = await judge(tx, sighting, rules)
  if (verdict.kind !== 'create') return null
  const { id } = (await customerByRef(tx, sighting.tool, sighting.customer.ref)) as Cells
  const { fields } = verdict
  const asked = { email: emailPrint(fields.primaryEmail), fields: JSON.stringify(fields), at: tx.now }
  return creationIn((await insert(tx, 'customer_creation', { customer_id: id!, ...asked }, 'RETURNING *')) as Cells)
}

/** As it was at its end, and the customer that it was for. Null: another call has ended it. */
export const endCreation = async (tx: Tx, { id }: Creation): Promise<{ ended: Creation; row: Cells } | null> => {
  const cells = await tx.one('DELETE FROM customer_creation WHERE id = ? RETURNING *', id)
  return cells ? { ended: creationIn(cells), row: await customerById(tx, cells.customer_id as number) } : null
}

export const answered = (tx: Tx, { id }: Creation, answer: string | null): Promise<void> =>
  tx.run('UPDATE customer_creation SET answer = ? WHERE id = ?', answer, id)

/** Whatever the portal answered about this customer, the bridge may ask for it once more. */
export const askAgain = async (tx: Tx, tool: string, customer: Customer): Promise<void> => {
  const row = (await customerByRef(tx, tool, customer.ref)) ?? strangerOf(tool, customer)
  const contact = contactKnown(row, customer)
  const fields = fieldsOf(contact)
  if (fields) await dropUnmade(tx, fields)
  const creation = await creationOf(tx, row.id as number, emailPrints(contact.emails))
  if (creation) await answered(tx, creation, null)
}

/**
 * Links for the name that it was created under; its reference may be shared with others. But a creation may stay open
 * for long, and what a person has said meanwhile holds.
 */
const linkCreated = async (tx: Tx, row: Cells, portalId: string, { fields }: Creation): Promise<void> => {
  if (row.portal_id !== null || textsIn(row.refused).includes(portalId)) return
  const madeFor = { names: [namePrint(fields.companyName)], emails: emailPrints([fields.primaryEmail]) }
  await setLink(tx, row.id as number, { portalId, how: 'created', madeFor })
  await releaseOf(tx, row, 'the customer was created')
}

export const created = async (tx: Tx, creation: Creation, answer: PortalCustomer): Promise<string | null> => {
  const doubt = doubtOnAnswer(creation.fields, answer, await portalCustomer(tx, answer.id))
  if (doubt !== null) {
    await answered(tx, creation, doubt)
    return doubt
  }
  await learnCustomer(tx, wholeOf(answer, creation.fields))
  const end = await endCreation(tx, creation)
  if (end) await linkCreated(tx, end.row, answer.id, creation)
  return null
}

/** The answer to a create may hold no more than the id; the rest is what was sent. */
const wholeOf = (answer: PortalCustomer, sent: CustomerFields): PortalCustomer => ({
  ...answer,
  companyName: answer.companyName ?? sent.companyName,
  primaryEmail: answer.primaryEmail ?? sent.primaryEmail,
  address: answer.address ?? sent.address,
  zipCode: answer.zipCode ?? sent.zipCode,
  city: answer.city ?? sent.city,
  countryCode: answer.countryCode ?? sent.countryCode ?? null
})

export const settleCreation = async (tx: Tx, creation: Creation): Promise<void> => {
  const end = await endCreation(tx, creation)
  if (!end) return
  const { row } = end
  const { fields, answer } = end.ended
  const { primaryEmail, companyName } = fields
  const same = (await customersAddressed(tx, emailPrint(primaryEmail))).filter(
    customer => nameKey(customer.companyName) === nameKey(companyName)
  )
  const [only] = same
  if (only && same.length === 1) await linkCreated(tx, row, only.id, creation)
  if (!only && answer !== null) await keepUnmade(tx, { customerId: row.id as number, fields, answer })
}

export const findCustomer = async (
  tx: Tx,
  { tool, ref }: { tool: string; ref: string }
): Promise<ToolCustomer | null> => {
  const row = await customerByRef(tx, tool, ref)
  return row ? customerIn(row) : null
}

// How many are looked through for a part of a text.
const lookedThrough = 10_000

export const listCustomers = async (
  tx: Tx,
  { linked, q, limit, cursor }: CustomerFilter
): Promise<{ customers: ToolCustomer[]; next: string | null }> => {
  const where = { all: '', linked: 'AND portal_id IS NOT NULL', unlinked: `AND ${needsLink}` }
  const which = linked === undefined ? 'all' : linked ? 'linked' : 'unlinked'
  const found = await tx.all(
    `SELECT * FROM customer WHERE id < ? ${where[which]} ORDER BY id DESC LIMIT ?`,
    cursor === undefined ? Number.MAX_SAFE_INTEGER : Number(cursor),
    q ? lookedThrough : limit + 1
  )
  const meant = q ? found.filter(cells => isMeant(cells, searchKey(q))) : found
  const page = meant.slice(0, limit)
  return { customers: page.map(customerIn), next: meant.length > limit ? String(page.at(-1)?.id) : null }
}

const isMeant = (cells: Cells, part: string): boolean => {
  const { ref, name, emails, link } = customerIn(cells)
  return [ref, name ?? '', ...emails, link?.portalId ?? ''].some(text => searchKey(text).includes(part))
}

// Where the invoices name the portal's id themselves, no link is needed.
const needsLink = 'portal_id IS NULL AND given_id IS NULL'
