// What has to be true of customers that the bridge may create.

import type { Cells } from '../../src/ledger/driver.ts'
import type { CustomerPeople } from './customer-people.ts'
import { haveTouched, isStillAsMade } from './customer-witness.ts'
import type { Newcomer } from './newcomers.ts'
import type { Entry } from './portal.ts'
import { folded, type PortalCustomer } from './portal-customers.ts'
import { addressToFind, refOf, type Sale, type Version } from './sales.ts'
import type { World } from './world.ts'

type Minded = { world: World; people: { customers: CustomerPeople } }

/**
 * By its address, an invoice is for a customer that has that address, or has had it since the tool first told of the
 * customer; or for the one that a person names. But one that the bridge made for another customer of the same tool, with
 * another name, is that one's, whatever the address.
 */
export const isWhose = ({ world, people }: Minded, entry: Entry, sale: Sale, version: Version): boolean => {
  const { tool } = version
  const address = addressToFind(sale, version)
  if (address === null) return entry.customerId === version.customerId
  if (people.customers.hasLinked({ tool, ref: refOf(sale, version) }, entry.customerId)) return true
  const made = world.portal.customers.all.find(({ id }) => id === entry.customerId)
  if (made && isMadeForAnother(world, made, sale, tool)) return false
  return world.portal.customers.ownersSince(address, world.firstTold(sale)).includes(entry.customerId)
}

/**
 * A ledger that was rolled back does not know the other one. And under one reference of the tool's own, with one
 * address, a customer has only changed its name.
 */
const isMadeForAnother = (world: World, { asked }: PortalCustomer, { newcomer }: Sale, tool: string): boolean =>
  newcomer !== null &&
  asked !== null &&
  world.era === 0 &&
  folded(asked.companyName) !== folded(newcomer.name) &&
  world.customerCreates.some(
    ({ tool: of, ref, name }) =>
      of === tool && name === folded(asked.companyName) && (ref !== newcomer.ref || ref.includes('@'))
  )

const hasOwnAddress = ({ primaryEmail, asked }: PortalCustomer): boolean =>
  folded(primaryEmail) === folded(asked?.primaryEmail ?? '')

/** For one address the bridge makes one customer: another one only after people deleted or changed that. */
export const judgeCustomersMade = ({ portal, fail }: World): void => {
  const made = portal.customers.all.filter(isStillAsMade).filter(hasOwnAddress)
  for (const [email, same] of Map.groupBy(made, ({ primaryEmail }) => folded(primaryEmail)))
    if (same.length > 1) fail(`${email} was made ${same.length} times: ${same.map(({ id }) => id).join(', ')}`)
}

const likeness = (world: World, { ref, name, email }: Newcomer) =>
  world.newcomers.filter(
    other =>
      (folded(other.ref) === folded(ref) || folded(other.email) === folded(email)) &&
      folded(other.name) !== folded(name)
  )

/**
 * Why an invoice that is held for its customer should not be; null: what happened explains it. Where exactly one
 * portal customer has the address, and nobody else claims that, the invoice is for it. Where none has it, it can be
 * made, unless the portal said something else, or the tool did not tell all of it. Of a test nothing is kept, so
 * nothing that happens later releases it.
 */
export const wronglyHeld = (scene: Minded & { tools: { sales: Sale[] } }, sale: Sale, row: Cells): string | null => {
  const { world, tools } = scene
  const { newcomer, oddity } = sale
  if (row.state !== 'held' || newcomer === null || oddity === 'test' || !String(row.code).startsWith('CUSTOMER_'))
    return null
  if (haveTouched(world, newcomer) || likeness(world, newcomer).length > 0 || world.weather.counts.moves > 0)
    return null
  const email = folded(newcomer.email)
  const having = world.portal.customers.listed().filter(({ primaryEmail }) => folded(primaryEmail) === email)
  if (having.length > 1) return null
  if (having.length === 1) return `although only ${having[0]!.id} has its address`
  const isTold = tools.sales.filter(other => other.newcomer?.ref === newcomer.ref).every(({ isWhole }) => isWhole)
  const isAnswered = world.requests.some(
    ({ name, key, heard, well }) => name === 'createCustomer' && key === email && heard && !well
  )
  const { onSameCustomer, storesAnotherAddress } = world.weather.portal
  return isTold && !isAnswered && onSameCustomer !== 'finds the name' && !storesAnotherAddress
    ? 'although it could be created'
    : null
}
