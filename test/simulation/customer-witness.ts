// Watches what the ledger permits about customers, and what it permits to be sent for them. Changes nothing.

import type { Sighting } from '../../src/core/customer.ts'
import type { Loan } from '../../src/core/row.ts'
import type { LedgerCustomers } from '../../src/ledger/customers.ts'
import type { Newcomer } from './newcomers.ts'
import { folded, type PortalCustomer } from './portal-customers.ts'
import type { World } from './world.ts'

/** Made by the bridge, and still what the bridge made. */
export const isStillAsMade = ({ asked, deletedAt, hasMoved }: PortalCustomer): boolean =>
  asked !== null && deletedAt === null && !hasMoved

/** Whether people did anything about customers that may hold an invoice of this one. */
export const haveTouched = ({ touched }: World, { ref, email }: Pick<Newcomer, 'ref' | 'email'>): boolean =>
  touched.has(folded(ref)) || touched.has(folded(email))

/**
 * A create is permitted only when no create of a customer with the same address is under way, and none has made one
 * that stands there as it was made, seen or not yet. What stood or was under way when the ledger was asked counts: a
 * process that freezes hears late, and what others sent meanwhile is no mistake. And exactly what the portal has answered
 * is not asked for again before a person says so.
 */
export const customerWitness = (book: LedgerCustomers, world: World): LedgerCustomers => {
  const { portal, requests, customerCreates, customerAnswers, tell, fail } = world

  const inTheWay = (email: string): string[] => [
    ...portal.customers.all
      .filter(customer => isStillAsMade(customer) && folded(customer.primaryEmail) === email)
      .map(({ id }) => `${id} stands there`),
    ...requests
      .filter(({ name, key, fate }) => name === 'createCustomer' && key === email && fate === 'under way')
      .map(() => 'a create of it is under way')
  ]

  return {
    ...book,
    async beginCreate(sighting: Sighting, ...how) {
      const { tool, customer } = sighting
      const reasons = customer.emails[0] === undefined ? [] : inTheWay(folded(customer.emails[0]))
      const creation = await book.beginCreate(sighting, ...how)
      tell(() => `  ${tool} ${customer.ref}: ${creation ? `creating (${creation.id})` : 'not to be created'}`)
      if (creation === null) return null
      const { companyName, primaryEmail } = creation.fields
      customerCreates.push({ tool, ref: customer.ref, name: folded(companyName), email: folded(primaryEmail) })
      const isTouched = world.weather.counts.moves > 0 || haveTouched(world, { ref: customer.ref, email: primaryEmail })
      if (customerAnswers.has(creation) && !isTouched) reasons.push('the portal has answered that, and nobody spoke')
      for (const reason of reasons) fail(`${tool} ${customer.ref} may be created, although ${reason}`)
      return creation
    },
    async created(creation, answer, now) {
      const doubt = await book.created(creation, answer, now)
      if (doubt === null) customerAnswers.end(creation)
      else customerAnswers.keep(creation)
      tell(() => `  creation ${creation.id}: ${doubt ?? `created as ${answer.id}`}`)
      return doubt
    },
    async answered(creation, answer) {
      await book.answered(creation, answer)
      customerAnswers.keep(creation)
      tell(() => `  creation ${creation.id}: ${answer}`)
    },
    async notCreated(creation) {
      customerAnswers.end(creation)
      await book.notCreated(creation)
      tell(() => `  creation ${creation.id}: not created`)
    },
    async settleCreation(creation, now) {
      customerAnswers.end(creation)
      await book.settleCreation(creation, now)
      tell(() => `  creation ${creation.id}: settled`)
    },
    async lost(portalId, now) {
      await book.lost(portalId, now)
      tell(() => `  customer ${portalId} is lost`)
    }
  }
}

/** Once the ledger has kept that a link was removed, nothing more is sent by it. Null: nothing speaks against it. */
export const unlinkedFrom = ({ unlinked }: World, { tool, invoice }: Loan, customerId: string): string | null => {
  const { ref } = invoice.customer
  return unlinked.has(`${tool} ${ref} ${customerId}`) ? `${tool} ${ref} was unlinked from ${customerId}` : null
}
