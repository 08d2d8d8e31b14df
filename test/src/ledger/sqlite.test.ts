import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import t from 'tap'
import type { Filter } from '../../../src/ledger/ledger.ts'
import { openSqlite } from '../../../src/ledger/sqlite.ts'
import { ledgerContract } from './contract.ts'
import { arrivalOf, bodyOf, borrowOne, bring, delivered, documentOf, noon, other, rowOf } from './fixtures.ts'

const folder = t.testdir()
let files = 0

ledgerContract('in memory', async () => openSqlite({ file: ':memory:' }))
ledgerContract('in a file', async () => openSqlite({ file: join(folder, `${++files}.sqlite`) }))

t.test('what was kept is there after a restart, to the last fact', async t => {
  const file = join(t.testdir(), 'ledger.sqlite')
  const first = openSqlite({ file })
  await bring(first, 'held', arrivalOf({ paidAt: noon }, { document: documentOf('a'), notify: false }))
  await first.receive(other, noon)
  const before = await rowOf(first)
  await first.close()

  const second = openSqlite({ file })
  t.teardown(() => second.close())

  t.strictSame(await rowOf(second), before)
  t.match(await second.act('2026-0042', 'take', noon), { tool: 'rival' })
})

t.test('a new owner ends the loans of the one before, but not its doubts', async t => {
  const file = join(t.testdir(), 'ledger.sqlite')
  const dead = openSqlite({ file })
  const sent = await bring(dead, 'sending', arrivalOf({ invoiceNumber: 'sent' }))
  const lent = await bring(dead, 'lent', arrivalOf({ invoiceNumber: 'lent' }))
  await dead.close()

  const ledger = openSqlite({ file })
  t.teardown(() => ledger.close())

  t.match(await rowOf(ledger, 'sent'), { state: 'sending', body: bodyOf(sent) })
  t.equal(await ledger.record(sent, delivered(), noon), false)
  t.equal(await ledger.sending(lent, bodyOf(lent), noon), false)
  t.match(await borrowOne(ledger, noon), { id: lent.id, attempt: 2 })
})

/** Every filter with every other. */
const filters = (): Filter[] => {
  const parts: Partial<Filter>[] = [
    { state: 'held' },
    { code: 'REVIEW' },
    { tool: 'acme' },
    { q: '2026' },
    { cursor: '9' }
  ]
  return Array.from({ length: 2 ** parts.length }, (_, chosen) =>
    Object.assign({ limit: 1 }, ...parts.filter((_, index) => (chosen >> index) % 2 === 1))
  )
}

t.test('however many rows there are, every query finds its own by an index', async t => {
  const file = join(t.testdir(), 'ledger.sqlite')
  const prepare = t.capture(DatabaseSync.prototype, 'prepare', DatabaseSync.prototype.prepare)
  const ledger = openSqlite({ file })
  const loan = await bring(ledger, 'sending')
  await ledger.receive(other, noon)
  await ledger.record(loan, delivered(), noon)
  await ledger.act('2026-0042', 'keep', noon)
  await ledger.nextDueAt()
  await ledger.summary()
  await ledger.tally()
  await ledger.documents()
  await ledger.forget(noon + 1, 1)
  for (const filter of filters()) await ledger.list(filter)
  await ledger.close()
  const queries = prepare().map(({ args: [sql] }) => sql)
  const db = new DatabaseSync(file)
  t.teardown(() => db.close())

  const asked = queries.filter(sql => /^\s*(SELECT|UPDATE|DELETE)/.test(sql))
  t.ok(asked.length > 40)
  for (const sql of asked) {
    const plan = db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all()
    const steps = plan.map(({ detail }) => detail as string)
    // Newest first and no filter: the table itself is in that order, and LIMIT ends it.
    const whole = sql === 'SELECT * FROM invoice  ORDER BY id DESC LIMIT ?'
    t.strictSame(
      steps.filter(step => /SCAN (invoice|history)/.test(step)),
      whole ? ['SCAN invoice'] : [],
      sql
    )
    t.strictSame(
      steps.filter(step => step.includes('TEMP B-TREE')),
      [],
      `${sql}: nothing is sorted`
    )
  }
})

t.test('what the worker and the health check ask walks no other index than its own', async t => {
  const file = join(t.testdir(), 'ledger.sqlite')
  const prepare = t.capture(DatabaseSync.prototype, 'prepare', DatabaseSync.prototype.prepare)
  const ledger = openSqlite({ file })
  await ledger.borrow(1, noon, noon + 1)
  await ledger.nextDueAt()
  await ledger.summary()
  await ledger.list({ state: 'held', tool: 'acme', limit: 1 })
  await ledger.list({ state: 'held', tool: 'acme', code: 'REVIEW', limit: 1 })
  await ledger.list({ state: 'held', q: '2026', limit: 1 })
  await ledger.close()
  const queries = prepare().map(({ args: [sql] }) => sql)
  const db = new DatabaseSync(file)
  t.teardown(() => db.close())

  const used = queries
    .filter(sql => /FROM invoice/.test(sql))
    .map(sql => {
      const steps = db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all()
      return steps.flatMap(({ detail }) => /INDEX (\w+)/.exec(detail as string)?.[1] ?? [])
    })
  t.strictSame(used, [
    ['invoice_due'],
    ['invoice_due'],
    ['invoice_loan'],
    ['invoice_waiting_since'],
    ['invoice_sending'],
    ['invoice_tool_state'],
    ['invoice_code'],
    ['sqlite_autoindex_invoice_1', 'invoice_customer_ref']
  ])
})
