import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { openSqlite } from '../../../../src/ledger/open.ts'
import { leftBehind } from '../../../../src/ledger/sqlite/left-behind.ts'
import { arrivalOf, noon } from '../fixtures.ts'

t.test('a ledger that has an invoice is one that was left behind, while a bridge has it open, too', async t => {
  const file = join(t.testdir(), 'ledger.sqlite')
  t.equal(leftBehind(file), null, 'there is none')
  const ledger = openSqlite({ file })
  t.teardown(() => ledger.close())
  t.equal(leftBehind(file), null, 'it is empty: nothing would be sent again')
  await ledger.receive(arrivalOf(), noon)

  t.strictSame(leftBehind(file), { move: null })
  await ledger.receive(arrivalOf({ invoiceNumber: '2', sourceId: '2' }), noon)
})

t.test('one that cannot be read may be one', async t => {
  const file = join(t.testdir(), 'ledger.sqlite')
  writeFileSync(file, '')
  t.equal(leftBehind(file), null)
  writeFileSync(file, 'not a database')
  t.throws(() => leftBehind(file), { code: 'LEDGER_NOT_MOVED', message: /ledger\.sqlite cannot be read$/ })
})
