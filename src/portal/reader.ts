// Reads the portal's list, a page for each slot of the budget, and tells the copy what it saw.

import type { Clock, Instant } from '../clock.ts'
import { BridgeError } from '../errors.ts'
import type { Holdings } from '../ledger/holdings.ts'
import type { Portal } from './client.ts'
import type { Errand, Pace } from './pace.ts'
import { isSorted, type Reading } from './reading.ts'
import type { PortalCustomer, PortalInvoice } from './schemas.ts'

export type ReaderOptions = {
  portal: Pick<Portal, 'invoicesPage' | 'customersPage' | 'invoice' | 'customer'>
  pace: Pace
  holdings: Holdings
  clock: Clock
  /** Ends every wait for a slot. */
  signal?: AbortSignal
  pagesMax?: number
}

/** `at`: on the wall clock. */
export type Begun = { read: number; told: number; at: Instant }

export interface Reader {
  /** The whole list. `page` is called after each page; answering false ends the reading: then null. */
  all: (errand: Errand, page?: (number: number) => boolean) => Promise<(Reading & Begun) | null>
  /** What was created at `since` or later, from the end where `order` puts it. Null when the list is not in that order. */
  since: (
    since: Instant,
    order: 'newest' | 'oldest',
    errand: Errand,
    page?: (number: number) => boolean
  ) => Promise<(Reading & Begun) | null>
  /** Asks for one id, and tells the copy. Null: the portal does not hold it (any more). */
  one: (id: string, errand: Errand) => Promise<PortalInvoice | null>
  /** The same, without telling anybody. */
  ask: (id: string, errand: Errand) => Promise<PortalInvoice | null>
  /** The smallest question there is: rejects while the portal cannot be spoken to. */
  probe: (errand: Errand) => Promise<void>
  /** All customers. False when `page` ended it. */
  customers: (errand: Errand, page?: (number: number) => boolean) => Promise<boolean>
  /** The same reader, but once the signal is aborted it waits for no slot: then it rejects with PORTAL_BUSY. */
  until: (signal: AbortSignal) => Reader
}

// Three million invoices. A portal whose last page never comes must not keep us for ever.
const pagesMaxDefault = 200_000

// Documented, until the portal shows another.
const perPageDefault = 15

// Of so many customers at most the portal is asked whether they are gone; where all are, so are the others.
const missingMax = 20

