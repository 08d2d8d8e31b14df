// The ledger, on any database: puts its parts together, and turns each promise of the contract into one transaction.

import { randomUUID } from 'node:crypto'
import { act, actOnAll, replaceDocument } from './actions.ts'
import { receive, voidSource } from './arrivals.ts'
import { instantOf } from './cells.ts'
import { releaseAll } from './customer-waiting.ts'
import type { LedgerCustomers } from './customers.ts'
import type { Driver } from './driver.ts'
import { changeCopy, copyOf, countOf, factOf, setCount, setFact } from './facts.ts'
import type { Holdings, Memory } from './holdings.ts'
import type { Ledger } from './ledger.ts'
import { link, linkAll, loseLinked, unlink } from './links.ts'
import { bothPicked, countPicked, list, nothingPicked, pickSome } from './listing.ts'
import * as loans from './loans.ts'
import { addNotice, dropNotices, notices } from './notices.ts'
import { paceSince } from './pace.ts'
import * as portalCustomers from './portal-customers.ts'
import * as portalInvoices from './portal-invoices.ts'
import * as processes from './processes.ts'
import * as reading from './reading.ts'
import { listRefusals, noteRefusals } from './refusals.ts'
import { documents, forget } from './retention.ts'
import { rowOfNumber } from './rows.ts'
import { hasUnsearchable, makeSearchable } from './search.ts'
import { createSlots } from './slots.ts'
import { openSqliteDriver, type SqliteOptions } from './sqlite/driver.ts'
import { receiveTogether } from './together.ts'
import * as toolCustomers from './tool-customers.ts'
import { askedTo, setAskedTo, startTool, toolStart } from './tool-starts.ts'
import { keepUnreadable } from './unreadable.ts'

/** `owner`: how this process calls itself; what another one sent counts as inherited. */
export const openSqlite = ({ owner = randomUUID(), ...options }: SqliteOptions & { owner?: string }): Ledger =>
  openLedger(openSqliteDriver(options, owner))

export const openLedger = (driver: Driver): Ledger => {
  const { read, write, beside, identity } = driver
  const together = driver.isShared ? receiveTogether(write) : undefined

  let uncounted: string | null = null
  const count = async (creates: number): Promise<void> => {
    try {
      await beside?.raise(creates)
      uncounted = null
    } catch (error) {
      uncounted = reasonOf(error)
      throw error
    }
  }

  return {
    receive: together?.receive ?? ((arrival, now) => write(tx => receive(tx, arrival), now)),
    voidSource: (tool, sourceId, now) => write(tx => voidSource(tx, tool, sourceId), now),
    keepUnreadable: (event, now) => write(tx => keepUnreadable(tx, event), now),
    numbersAlike: () => read(reading.numbersAlike),
    isKnown: invoiceNumber => read(async tx => (await rowOfNumber(tx, invoiceNumber)) !== undefined),

    toolStart: tool => read(tx => toolStart(tx, tool)),
    startTool: (tool, at) => write(tx => startTool(tx, tool, at)),
    askedTo: tool => read(tx => askedTo(tx, tool)),
    setAskedTo: (tool, at) => write(tx => setAskedTo(tx, tool, at)),

    borrow: (limit, now, until, most) => write(tx => loans.borrow(tx, limit, until, most), now),
    nextDueAt: () => read(loans.nextDueAt),
    attach: (loan, document, now) => write(tx => loans.attach(tx, loan, document), now),
    async sending(loan, body, now) {
      const answer = await write(tx => loans.sending(tx, loan, body), now)
      if (typeof answer !== 'number') return answer
      await count(answer)
      return 'granted'
    },
    paying: (loan, now) => write(tx => loans.paying(tx, loan), now),
    record: (loan, decision, now) => write(tx => loans.record(tx, loan, decision), now),
    doubts: (now, limit) => read(tx => loans.doubts(tx, limit), now),
    settle: (doubt, decision, now) => write(tx => loans.settle(tx, doubt, decision), now),

    act: (invoiceNumber, action, now, words) => write(tx => act(tx, invoiceNumber, action, words), now),

    async pick(filter, action, limit) {
      let picked = nothingPicked()
      // In slices, so that no other question waits for a million rows.
      for (let cursor: string | undefined; ; ) {
        const { picked: more, next } = await read(tx => pickSome(tx, { ...filter, cursor }, action))
        picked = bothPicked(picked, more)
        if (countPicked(picked) > limit) return null
        if (next === null) return picked
        cursor = next
      }
    },
    actOnAll: (ids, action, now, words) => write(tx => actOnAll(tx, ids, action, words), now),

    replaceDocument: (invoiceNumber, document, now, actor) =>
      write(tx => replaceDocument(tx, invoiceNumber, document, actor), now),
    documentOf: invoiceNumber => read(async tx => (await rowOfNumber(tx, invoiceNumber))?.document ?? null),

    find: invoiceNumber => read(tx => reading.find(tx, invoiceNumber)),
    async makeSearchable(limit) {
      return (await read(hasUnsearchable)) ? write(tx => makeSearchable(tx, limit)) : 0
    },
    list: filter => read(tx => list(tx, filter)),
    summary: () => read(reading.summary),
    mark: () => read(reading.mark),
    paceSince: since => read(tx => paceSince(tx, since)),
    tally: () => read(reading.tally),

    addNotice: (notice, now) => write(tx => addNotice(tx, notice), now),
    notices: () => read(notices),
    dropNotices: lastId => write(tx => dropNotices(tx, lastId)),
    noteRefusals: refusals => write(tx => noteRefusals(tx, refusals)),
    listRefusals: filter => read(tx => listRefusals(tx, filter)),

    hasten: (now, latest) => write(tx => loans.hasten(tx, latest), now),
    join: now => write(processes.join, now),
    beat: now => write(processes.beat, now),
    async lease(task, now) {
      const whose = await read(tx => processes.whose(tx, task))
      return whose === 'free' ? write(tx => processes.take(tx, task), now) : whose === 'ours'
    },
    release: task => write(tx => processes.release(tx, task)),
    leave: () => write(processes.leave),
    forget: (before, limit) => write(tx => forget(tx, before, limit)),
    documents: () => read(documents),

    isShared: driver.isShared,
    identity,
    sentBeside: async () => beside?.read(),
    uncounted: () => uncounted,
    customers: openCustomers(driver),
    holdings: openHoldings(driver),
    async close() {
      await together?.finish()
      await driver.close()
    }
  }
}

