// What a run may have cost the portal. The happy path is exact; for the rest there is a formula over what happened: a
// bridge that reads, asks or sends more than that does it for nothing.

import type { Machine } from './machine.ts'
import { refOf, type Sale, toolOf } from './sales.ts'
import type { Tools } from './tool.ts'
import type { Request, World } from './world.ts'

const quarterMs = 15 * 60_000
const minute = 60_000

const writes: readonly Request['name'][] = ['createInvoice', 'markPaid', 'createCustomer']

export const judgeCosts = (world: World, machine: Machine, tools: Tools): void => {
  judgeReads(world, machine)
  if (world.weather.calm) judgeHappyPath(world, tools)
}

/**
 * Reads are pages of a list, and single entries. At most
 *
 *   (pages + 1) x (engines x (2 x starts + quarters) + 3 x doubts + 2 x failures + changes)
 *     + (pages of customers + 1) x engines x 2 x customers in doubt
 *     + engines x pages of customers x minutes / 4 + minutes / 10 + loans lost
 *
 * pages: of the fullest lists there were, plus one entry that is asked for besides. A start fills (two readings that
 * agree) or sweeps, and so does every quarter of an hour. A doubt, which is a create without a clear answer, takes two
 * readings that agree, and one that shows whether they may be short. A first fill that failed, even at its end, begins
 * again, and a change by others (one entry more or less) makes another reading necessary. A create of a customer without
 * a clear answer takes two readings of all customers that agree, by each engine that looks, and a question for the id
 * in the answer. While an invoice waits for its customer, all customers are read every four minutes. A portal that is down is probed, soon once a minute. A loan
 * that ran out before anything came of it has asked in vain.
 */
const judgeReads = (
  { requests, mishaps, loansLost, portal, weather, machines, scheduler, fail }: World,
  machine: Machine
): void => {
  const { pageSize, before } = weather.portal
  const isRead = ({ name }: Request) => !writes.includes(name)
  const { engines } = weather.bridge
  const minutes = scheduler.now() / minute
  const customerPages = Math.max(1, Math.ceil(portal.customers.all.length / pageSize))
  const pages = Math.ceil(portal.entries.length / pageSize) + customerPages
  const starts = engines * (2 * machine.starts() + Math.ceil(scheduler.now() / quarterMs))
  const unclear = (create: Request['name']) =>
    requests.filter(({ name, well, fate }) => name === create && !(well && fate === 'made')).length
  const doubts = unclear('createInvoice')
  const looks = engines * machines * 2 * unclear('createCustomer')
  const failures = mishaps + requests.filter(request => isRead(request) && !request.well).length
  const gone = portal.entries.filter(({ deletedAt }) => deletedAt !== null).length
  const changes = portal.entries.length - before + gone
  const readings = starts + 3 * doubts + 2 * failures + changes
  const most =
    (pages + 1) * readings +
    (customerPages + 1) * looks +
    (engines * customerPages * minutes) / 4 +
    minutes / 10 +
    loansLost
  const reads = requests.filter(isRead).length
  if (reads > most) fail(`${reads} reads, where ${Math.round(most)} are enough`)
}

/**
 * Customers once, the list twice, each invoice once; one question for an id that does not exist, one for each customer
 * that is linked by its address, and one more look and call for each invoice that was paid later. Nothing else.
 */
const judgeHappyPath = ({ requests, portal, weather, machines, fail }: World, { sales }: Tools): void => {
  const { pageSize, customers, before } = weather.portal
  const count = (name: Request['name']) => requests.filter(request => request.name === name).length
  const pagesOf = (entries: number) => Math.max(1, Math.ceil(entries / pageSize))
  const expected: Record<Request['name'], number> = {
    customersPage: pagesOf(customers),
    invoicesPage: 2 * pagesOf(before),
    createInvoice: sales.length,
    createCustomer: 0,
    markPaid: portal.entries.filter(({ marks }) => marks > 0).length,
    customer: new Set(sales.flatMap(linked)).size,
    invoice: 1 + portal.entries.filter(({ marks }) => marks > 0).length
  }
  // Each machine may ask for the id that does not exist. If the budget is spent between the look and the mark, the
  // bridge looks once more. Two machines may ask for a customer at once, while neither has a link yet; and a machine
  // that lost a loan meanwhile looks at what the other one delivered.
  const most = {
    ...expected,
    invoice: (machines - 1) * (1 + sales.length) + expected.invoice + expected.markPaid,
    customer: expected.customer * machines
  }
  for (const [name, times] of Object.entries(expected) as [Request['name'], number][])
    if (count(name) < times || count(name) > most[name])
      fail(`on a calm day ${name} was called ${count(name)} times instead of ${times}`)
}

/** The tool and customer of a sale that makes a link. */
const linked = (sale: Sale): string[] =>
  !sale.isByAddress || sale.oddity !== 'none' ? [] : [`${toolOf(sale)} ${refOf(sale)}`]
