import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { BridgeError } from '../../../src/errors.ts'
import type { SentBeside } from '../../../src/ledger/sent-beside.ts'
import { openSqlite } from '../../../src/ledger/sqlite.ts'
import { ledgerContract } from './contract.ts'
import {
  arrivalOf,
  bodyOf,
  borrowOne,
  bring,
  delivered,
  documentOf,
  minute,
  noon,
  other,
  paid,
  rowOf
} from './fixtures.ts'

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
  t.equal(await ledger.record(sent, delivered(), noon), null)
  t.equal(await ledger.sending(lent, bodyOf(lent), noon), 'lost')
  t.match(await borrowOne(ledger, noon), { id: lent.id, attempt: 2 })
})

t.test(
  'what a process before this one sent is inherited, what this one sends or looks for is not',
  async t => {
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
  }
)

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
  const beside: SentBeside = {
    read: async () => 0,
    raise: async () => {
      throw new BridgeError('LEDGER_UNAVAILABLE')
    },
    close: async () => {}
  }
  const ledger = openSqlite({ file: ':memory:', beside })
  t.teardown(() => ledger.close())
  const loan = await bring(ledger, 'lent')

  await t.rejects(ledger.sending(loan, bodyOf(loan), noon), { code: 'LEDGER_UNAVAILABLE' })

  t.match(await rowOf(ledger), { state: 'sending' })
})

t.test('beside a ledger in memory nothing is counted', async t => {
  const ledger = openSqlite({ file: ':memory:' })
  t.teardown(() => ledger.close())
  await bring(ledger, 'sending')

  t.equal(await ledger.sentBeside(), undefined)
})
