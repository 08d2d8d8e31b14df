// People who mind customers: they enter some that the bridge is about to create, delete others, link and unlink.

import type { Machine } from './machine.ts'
import type { Newcomer } from './newcomers.ts'
import { folded, type PortalCustomer } from './portal-customers.ts'
import type { World } from './world.ts'

export interface CustomerPeople {
  live: () => void
  /** A person links a customer of a tool: what the bridge made of that may be heard late. */
  link: (who: { tool: string; ref: string }, portalId: string) => Promise<void>
  /** Whether a person ever linked the customer to this portal customer. */
  hasLinked: (who: { tool: string; ref: string }, portalId: string) => boolean
}

const wordOf = ({ tool, ref }: { tool: string; ref: string }, portalId: string): string => `${tool} ${ref} ${portalId}`

export const createCustomerPeople = (world: World, machine: Machine): CustomerPeople => {
  const { scheduler, random, weather, portal, newcomers, unlinked, touched, tell } = world
  const { customers } = portal
  const { counts, stormMs } = weather
  const linked = new Set<string>()

  const touch = (...texts: string[]): void => {
    for (const text of texts) touched.add(folded(text))
  }

  /** As a person types what they know of it. */
  const typings: readonly ((newcomer: Newcomer) => Newcomer)[] = [
    newcomer => newcomer,
    newcomer => ({ ...newcomer, email: newcomer.email.toUpperCase(), name: newcomer.name.toLowerCase() }),
    newcomer => ({ ...newcomer, name: `${newcomer.name} (old)` }),
    newcomer => ({ ...newcomer, email: `post-${newcomer.email}` })
  ]

  const enter = (): void => {
    const newcomer = random.pick(newcomers)
    const { name, email } = random.pick(typings)(newcomer)
    const { id } = customers.add({ companyName: name, primaryEmail: email })
    touch(newcomer.email)
    tell(() => `people enter ${id} ${name} ${email}`)
  }

  const isNewcomers = ({ primaryEmail }: PortalCustomer): boolean =>
    newcomers.some(({ email }) => folded(email) === folded(primaryEmail))

  const remove = (): void => {
    const removable = customers.living().filter(isNewcomers)
    if (removable.length === 0) return
    const customer = random.pick(removable)
    tell(() => `people delete ${customer.id} ${customer.primaryEmail}`)
    touch(customer.primaryEmail)
    customers.remove(customer)
  }

  const link: CustomerPeople['link'] = async (who, portalId) => {
    const process = machine.running()
    if (!process) return
    tell(() => `people link ${who.tool} ${who.ref} to ${portalId}`)
    linked.add(wordOf(who, portalId))
    unlinked.delete(wordOf(who, portalId))
    touch(who.ref, ...customers.all.filter(({ id }) => id === portalId).map(({ primaryEmail }) => primaryEmail))
    await process.ledger.customers.link(who, portalId, process.clock.now()).catch(() => {})
  }

  const unlink = async (who: { tool: string; ref: string }): Promise<void> => {
    const process = machine.running()
    if (!process) return
    const { era } = world
    touch(who.ref)
    const known = await process.ledger.customers.unlink(who, process.clock.now()).catch(() => null)
    const portalId = known?.unlinked?.portalId
    if (portalId === undefined || known?.link !== null || era !== world.era) return
    tell(() => `people unlinked ${who.tool} ${who.ref} from ${portalId}`)
    unlinked.add(wordOf(who, portalId))
  }

  const relink = (): void => {
    const who = { tool: random.pick(['stripe', 'invoices']), ref: random.pick(newcomers).ref }
    if (random.chance(0.5)) void unlink(who)
    else void link(who, random.pick(customers.living()).id)
  }

  const sometime = (times: number, act: () => void): void => {
    for (let turn = 0; turn < times; turn += 1) scheduler.at(random.int(0, stormMs), act)
  }

  return {
    link,
    hasLinked: (who, portalId) => linked.has(wordOf(who, portalId)),
    live() {
      sometime(counts.customersTyped, enter)
      sometime(counts.customersDeleted, remove)
      sometime(counts.newcomerLinks, relink)
    }
  }
}
