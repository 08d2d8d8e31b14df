// The schema, and its version. A migration and its version are one transaction, under the lock that all writers take:
// if two machines start at once, one migrates and the other finds it done. A release that runs meanwhile goes on
// working, unless the migration's name says that it breaks earlier releases.

import { readdirSync, readFileSync } from 'node:fs'
import pg, { type ClientBase } from 'pg'
import { BridgeError } from '../../core/errors.ts'
import { brokenOff, movedVersion } from '../driver.ts'
import { foreign, refuseUnusable } from './unusable.ts'

/** The lock of the database that all writers take: any number, as long as it is always the same. */
export const writerLock = 7_404_826_417

const folder = new URL('./migrations/', import.meta.url)
const names = readdirSync(folder).sort()

// Each statement sees what was committed before it began, and so what was written while it waited for the lock. A server
// may be set to another level, at which a transaction sees nothing that came after its first statement.
export const lockedMode = 'ISOLATION LEVEL READ COMMITTED'

/** Asks for a version that has been written meanwhile and that this release cannot work with; null: there is none. */
export const outgrownSql = `(SELECT max(version) FROM migration
  WHERE version >= ${movedVersion} OR (version > ${names.length} AND name LIKE '%.breaking.sql'))`

export const outgrown = (version: number): BridgeError =>
  version >= movedVersion
    ? new BridgeError('LEDGER_MOVED', brokenOff)
    : new BridgeError('LEDGER_TOO_NEW', `the ledger has version ${version}, this bridge knows ${names.length}`)

// Another machine may be migrating.
const turnWithinMs = 60_000

/**
 * By a connection of its own, because a large ledger takes longer than anything else that is asked. `timeoutMs`: how
 * long it waits for those who read, such as a back-up. All writers wait meanwhile.
 */
export const migrate = async (url: string, timeoutMs: number): Promise<void> => {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: timeoutMs, keepAlive: true })
  // The query that waits for an answer gets the error, too.
  client.on('error', () => {})
  try {
    await client.connect()
    await refuseUnusable(client)
    await client.query(`BEGIN ${lockedMode}; SET LOCAL statement_timeout = 0;
      SET LOCAL idle_in_transaction_session_timeout = 0;
      SET LOCAL lock_timeout = ${turnWithinMs}; SELECT pg_advisory_xact_lock(${writerLock});
      SET LOCAL lock_timeout = ${timeoutMs}`)
    await migrateWithin(client)
    await client.query('COMMIT')
  } finally {
    // Whatever is not committed ends with its connection.
    await client.end().catch(() => {})
  }
}

/** Runs in the open transaction, which holds the lock. */
export const migrateWithin = async (client: ClientBase): Promise<void> => {
  const version = await versionIn(client)
  if (version > names.length) throw outgrown(version)
  await client.query('CREATE TABLE IF NOT EXISTS migration (version INTEGER PRIMARY KEY, name TEXT NOT NULL)')
  for (const [index, name] of names.entries()) {
    if (index < version) continue
    await client.query(readFileSync(new URL(name, folder), 'utf8'))
    await client.query('INSERT INTO migration VALUES ($1, $2)', [index + 1, name])
  }
}

const migrationsMax = 10_000

/** 0 for an empty database. Another program's tables are left alone, even one of the same name. */
const versionIn = async (client: ClientBase): Promise<number> => {
  const tables = await tablesIn(client)
  const [other] = tables.filter(name => name !== 'migration')
  if (!tables.includes('migration')) {
    if (other !== undefined) throw foreign(other)
    return 0
  }
  const { rows } = await client.query(`SELECT to_jsonb(migration) AS cells FROM migration LIMIT ${migrationsMax}`)
  const applied: { version?: unknown; name?: unknown }[] = rows.map(({ cells }) => cells)
  const isOurs = applied.every(
    ({ version, name }) => Number.isInteger(version) && (names[Number(version) - 1] ?? name) === name
  )
  if (!isOurs) throw foreign('migration')
  if (applied.length === 0 && other !== undefined) throw foreign(other)
  return Math.max(0, ...applied.map(({ version }) => Number(version)))
}

/** All tables except those of extensions. */
export const tablesIn = async (client: ClientBase): Promise<string[]> => {
  const { rows } = await client.query(
    `SELECT relname AS name FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
      WHERE nspname = current_schema() AND relkind IN ('r', 'p') AND NOT EXISTS (
        SELECT 1 FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype = 'e')
      ORDER BY relname`
  )
  return rows.map(({ name }) => name)
}
