import t from 'tap'
import { countOf, setCount } from '../../../src/ledger/facts.ts'
import { openLedger } from '../../../src/ledger/open.ts'
import { hasUnsearchable } from '../../../src/ledger/search.ts'
import { openSqliteDriver } from '../../../src/ledger/sqlite/driver.ts'
import { arrivalOf, noon } from './fixtures.ts'

// More than are looked through as they are.
const newer = 500

t.test('what a release entered that knew of no amounts is entered again, after all that is new', async t => {
  const driver = openSqliteDriver({ file: ':memory:' }, 'a')
  const ledger = openLedger(driver)
  t.teardown(() => ledger.close())
  const found = async () => (await ledger.list({ amount: '987', limit: 9 })).rows.map(row => row.invoiceNumber)
  await ledger.receive(arrivalOf({ invoiceNumber: 'old', amountCents: 98_700 }), noon)
  await ledger.makeSearchable(9)
  await driver.write(async tx => {
    await tx.run(`DELETE FROM search_use WHERE text_id IN (SELECT id FROM search_text WHERE text = ' 987.00')`)
    await setCount(tx, 'amounts to', 0)
  })
  for (let at = 0; at < newer; at += 1) await ledger.receive(arrivalOf({ invoiceNumber: `N-${at}` }), noon)
  t.ok(await driver.read(hasUnsearchable))

  t.equal(await ledger.makeSearchable(newer), newer)
  t.strictSame(await found(), [], 'new ones come first')
  while ((await ledger.makeSearchable(200)) > 0);
  t.strictSame(await found(), ['old'])
  t.notOk(await driver.read(hasUnsearchable))
  t.equal(await driver.read(tx => countOf(tx, 'amounts to')), newer + 1)
})
