// What stops a start on PostgreSQL, in words that say what to do; and what only makes it wait.

import pg from 'pg'
import t, { type Test } from 'tap'
import { freePort } from '../../../../src/commands/free-port.ts'
import { openPostgresDriver } from '../../../../src/ledger/postgres/driver.ts'
import { startPostgres } from '../../../postgres.ts'

const server = await startPostgres()

const openDriver = (url: string) => openPostgresDriver({ url, pool: 2, timeoutMs: 20_000 }, 'a')
const open = async (url: string) => (await openDriver(url)).close()

const identityOf = async (url: string) => {
  const driver = await openDriver(url)
  await driver.close()
  return driver.identity
}

const ask = async (url: string, sql: string) => {
  const client = new pg.Client(url)
  await client.connect()
  const { rows } = await client.query(sql)
  await client.end()
  return rows
}

/** Another database, user or password at the same server. */
const changed = (
  url: string,
  change: Partial<Record<'username' | 'password' | 'pathname' | 'host' | 'search', string>>
) => Object.assign(new URL(url), change).href

const refuses = async (t: Test, url: string, message: RegExp) => {
  const opening = open(url)
  await t.rejects(opening, { code: 'LEDGER_UNREADABLE', message })
  await t.rejects(opening, { message: /^((?!only-for-tests|geheim).)*$/s }, 'without the password')
}

t.test('a ledger that a newer bridge wrote is left alone', async t => {
  const url = await server.database()
  await open(url)
  await open(url)
  await ask(url, `INSERT INTO migration VALUES (99, '099-later.sql')`)

  await t.rejects(open(url), { code: 'LEDGER_TOO_NEW', message: /version 99/ })
})

t.test('an address that leads nowhere is named, with what to correct', async t => {
  const url = await server.database()
  const nobody = `127.0.0.1:${await freePort()}`
  await refuses(
    t,
    changed(url, { host: nobody }),
    /^the database at \S+ cannot be used: .*ECONNREFUSED.*; start the server/
  )
  await refuses(
    t,
    changed(url, { host: 'nobody.invalid:5432' }),
    /nobody\.invalid.*; correct the host in DATABASE_URL$/
  )
  await refuses(t, changed(url, { pathname: '/none' }), /"none" does not exist; make the database, or correct its name/)
  await refuses(t, changed(url, { password: 'geheim' }), /password authentication failed.*; correct user and password/)
  await refuses(t, changed(url, { username: 'nobody' }), /; correct user and password in DATABASE_URL$/)
  await refuses(t, url.replace('only-for-tests', 'geheim%zz'), /cannot be used: /)
  await refuses(t, changed(url, { search: '?sslmode=verify-full' }), /does not support SSL.*; give the server a certif/)
})

t.test('a role that may not make tables is told whose the database has to be', async t => {
  const url = await server.database()
  await ask(url, `CREATE ROLE guest LOGIN PASSWORD 'only-for-tests'`)
  const guest = changed(url, { username: 'guest' })
  await refuses(t, guest, /permission denied for schema public; let its role own the database/)
  await ask(url, `ALTER DATABASE ${new URL(url).pathname.slice(1)} OWNER TO guest`)
  await open(guest)

  t.equal(await identityOf(guest), await identityOf(url), 'it is the server’s')
  await ask(url, 'REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC')
  t.equal(await identityOf(guest), '', 'and where it must not be seen, there is none')
})

t.test('a server that is too old, and a standby, are told apart from others', async t => {
  // A function of this name is found before the server's own.
  const pretending = async (name: string, body: string) => {
    const url = await server.database()
    await ask(url, `CREATE FUNCTION public.${name} LANGUAGE sql AS $$ ${body} $$`)
    await ask(url, `ALTER DATABASE ${new URL(url).pathname.slice(1)} SET search_path = public, pg_catalog`)
    return url
  }
  const old = `SELECT CASE $1 WHEN 'server_version_num' THEN '130022' ELSE pg_catalog.current_setting($1) END`
  await refuses(
    t,
    await pretending('current_setting(text) RETURNS text', old),
    /PostgreSQL 13: the bridge needs 14 or newer/
  )
  const standby = await pretending('pg_is_in_recovery() RETURNS boolean', 'SELECT true')
  await refuses(t, standby, /^the server is a standby: DATABASE_URL has to lead to the primary/)
  const readOnly = await server.database()
  await ask(readOnly, `ALTER DATABASE ${new URL(readOnly).pathname.slice(1)} SET default_transaction_read_only = on`)
  await refuses(t, readOnly, /^the database is read-only .*: DATABASE_URL has to lead to the primary/)
})

