import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { gunzipSync } from 'node:zlib'
import t from 'tap'
import { BridgeError } from '../../../src/core/errors.ts'
import type { SentBeside } from '../../../src/ledger/driver.ts'
import type { Ledger } from '../../../src/ledger/ledger.ts'
import { openSqlite } from '../../../src/ledger/open.ts'
import { portalCustomerOf } from './contract/customers.ts'
import { ledgerContract } from './contract.ts'
import {
  arrivalOf,
  bodyOf,
  borrowOne,
  bring,
  delivered,
  documentOf,
  draftOf,
  holdingOf,
  minute,
  noon,
  other,
  paid,
  rowOf
} from './fixtures.ts'

// Its tables are made once: that takes longer than most promises.
const folder = t.testdir()
const made = join(folder, 'made.sqlite')
await openSqlite({ file: made }).close()
let files = 0

ledgerContract('in a file', async () => {
  const file = join(folder, `${++files}.sqlite`)
  copyFileSync(made, file)
  return openSqlite({ file })
})

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

t.test('of what an earlier version held for review the PDF is the one that stands beside it', async t => {
  const file = join(t.testdir(), 'ledger.sqlite')
  const before = openSqlite({ file })
  const loan = await bring(before, 'held', arrivalOf({}, { document: documentOf('a') }))
  await before.receive(arrivalOf({}, { document: { ...documentOf('b'), sha256: 'cd'.repeat(32) } }), noon)
  await before.close()
  const beside = new DatabaseSync(file)
  beside.exec(`UPDATE invoice SET draft = json_remove(draft, '$.documentVersion')`)
  beside.close()

  const ledger = openSqlite({ file })
  t.teardown(() => ledger.close())
  await ledger.act('2026-0042', 'deliver', noon)

  t.match(await borrowOne(ledger, noon), {
    documentVersion: 1,
    released: { draft: draftOf(loan), documentVersion: 1 }
  })
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
  t.equal(await ledger.record(sent, delivered(), noon), null)
  t.equal(await ledger.sending(lent, bodyOf(lent), noon), 'lost')
  t.match(await borrowOne(ledger, noon), { id: lent.id, attempt: 2 })
})

/** The bytes of all its files, with what is only in the log yet. */
const bytesOf = (folder: string): Buffer =>
  Buffer.concat(readdirSync(folder).map(name => readFileSync(join(folder, name))))

// Each stands in nothing that is kept for ever, nor in the portal's own list.
const marks = {
  name: 'Naamloos Geheim',
  email: 'geheim@privé.example',
  address: 'Geheimstraat 1',
  zipCode: '9999 ZZ',
  city: 'Geheimdorp'
}
const marked = { ...marks, emails: [marks.email, 'known@portal.example'], countryCode: 'NL' }

/** As many customers as fill several pages, each told of in every way that there is. */
const tellAll = async (ledger: Ledger, count: number): Promise<void> => {
  await ledger.holdings.learnCustomer(portalCustomerOf('cst_1', 'known@portal.example', 'Portal'), noon)
  for (let at = 0; at < count; at += 1) {
    const refs = [`C-${at}`, `${at}.${marks.email}`, `${marks.name} ${'x'.repeat(at % 7)}`]
    for (const ref of refs) {
      const customer = { ref, ...marked, emails: [`${at}.${marks.email}`, 'known@portal.example'] }
      const arrival = arrivalOf({ invoiceNumber: `${at}/${refs.indexOf(ref)}`, sourceId: null, customer })
      await ledger.receive(arrival, noon)
      await ledger.receive({ ...arrival, tool: 'rival' }, noon)
      await ledger.act(arrival.invoice.invoiceNumber, at % 2 === 0 ? 'keep' : 'take', noon)
      const loan = await borrowOne(ledger, noon)
      const sighting = { invoiceId: loan.id, tool: loan.tool, customer: loan.invoice.customer, test: false }
      const rules = { match: 'off', create: true } as const
      await ledger.customers.judge(sighting, rules, noon)
      await ledger.customers.judge(
        { ...sighting, customer: { ...sighting.customer, name: `${marks.name} NV` } },
        rules,
        noon
      )
      const alone = { ...sighting, customer: { ...sighting.customer, emails: [`${at}.${marks.email}`] } }
      await ledger.customers.beginCreate(alone, rules, noon)
      const wouldSend = { ...bodyOf(loan), customerId: null, newCustomer: marks.name }
      const detail = `${marks.name}, ${marks.address}`
      await ledger.record(loan, { to: 'held', code: 'REVIEW', detail, wouldSend }, noon)
      await ledger.act(arrival.invoice.invoiceNumber, 'dismiss', noon)
    }
    await ledger.customers.link({ tool: 'acme', ref: `by.hand.${at}.${marks.email}` }, 'cst_1', noon)
    await ledger.customers.link({ tool: 'acme', ref: `C-${at}` }, 'cst_1', noon)
    const body = Buffer.from(JSON.stringify(marks))
    await ledger.keepUnreadable({ tool: 'acme', invoiceNumber: `event-${at}`, body, problem: 'x' }, noon)
    await ledger.act(`event-${at}`, 'dismiss', noon)
  }
}

