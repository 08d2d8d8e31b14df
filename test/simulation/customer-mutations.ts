// Deliberate mistakes about customers that the bridge creates.

import type { LedgerCustomers } from '../../src/ledger/customers.ts'
import type { Ledger } from '../../src/ledger/ledger.ts'
import type { Mutation } from './mutation.ts'

const way = 'customers are made there'

const withBook = (ledger: Ledger, changed: (book: LedgerCustomers) => Partial<LedgerCustomers>): Ledger => ({
  ...ledger,
  customers: { ...ledger.customers, ...changed(ledger.customers) }
})

/** Whoever the portal names in its answer to a create. */
const answerBelieved: Mutation = {
  name: 'an answer to a create believed',
  way,
  ledger: ledger =>
    withBook(ledger, book => ({
      async created(creation, { id, createdAt, integration }, now) {
        const { fields } = creation
        const asSent = { ...fields, id, createdAt, integration, countryCode: fields.countryCode ?? null }
        await ledger.holdings.learnCustomer(asSent, now)
        return book.created(creation, asSent, now)
      }
    }))
}

/** What was asked for, and is not known to be made, may be asked for again at once. */
const creationForgotten: Mutation = {
  name: 'a create of a customer forgotten',
  seed: 12,
  way,
  ledger: ledger =>
    withBook(ledger, book => ({
      async judge(...asked) {
        const verdict = await book.judge(...asked)
        if (verdict.kind !== 'creating') return verdict
        await book.notCreated(verdict.creation)
        return book.judge(...asked)
      }
    }))
}

/** What the portal answered is known until a look has ended the create. */
const answerForgotten: Mutation = {
  name: 'what the portal answered about a customer forgotten',
  way,
  ledger: (ledger, { disk }) =>
    withBook(ledger, book => ({
      async settleCreation(creation, now) {
        await book.settleCreation(creation, now)
        disk.database().exec('DELETE FROM customer_unmade')
      }
    }))
}

// Longer than what was just made is waited for.
const longAfter = 11 * 60_000

/** A customer that the portal does not show yet counts as gone. */
const goneAtOnce: Mutation = {
  name: 'a customer that was just made taken for gone',
  seed: 505,
  way,
  ledger: ledger => ({
    ...ledger,
    holdings: {
      ...ledger.holdings,
      learnCustomers: (customers, read, now) => ledger.holdings.learnCustomers(customers, read, now + longAfter)
    }
  })
}

export const customerMutations: readonly Mutation[] = [answerBelieved, creationForgotten, answerForgotten, goneAtOnce]