t.test('what a pooler or a busy server refuses is told with what to do', async t => {
  const failing = async (body: string) => {
    const url = await server.database()
    await ask(url, `CREATE FUNCTION public.pg_is_in_recovery() RETURNS boolean LANGUAGE plpgsql AS $$ ${body} $$`)
    const database = new URL(url).pathname.slice(1)
    await ask(url, `ALTER DATABASE ${database} SET search_path = public, pg_catalog`)
    await ask(url, `ALTER DATABASE ${database} SET statement_timeout = '200ms'`)
    return url
  }
  // As PgBouncer 1.18 says it.
  const pooled = `BEGIN RAISE EXCEPTION USING ERRCODE = '08P01',
    MESSAGE = 'transaction blocks not allowed in statement pooling mode'; END`
  await refuses(t, await failing(pooled), /pooling mode; let PgBouncer use pool_mode session or transaction$/)
  const busy = 'BEGIN PERFORM pg_sleep(60); RETURN false; END'
  await refuses(t, await failing(busy), /due to statement timeout; .* or raise the statement_timeout of its role$/)
})

t.test('a database that could not keep every name is refused in words', async t => {
  const url = await server.database()
  await ask(url, `CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'`)

  await refuses(t, changed(url, { pathname: '/latin' }), /^the database is encoded in LATIN1: make one in UTF8$/)
})

t.test('another program’s tables stop the start, and stay as they are', async t => {
  const url = await server.database()
  await ask(url, 'CREATE TABLE orders (id INTEGER)')
  await refuses(t, url, /^the database has a table orders of another program: give the bridge a database of its own$/)
  t.match(await ask(url, 'SELECT count(*)::int AS tables FROM pg_tables WHERE schemaname = current_schema()'), [
    { tables: 1 }
  ])

  const alike = await server.database()
  await ask(alike, `CREATE TABLE migration (id INTEGER, version TEXT); INSERT INTO migration VALUES (1, '1')`)
  await refuses(t, alike, /has a table migration of another program/)
  const named = await server.database()
  await ask(named, `CREATE TABLE migration (version INTEGER, name TEXT); INSERT INTO migration VALUES (1, 'users')`)
  await refuses(t, named, /has a table migration of another program/)
})

t.test('who finds no connection free waits for one, and gives up in time', async t => {
  const driver = await openPostgresDriver({ url: await server.database(), pool: 2, timeoutMs: 3000 }, 'a')
  t.teardown(() => driver.close())
  const now = () => driver.read(async tx => tx.now)
  const hold = () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    return { reading: driver.read(() => promise), resolve }
  }
  const soon = hold()
  const patient = now()
  soon.resolve()
  t.type(await patient, 'number')

  const late = hold()
  await t.rejects(now(), { code: 'LEDGER_UNAVAILABLE' })
  late.resolve()
  await Promise.allSettled([late.reading])
  t.type(await now(), 'number')
})

t.test('a transaction in which a statement failed is not kept, and says so, whoever swallowed the failure', async t => {
  const driver = await openDriver(await server.database())
  t.teardown(() => driver.close())
  const swallow = () =>
    driver.write(async tx => {
      await tx.run(`INSERT INTO counter VALUES ('told', 1)`)
      await tx.run('SELECT 1 / 0').catch(() => {})
    })
  await t.rejects(swallow(), { code: 'LEDGER_UNAVAILABLE', message: 'COMMIT was answered by ROLLBACK' })
  const [first, second] = await Promise.allSettled([swallow(), driver.write(async tx => tx.now)])
  t.match([first, second], [{ status: 'rejected' }, { status: 'fulfilled' }], 'each by itself')
  t.strictSame(await driver.read(tx => tx.all('SELECT * FROM counter')), [])
})

