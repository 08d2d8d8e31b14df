// Two machines with one database: each has a folder of its own.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { openLedger } from '../../../src/ledger/open.ts'
import { openPostgresDriver } from '../../../src/ledger/postgres/driver.ts'
import { openSharedSpool } from '../../../src/ledger/shared-spool.ts'
import { startPostgres } from '../../postgres.ts'
import { handClock } from '../portal/hand-clock.ts'
import { arrivalOf, noon } from './fixtures.ts'

const server = await startPostgres()
const hour = 3_600_000

// More than two pieces of it, and no end on the border of one.
const pdf = Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(600_000, 'é\0\xff', 'latin1')])

async function* bytes(...parts: Uint8Array[]) {
  yield* parts
}

const openTwo = async (t: Test) => {
  const url = await server.database()
  const clock = handClock()
  let offsetMs = 0
  const open = async (owner: string) => {
    const folder = join(t.testdir({ a: {}, b: {} }), owner)
    const driver = await openPostgresDriver({ url, pool: 4, timeoutMs: 20_000, offsetMs: () => offsetMs }, owner)
    t.teardown(() => driver.close())
    const start = () => openSharedSpool(folder, { bytesMax: 1_000_000, clock }, driver)
    const rows = () => driver.read(async tx => (await tx.all('SELECT seq FROM document_chunk')).length)
    return { folder, driver, start, rows, spool: start() }
  }
  const pass = async (ms: number) => {
    offsetMs += ms
    await clock.advance(ms)
  }
  return { a: await open('a'), b: await open('b'), pass }
}

const readAll = async (blob: Blob | null | 'changed') =>
  blob instanceof Blob ? Buffer.from(await blob.arrayBuffer()) : blob

t.test('what one keeps the other one has, to the byte, from the disk the second time', async t => {
  const { a, b } = await openTwo(t)
  const draft = await a.spool.draft(bytes(pdf.subarray(0, 5), pdf.subarray(5)))
  t.equal(await b.spool.blob(draft.document), null, 'not before it is kept')
  const document = await draft.keep()

  t.strictSame(await readAll(await b.spool.blob(document)), pdf)
  t.strictSame(readdirSync(b.folder), [document.file])
  await a.driver.writeApart(tx => tx.run('DELETE FROM document_chunk'))
  t.strictSame(await readAll(await b.spool.blob(document)), pdf)
})

t.test('a copy that is torn or gone is copied again; where nothing stands it is said', async t => {
  const { a, b } = await openTwo(t)
  const document = await a.spool.keep(bytes(pdf))
  writeFileSync(join(a.folder, document.file), pdf.subarray(0, 1000))

  t.strictSame(await readAll(await a.spool.blob(document)), pdf)
  await a.driver.writeApart(tx => tx.run('DELETE FROM document_chunk WHERE seq = 2'))
  t.equal(await b.spool.blob(document), 'changed', 'half of it is not it')
  await b.spool.remove(document)
  t.equal(await a.rows(), 0)
  t.notOk(existsSync(join(b.folder, document.file)))
  t.equal(await b.spool.blob(document), null)
  t.strictSame(readdirSync(b.folder), [])
})

t.test('nothing is left of what the database did not take', async t => {
  const { a } = await openTwo(t)
  await a.driver.writeApart(tx => tx.run('ALTER TABLE document_chunk ADD CHECK (seq < 2)'))

  await t.rejects(a.spool.keep(bytes(pdf)))
  const draft = await a.spool.draft(bytes(pdf))
  await t.rejects(draft.keep())
  t.equal(await a.rows(), 0)
  t.strictSame(readdirSync(a.folder), [])
})

t.test('a start removes what nobody names, but not what another machine may just be keeping', async t => {
  const { a, b, pass } = await openTwo(t)
  const ledger = openLedger(a.driver)
  const named = await a.spool.keep(bytes(pdf))
  await ledger.receive(arrivalOf({}, { document: named }), noon)
  await a.spool.keep(bytes(pdf))
  const sweep = async () => b.start().sweep(await ledger.documents())

  await sweep()
  t.equal(await a.rows(), 6)
  await pass(hour + 1000)
  await sweep()
  t.equal(await a.rows(), 3)
  t.strictSame(await readAll(await b.spool.blob(named)), pdf)
  t.equal(await sweep(), 1, 'copies go with every start')
  t.strictSame(await readAll(await b.spool.blob(named)), pdf)
})

t.test('what no row came to name goes while it runs, too', async t => {
  const { a, pass } = await openTwo(t)
  const document = await a.spool.keep(bytes(pdf))
  await a.spool.unanswered(document)
  t.equal(await a.rows(), 3, 'the row may stand, and only its answer be lost')
  await pass(hour - 1)
  await a.spool.removeUnused?.()
  t.equal(await a.rows(), 3)
  await pass(1000)
  await a.spool.removeUnused?.()
  t.equal(await a.rows(), 0)
  t.strictSame(readdirSync(a.folder), [])
})

t.test('a copy that nobody has used for an hour is gone: elsewhere it may be forgotten', async t => {
  const { a, pass } = await openTwo(t)
  const [used, unused] = [await a.spool.keep(bytes(pdf)), await a.spool.keep(bytes(pdf))]
  await openLedger(a.driver).receive(arrivalOf({}, { document: unused }), noon)
  await pass(hour - 1)
  await a.spool.blob(used)
  await pass(1)
  await a.spool.removeUnused?.()

  t.strictSame(readdirSync(a.folder), [used.file])
  t.strictSame(readFileSync(join(a.folder, used.file)), pdf)
  t.strictSame(await readAll(await a.spool.blob(unused)), pdf)
})

t.test('large ones never keep the ledger from its connections', async t => {
  const { a } = await openTwo(t)
  const begun = Promise.withResolvers<void>()
  const held = [1, 2, 3].map(() =>
    a.driver.writeApart(async tx => {
      await tx.one('SELECT 1 AS one')
      await begun.promise
    })
  )
  t.equal(await openLedger(a.driver).isKnown('1'), false)
  await openLedger(a.driver).receive(arrivalOf(), noon)
  begun.resolve()
  await Promise.all(held)
})