const openCustomers = ({ read, write }: Driver): LedgerCustomers => ({
  judge: async (sighting, rules, now) =>
    (await read(tx => toolCustomers.judgeUnseen(tx, sighting, rules), now)) ??
    (await write(tx => toolCustomers.judge(tx, sighting, rules), now)),
  confirmMatch: (sighting, found, rules, now) =>
    write(tx => toolCustomers.confirmMatch(tx, sighting, found, rules), now),
  beginCreate: (sighting, rules, now) => write(tx => toolCustomers.beginCreate(tx, sighting, rules), now),
  created: (creation, customer, now) => write(tx => toolCustomers.created(tx, creation, customer), now),
  notCreated: creation => write(async tx => void (await toolCustomers.endCreation(tx, creation))),
  answered: (creation, answer) => write(tx => toolCustomers.answered(tx, creation, answer)),
  settleCreation: (creation, now) => write(tx => toolCustomers.settleCreation(tx, creation), now),
  link: (who, portalId, now, actor) => write(tx => link(tx, who, portalId, actor), now),
  linkAll: (lines, now, actor) => write(tx => linkAll(tx, lines, actor), now),
  unlink: (who, now, actor) => write(tx => unlink(tx, who, actor), now),
  lost: (portalId, now) => write(tx => loseLinked(tx, portalId), now),
  releaseWaiting: now => write(releaseAll, now),
  find: who => read(tx => toolCustomers.findCustomer(tx, who)),
  list: filter => read(tx => toolCustomers.listCustomers(tx, filter))
})

const openHoldings = (driver: Driver): Holdings => {
  const { read, write } = driver
  return {
    copy: () => read(copyOf),
    setCopy: change => write(tx => changeCopy(tx, change)),
    learn: (entries, by, now) => write(tx => portalInvoices.learn(tx, entries, by), now),
    lose: (id, now) => write(tx => portalInvoices.lose(tx, id), now),
    deliveredSince: (ids, since) => read(tx => portalInvoices.deliveredSince(tx, ids, since)),
    has: id => read(tx => portalInvoices.has(tx, id)),
    unfound: id => write(tx => portalInvoices.unfound(tx, id)),
    unfoundSince: () => read(portalInvoices.unfoundSince),
    byNumber: (invoiceNumber, after) => read(tx => portalInvoices.byNumber(tx, invoiceNumber, after)),
    strangers: (body, after) => read(tx => portalInvoices.strangers(tx, body, after)),
    beginRead: () => write(portalInvoices.beginRead),
    unseen: (begun, since, limit) => read(tx => portalInvoices.unseen(tx, begun, since, limit)),
    newest: upTo => read(tx => portalInvoices.newest(tx, upTo)),
    ownSince: (since, limit) => read(tx => portalInvoices.ownSince(tx, since, limit)),
    latest: limit => read(tx => portalInvoices.latest(tx, limit)),
    size: () => read(portalInvoices.size),

    learnCustomers: (seen, by, now) => write(tx => portalCustomers.learnCustomers(tx, seen, by), now),
    learnCustomer: (customer, now) => write(tx => portalCustomers.learnCustomer(tx, customer), now),
    customer: id => read(tx => portalCustomers.portalCustomer(tx, id)),
    customersSize: () => read(portalCustomers.customersSize),
    customerIds: () => read(portalCustomers.customerIds),
    customersIntegrated: () => read(portalCustomers.customersIntegrated),
    searchCustomers: (q, limit) => read(tx => portalCustomers.searchCustomers(tx, q, limit)),

    lastBeat: () => read(async tx => instantOf(await tx.one('SELECT at FROM heartbeat'))),
    memory: () =>
      read(async tx => {
        const sent = await countOf(tx, 'sent')
        return { ...(await factOf<Partial<Memory>>(tx, 'memory')), ...(sent > 0 ? { sent } : {}) }
      }),
    remember: ({ sent, ...news }) =>
      write(async tx => {
        await setFact(tx, 'memory', { ...(await factOf<Partial<Memory>>(tx, 'memory')), ...news })
        if (sent !== undefined) await setCount(tx, 'sent', sent)
      }),

    ...createSlots(driver)
  }
}

/** The system's own code, such as EACCES or ENOSPC. */
const reasonOf = (error: unknown): string => {
  const { cause = error } = error as { cause?: unknown }
  return (cause as { code?: string }).code ?? String(cause)
}
