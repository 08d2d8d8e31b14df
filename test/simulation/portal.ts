// The simulated portal: what it holds, what it lists, and what it answers. It does at once what it is asked; when a
// request comes and whether its answer arrives is up to the network.

import type { Instant } from '../../src/core/clock.ts'
import type { CustomerFields } from '../../src/core/portal-entry.ts'
import type { CreateBody } from '../../src/core/row.ts'
import { type Answer, answer, refusal } from './answers.ts'
import { keyOf } from './number.ts'
import {
  createPortalCustomers,
  textOf as customerTextOf,
  type PortalCustomer,
  type PortalCustomers
} from './portal-customers.ts'
import { hashOf, type Random } from './random.ts'
import type { Scheduler } from './scheduler.ts'
import type { DateNotation, ListOrder, Spelling, Weather } from './weather.ts'

export type Entry = {
  id: string
  customerId: string
  /** As the portal spells it. */
  invoiceNumber: string
  /** As it was asked for. */
  asked: string
  issuedAt: string
  amountCents: number
  paidAt: Instant | null
  /** In whole seconds, by the clock of one of its servers. */
  createdAt: Instant
  /** Some entries do not say when they were created, and some not even their number. */
  dated: boolean
  numbered: boolean
  /** A page has shown it. */
  shown: boolean
  /** When a list last showed it as people had not paid it. */
  listedAt: number | null
  by: 'bridge' | 'people'
  /** On the scheduler's clock. */
  addedAt: number
  visibleAt: number
  deletedAt: number | null
  /** How often it was marked paid. */
  marks: number
  /** When people marked it, and when the bridge last saw it by its id. */
  paidByPeopleAt: number | null
  lookedAt: number | null
  /** Its id is answered for with 500, or with another one. */
  silent: boolean
  /** The bridge wrote over a date that it could have seen. */
  overwritten: boolean
  mailed: boolean
  /** Which document came along. */
  pdf: string | null
}

export type Facts = Pick<Entry, 'customerId' | 'invoiceNumber' | 'issuedAt' | 'amountCents'>

/** `hiding`, `missing` and `ignoring`: as the weather says of the list, of questions by id, and of pages. */
export type SpellKind = 'down' | 'refused' | 'busy' | 'hiding' | 'missing' | 'ignoring'

export interface SimulatedPortal {
  /** Every entry that ever was. */
  entries: readonly Entry[]
  /** Counts the request; null, or the answer of a portal that refuses all. */
  admit: () => Answer | null
  create: (body: CreateBody, pdf: string, sentAt: number) => Answer
  markPaid: (id: string, paidAt: Instant) => Answer
  one: (id: string) => Answer
  page: (number: number) => Answer
  customersPage: (number: number) => Answer
  customer: (id: string) => Answer
  createCustomer: (fields: CustomerFields, sentAt: number) => Answer
  customers: PortalCustomers
  /** `named`: it certainly shows its number. */
  add: (facts: Facts, given?: { createdAt?: Instant; named?: boolean }) => Entry
  remove: (entry: Entry) => void
  /** What is left of the budget; null where answers do not say. */
  remaining: () => number | null
  /** Another program's request with the same token. */
  spend: () => void
  begin: (spell: SpellKind, forMs: number) => void
  endSpells: () => void
  /** Called after a page was shown, with all that was on it and on those before. */
  onPage: (seen: readonly Entry[]) => void
  /** Refuses these numbers: 403 or 422. */
  refuses: Map<string, 403 | 422>
  /** Its answer about another one than this; null where there is none. */
  another: (of: 'invoice' | 'customer', id: string) => Answer | null
}

/** The instant at which every simulated world begins. */
export const epoch: Instant = Date.UTC(2026, 10, 20, 9)

const second = 1000
const minute = 60_000
const hour = 60 * minute

// A look, its answer, and the mark's own wait for its turn.
const lookMs = 150_000

const spellings: Record<Spelling, (number: string) => string> = {
  'as given': number => number,
  'without dashes': number => number.replaceAll('-', ''),
  cut: number => number.slice(0, -1),
  escaped: number => number.replaceAll('-', '&#45;'),
  'without the F': number => number.replace(/^f/i, '')
}