t.test('what is forgotten stands in none of the files any more', async t => {
  const folder = t.testdir()
  const file = join(folder, 'ledger.sqlite')
  const ledger = openSqlite({ file })
  t.teardown(() => ledger.close())
  await tellAll(ledger, 40)
  const found = () => Object.values(marks).filter(text => bytesOf(folder).includes(text))
  t.strictSame(found(), Object.values(marks), 'until then it does')
  const links = (await ledger.customers.list({ linked: true, limit: 999 })).customers.length

  for (let turn = 1; turn <= 20; turn += 1) await ledger.forget(noon + 1, 25)
  // Another connection: the ledger's own goes on writing.
  const beside = new DatabaseSync(file)
  beside.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  beside.close()

  t.strictSame(found(), [])
  const { customers } = await ledger.customers.list({ linked: true, limit: 999 })
  t.equal(customers.length, links, 'and no link is lost')
  const ref = `by.hand.7.${marks.email}`
  t.match(await ledger.customers.find({ tool: 'acme', ref }), { link: { portalId: 'cst_1' } })
})

t.test('nor in the log of a ledger that goes on, however long that once was', async t => {
  const folder = t.testdir()
  const ledger = openSqlite({ file: join(folder, 'ledger.sqlite') })
  t.teardown(() => ledger.close())
  const write = async (entries: number) => {
    const { read } = await ledger.holdings.beginRead()
    const some = Array.from({ length: entries }, (_, at) => holdingOf(`inv_${at}`, { invoiceNumber: `${at}` }))
    await ledger.holdings.learn(some, read, noon)
  }
  await write(20_000)
  await tellAll(ledger, 10)
  const found = () => Object.values(marks).filter(text => bytesOf(folder).includes(text))
  t.strictSame(found(), Object.values(marks))
  for (let turn = 1; turn <= 10; turn += 1) await ledger.forget(noon + 1, 25)

  for (let time = 1; time <= 3; time += 1) await write(2000)

  t.strictSame(found(), [])
})

t.test('what an earlier version had forgotten is forgotten whole', async t => {
  const folder = t.testdir()
  const file = join(folder, 'ledger.sqlite')
  const packed = new URL('../../fixtures/ledger/3530aca.sqlite.gz', import.meta.url)
  writeFileSync(file, gunzipSync(readFileSync(packed)))
  const before = new DatabaseSync(file)
  before.exec(`
    UPDATE invoice SET state = 'dismissed', code = 'BY_OPERATOR', portal_id = NULL, delivered_at = NULL, sending_at = NULL,
      next_attempt_at = NULL, loan_until = NULL, known_paid_at = NULL, paying = 0, finished_at = 1, forgotten = 1,
      invoice = json_set(invoice, '$.customer.name', NULL, '$.customer.emails', json('[]'), '$.customer.address', NULL,
        '$.customer.zipCode', NULL, '$.customer.city', NULL);
    UPDATE invoice SET body = json_set(body, '$.customerId', 'a new customer, Bakkerij Kees') WHERE ever_sent = 1;
    DELETE FROM history; DELETE FROM portal_customer;
    UPDATE conflict SET arrival = '{}', settled = 1`)
  before.close()
  const known = ['bakker.example', 'Bakkerij Kees', 'Dorpsstraat', 'new@example.nl']
  const found = () => known.filter(text => bytesOf(folder).includes(text))
  t.strictSame(found(), known)

  const ledger = openSqlite({ file })
  t.teardown(() => ledger.close())
  const { customers } = await ledger.customers.list({ limit: 99 })
  for (let turn = 1; turn <= 3; turn += 1) await ledger.forget(noon + 1, 25)
  const beside = new DatabaseSync(file)
  beside.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  beside.close()

  t.strictSame(found(), [])
  for (const { tool, ref, link } of customers)
    t.strictSame((await ledger.customers.find({ tool, ref }))?.link, link, ref)
})

