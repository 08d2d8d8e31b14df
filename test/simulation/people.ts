// Everyone who is not the bridge: those who add and delete in the portal, those who spend its token elsewhere, and the
// operator who decides about what is held.

import { BridgeError, isCode } from '../../src/core/errors.ts'
import { type Action, actions, type Draft, type Row, seenAs } from '../../src/core/row.ts'
import { type CustomerPeople, createCustomerPeople } from './customer-people.ts'
import type { Machine } from './machine.ts'
import { keyOf } from './number.ts'
import { type Entry, epoch, isThere } from './portal.ts'
import { dayBefore, mailbox, type Sale } from './sales.ts'
import type { World } from './world.ts'

export interface People {
  /** What stands in the portal before the bridge ever ran. */
  settle: () => void
  /** Some people enter by hand what the tool will bring. */
  type: (sales: Sale[]) => void
  /** Adds, deletes, spends and decides, all through the storm. */
  live: () => void
  /** The operator releases what was held for review. */
  release: () => Promise<void>
  /** Numbers that the operator said to deliver although the portal holds them with other facts. */
  overridden: ReadonlySet<string>
  /** Numbers the operator spoke about at all. */
  decided: ReadonlySet<string>
  /** Numbers of tools that were put in by hand while the bridge ran. */
  typed: ReadonlySet<string>
  /** Those who mind the portal's customers. */
  customers: CustomerPeople
}

const day = 24 * 3_600_000

// For this long after a create, a process may be reading for it.
const lookedForMs = 60_000
const removalsMax = 25

