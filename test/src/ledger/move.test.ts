// A whole ledger from SQLite into a real PostgreSQL, and what is left of a move that is killed.

import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import pg from 'pg'
import t, { type Test } from 'tap'
import type { Loan } from '../../../src/core/row.ts'
import type { Ledger } from '../../../src/ledger/ledger.ts'
import { move } from '../../../src/ledger/move.ts'
import { openLedger, openSqlite } from '../../../src/ledger/open.ts'
import { openPostgresDriver } from '../../../src/ledger/postgres/driver.ts'
import { temporaryFolder } from '../../end-to-end/bridge-process.ts'
import { startPostgres } from '../../postgres.ts'
import { arrivalOf, documentOf, holdingOf, noon, other, paid } from './fixtures.ts'

const server = await startPostgres()
const fileIn = (folder: string) => join(folder, 'ledger.sqlite')

const openPostgres = async (url: string): Promise<Ledger> =>
  openLedger(await openPostgresDriver({ url, pool: 3, timeoutMs: 20_000, time: 'caller' }, 'this process'))

/** A ledger of an earlier version, with invoices in every state, conflicts, and PDFs. */
const folderOf = async (t: Test, version: string): Promise<string> => {
  const folder = temporaryFolder(t)
  const packed = new URL(`../../fixtures/ledger/${version}.sqlite.gz`, import.meta.url)
  writeFileSync(fileIn(folder), gunzipSync(readFileSync(packed)))
  mkdirSync(join(folder, 'spool'))
  const ledger = openSqlite({ file: fileIn(folder) })
  for (let at = 0; at < 9; at += 1) {
    await ledger.receive(arrivalOf({ invoiceNumber: `M-${at}` }, { document: documentOf(`m-${at}`) }), noon)
    const { invoice } = other
    await ledger.receive(
      { ...other, invoice: { ...invoice, invoiceNumber: `M-${at}` }, document: documentOf('x') },
      noon
    )
    writeFileSync(join(folder, 'spool', `m-${at}.pdf`), '%PDF-'.padEnd(300_000 * at, `${at}`))
  }
  await ledger.receive(paid, noon)
  await ledger.voidSource('acme', 'never came', noon)
  await ledger.startTool('acme', noon)
  await ledger.holdings.learn([holdingOf('inv_gone')], null, noon)
  await ledger.holdings.lose('inv_gone', noon)
  await ledger.beat(noon)
  await ledger.receive(
    arrivalOf({
      invoiceNumber: 'asked for',
      sourceId: null,
      customer: { ref: '17', name: 'Anna', emails: ['anna@a.example'] }
    }),
    noon
  )
  const lent = await ledger.borrow(99, noon, noon + 1)
  await askInVain(ledger, lent.find(({ invoice }) => invoice.invoiceNumber === 'asked for')!)
  await ledger.close()
  return folder
}

const askInVain = async ({ customers }: Ledger, { id, tool, invoice: { customer } }: Loan): Promise<void> => {
  const sighting = { invoiceId: id, tool, customer, test: false }
  const creation = (await customers.beginCreate(sighting, { match: 'email', create: true }, noon))!
  await customers.answered(creation, '409')
  await customers.settleCreation(creation, noon)
}

/** All that the contract tells. */
const toldBy = async (ledger: Ledger) => {
  const { rows } = await ledger.list({ limit: 1000 })
  const whole = []
  for (const { invoiceNumber } of rows) whole.push(await ledger.find(invoiceNumber))
  return {
    rows,
    whole,
    tally: (await ledger.tally()).sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b))),
    summary: await ledger.summary(),
    doubts: await ledger.doubts(noon, 99),
    customers: await ledger.customers.list({ limit: 999 }),
    documents: [...(await ledger.documents())].sort(),
    alike: await ledger.numbersAlike(),
    start: await ledger.toolStart('acme'),
    copy: await ledger.holdings.copy(),
    size: await ledger.holdings.size(),
    beat: await ledger.holdings.lastBeat(),
    latest: await ledger.holdings.latest(9),
    portalCustomers: await ledger.holdings.customerIds()
  }
}

