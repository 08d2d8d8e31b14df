// The schema, and its version. A migration and its version are one transaction, under the lock that all writers take: of
// two machines that start at once one migrates, the other finds it done.

import { readdirSync, readFileSync } from 'node:fs'
import type { ClientBase, PoolClient } from 'pg'
import { BridgeError } from '../../core/errors.ts'
import { brokenOff, movedVersion } from '../driver.ts'

/** Which lock of the database all writers take: any number, as long as it is always the same. */
export const writerLock = 7_404_826_417

const folder = new URL('./migrations/', import.meta.url)
const names = readdirSync(folder).sort()

const versionMin = 14

/** What would fail later, and not say why. */
export const refuse = async (client: ClientBase): Promise<void> => {
  const { rows } = await client.query(`SELECT current_setting('server_version_num')::int / 10000 AS version,
    current_setting('server_encoding') AS encoding, pg_is_in_recovery() AS standby`)
  const { version, encoding, standby } = rows[0] as { version: number; encoding: string; standby: boolean }
  const reasons = [
    version < versionMin && `the server is PostgreSQL ${version}: it takes ${versionMin} or newer`,
    encoding !== 'UTF8' && `the database is encoded in ${encoding}: make one in UTF8`,
    standby && 'the server is a standby, which takes no writes: DATABASE_URL has to lead to the primary'
  ].filter(reason => reason !== false)
  if (reasons[0]) throw new BridgeError('LEDGER_UNREADABLE', reasons[0])
}

export const migrate = async (client: PoolClient): Promise<void> => {
  await refuse(client)
  await client.query(`BEGIN; SELECT pg_advisory_xact_lock(${writerLock})`)
  try {
    await migrateWithin(client)
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK')
    throw error
  }
}

/** In the transaction that is open, which holds the lock. */
export const migrateWithin = async (client: ClientBase): Promise<void> => {
  await client.query('CREATE TABLE IF NOT EXISTS migration (version INTEGER PRIMARY KEY, name TEXT NOT NULL)')
  const { rows } = await client.query('SELECT coalesce(max(version), 0) AS version FROM migration')
  const { version } = rows[0] as { version: number }
  if (version >= movedVersion) throw new BridgeError('LEDGER_MOVED', brokenOff)
  if (version > names.length)
    throw new BridgeError('LEDGER_TOO_NEW', `the ledger has version ${version}, this bridge knows ${names.length}`)
  for (const [index, name] of names.entries()) {
    if (index < version) continue
    await client.query(readFileSync(new URL(name, folder), 'utf8'))
    await client.query('INSERT INTO migration VALUES ($1, $2)', [index + 1, name])
  }
}
