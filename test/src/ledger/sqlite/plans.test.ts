// How SQLite goes about each query, asked of every statement that the ledger really prepares.

import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import t, { type Test } from 'tap'
import type { Filter, Ledger } from '../../../../src/ledger/ledger.ts'
import { openSqlite } from '../../../../src/ledger/open.ts'
import { portalCustomerOf } from '../contract/customers.ts'
import { refusalOf } from '../contract/refusals.ts'
import { again, arrivalOf, bodyOf, borrowOne, bring, delivered, holdingOf, noon, other, paid } from '../fixtures.ts'

type Plan = { sql: string; steps: string[] }

const plansOf = async (t: Test, use: (ledger: Ledger) => Promise<void>): Promise<Plan[]> => {
  const file = join(t.testdir(), 'ledger.sqlite')
  const prepare = t.capture(DatabaseSync.prototype, 'prepare', DatabaseSync.prototype.prepare)
  const ledger = openSqlite({ file })
  await use(ledger)
  await ledger.close()
  const prepared = prepare().map(({ args: [sql] }) => sql)
  const db = new DatabaseSync(file)
  t.teardown(() => db.close())
  return prepared
    .filter(sql => /^\s*(SELECT|UPDATE|DELETE|INSERT)/.test(sql))
    .map(sql => ({
      sql,
      steps: db
        .prepare(`EXPLAIN QUERY PLAN ${sql}`)
        .all()
        .map(({ detail }) => `${detail}`)
    }))
}

/** Every filter with every other. */
const filters = (q: string): Filter[] => {
  const parts: Partial<Filter>[] = [
    { state: 'held' },
    { code: 'REVIEW' },
    { tool: 'acme' },
    { q },
    { since: noon, until: noon + 1 },
    { cursor: '9' }
  ]
  return Array.from({ length: 2 ** parts.length }, (_, chosen) =>
    Object.assign({ limit: 1 }, ...parts.filter((_, index) => (chosen >> index) % 2 === 1))
  )
}

const useRows = async (ledger: Ledger): Promise<void> => {
  await bring(ledger, 'sending')
  await ledger.receive(other, noon)
  const [doubt] = await ledger.doubts(noon + 1e9, 1)
  await ledger.settle(doubt!, again(noon), noon + 1e9)
  await ledger.act('2026-0042', 'keep', noon)
  await ledger.record(await borrowOne(ledger, noon), delivered(), noon)
  await ledger.receive(paid, noon)
  await ledger.paying(await borrowOne(ledger, noon), noon)
  await ledger.nextDueAt()
  await ledger.summary()
  await ledger.mark()
  await ledger.tally()
  await ledger.documents()
  await ledger.voidSource('acme', 'acme-1', noon)
  await ledger.forget(noon + 1, 1)
  for (const filter of filters('20')) await ledger.list(filter)
  // So many that older ones are looked for by an index.
  const numbers = Array.from({ length: 501 }, (_, at) => `N${at}`)
  await Promise.all(numbers.map(invoiceNumber => ledger.receive(arrivalOf({ invoiceNumber }), noon)))
  for (const q of ['none', 'none that has so many characters'])
    for (const filter of filters(q)) await ledger.list(filter)
  await ledger.makeSearchable(9)
  await ledger.pick({}, 'deliver', 9)
  await ledger.noteRefusals([refusalOf()])
  await ledger.listRefusals({ limit: 1 })
}

const useHoldings = async ({ holdings }: Ledger): Promise<void> => {
  const begun = await holdings.beginRead()
  await holdings.learn([holdingOf('inv_1')], begun.read, noon)
  for (const facts of [{}, { issuedAt: null }, { customerId: null }]) {
    const spelled = holdingOf(`inv_${Object.keys(facts)}`, { invoiceNumber: '20260042', ...facts })
    await holdings.learn([spelled], begun.read, noon)
  }
  await holdings.byNumber('2026-0042')
  await holdings.strangers(bodyOf({ invoice: arrivalOf().invoice, notify: true }), 0)
  await holdings.has('inv_1')
  await holdings.unfound('inv_1')
  await holdings.unfoundSince()
  await holdings.lose('inv_1', noon)
  await holdings.unseen(begun, null, 1)
  await holdings.unseen(begun, noon, 1)
  await holdings.newest()
  await holdings.ownSince(noon, 1)
  await holdings.takeSlot(noon, { perMinute: 60, requestMsMax: 30_000 }, noon)
  await holdings.slotsTaken()
}