const toldByFolder = async (folder: string) => {
  const ledger = openSqlite({ file: fileIn(folder) })
  try {
    return await toldBy(ledger)
  } finally {
    await ledger.close()
  }
}

const quiet = { progress: () => {} }
const startsNoMore = { code: 'LEDGER_MOVED' }

for (const version of ['3530aca', '49d2b61'])
  t.test(`a ledger of ${version} is in PostgreSQL what it was, and goes on there`, async t => {
    const folder = await folderOf(t, version)
    const before = await toldByFolder(folder)
    t.ok(before.doubts.length > 0)
    const url = await server.database()

    const { rows, documents, missing } = await move({ folder, to: url, ...quiet })

    t.equal(rows?.invoice, before.rows.length)
    t.equal(rows?.portal_invoice_gone, 1)
    t.equal(rows?.customer_unmade, 1)
    t.strictSame(missing.toSorted(), before.documents.filter(file => !file.startsWith('m-')).toSorted())
    t.equal(documents, before.documents.length - missing.length)
    const ledger = await openPostgres(url)
    t.teardown(() => ledger.close())
    const after = await toldBy(ledger)
    for (const [part, told] of Object.entries(before)) t.strictSame(after[part as 'rows'], told, part)
    t.match(await ledger.receive(arrivalOf({ invoiceNumber: 'new' }), noon), { result: 'accepted' })
    t.match(await ledger.find('new'), { state: 'waiting' }, 'ids go on behind the highest')
    t.match(await ledger.receive(arrivalOf({ invoiceNumber: 'M-0' }), noon), { result: 'duplicate' })

    await t.rejects(async () => openSqlite({ file: fileIn(folder) }), { ...startsNoMore, message: /it is now in 127/ })
    t.match(await move({ folder, to: url, ...quiet }), { rows: null }, 'once more does nothing')
    const elsewhere = await server.database()
    t.match(await move({ folder, to: elsewhere, ...quiet }), { rows: null, to: /test_\d+$/ })
    await t.rejects(() => move({ folder: join(folder, 'spool'), to: url, ...quiet }), { message: /no ledger/ })
  })

t.test('requests of the minute before the move count after it', async t => {
  const folder = temporaryFolder(t)
  const limits = { perMinute: 2, requestMsMax: 30_000 }
  const source = openSqlite({ file: fileIn(folder) })
  for (const at of [0, 1]) await source.holdings.takeSlot(at, limits, noon)
  await source.close()
  const url = await server.database()
  await move({ folder, to: url, ...quiet })

  const ledger = openLedger(await openPostgresDriver({ url, pool: 2, timeoutMs: 20_000 }, 'this process'))
  t.teardown(() => ledger.close())
  t.equal(await ledger.holdings.takeSlot(2, limits, noon), null)
  t.not(await ledger.holdings.takeSlot(2, { ...limits, perMinute: 3 }, noon), null)
})

t.test('PDFs arrive to the last byte', async t => {
  const folder = await folderOf(t, '49d2b61')
  const url = await server.database()
  await move({ folder, to: url, ...quiet })
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  t.teardown(() => client.end())
  const { rows } = await client.query('SELECT bytes FROM document_chunk WHERE file = $1 ORDER BY seq', ['m-4.pdf'])
  t.ok(rows.length > 1)
  t.ok(Buffer.concat(rows.map(({ bytes }) => bytes)).equals(readFileSync(join(folder, 'spool', 'm-4.pdf'))))
})

