// The customers of the simulated portal: those it begins with, those that the bridge has it make, and those that people
// enter, delete, or give another address.

import type { CustomerFields } from '../../src/core/portal-entry.ts'
import { type Answer, answer, refusal } from './answers.ts'
import type { Random } from './random.ts'
import type { Scheduler } from './scheduler.ts'
import type { CustomerSpelling, Weather } from './weather.ts'

export type PortalCustomer = {
  id: string
  companyName: string
  primaryEmail: string
  /** What the bridge asked for; null: it is not of the bridge's making. */
  asked: CustomerFields | null
  /** On the scheduler's clock. */
  visibleAt: number
  deletedAt: number | null
  /** Its address is not the one that it began with. */
  hasMoved: boolean
}

type Named = Pick<PortalCustomer, 'companyName' | 'primaryEmail'>

export interface PortalCustomers {
  /** Every customer that ever was. */
  all: readonly PortalCustomer[]
  living: () => PortalCustomer[]
  /** What the portal shows of them. */
  listed: () => PortalCustomer[]
  create: (fields: CustomerFields, sentAt: number) => Answer
  /** A person enters it. */
  add: (named: Named) => PortalCustomer
  remove: (customer: PortalCustomer) => void
  /** The address of one becomes another's. */
  moveAddress: (from: PortalCustomer, to: PortalCustomer) => void
  /** Who had an address at that time, or has had it since. */
  ownersSince: (email: string, since: number) => string[]
}

/** The address of a customer that the portal begins with, before any of them moved. */
export const addressOf = (customer: number): string => `customer-${customer}@example.nl`

/** Names and addresses that say the same, by the simulation's own understanding. */
export const folded = (text: string): string => text.trim().replace(/\s+/g, ' ').toLowerCase()

const spellings: Record<CustomerSpelling, (text: string) => string> = {
  'as given': text => text,
  tidied: text => text.trim().replace(/\s+/g, ' '),
  'lower case': text => text.toLowerCase(),
  'upper case': text => text.toUpperCase()
}

const takenAddress = [
  'The primary email has already been taken.',
  'Dit e-mailadres is al in gebruik.',
  'Email must be unique'
]

export const createPortalCustomers = (
  { scheduler, random, weather: { portal } }: { scheduler: Scheduler; random: Random; weather: Weather },
  single: (text: string) => string
): PortalCustomers => {
  const all: PortalCustomer[] = Array.from({ length: portal.customers }, (_, index) => ({
    id: `cst_${index + 1}`,
    companyName: `Customer ${index + 1}`,
    primaryEmail: addressOf(index + 1),
    asked: null,
    visibleAt: 0,
    deletedAt: null,
    hasMoved: false
  }))
  const owned: { email: string; id: string; from: number; until: number }[] = all.map(({ id, primaryEmail }) => ({
    email: folded(primaryEmail),
    id,
    from: 0,
    until: Number.POSITIVE_INFINITY
  }))

  const own = (customer: PortalCustomer, email: string): void => {
    const now = scheduler.now()
    for (const owner of owned) if (owner.id === customer.id) owner.until = Math.min(owner.until, now)
    customer.primaryEmail = email
    owned.push({ email: folded(email), id: customer.id, from: now, until: Number.POSITIVE_INFINITY })
  }

  const living = (): PortalCustomer[] => all.filter(({ deletedAt }) => deletedAt === null)

  const enter = ({ companyName, primaryEmail }: Named, given: Partial<PortalCustomer>): PortalCustomer => {
    const customer: PortalCustomer = {
      id: `cst_${100 + all.length}`,
      companyName,
      primaryEmail,
      asked: null,
      visibleAt: scheduler.now(),
      deletedAt: null,
      hasMoved: false,
      ...given
    }
    all.push(customer)
    own(customer, primaryEmail)
    return customer
  }

  const shown = (customer: PortalCustomer): Answer =>
    answer(201, single(portal.answersOnlyId ? JSON.stringify({ id: customer.id }) : textOf(customer)))

  /** Null: it makes another. */
  const answerAboutSame = (fields: CustomerFields): Answer | null => {
    const has = (what: keyof Named) => living().find(customer => folded(customer[what]) === folded(fields[what]))
    const [named, addressed] = [has('companyName'), has('primaryEmail')]
    switch (portal.onSameCustomer) {
      case 'finds the name':
        return named ? shown(named) : null
      case 'finds the address':
        return addressed ? shown(addressed) : null
      case 'refuses the name':
        return named ? refusal(422, 'The company name has already been taken.') : null
      case 'refuses the address':
        return addressed ? refusal(random.pick([409, 422]), random.pick(takenAddress)) : null
      default:
        return null
    }
  }

  return {
    all,
    living,
    listed: () => living().filter(({ visibleAt }) => visibleAt <= scheduler.now()),
    create(fields, sentAt) {
      const same = answerAboutSame(fields)
      if (same) return same
      const spelled = spellings[portal.customerSpelling]
      const lateMs = random.chance(0.7) ? random.int(0, portal.customerLateMs) : 0
      const { companyName, primaryEmail } = fields
      const customer = enter(
        {
          companyName: spelled(companyName),
          primaryEmail: spelled(portal.storesAnotherAddress ? `stored-${primaryEmail}` : primaryEmail)
        },
        { asked: fields, visibleAt: Math.max(scheduler.now(), sentAt + lateMs) }
      )
      return shown(customer)
    },
    add: named => enter(named, {}),
    remove(customer) {
      customer.deletedAt = scheduler.now()
    },
    moveAddress(from, to) {
      const email = from.primaryEmail
      for (const customer of [from, to]) customer.hasMoved = true
      own(from, `former-${scheduler.now()}-${from.id}@example.nl`)
      own(to, email)
    },
    ownersSince: (email, since) =>
      owned.filter(owner => owner.email === folded(email) && owner.until >= since).map(({ id }) => id)
  }
}

export const textOf = ({ id, companyName, primaryEmail }: PortalCustomer): string =>
  JSON.stringify({ id, companyName, primaryEmail })