const useCustomers = async (ledger: Ledger): Promise<void> => {
  const { customers, holdings } = ledger
  const loan = await bring(ledger, 'lent', arrivalOf({ invoiceNumber: 'of a customer' }))
  const { customer } = loan.invoice
  const rules = { match: 'email', create: true } as const
  const tell = (facts: Partial<typeof customer>) => ({
    invoiceId: loan.id,
    tool: loan.tool,
    customer: { ...customer, ...facts },
    test: false
  })
  const creation = await customers.beginCreate(tell({}), rules, noon)
  await customers.answered(creation!, '409')
  await customers.settleCreation(creation!, noon)
  await customers.judge(tell({ name: 'Anna', portalId: 'cst_1' }), rules, noon)
  await holdings.learnCustomer(portalCustomerOf('cst_1', 'kees@bakker.example'), noon)
  await customers.judge(tell({ name: 'Kees' }), rules, noon)
  await customers.confirmMatch(tell({}), portalCustomerOf('cst_1', 'kees@bakker.example'), rules, noon)
  await customers.link({ tool: 'acme', ref: customer.ref }, 'cst_1', noon)
  await customers.unlink({ tool: 'acme', ref: customer.ref }, noon)
  await customers.link({ tool: 'acme', ref: customer.ref }, 'cst_1', noon)
  await customers.lost('cst_1', noon)
  await customers.releaseWaiting(noon)
  await ledger.forget(noon + 1, 9)
  await ledger.act('of a customer', 'deliver', noon)
  await ledger.act('of a customer', 'dismiss', noon)
  await ledger.forget(noon + 1e9, 9)
}

t.test('however many rows there are, every query finds its own by an index', async t => {
  const plans = await plansOf(t, async ledger => {
    await useRows(ledger)
    await useHoldings(ledger)
    await useCustomers(ledger)
  })

  t.ok(plans.length > 50)
  for (const { sql, steps } of plans) {
    // Newest first and no filter: the table itself is in that order, and LIMIT ends it.
    const whole = sql === 'SELECT * FROM invoice  ORDER BY id DESC LIMIT ?'
    const scans = steps.filter(step =>
      /SCAN (invoice|history|portal_invoice|found|customer|customer_unmade|portal_customer)\b/.test(step)
    )
    // A thousand that were told of last, in the order of an index.
    const isLast = sql.includes('FROM portal_invoice ORDER BY told DESC LIMIT 1000')
    const last = isLast ? ['SCAN portal_invoice USING INDEX sqlite_autoindex_portal_invoice_2'] : []
    t.strictSame(scans, whole ? ['SCAN invoice'] : last, sql)
    // Of one number the portal holds one, or very few; and what the bridge made lately is little.
    if (/FROM portal_invoice (AS found WHERE key = \?|WHERE own = 1)/.test(sql)) continue
    // Texts lead to ids in no order: these are sorted, and no more rows are read than are shown.
    if (/SELECT DISTINCT id FROM \(.*search_ending/s.test(sql)) continue
    t.strictSame(
      steps.filter(step => step.includes('TEMP B-TREE')),
      [],
      `${sql}: nothing is sorted`
    )
  }
})

t.test('what is asked is asked of any database: in words that all of them know', async t => {
  const plans = await plansOf(t, async ledger => {
    await useRows(ledger)
    await useHoldings(ledger)
    await useCustomers(ledger)
  })

  for (const { sql } of plans) {
    t.notMatch(sql, /INDEXED BY|->|json_|GLOB|ifnull|INSERT OR|rowid|\b(max|min)\([^)]*,/i)
    t.notMatch(sql, /ON CONFLICT DO UPDATE/, 'each says which constraint it means')
  }
})

t.test('what is asked often walks no wider index than its own', async t => {
  const plans = await plansOf(t, async ledger => {
    await ledger.receive(arrivalOf(), noon)
    await ledger.borrow(1, noon - 1, noon + 1)
    await ledger.nextDueAt()
    await ledger.doubts(noon, 1)
    await ledger.summary()
    await ledger.list({ state: 'waiting', tool: 'acme', limit: 1 })
    await ledger.list({ state: 'waiting', tool: 'acme', code: 'REVIEW', limit: 1 })
    await ledger.list({ state: 'waiting', q: '20', limit: 1 })
  })

  const indexes = plans
    .filter(({ sql }) => sql.includes('FROM invoice'))
    .map(({ steps }) => steps.flatMap(step => /INDEX (\w+)/.exec(step)?.[1] ?? []))
  t.strictSame(indexes, [
    ['sqlite_autoindex_invoice_1', 'invoice_source'],
    ['invoice_due'],
    ['invoice_due_again'],
    ['invoice_due'],
    ['invoice_due_again'],
    ['invoice_loan'],
    ['invoice_sending'],
    ['invoice_waiting_since'],
    ['invoice_sending'],
    ['invoice_tool_state'],
    ['invoice_code'],
    ['sqlite_autoindex_invoice_1', 'invoice_customer']
  ])
})
