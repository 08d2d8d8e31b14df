import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { openSqlite } from '../../../../src/ledger/open.ts'
import { backUp } from '../../../../src/ledger/sqlite/backup.ts'
import { arrivalOf, documentOf, noon, rowOf } from '../fixtures.ts'

t.test('what the rows name is copied, what nobody names is not, and what is gone is told', async t => {
  const folder = t.testdir({ data: { spool: { 'a.pdf': '%PDF-a', 'orphan.pdf': '%PDF-', 'b.pdf.part': '' } } })
  const [data, file] = [join(folder, 'data'), join(folder, 'copy')]
  const ledger = openSqlite({ file: join(data, 'ledger.sqlite') })
  t.teardown(() => ledger.close())
  await ledger.receive(arrivalOf({}, { document: documentOf('a') }), noon)
  await ledger.receive(arrivalOf({ invoiceNumber: 'gone' }, { document: documentOf('gone') }), noon)

  t.strictSame(await backUp(data, file), { invoices: 2, documents: 1, missing: ['gone.pdf'] })
  t.strictSame(readdirSync(`${file}.spool`), ['a.pdf'])
  t.equal(readFileSync(join(`${file}.spool`, 'a.pdf'), 'utf8'), '%PDF-a')
  t.notOk(existsSync(`${file}.part`))

  const copy = openSqlite({ file })
  t.teardown(() => copy.close())
  t.strictSame(await rowOf(copy), await rowOf(ledger))
  t.equal((await copy.holdings.memory()).identity, 'a back-up')
})

t.test('nothing is left where it fails, and a back-up that runs is left alone', async t => {
  const folder = t.testdir({ data: {}, 'running.part': {} })
  const [data, file] = [join(folder, 'data'), join(folder, 'copy')]
  await t.rejects(backUp(data, file), { code: 'LEDGER_UNREADABLE' })
  await openSqlite({ file: join(data, 'ledger.sqlite') }).close()
  await t.rejects(backUp(data, join(folder, 'running')), { code: 'EEXIST', message: /another back-up is running/ })
  writeFileSync(file, '')
  await t.rejects(backUp(data, file), { code: 'EEXIST', message: /is not overwritten/ })
  mkdirSync(join(folder, 'other.spool'))
  await t.rejects(backUp(data, join(folder, 'other')), { code: 'EEXIST' })
  t.strictSame(readdirSync(folder).sort(), ['copy', 'data', 'other.spool', 'running.part'])
})
