// Reads the portal's list, one page for each slot of the budget, and tells the copy what it saw.

import type { Clock, Instant } from '../core/clock.ts'
import { BridgeError, isCode } from '../core/errors.ts'
import type { PortalCustomer, PortalInvoice } from '../core/portal-entry.ts'
import type { Holdings } from '../ledger/holdings.ts'
import { type Budget, deliverySlotWithinMs, type Errand, inSlot } from './budget.ts'
import type { Portal } from './client.ts'
import { backMsMax, isSorted, type Reading } from './reading.ts'

export type ReaderOptions = {
  portal: Pick<Portal, 'invoicesPage' | 'customersPage' | 'invoice' | 'customer' | 'learnMissing'>
  budget: Budget
  holdings: Holdings
  clock: Clock
  /** Called when the portal denies an invoice that its list shows: only another reading tells which is right. */
  contested?: () => void
  /** Once it is aborted, no request waits for a slot any longer. */
  signal?: AbortSignal
  pagesMax?: number
}

/** Why the portal, though it is there, did not answer a question about single ids. */
export type Untold = { untold: string }

/** `at`: on the wall clock. */
export type Begun = { read: number; ordinal: number; at: Instant }

export interface Reader {
  /** The whole list. `page` is called after each page; if it answers false, the reading ends with null. */
  all: (errand: Errand, page?: (number: number) => boolean) => Promise<(Reading & Begun) | null>
  /**
   * What was created at `since` or later, from the end where `order` puts it. Null when the list is not in that order.
   */
  since: (
    since: Instant,
    order: 'newest' | 'oldest',
    errand: Errand,
    page?: (number: number) => boolean
  ) => Promise<(Reading & Begun) | null>
  /**
   * What speaks against a reading: entries known to stand in its range that it did not see. Asks the portal for each;
   * those that it does not hold either are gone, and the copy learns that. Null: the reading accounts for all that is
   * known, so what it does not show is absent. `isAgreed`: another reading of the same range just before agrees with
   * it. Then the reading is enough where the portal's answers about single ids are worth nothing.
   */
  doubtOn: (reading: Reading & Begun, errand: Errand, options?: { isAgreed?: boolean }) => Promise<string | null>
  /**
   * Treats as gone what a reading did not show and the portal denied. Null: the copy has learned it. Otherwise: why
   * not.
   */
  lose: (gone: string[], reading: Reading, errand: Errand) => Promise<string | null>
  /**
   * Asks for one id, and updates the copy. Null: neither the portal nor the copy holds it. `contested`: the portal says
   * that it does not hold it, but lists it; only the next reading can tell.
   */
  one: (id: string, errand: Errand) => Promise<PortalInvoice | 'contested' | null>
  /** Asks for one id, and leaves the copy as it is. Null: the portal does not hold it. */
  ask: (id: string, errand: Errand) => Promise<PortalInvoice | null>
  /**
   * The answer to a question about single ids. `untold`: the portal may never answer this one, but it still lists what
   * it holds, so that says nothing of the others. Rejects while the portal answers nothing at all.
   */
  answerTo: <T>(errand: Errand, question: () => Promise<T>) => Promise<{ answer: T } | Untold>
  /**
   * Null: the portal does not hold it under this id, as far as one answer can tell. Of an id that the copy lacks, too,
   * it is enough to hold an invoice for a person; a link or a match ends only once the list agrees.
   */
  askCustomer: (id: string, errand: Errand) => Promise<PortalCustomer | null>
  /** How the portal says that it holds no such invoice; null: not in words of its own. See portal/client.ts. */
  learnMissing: (errand: Errand) => Promise<unknown>
  /** Reads one page, the smallest question there is, and leaves the copy as it is: it may be another portal's. */
  peek: (errand: Errand) => Promise<PortalInvoice[]>
  /**
   * Finds out whether the portal answers at all; rejects if not. What it shows is kept: that may be an invoice in doubt,
   * which later lists hide.
   */
  probe: (errand: Errand) => Promise<void>
  /** All customers. False when `page` ended it. */
  customers: (errand: Errand, page?: (number: number) => boolean) => Promise<boolean>
  /** The same reader, but once the signal is aborted it waits for no slot: then it rejects with PORTAL_BUSY. */
  until: (signal: AbortSignal) => Reader
}

// Three million invoices. A list whose last page never comes must not be read for ever.
const pagesMaxDefault = 200_000

// As documented, until the portal shows another.
const perPageDefault = 15

// A few entries may lack their number. If this many are read and none has one, the field has another name now.
const unnumberedMax = 10

// The bridge asks the portal about this many at most. If all of these customers are gone, so are the others.
const missingMax = 20

// The servers of one portal agree within seconds, and people rarely delete what they have just seen arrive.
const freshMs = 10 * 60_000

/** In words, for the person who waits for it. */
export const contestedWords = (entries: Pick<PortalInvoice, 'id'>[]): string =>
  `the portal lists ${entries.map(({ id }) => id).join(', ')}, but answers that it holds no such invoice`

