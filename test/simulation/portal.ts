// The simulated portal: what it holds, what it lists, and what it answers. It does at once what it is asked; when a
// request comes and whether its answer arrives is the network's affair.

import { type Instant, isoInstant } from '../../src/clock.ts'
import { formatAmount, numberKey, parseAmount } from '../../src/invoice.ts'
import type { CreateBody } from '../../src/ledger/ledger.ts'
import { hashOf, type Random } from './random.ts'
import type { Scheduler } from './scheduler.ts'
import type { ListOrder, Weather } from './weather.ts'

export type Entry = {
  id: string
  customerId: string
  invoiceNumber: string
  issuedAt: string
  amountCents: number
  paidAt: Instant | null
  /** In whole seconds, by the clock of one of its servers. */
  createdAt: Instant
  /** Some entries do not tell when they were created. */
  dated: boolean
  by: 'bridge' | 'people'
  /** On the scheduler's clock. */
  addedAt: number
  visibleAt: number
  deletedAt: number | null
  /** How often it was marked paid. */
  marks: number
  mailed: boolean
  /** Which document came along. */
  pdf: string | null
}

export type Answer = { status: number; headers: Record<string, string>; body: string }

export type Facts = Pick<Entry, 'customerId' | 'invoiceNumber' | 'issuedAt' | 'amountCents'>

export type SpellKind = 'down' | 'refused' | 'busy'

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
  add: (facts: Facts, createdAt?: Instant) => Entry
  remove: (entry: Entry) => void
  /** What is left of the budget; null where answers do not tell. */
  remaining: () => number | null
  /** Somebody else's request with the same token. */
  spend: () => void
  begin: (spell: SpellKind, forMs: number) => void
  endSpells: () => void
  /** Called after a page was shown, with all that stood on it and before. */
  onPage: (seen: readonly Entry[]) => void
  /** Refuses these numbers: 403 or 422. */
  refuses: Map<string, 403 | 422>
}

/** The instant at which every simulated world begins. */
export const epoch: Instant = Date.UTC(2026, 10, 20, 9)

const second = 1000
const minute = 60_000

