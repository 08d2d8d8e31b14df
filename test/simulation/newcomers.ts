// Customers of the tools that the portal does not have at first: the bridge may have to create them. Some are hard to
// tell apart.

import type { Customer } from '../../src/core/invoice.ts'
import type { Random } from './random.ts'

export type Newcomer = { ref: string; name: string; email: string }

// Without these names and addresses no portal customer begins.
const newcomer = (number: number): Newcomer => ({
  ref: `ref-new-${number}`,
  name: `Newcomer  ${number} B.V.`,
  email: `New-${number}@example.nl`
})

/** Another customer of the tool, as like this one as that can be. */
const lookAlikes: readonly ((one: Newcomer) => Newcomer)[] = [
  one => ({ ...one, ref: `${one.ref}-b`, email: `Twin-${one.email}` }),
  one => ({ ...one, ref: `${one.ref}-c`, name: `Other ${one.name}` }),
  one => ({ ...one, ref: `${one.ref}-d` }),
  one => ({ ...one, name: `Other ${one.name}` })
]

export const createNewcomers = (random: Random): Newcomer[] =>
  Array.from({ length: random.int(1, 3) }, (_, index) => {
    const given = newcomer(index + 1)
    const named = random.chance(0.25) ? { ...given, name: `Customer ${index + 1}` } : given
    const one = random.chance(0.2) ? { ...named, ref: named.email } : named
    return random.chance(0.3) ? [one, random.pick(lookAlikes)(one)] : [one]
  }).flat()

/** As an invoice tells of it. `isWhole`: with all that the portal asks for. */
export const toldOf = ({ ref, name, email }: Newcomer, isWhole: boolean): Customer => ({
  ref,
  portalId: null,
  emails: [email],
  name,
  address: isWhole ? 'Kade 1' : null,
  zipCode: '1011 AB',
  city: 'Amsterdam',
  countryCode: 'NL'
})