t.test('nothing is moved out of a ledger that is open, nor into a database that is in use', async t => {
  const folder = await folderOf(t, '49d2b61')
  const url = await server.database()
  const bridge = openSqlite({ file: fileIn(folder) })
  await t.rejects(() => move({ folder, to: url, ...quiet }), { code: 'LEDGER_IN_USE' })
  await bridge.close()

  const client = new pg.Client({ connectionString: url })
  await client.connect()
  t.teardown(() => client.end())
  await client.query('CREATE TABLE theirs (id INTEGER)')
  await t.rejects(() => move({ folder, to: url, ...quiet }), { message: /not empty \(it has a table theirs\)/ })
  await client.query('DROP TABLE theirs')
  const used = await openPostgres(url)
  await used.beat(noon)
  await used.close()
  await t.rejects(() => move({ folder, to: url, ...quiet }), { message: /not empty \(its table counter has rows\)/ })
  const away = url.replace(/:\d+\//, ':1/')
  await t.rejects(() => move({ folder, to: away, ...quiet }), { message: /^The database at 127[^ ]+ cannot be used/ })

  t.ok(await toldByFolder(folder), 'the source starts as before')

  await client.query('TRUNCATE counter, heartbeat, process')
  t.ok((await move({ folder, to: url, ...quiet })).rows, 'a schema alone is no ledger')
})

t.test('what fails is taken back: the source starts as before, and the move can be made later', async t => {
  const folder = await folderOf(t, '49d2b61')
  const url = await server.database()
  const before = await toldByFolder(folder)
  const pdf = join(folder, 'spool', 'm-4.pdf')
  rmSync(pdf)
  mkdirSync(pdf)
  await t.rejects(() => move({ folder, to: url, ...quiet }), { message: /^Nothing was moved, .* EISDIR/ })

  t.strictSame(await toldByFolder(folder), before)
  rmSync(pdf, { recursive: true })
  writeFileSync(pdf, '%PDF-')
  await move({ folder, to: url, ...quiet })
  const ledger = await openPostgres(url)
  t.teardown(() => ledger.close())
  t.strictSame((await toldBy(ledger)).whole, before.whole)
})

t.test('killed before any of its steps, there are never two that start, and a second move ends it', async t => {
  const original = await folderOf(t, '49d2b61')
  const before = await toldByFolder(original)
  const copyOf = () => {
    const folder = temporaryFolder(t)
    cpSync(original, folder, { recursive: true })
    return folder
  }
  const steps: string[] = []
  await move({ folder: copyOf(), to: await server.database(), progress: step => steps.push(step) })
  const each = steps.flatMap((step, at) => (/^(copies|compares) (?!fact|invoice|\d)/.test(step) ? [] : at + 1))
  t.ok(each.length >= 9)
  for (const n of each) {
    const folder = copyOf()
    const url = await server.database()
    const program = fileURLToPath(new URL('move-process.ts', import.meta.url))
    const { signal } = spawnSync(process.execPath, [program, folder, url, `${n}`])
    const step = `${n}: ${steps[n - 1]}`
    t.equal(signal, 'SIGKILL', step)

    const isFirst = n === 1
    const isLast = n === steps.length
    if (isFirst) t.ok(await toldByFolder(folder), `${step}: the source is as before`)
    else
      await t.rejects(async () => openSqlite({ file: fileIn(folder) }), { ...startsNoMore, message: /run move again/ })
    if (isLast) await (await openPostgres(url)).close()
    else if (n > 2) await t.rejects(openPostgres(url), { ...startsNoMore, message: /run move again/ }, step)
    if (!isFirst && !isLast) {
      const elsewhere = await server.database()
      await t.rejects(() => move({ folder, to: elsewhere, ...quiet }), { message: /run that one again/ })
    }

    await move({ folder, to: url, ...quiet })
    const ledger = await openPostgres(url)
    t.strictSame((await toldBy(ledger)).whole, before.whole, `${step}: all of it`)
    await ledger.close()
    await t.rejects(async () => openSqlite({ file: fileIn(folder) }), { ...startsNoMore, message: /it is now in/ })
  }
})