export const isThere = (entry: Entry, now: number): boolean =>
  entry.deletedAt === null && entry.visibleAt <= now

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
  /** The living, in the list's order. Equal ones stand as chance put them, and stay so. */
  let list: Entry[] = []
  const requests: number[] = []
  const spells: { kind: SpellKind; until: number }[] = []
  const refuses = new Map<string, 403 | 422>()
  const sequentialIds = random.chance(0.3)

  const enter = (facts: Facts, given: Partial<Entry>): Entry => {
    const serial = entries.length + 1
    const skew = portal.skewMs === 0 ? 0 : random.int(-portal.skewMs, portal.skewMs)
    const createdAt = Math.floor((epoch + scheduler.now() + skew) / second) * second
    const entry: Entry = {
      ...facts,
      id: sequentialIds
        ? `inv_${String(serial).padStart(5, '0')}`
        : `inv_${hashOf(`${serial}`).toString(36)}`,
      paidAt: null,
      createdAt,
      dated: !random.chance(portal.undated),
      by: 'people',
      addedAt: scheduler.now(),
      visibleAt: scheduler.now(),
      deletedAt: null,
      marks: 0,
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

  const answer = (status: number, body: string, headers: Record<string, string> = {}): Answer => ({
    status,
    headers,
    body
  })

  const refusal = (status: number, message: string): Answer =>
    answer(status, JSON.stringify({ code: status, message }))

  const tooMany = (): Answer => {
    const free = Math.max(
      1,
      Math.ceil(((requests[0] ?? scheduler.now()) + minute - scheduler.now()) / second)
    )
    const { headers, ...rest } = refusal(429, 'Too many requests.')
    return { ...rest, headers: random.chance(0.7) ? { ...headers, 'retry-after': String(free) } : headers }
  }

  const holds = (number: string): boolean =>
    entries.some(entry => entry.deletedAt === null && numberKey(entry.invoiceNumber) === numberKey(number))

  const pageOf = (all: string[], number: number, path: string): Answer => {
    const last = number * portal.pageSize >= all.length
    const data = all.slice((number - 1) * portal.pageSize, number * portal.pageSize)
    const next = last ? 'null' : `"https://portal.example/v1/${path}?page=${number + 1},"`
    return answer(200, `{"current_page":${number},"data":[${data.join(',')}],"next_page_url":${next}}`)
  }

  const customers = Array.from({ length: portal.customers }, (_, index) =>
    JSON.stringify({ id: `cst_${index + 1}`, companyName: `Customer ${index + 1}`, primaryEmail: null })
  )

  const portalItself: SimulatedPortal = {
    entries,
    refuses,
    onPage: () => {},
    admit() {
      const now = scheduler.now()
      const spell = spells.find(({ until }) => until > now)
      if (spell?.kind === 'down') return refusal(503, 'Be right back.')
      if (spell?.kind === 'refused') return refusal(random.chance(0.5) ? 401 : 403, 'Unauthenticated.')
      if (spell?.kind === 'busy' || used() >= bridge.perMinute) return tooMany()
      requests.push(now)
      return null
    },
    create(body, pdf, sentAt) {
      const refused = refuses.get(numberKey(body.invoiceNumber))
      if (refused) return refusal(refused, 'The given data was invalid.')
      if (portal.unique && holds(body.invoiceNumber)) {
        return random.chance(0.5)
          ? refusal(409, 'Conflict')
          : refusal(422, 'The invoice number has already been taken.')
      }
      const { customerId, invoiceNumber, issuedAt } = body
      const amountCents = parseAmount(body.amount)
      if (amountCents === undefined) return refusal(422, 'The amount is invalid.')
      const lateMs = random.chance(0.7) ? random.int(0, portal.lateMs) : 0
      const entry = enter(
        { customerId, invoiceNumber, issuedAt, amountCents },
        {
          by: 'bridge',
          visibleAt: Math.max(scheduler.now(), sentAt + lateMs),
          mailed: body.sendNotification,
          paidAt: body.paidAt === null ? null : Date.parse(`${body.paidAt.replace(' ', 'T')}Z`),
          pdf
        }
      )
      return answer(201, textOf(entry))
    },
    markPaid(id, paidAt) {
      const entry = list.find(found => found.id === id && isThere(found, scheduler.now()))
      if (!entry) return refusal(404, 'Not found.')
      entry.marks += 1
      entry.paidAt = paidAt
      return answer(200, textOf(entry))
    },
    one(id) {
      const entry = list.find(found => found.id === id && isThere(found, scheduler.now()))
      return entry ? answer(200, textOf(entry)) : refusal(404, 'Not found.')
    },
    page(number) {
      const now = scheduler.now()
      const visible = list.filter(entry => isThere(entry, now))
      const shown = pageOf(visible.map(textOf), number, 'customer-invoices')
      portalItself.onPage(visible.slice(0, number * portal.pageSize))
      return shown
    },
    customersPage: number => pageOf(customers, number, 'customers'),
    add: (facts, createdAt) => enter(facts, createdAt === undefined ? {} : { createdAt }),
    remove(entry) {
      entry.deletedAt = scheduler.now()
      list = list.filter(other => other !== entry)
    },
    remaining: () => (portal.tellsBudget ? bridge.perMinute - used() : null),
    spend() {
      if (used() < bridge.perMinute) requests.push(scheduler.now())
    },
    begin: (kind, forMs) => void spells.push({ kind, until: scheduler.now() + forMs }),
    endSpells: () => void spells.splice(0)
  }
  return portalItself
}

const textOf = (entry: Entry): string => {
  const { id, customerId, invoiceNumber, issuedAt, amountCents, paidAt, createdAt, dated } = entry
  return JSON.stringify({
    id,
    customerId,
    invoiceNumber,
    issuedAt,
    currency: 'EUR',
    amount: formatAmount(amountCents),
    paidAt: paidAt === null ? null : isoInstant(paidAt),
    ...(dated ? { createdAt: isoInstant(createdAt) } : {})
  })
}
