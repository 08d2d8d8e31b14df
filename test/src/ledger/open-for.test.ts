import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { freePort } from '../../../src/commands/free-port.ts'
import { systemClock } from '../../../src/core/clock.ts'
import { openLedgerFor } from '../../../src/ledger/open-for.ts'
import { arrivalOf, noon } from './fixtures.ts'

const settings = { DATABASE_POOL: 2, DATABASE_TIMEOUT_MS: 20_000, PDF_BYTES_MAX: 1000 }

const open = async (t: Test, DATA_DIR: string, DATABASE_URL?: string) => {
  const opened = await openLedgerFor({ ...settings, DATA_DIR, DATABASE_URL }, systemClock)
  t.teardown(() => opened.ledger.close())
  return opened
}

const isLoaded = (name: string): boolean =>
  Object.keys(createRequire(import.meta.url).cache).some(file => file.includes(`/node_modules/${name}/`))

async function* pdf() {
  yield Buffer.from('%PDF-')
}

t.test('without a database it is a file in the folder, and no driver of another one is loaded', async t => {
  const folder = t.testdir()
  const { spool, clock } = await open(t, folder)
  const { file } = await spool.keep(pdf())

  t.ok(existsSync(join(folder, 'ledger.sqlite')))
  t.ok(existsSync(join(folder, 'spool', file)))
  t.equal(clock, systemClock)
  t.notOk(isLoaded('pg'))
})

t.test('a server that does not answer is named, and its password is not', async t => {
  const host = `127.0.0.1:${await freePort()}`
  const opening = openLedgerFor(
    { ...settings, DATA_DIR: t.testdir(), DATABASE_URL: `postgres://brug:geheim@${host}/brug` },
    systemClock
  )
  await t.rejects(opening, {
    code: 'LEDGER_UNREADABLE',
    message: `the database at ${host} cannot be used: connect ECONNREFUSED ${host}; start the server, or correct DATABASE_URL`
  })
  t.ok(isLoaded('pg'))
})

const startServer = async () => {
  const { startPostgres } = await import('../../postgres.ts')
  return startPostgres()
}
let server: ReturnType<typeof startServer> | undefined
// Not before the test that looks whether its driver is loaded.
const openDatabase = async () => {
  server ??= startServer()
  return (await server).database()
}

t.test('with a database two share what they keep, and the folder has copies only', async t => {
  const url = await openDatabase()
  const folders = t.testdir({ a: {}, b: {} })
  const a = await open(t, join(folders, 'a'), url)
  const b = await open(t, join(folders, 'b'), url)
  const document = await a.spool.keep(pdf())
  await a.ledger.receive(arrivalOf({}, { document }), noon)

  t.strictSame([...(await b.ledger.documents())], [document.file])
  t.type(await b.spool.blob(document), Blob)
  t.notOk(existsSync(join(folders, 'b', 'ledger.sqlite')))
  t.ok(Math.abs(b.clock.now() - Date.now()) < 60_000)
  await t.rejects(open(t, join(folders, 'a'), url.replace('only-for-tests', 'geheim')), {
    code: 'LEDGER_UNREADABLE',
    message: /^the database at 127\.0\.0\.1:\d+ cannot be used: password authentication failed/
  })
})

t.test('a ledger in the folder that was not moved into this database stops the start', async t => {
  const { move } = await import('../../../src/ledger/move.ts')
  const DATA_DIR = t.testdir()
  const [here, there] = [await openDatabase(), await openDatabase()]
  const { ledger } = await openLedgerFor({ ...settings, DATA_DIR }, systemClock)
  await (await open(t, DATA_DIR, here)).ledger.close()
  await ledger.receive(arrivalOf(), noon)
  await ledger.close()
  const refused = (why: RegExp) => ({ code: 'LEDGER_NOT_MOVED', message: why })
  await t.rejects(open(t, DATA_DIR, here), refused(/ledger\.sqlite has invoices, and was not moved$/))

  await move({ folder: DATA_DIR, to: here, progress: () => {} })
  const moved = await open(t, DATA_DIR, here)
  t.equal(await moved.ledger.isKnown('2026-0042'), true)
  await t.rejects(open(t, DATA_DIR, there), refused(/ledger\.sqlite has invoices, and was moved to another database$/))
})
