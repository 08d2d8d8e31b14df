// Finds portal customers with a similar name, for the person who has to say which customer an invoice is for. It
// decides nothing.

import { nameKey } from '../core/identity.ts'
import type { PortalCustomer } from '../core/portal-entry.ts'
import type { Holdings } from '../ledger/holdings.ts'

const candidatesMax = 3

// How many customers that share a word are compared; the best of them are shown.
const foundMax = 50

// Words that many names share do not tell customers apart.
const common = new Set(['bv', 'nv', 'vof', 'the', 'van', 'den', 'der', 'het', 'een', 'and', 'stichting'])

const wordCharactersMin = 3
const wordsMax = 5

const wordsOf = (name: string | null): string[] =>
  [...new Set(nameKey(name).split(' '))]
    .filter(word => word.length >= wordCharactersMin && !common.has(word))
    .slice(0, wordsMax)

/** Those that share the most words first. */
const rank = (found: PortalCustomer[], words: string[]): PortalCustomer[] => {
  const alikeness = ({ companyName }: PortalCustomer) =>
    words.filter(word => nameKey(companyName).includes(word)).length
  return [...new Map(found.map(customer => [customer.id, customer])).values()]
    .filter(customer => alikeness(customer) > 0)
    .sort((a, b) => alikeness(b) - alikeness(a))
}

const shown = ({ id, companyName }: PortalCustomer): string => `${id} (${companyName})`

/** As text to append to other text; empty if there are none. */
export const namesakes = async (name: string | null, holdings: Pick<Holdings, 'searchCustomers'>): Promise<string> => {
  const words = wordsOf(name)
  if (words.length === 0) return ''
  const alike = await Promise.all(words.map(word => holdings.searchCustomers(word, foundMax)))
  const found = rank(alike.flat(), words).slice(0, candidatesMax)
  return found.length === 0 ? '' : `; perhaps ${found.map(shown).join(' or ')}`
}