const dates: Record<DateNotation, (date: string) => string> = {
  'as given': date => date,
  midnight: date => `${date} 00:00:00`,
  'midnight in UTC': date => `${date}T00:00:00.000000Z`,
  'midnight there, told in UTC': date =>
    Temporal.PlainDate.from(date).toZonedDateTime('Europe/Amsterdam').toInstant().toString(),
  Dutch: date => date.split('-').toReversed().join('-')
}

/** `12.90`, without a float. */
const textOfCents = (cents: number): string => {
  const digits = String(Math.abs(cents)).padStart(3, '0')
  return `${cents < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`
}

const centsIn = (amount: string): number | undefined =>
  /^-?\d+\.\d\d$/.test(amount) ? Number(amount.replace('.', '')) : undefined

export const isThere = (entry: Entry, now: number): boolean => entry.deletedAt === null && entry.visibleAt <= now

type Sort = (entry: Entry) => number | string

const sorts: Record<ListOrder, { by: Sort; down: boolean }> = {
  newest: { by: ({ createdAt }) => createdAt, down: true },
  oldest: { by: ({ createdAt }) => createdAt, down: false },
  issued: { by: ({ issuedAt }) => issuedAt, down: true },
  'issued first': { by: ({ issuedAt }) => issuedAt, down: false },
  number: { by: ({ invoiceNumber }) => invoiceNumber, down: true },
  'number first': { by: ({ invoiceNumber }) => invoiceNumber, down: false },
  hash: { by: ({ id }) => hashOf(`${id} `), down: false }
}