export const createPeople = (world: World, machine: Machine, numberOf: () => string): People => {
  const { scheduler, random, weather, portal, tell } = world
  const { people, counts } = weather
  const overridden = new Set<string>()
  const decided = new Set<string>()
  const typed = new Set<string>()
  const customers = createCustomerPeople(world, machine)

  const strange = (): Parameters<typeof portal.add>[0] => ({
    customerId: `cst_${random.int(1, 9)}`,
    invoiceNumber: numberOf(),
    issuedAt: dayBefore(weather.portal.sequential ? 0 : random.int(0, 60)),
    amountCents: random.int(100, 99_999)
  })

  /** The tool's own invoice, as a person typed it. */
  const asTyped = ({ number, versions: [version] }: Sale): Parameters<typeof portal.add>[0] => {
    const { customerId, amountCents, issuedAt } = version!
    const same = { customerId, amountCents, issuedAt, invoiceNumber: number }
    if (random.chance(0.5)) return same
    return random.pick([
      { ...same, amountCents: amountCents + 1 },
      { ...same, issuedAt: dayBefore(61) },
      { ...same, customerId: 'cst_77' }
    ])
  }

  let removals = 0
  const remove = (among: readonly Entry[] = portal.entries): void => {
    const removable = among.filter(
      entry => isThere(entry, scheduler.now()) && (entry.by === 'people' || people.deleteOurs)
    )
    if (removable.length === 0 || removals >= removalsMax) return
    const entry = random.pick(removable)
    removals += 1
    tell(() => `people delete ${entry.id} ${entry.invoiceNumber}`)
    portal.remove(entry)
  }

  const add = (facts = strange(), named = false): void => {
    const entry = portal.add(facts, { named })
    tell(() => `people add ${entry.id} ${entry.invoiceNumber}`)
  }

  const decide = async (): Promise<void> => {
    const process = machine.running()
    if (!process) return
    const { rows } = await process.ledger.list({ limit: 50 })
    const held = rows.filter(({ state }) => state === 'held')
    if (rows.length === 0) return
    const { invoiceNumber } = random.pick(held.length > 0 && random.chance(0.8) ? held : rows)
    const row = await process.ledger.find(invoiceNumber)
    if (!row) return
    const action = random.pick([...actions, 'deliver', 'deliver'] satisfies Action[])
    const key = keyOf(invoiceNumber)
    if (action === 'deliver' && isSeenAsOurs(key, row)) return
    decided.add(key)
    if (action === 'deliver' && row.code === 'INVOICE_CONFLICT') overridden.add(key)
    if (action === 'take' && row.conflicts.at(-1)?.tool === mailbox) world.mailTaken.add(key)
    const before = world.released.get(key)
    const unsay = action === 'dismiss' ? () => {} : say(key, row)
    // Another machine may send it before this one, frozen, hears that the word was kept.
    if (action === 'deliver' && row.draft) world.released.set(key, row.draft)
    try {
      const acting = process.ledger.act(invoiceNumber, action, process.clock.now(), { seen: seenAs(row) })
      await (action === 'deliver' ? world.customerAnswers.lift(acting) : acting)
      tell(() => `operator: ${action} ${invoiceNumber} (${seenAs(row)})`)
    } catch (error) {
      // Unless it was released in another call meanwhile.
      const isMine = world.released.get(key) === row.draft
      if (isMine && isCode(error, 'STATE_CONFLICT')) restore(key, before)
      if (isCode(error, 'STATE_CONFLICT')) unsay()
      if (!(error instanceof BridgeError)) world.fail(`an action breaks: ${(error as Error).stack}`)
    }
  }

  /** What is to be delivered under this number, as a person sees it. Returns what takes that back. */
  const say = (key: string, { code }: Row): (() => void) => {
    const now = scheduler.now()
    const { spoken, voidedAllTheSame, outdated } = world
    const before = { spokenAt: spoken.get(key) ?? 0, knownAt: voidedAllTheSame.get(key) ?? 0, draft: outdated.get(key) }
    spoken.set(key, now)
    if (code === 'VOIDED_IN_TOOL') {
      voidedAllTheSame.set(key, now)
      outdated.delete(key)
    }
    return () => {
      // Another person may have spoken meanwhile.
      if (spoken.get(key) !== now) return
      spoken.set(key, before.spokenAt)
      voidedAllTheSame.set(key, before.knownAt)
      if (before.draft) outdated.set(key, before.draft)
    }
  }

  /** A person reads a date that the bridge cannot read, and has nothing delivered a second time. */
  const isSeenAsOurs = (key: string, { code, amountCents, issuedAt }: Row): boolean =>
    weather.portal.dates === 'Dutch' &&
    code === 'INVOICE_CONFLICT' &&
    portal.entries.some(
      entry =>
        entry.by === 'bridge' &&
        isThere(entry, scheduler.now()) &&
        keyOf(entry.asked) === key &&
        entry.amountCents === amountCents &&
        entry.issuedAt === issuedAt
    )

  /** Nothing was released. */
  const restore = (key: string, before: Draft | undefined): void => {
    if (before) world.released.set(key, before)
    else world.released.delete(key)
  }

  const release = async (): Promise<void> => {
    const process = machine.running()
    if (!process) return
    const { rows } = await process.ledger.list({ state: 'held', code: 'REVIEW', limit: 50 })
    for (const { invoiceNumber } of rows) {
      const row = await process.ledger.find(invoiceNumber)
      if (!row) continue
      if (row.draft) world.released.set(keyOf(invoiceNumber), row.draft)
      // A process that dies during the call never answers.
      const acting = process.ledger.act(invoiceNumber, 'deliver', process.clock.now(), { seen: seenAs(row) })
      void world.customerAnswers.lift(acting).catch(() => {})
    }
  }

  /** With a date that no tool gives. */
  const paidByPeople = (): void => {
    const open = portal.entries.filter(entry => isThere(entry, scheduler.now()) && entry.paidAt === null)
    if (open.length === 0) return
    const entry = random.pick(open)
    tell(() => `people mark ${entry.id} ${entry.invoiceNumber} as paid`)
    entry.paidAt = epoch - 3 * day
    entry.paidByPeopleAt = scheduler.now()
  }

  const move = (): void => {
    const from = random.pick(portal.customers.living())
    const to = random.pick(portal.customers.living().filter(({ id }) => id !== from.id))
    tell(() => `the address ${from.primaryEmail} moves from ${from.id} to ${to.id}`)
    portal.customers.moveAddress(from, to)
  }

  /** A person says whose a customer is, and later says something else. */
  const relink = async (): Promise<void> => {
    if (!machine.running()) return
    const customer = random.int(1, 5)
    const who = { tool: random.pick(['stripe', 'invoices']), ref: `ref-cst_${customer}` }
    await customers.link(who, random.pick(portal.customers.living()).id)
  }

  const sometime = (times: number, act: () => void): void => {
    for (let turn = 0; turn < times; turn += 1) scheduler.at(random.int(0, weather.stormMs), act)
  }

  return {
    overridden,
    decided,
    typed,
    customers,
    release,
    settle() {
      const { before, beforeEveryMs, sequential } = weather.portal
      for (let left = before; left > 0; left -= 1) {
        const createdAt = epoch - left * beforeEveryMs + random.int(0, beforeEveryMs / 24_000) * 1000
        portal.add({ ...strange(), ...(sequential ? { issuedAt: dayBefore(left) } : {}) }, { createdAt, named: true })
      }
    },
    type(sales) {
      for (const sale of sales)
        if (random.chance(people.byHand)) {
          const facts = asTyped(sale)
          // No one could recognise an entry without its number, so what a tool brings shows its number here.
          if (random.chance(0.6)) portal.add(facts, { createdAt: epoch - random.int(1, 3600) * 1000, named: true })
          else {
            typed.add(sale.key)
            scheduler.at(random.int(1, weather.stormMs), () => add(facts, true))
          }
        }
    },
    live() {
      sometime(counts.added, () => add())
      sometime(counts.deleted, () => remove())
      sometime(counts.others, portal.spend)
      sometime(counts.acts, () => void decide())
      sometime(counts.releases, () => void release())
      sometime(counts.paidByPeople, paidByPeople)
      sometime(counts.moves, move)
      sometime(counts.links, () => void relink())
      customers.live()
      portal.onPage = seen => {
        const sentAt = world.requests.findLast(({ name }) => name === 'createInvoice')?.sentAt
        const isSoon = sentAt !== undefined && scheduler.now() - sentAt < lookedForMs
        if (world.storm.rages && isSoon && random.chance(people.deleteWhileRead)) remove(seen)
      }
    }
  }
}
