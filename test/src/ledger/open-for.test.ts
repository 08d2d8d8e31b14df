import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { systemClock } from '../../../src/core/clock.ts'
import { openLedgerFor } from '../../../src/ledger/open-for.ts'
import { freePort } from '../../end-to-end/bridge-process.ts'
import { arrivalOf, noon } from './fixtures.ts'

const settings = { DATABASE_POOL: 2, DATABASE_TIMEOUT_MS: 2000, PDF_BYTES_MAX: 1000 }

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
    message: `the database at ${host} cannot be used: connect ECONNREFUSED ${host}`
  })
  t.ok(isLoaded('pg'))
})

t.test('with a database two share what they keep, and the folder has copies only', async t => {
  const { startPostgres } = await import('../../postgres.ts')
  const url = await (await startPostgres()).database()
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