export const createSimulatedPortal = ({
  scheduler,
  random,
  weather
}: {
  scheduler: Scheduler
  random: Random
  weather: Weather
}): SimulatedPortal => {
  const { portal, bridge } = weather
  const entries: Entry[] = []
  /** Those that are not deleted, in the list's order. Equal ones keep the order that chance gave them. */
  let list: Entry[] = []
  const requests: number[] = []
  let rages = true
  const spells: { kind: SpellKind; until: number }[] = []
  const refuses = new Map<string, 403 | 422>()
  const sequentialIds = random.chance(0.3)

  const enter = (facts: Facts, given: Partial<Entry>): Entry => {
    const serial = entries.length + 1
    const skew = portal.skewMs === 0 ? 0 : random.int(-portal.skewMs, portal.skewMs)
    const back = portal.clockBackAt !== null && scheduler.now() >= portal.clockBackAt ? hour : 0
    const createdAt = Math.floor((epoch + scheduler.now() + skew - back) / second) * second
    const entry: Entry = {
      ...facts,
      asked: facts.invoiceNumber,
      id: sequentialIds ? `inv_${String(serial).padStart(5, '0')}` : `inv_${hashOf(`${serial}`).toString(36)}`,
      paidAt: null,
      createdAt,
      dated: !random.chance(portal.undated),
      numbered: !random.chance(portal.unnumbered),
      shown: false,
      listedAt: null,
      by: 'people',
      addedAt: scheduler.now(),
      visibleAt: scheduler.now(),
      deletedAt: null,
      marks: 0,
      paidByPeopleAt: null,
      lookedAt: null,
      silent: portal.silent > 0 && random.chance(portal.silent),
      overwritten: false,
      mailed: false,
      pdf: null,
      ...given
    }
    entries.push(entry)
    place(entry)
    return entry
  }

  const place = (entry: Entry): void => {
    const { by, down } = sorts[portal.order]
    const mine = by(entry)
    const isAfter = (other: Entry) => (down ? by(other) < mine : by(other) > mine)
    const atEqual = random.chance(0.5) ? (other: Entry) => by(other) === mine : () => false
    const found = list.findIndex(other => isAfter(other) || atEqual(other))
    list.splice(found === -1 ? list.length : found, 0, entry)
  }

  const used = (): number => {
    const now = scheduler.now()
    while (requests.length > 0 && requests[0]! <= now - minute) requests.shift()
    return requests.length
  }

  const tooMany = (): Answer => {
    const free = Math.max(1, Math.ceil(((requests[0] ?? scheduler.now()) + minute - scheduler.now()) / second))
    const { headers, ...rest } = refusal(429, 'Too many requests.')
    return { ...rest, headers: random.chance(0.7) ? { ...headers, 'retry-after': String(free) } : headers }
  }

  const holds = (number: string): boolean =>
    entries.some(entry => entry.deletedAt === null && keyOf(entry.invoiceNumber) === keyOf(number))

  const isIn = (kind: SpellKind): boolean => spells.some(spell => spell.kind === kind && spell.until > scheduler.now())

  const isMissing = (): boolean =>
    portal.getMissing === 'always' || (portal.getMissing === 'in spells' && isIn('missing'))

  /** For ever while it stands there. What was deleted is denied in the end, or nobody could ever know. */
  const isSilent = (id: string): boolean =>
    entries.some(entry => entry.id === id && entry.silent && (rages || entry.deletedAt === null))

  const textOf = (entry: Entry): string => entryText(entry, dates[portal.dates])
  const wrapped = (shown: string): string => (portal.wrapped ? `{"data":${shown}}` : shown)
  const single = (entry: Entry): string => wrapped(textOf(entry))
  const customers = createPortalCustomers({ scheduler, random, weather }, wrapped)
  const customerText = (customer: PortalCustomer): string => wrapped(customerTextOf(customer))

  const pageOf = (all: string[], number: number, path: string): Answer => {
    const last = number * portal.pageSize >= all.length
    const data = all.slice((number - 1) * portal.pageSize, number * portal.pageSize)
    const next = last ? 'null' : `"https://portal.example/v1/${path}?page=${number + 1},"`
    return answer(200, `{"current_page":${number},"data":[${data.join(',')}],"next_page_url":${next}}`)
  }

  /** What the list would show of what there is. It hides entries only if it has shown one of them before. */
  const listed = (): Entry[] => {
    if (!isIn('hiding') || portal.hiding === 'nothing') return list
    const now = scheduler.now()
    const left = portal.hiding === 'all' ? [] : list.filter(entry => isThere(entry, now)).slice(0, portal.pageSize)
    const isKnowable = list.some(entry => entry.shown && isThere(entry, now) && !left.includes(entry))
    return isKnowable ? left : list
  }

  const portalItself: SimulatedPortal = {
    entries,
    refuses,
    onPage: () => {},
    admit() {
      const now = scheduler.now()
      if (isIn('down')) return refusal(503, 'Be right back.')
      if (isIn('refused')) return refusal(random.chance(0.5) ? 401 : 403, 'Unauthenticated.')
      if (isIn('busy') || used() >= bridge.perMinute) return tooMany()
      requests.push(now)
      return null
    },
    create(body, pdf, sentAt) {
      const refused = refuses.get(keyOf(body.invoiceNumber))
      if (refused) return refusal(refused, 'The given data was invalid.')
      if (portal.unique && holds(body.invoiceNumber)) {
        return random.chance(0.5)
          ? refusal(409, 'Conflict')
          : refusal(422, 'The invoice number has already been taken.')
      }
      const { customerId, invoiceNumber, issuedAt } = body
      if (customers.all.some(({ id, deletedAt }) => id === customerId && deletedAt !== null))
        return refusal(422, 'The selected customer id is invalid.')
      const amountCents = centsIn(body.amount)
      if (amountCents === undefined) return refusal(422, 'The amount is invalid.')
      const lateMs = random.chance(0.7) ? random.int(0, portal.lateMs) : 0
      const entry = enter(
        { customerId, invoiceNumber, issuedAt, amountCents },
        {
          by: 'bridge',
          asked: invoiceNumber,
          invoiceNumber: spellings[portal.spelling](invoiceNumber),
          visibleAt: Math.max(scheduler.now(), sentAt + lateMs),
          mailed: body.sendNotification,
          paidAt:
            body.paidAt === null || portal.dropsPaid !== 'never'
              ? null
              : Date.parse(`${body.paidAt.replace(' ', 'T')}Z`),
          pdf
        }
      )
      return answer(201, single(entry))
    },
    markPaid(id, paidAt) {
      const entry = list.find(found => found.id === id && isThere(found, scheduler.now()))
      if (!entry) return refusal(404, 'Not found.')
      entry.marks += 1
      const { paidByPeopleAt, lookedAt } = entry
      // The bridge cannot see what happens between the look and the mark; but the look has to be a recent one. While
      // the portal denies what it lists, that is a look at the list.
      const isRecent = (at: number | null): boolean => at !== null && scheduler.now() - at < lookMs
      const isSeen = isRecent(lookedAt) || (isMissing() && isRecent(entry.listedAt))
      if (paidByPeopleAt !== null && (!isSeen || Number(lookedAt) > paidByPeopleAt)) entry.overwritten = true
      if (portal.dropsPaid !== 'always') entry.paidAt = paidAt
      return answer(200, single(entry))
    },
    one(id) {
      if (isSilent(id)) return (random.chance(0.5) ? portalItself.another('invoice', id) : null) ?? answer(500, 'no')
      const entry = list.find(found => found.id === id && isThere(found, scheduler.now()))
      if (entry && !isMissing()) entry.lookedAt = scheduler.now()
      return entry && !isMissing() ? answer(200, single(entry)) : refusal(404, `No query results for ${id}.`)
    },
    page(asked) {
      const now = scheduler.now()
      const visible = listed().filter(entry => isThere(entry, now))
      const number = isIn('ignoring') ? 1 : asked
      const shown = pageOf(visible.map(textOf), number, 'customer-invoices')
      const from = (number - 1) * portal.pageSize
      for (const entry of visible.slice(from, from + portal.pageSize)) {
        entry.shown = true
        if (entry.paidByPeopleAt === null) entry.listedAt = now
      }
      portalItself.onPage(visible.slice(0, number * portal.pageSize))
      return shown
    },
    customersPage: asked => pageOf(customers.listed().map(customerTextOf), isIn('ignoring') ? 1 : asked, 'customers'),
    customer(id) {
      const found = customers.listed().find(customer => customer.id === id)
      return found ? answer(200, customerText(found)) : refusal(404, 'Not found.')
    },
    createCustomer: customers.create,
    customers,
    add: (facts, { createdAt, named = false } = {}) =>
      enter(facts, {
        ...(createdAt === undefined ? {} : { createdAt }),
        ...(named ? { numbered: true } : {})
      }),
    remove(entry) {
      entry.deletedAt = scheduler.now()
      list = list.filter(other => other !== entry)
    },
    another(of, id) {
      const texts =
        of === 'invoice' ? othersThan(id, entries).map(single) : othersThan(id, customers.living()).map(customerText)
      return texts.length === 0 ? null : answer(200, random.pick(texts))
    },
    remaining: () => (portal.tellsBudget ? bridge.perMinute - used() : null),
    spend() {
      if (used() < bridge.perMinute) requests.push(scheduler.now())
    },
    begin: (kind, forMs) => void spells.push({ kind, until: scheduler.now() + forMs }),
    endSpells() {
      spells.splice(0)
      rages = false
    }
  }
  return portalItself
}

const othersThan = <T extends { id: string }>(id: string, all: readonly T[]): T[] => all.filter(one => one.id !== id)

const entryText = (entry: Entry, dateText: (date: string) => string): string => {
  const { id, customerId, invoiceNumber, issuedAt, amountCents, paidAt, createdAt, dated, numbered } = entry
  return JSON.stringify({
    id,
    customerId,
    ...(numbered ? { invoiceNumber } : {}),
    issuedAt: dateText(issuedAt),
    currency: 'EUR',
    amount: textOfCents(amountCents),
    paidAt: paidAt === null ? null : new Date(paidAt).toISOString(),
    ...(dated ? { createdAt: new Date(createdAt).toISOString() } : {})
  })
}