t.test('what a process before this one sent is inherited, what this one sends or looks for is not', async t => {
  const file = join(t.testdir(), 'ledger.sqlite')
  const dead = openSqlite({ file })
  await bring(dead, 'sending', arrivalOf({ invoiceNumber: 'sent', sourceId: 'sent' }))
  await bring(dead, 'delivered')
  await dead.receive(paid, noon)
  await dead.paying(await borrowOne(dead, noon), noon)
  t.match(await dead.doubts(noon + minute, 9), [{ inherited: false }])
  await dead.close()

  const ledger = openSqlite({ file })
  t.teardown(() => ledger.close())

  const [doubt] = await ledger.doubts(noon, 9)
  t.match(doubt, { body: { invoiceNumber: 'sent' }, inherited: true })
  const pay = await borrowOne(ledger, noon)
  t.match(pay, { work: 'pay', paying: true, inherited: true })
  await ledger.paying(pay, noon)
  t.match(await borrowOne(ledger, noon + minute), { work: 'pay', paying: true, inherited: false })

  await ledger.settle(doubt!, { to: 'held', code: 'PORTAL_UNCLEAR', detail: null }, noon)
  await ledger.act('sent', 'deliver', noon)
  const loan = await borrowOne(ledger, noon)
  await ledger.record(loan, { to: 'look', body: bodyOf(loan) }, noon)
  t.match(await ledger.doubts(noon, 9), [{ inherited: false }])
})

t.test('a create is counted beside the database before it is let go', async t => {
  const file = join(t.testdir(), 'ledger.sqlite')
  const ledger = openSqlite({ file })
  t.teardown(() => ledger.close())
  t.equal(await ledger.sentBeside(), null)

  const loan = await bring(ledger, 'sending')

  t.equal(Number(readFileSync(`${file}.sent`, 'utf8')), 1)
  t.equal(await ledger.sending(loan, bodyOf(loan), noon), 'lost')
  t.equal(await ledger.sentBeside(), 1, 'and what is not let go is not')
})

t.test('what cannot be counted is not let go, and waits in doubt', async t => {
  let full = true
  const beside: SentBeside = {
    read: async () => 0,
    raise: async () => {
      const cause = Object.assign(new Error('full'), { code: 'ENOSPC' })
      if (full) throw new BridgeError('LEDGER_UNAVAILABLE', undefined, { cause })
    },
    close: async () => {}
  }
  const ledger = openSqlite({ file: ':memory:', beside })
  t.teardown(() => ledger.close())
  const loan = await bring(ledger, 'lent')

  await t.rejects(ledger.sending(loan, bodyOf(loan), noon), { code: 'LEDGER_UNAVAILABLE' })

  t.match(await rowOf(ledger), { state: 'sending' })
  t.equal(ledger.uncounted(), 'ENOSPC')

  full = false
  const next = await bring(ledger, 'lent', arrivalOf({ invoiceNumber: 'next', sourceId: 'next' }))
  await ledger.sending(next, bodyOf(next), noon)
  t.equal(ledger.uncounted(), null, 'as long as it lasts')
})

t.test('beside a ledger in memory nothing is counted', async t => {
  const ledger = openSqlite({ file: ':memory:' })
  t.teardown(() => ledger.close())
  await bring(ledger, 'sending')

  t.equal(await ledger.sentBeside(), undefined)
})
