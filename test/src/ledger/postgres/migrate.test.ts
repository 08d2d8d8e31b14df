import pg from 'pg'
import t from 'tap'
import { openPostgresDriver } from '../../../../src/ledger/postgres/driver.ts'
import { startPostgres } from '../../../postgres.ts'

const server = await startPostgres()

const open = async (url: string) => (await openPostgresDriver({ url, pool: 2, timeoutMs: 5000 }, 'a')).close()

const ask = async (url: string, sql: string) => {
  const client = new pg.Client(url)
  await client.connect()
  await client.query(sql)
  await client.end()
}

t.test('a ledger that a newer bridge wrote is left alone', async t => {
  const url = await server.database()
  await open(url)
  await open(url)
  await ask(url, `INSERT INTO migration VALUES (99, '099-later.sql')`)

  await t.rejects(open(url), { code: 'LEDGER_TOO_NEW', message: /version 99/ })
})

t.test('a database that could not keep every name is refused in words', async t => {
  const url = await server.database()
  await ask(url, `CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'`)

  await t.rejects(open(url.replace(/[^/]+$/, 'latin')), {
    code: 'LEDGER_UNREADABLE',
    message: 'the database is encoded in LATIN1: make one in UTF8'
  })
})

t.test('another program’s tables stop the start, and stay as they are', async t => {
  const url = await server.database()
  await ask(url, 'CREATE TABLE invoice (id INTEGER)')

  await t.rejects(open(url), { code: 'LEDGER_UNREADABLE', message: /relation "invoice" already exists/ })
  await ask(url, 'INSERT INTO invoice VALUES (1)')
})