t.test('a running release goes on beside a newer schema, but not beside one that breaks with it', async t => {
  const url = await server.database()
  const driver = await openDriver(url)
  t.teardown(() => driver.close())
  await ask(url, `INSERT INTO migration VALUES (98, '098-more.sql')`)
  t.type(await driver.write(async tx => tx.now), 'number')
  await ask(url, `INSERT INTO migration VALUES (99, '099-other.breaking.sql')`)

  await t.rejects(
    driver.write(async tx => tx.now),
    { code: 'LEDGER_UNAVAILABLE', message: /version 99/ }
  )
  t.match(await driver.unfit, {
    code: 'LEDGER_TOO_NEW',
    message: /^the ledger has version 99, this bridge knows \d+$/
  })
})

t.test('who starts with the newest schema waits for nobody who reads, such as a backup', async t => {
  const url = await server.database()
  await open(url)
  await ask(url, 'DROP TABLE dated_void; DELETE FROM migration WHERE version = 15')
  const backup = new pg.Client(url)
  await backup.connect()
  t.teardown(() => backup.end())
  const read = 'invoice, customer, portal_invoice, search_text, search_ending, search_use, counter'
  await backup.query(`BEGIN; LOCK TABLE ${read} IN ACCESS SHARE MODE`)

  await open(url)

  t.match(await ask(url, 'SELECT name FROM migration WHERE version = 15'), [{ name: '015-dated-voids.sql' }])
})

/** A ledger whose next start has a migration left that does this. */
const withMigrationLeft = async (does: string): Promise<string> => {
  const url = await server.database()
  await open(url)
  await ask(
    url,
    `DROP TABLE dated_void; DELETE FROM migration WHERE version = 15;
      CREATE FUNCTION more() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${does}; RETURN NEW; END $$;
      CREATE TRIGGER more BEFORE INSERT ON migration FOR EACH ROW EXECUTE FUNCTION more()`
  )
  return url
}

t.test('the migration of a large ledger may take longer than anything else that is asked', async t => {
  const url = await withMigrationLeft('PERFORM pg_sleep(1)')
  await ask(url, `ALTER ROLE CURRENT_USER IN DATABASE ${new URL(url).pathname.slice(1)} SET statement_timeout = 400`)

  const driver = await openPostgresDriver({ url, pool: 2, timeoutMs: 400 }, 'a')
  await driver.close()

  t.match(await ask(url, 'SELECT name FROM migration WHERE version = 15'), [{ name: '015-dated-voids.sql' }])
})

t.test('who cannot migrate because somebody reads does not wait long: all writers wait for it', async t => {
  const url = await withMigrationLeft('LOCK TABLE invoice')
  const backup = new pg.Client(url)
  await backup.connect()
  await backup.query('BEGIN; LOCK TABLE invoice IN ACCESS SHARE MODE')
  const opening = () => openPostgresDriver({ url, pool: 2, timeoutMs: 400 }, 'a')

  await t.rejects(opening(), { code: 'LEDGER_UNREADABLE', message: /lock timeout; start the bridge again once nobody/ })

  await backup.end()
  const driver = await opening()
  await driver.close()
})

t.test('what the release that found by amounts could not read is written as such', async t => {
  const url = await server.database()
  await open(url)
  await ask(
    url,
    `DROP TABLE search_number; DROP TABLE portal_invoice_gone; DROP TABLE copied_source; DROP TABLE dated_void;
      DROP TABLE customer_unmade; DELETE FROM migration WHERE version > 9;
      INSERT INTO portal_invoice (id, entry, told, issued_at) VALUES ('inv_1', '{}', 1, '20-11-2026')`
  )

  await open(url)

  t.match(await ask(url, 'SELECT customer_id, issued_at FROM portal_invoice'), [{ customer_id: '', issued_at: '' }])
})