export const createReader = (options: ReaderOptions, seen = { perPage: perPageDefault }): Reader => {
  const { portal, budget, holdings, clock, signal, contested = () => {}, pagesMax = pagesMaxDefault } = options

  const whenFree = <T>(errand: Errand, call: () => Promise<T>): Promise<T> => {
    const limits = {
      ...(signal ? { signal } : {}),
      ...(errand === 'delivery' ? { withinMs: deliverySlotWithinMs } : {})
    }
    return inSlot(budget, errand, limits, call)
  }

  const ask: Reader['ask'] = (id, errand) => whenFree(errand, () => portal.invoice(id))

  const askCustomer: Reader['askCustomer'] = (id, errand) => whenFree(errand, () => portal.customer(id))

  const begin = async (since: Instant | null): Promise<Reading & Begun> => {
    const at = clock.now()
    const begun = { ...(await holdings.beginRead()), at }
    const newestBefore = await holdings.newest(begun.ordinal)
    return { entries: [], since, isWhole: false, newestBefore, ...begun }
  }

  /** The pages of one reading, in whatever order it asks for them. */
  const pagesFor = ({ read }: Begun, errand: Errand) => {
    const shown = new Set<string>()
    const isRepeated = repeats()
    let numbered = 0
    return async (number: number) => {
      const page = await whenFree(errand, () => portal.invoicesPage(number))
      const { items } = page
      await holdings.learn(items, read, clock.now())
      if (page.more && items.length > 0) seen.perPage = items.length
      if (isRepeated(items, number)) throw repeated(number)
      for (const { id } of items) shown.add(id)
      numbered += items.filter(({ invoiceNumber }) => invoiceNumber !== null).length
      if (shown.size >= unnumberedMax && numbered === 0) throw unreadable('its entries have no invoice number')
      return page
    }
  }

  /**
   * A customer that a reading did not see may only have moved between its pages. If it were taken as gone, its address
   * would seem to belong to another customer alone. So the bridge asks the portal for each. Answers those that are
   * still there, and those for which the portal does not answer as they were known. One that was merged into another is
   * not there: list and answer agree on that.
   */
  const unseenCustomers = async (seen: PortalCustomer[], errand: Errand): Promise<PortalCustomer[]> => {
    const ids = new Set(seen.map(({ id }) => id))
    const missing = (await holdings.customerIds()).filter(id => !ids.has(id))
    const asked: (PortalCustomer | null)[] = []
    for (const id of missing.slice(0, missingMax)) {
      const said = await answerTo(errand, () => askCustomer(id, errand))
      asked.push('untold' in said ? await holdings.customer(id) : said.answer)
    }
    const there = asked.filter(customer => customer !== null)
    if (there.length > 0 && missing.length > missingMax)
      throw unreadable('it lacks many customers that were there, and not all of them are gone')
    return there
  }

  /** Entries move to a later page while others are added before them: an id counts where it was seen first. */
  const once = (entries: PortalInvoice[]): PortalInvoice[] => {
    const seen = new Set<string>()
    return entries.filter(({ id }) => !seen.has(id) && seen.add(id))
  }

  /** So far before `since` that nothing created since then can follow, even if the portal's clock went back. */
  const isBefore = (entry: PortalInvoice | undefined, since: Instant): boolean =>
    entry !== undefined && entry.createdAt !== null && entry.createdAt < since - backMsMax

  const fromStart = async (since: Instant | null, errand: Errand, goOn: (number: number) => boolean) => {
    const reading = await begin(since)
    const pageOf = pagesFor(reading, errand)
    for (let number = 1; number <= pagesMax; number += 1) {
      const { items, more } = await pageOf(number)
      reading.entries.push(...items)
      if (!more) return { ...reading, isWhole: true }
      if (since !== null && isBefore(items.at(-1), since)) return reading
      if (!goOn(number)) return null
    }
    if (since === null) throw endless()
    return null
  }

  const endless = () => new BridgeError('PORTAL_UNREACHABLE', `the portal's list has no end after ${pagesMax} pages`)

  /**
   * The portal does not say which page is the last, so the bridge searches from where it should be. From there it reads
   * back page by page, because a deletion meanwhile draws later entries to earlier pages.
   */
  const fromEnd = async (since: Instant, errand: Errand, goOn: (number: number) => boolean) => {
    const reading = await begin(since)
    const pageOf = pagesFor(reading, errand)
    let number = Math.max(1, Math.ceil((await holdings.size()) / seen.perPage))
    let pages = 1
    let page = await pageOf(number)
    while (page.more) {
      if (!goOn(pages) || pages >= pagesMax) return null
      number += 1
      pages += 1
      page = await pageOf(number)
    }
    reading.entries.push(...page.items)
    while (number > 1 && !isBefore(reading.entries[0], since)) {
      if (!goOn(pages)) return null
      number -= 1
      pages += 1
      const { items } = await pageOf(number)
      reading.entries.unshift(...items)
    }
    return { ...reading, isWhole: number === 1 }
  }

  const peek: Reader['peek'] = async errand => (await whenFree(errand, () => portal.invoicesPage(1))).items

  const probe: Reader['probe'] = async errand => {
    const { read } = await holdings.beginRead()
    await holdings.learn(await peek(errand), read, clock.now())
  }

  const answerTo: Reader['answerTo'] = async (errand, question) => {
    try {
      return { answer: await question() }
    } catch (error) {
      if (!isCode(error, 'PORTAL_UNREACHABLE')) throw error
      await probe(errand)
      return { untold: error.message }
    }
  }

  const doubtOn: Reader['doubtOn'] = async (reading, errand, { isAgreed = false } = {}) => {
    const missing = await holdings.unseen(reading, reading.isWhole ? null : reading.since, missingMax + 1)
    if (missing.length > missingMax)
      return `the portal's list lacks more than ${missingMax} invoices that are known to be there`
    const gone: string[] = []
    for (const id of missing) {
      const asked = await answerTo(errand, () => ask(id, errand))
      if ('untold' in asked)
        return `the portal's list lacks ${id}, and the portal does not say whether it is there: ${asked.untold}`
      if (asked.answer) return `the portal's list lacks ${id}, although the portal shows it when asked for it`
      gone.push(id)
    }
    // A portal that lags behind itself tells nothing about other entries, however often it is read.
    const fresh = await freshOf(gone)
    if (fresh !== null) return fresh
    const contested = await lose(gone, reading, errand)
    if (contested === null || !isAgreed) return contested
    for (const id of gone) await holdings.lose(id, clock.now())
    return null
  }

  const freshOf = async (gone: string[]): Promise<string | null> => {
    const [fresh] = await holdings.deliveredSince(gone, clock.now() - freshMs)
    return fresh === undefined ? null : `the portal does not yet show ${fresh}, which was delivered just now`
  }

  /**
   * Neither listed nor held when asked for. But if the portal denies even an entry that it lists, its denials mean
   * nothing.
   */
  const lose: Reader['lose'] = async (gone, { entries }, errand) => {
    const fresh = await freshOf(gone)
    if (fresh !== null) return fresh
    const listed = entries.at(-1)
    if (gone.length > 0 && listed) {
      const asked = await answerTo(errand, () => ask(listed.id, errand))
      if ('untold' in asked) return asked.untold
      if (asked.answer === null) return contestedWords([listed])
    }
    for (const id of gone) await holdings.lose(id, clock.now())
    return null
  }

  return {
    async all(errand, goOn = () => true) {
      const reading = await fromStart(null, errand, goOn)
      return reading && { ...reading, entries: once(reading.entries) }
    },
    async since(since, order, errand, goOn = () => true) {
      const reading = await (order === 'newest' ? fromStart : fromEnd)(since, errand, goOn)
      if (!reading) return null
      const entries = once(reading.entries)
      return isSorted(entries, order) ? { ...reading, entries } : null
    },
    ask,
    answerTo,
    askCustomer,
    doubtOn,
    lose,
    async one(id, errand) {
      const found = await ask(id, errand)
      if (found) {
        await holdings.learn([found], null, clock.now())
        return found
      }
      if (!(await holdings.has(id))) return null
      const listed = await holdings.unfound(id)
      if (listed) return listed
      contested()
      return 'contested'
    },
    peek,
    probe,
    learnMissing: errand => whenFree(errand, () => portal.learnMissing()),
    async customers(errand, goOn = () => true) {
      const { read } = await holdings.beginRead()
      const seen: PortalCustomer[] = []
      const isRepeated = repeats()
      for (let number = 1; number <= pagesMax; number += 1) {
        const { items, more } = await whenFree(errand, () => portal.customersPage(number))
        if (isRepeated(items, number)) throw repeated(number)
        seen.push(...items)
        if (!more) {
          await holdings.learnCustomers([...seen, ...(await unseenCustomers(seen, errand))], read, clock.now())
          return true
        }
        if (!goOn(number)) return false
      }
      throw endless()
    },
    until: ending => createReader({ ...options, signal: ending }, seen)
  }
}

/** Whether a page shows nothing but what other pages of the same reading showed first. */
const repeats = () => {
  const firstShownBy = new Map<string, number>()
  return (items: { id: string }[], number: number): boolean => {
    for (const { id } of items) if (!firstShownBy.has(id)) firstShownBy.set(id, number)
    return items.length > 0 && items.every(({ id }) => firstShownBy.get(id) !== number)
  }
}

const repeated = (number: number): BridgeError => unreadable(`page ${number} shows only what other pages have shown`)

const unreadable = (what: string): BridgeError =>
  new BridgeError('PORTAL_UNREACHABLE', `the portal's list cannot be read: ${what}`)
