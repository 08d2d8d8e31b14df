import { join } from 'node:path'
import t from 'tap'
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
  t.equal(await ledger.sending(lent, bodyOf(lent), noon), 'lost')
  t.match(await borrowOne(ledger, noon), { id: lent.id, attempt: 2 })
})
