// Portal customers that are called alike, for the person who is to say whose an invoice is. Nothing is decided by it.

import { nameKey } from '../core/identity.ts'
import type { PortalCustomer } from '../core/portal-entry.ts'
import type { Holdings } from '../ledger/holdings.ts'

const candidatesMax = 3

// Of those that share a word; the best of them are shown.
const foundMax = 50

// Words that many names have tell nobody apart.
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

/** In words, to be put behind others; nothing where nobody is. */
export const namesakes = async (
  name: string | null,
  holdings: Pick<Holdings, 'searchCustomers'>
): Promise<string> => {
  const words = wordsOf(name)
  if (words.length === 0) return ''
  const alike = await Promise.all(words.map(word => holdings.searchCustomers(word, foundMax)))
  const found = rank(alike.flat(), words).slice(0, candidatesMax)
  return found.length === 0 ? '' : `; perhaps ${found.map(shown).join(' or ')}`
}