export const createReader = (options: ReaderOptions, seen = { perPage: perPageDefault }): Reader => {
  const { portal, pace, holdings, clock, signal, pagesMax = pagesMaxDefault } = options

  const inSlot = async <T>(errand: Errand, call: () => Promise<T>): Promise<T> => {
    const slot = await pace.slot(errand, signal ? { signal } : {})
    if (!slot) throw new BridgeError('PORTAL_BUSY')
    try {
      return await call()
    } finally {
      slot.done()
    }
  }

  const ask: Reader['ask'] = (id, errand) => inSlot(errand, () => portal.invoice(id))

  const begin = async (since: Instant | null): Promise<Reading & Begun> => {
    const at = clock.now()
    const begun = { ...(await holdings.beginRead()), at }
    return { entries: [], since, newestBefore: await holdings.newest(begun.told), ...begun }
  }

  const pageOf = async (number: number, read: number, errand: Errand) => {
    const page = await inSlot(errand, () => portal.invoicesPage(number))
    await holdings.learn(page.items, read, clock.now())
    if (page.more && page.items.length > 0) seen.perPage = page.items.length
    return page
  }

  /**
   * Whom a reading did not see may only have moved between its pages; taken for gone, its address would seem to be
   * another's alone. So the portal is asked for each. Answers those that are still there.
   */
  const unseenCustomers = async (seen: PortalCustomer[], errand: Errand): Promise<PortalCustomer[]> => {
    const ids = new Set(seen.map(({ id }) => id))
    const missing = (await holdings.customerIds()).filter(id => !ids.has(id))
    const asked: (PortalCustomer | null)[] = []
    for (const id of missing.slice(0, missingMax)) asked.push(await inSlot(errand, () => portal.customer(id)))
    const there = asked.filter(customer => customer !== null)
    if (there.length > 0 && missing.length > missingMax)
      throw new BridgeError('PORTAL_UNREACHABLE', 'the list of customers does not stand still')
    return there
  }

  /** Entries move to a later page while others are added before them: an id counts where it was seen first. */
  const once = (entries: PortalInvoice[]): PortalInvoice[] => {
    const seen = new Set<string>()
    return entries.filter(({ id }) => !seen.has(id) && seen.add(id))
  }

  const all: Reader['all'] = async (errand, goOn = () => true) => {
    const reading = await begin(null)
    for (let number = 1; number <= pagesMax; number += 1) {
      const { items, more } = await pageOf(number, reading.read, errand)
      reading.entries.push(...items)
      if (!more) return { ...reading, entries: once(reading.entries) }
      if (!goOn(number)) return null
    }
    throw new BridgeError('PORTAL_UNREACHABLE', `the portal's list has no end after ${pagesMax} pages`)
  }

  const isBefore = (entry: PortalInvoice | undefined, since: Instant): boolean =>
    entry !== undefined && entry.createdAt !== null && entry.createdAt < since

  const fromStart = async (since: Instant, errand: Errand, goOn: (number: number) => boolean) => {
    const reading = await begin(since)
    for (let number = 1; number <= pagesMax; number += 1) {
      const { items, more } = await pageOf(number, reading.read, errand)
      reading.entries.push(...items)
      if (!more || isBefore(items.at(-1), since)) return reading
      if (!goOn(number)) return null
    }
    return null
  }

  /**
   * The last page is not told: it is looked for from where it should be. Then page by page back from it, because what is deleted meanwhile draws later entries to earlier pages.
   */
  const fromEnd = async (since: Instant, errand: Errand, goOn: (number: number) => boolean) => {
    const reading = await begin(since)
    let number = Math.max(1, Math.ceil((await holdings.size()) / seen.perPage))
    let pages = 1
    let page = await pageOf(number, reading.read, errand)
    while (page.more) {
      if (!goOn(pages) || pages >= pagesMax) return null
      number += 1
      pages += 1
      page = await pageOf(number, reading.read, errand)
    }
    reading.entries.push(...page.items)
    while (number > 1 && !isBefore(reading.entries[0], since)) {
      if (!goOn(pages)) return null
      number -= 1
      pages += 1
      const { items } = await pageOf(number, reading.read, errand)
      reading.entries.unshift(...items)
    }
    return reading
  }

  return {
    all,
    async since(since, order, errand, goOn = () => true) {
      const reading = await (order === 'newest' ? fromStart : fromEnd)(since, errand, goOn)
      if (!reading) return null
      const entries = once(reading.entries)
      return isSorted(entries, order) ? { ...reading, entries } : null
    },
    ask,
    async one(id, errand) {
      const found = await ask(id, errand)
      if (found) await holdings.learn([found], null, clock.now())
      else await holdings.lose(id, clock.now())
      return found
    },
    async probe(errand) {
      await inSlot(errand, () => portal.invoicesPage(1))
    },
    async customers(errand, goOn = () => true) {
      const { read } = await holdings.beginRead()
      const seen: PortalCustomer[] = []
      for (let number = 1; number <= pagesMax; number += 1) {
        const { items, more } = await inSlot(errand, () => portal.customersPage(number))
        seen.push(...items)
        if (!more) {
          await holdings.learnCustomers(
            [...seen, ...(await unseenCustomers(seen, errand))],
            read,
            clock.now()
          )
          return true
        }
        if (!goOn(number)) return false
      }
      throw new BridgeError('PORTAL_UNREACHABLE', `the portal's list has no end after ${pagesMax} pages`)
    },
    until: ending => createReader({ ...options, signal: ending }, seen)
  }
}
