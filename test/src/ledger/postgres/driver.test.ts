// The contract of the ledger on a real PostgreSQL.

import pg from 'pg'
import t from 'tap'
import type { Ledger } from '../../../../src/ledger/ledger.ts'
import { openLedger } from '../../../../src/ledger/open.ts'
import { openPostgresDriver } from '../../../../src/ledger/postgres/driver.ts'
import { startPostgres } from '../../../postgres.ts'
import { ledgerContract } from '../contract.ts'

const server = await startPostgres()
const url = await server.database()
const openDriver = () => openPostgresDriver({ url, pool: 3, timeoutMs: 20_000, time: 'caller' }, 'this process')
const driver = await openDriver()
t.teardown(() => driver.close())

// One ledger after the other in the same database, by the same connections: new ones for each promise take most of a
// second. As a replica it runs no trigger and asks for no reference, so that what is kept for ever can go.
const admin = new pg.Client({ connectionString: url })
await admin.connect()
t.teardown(() => admin.end())
await admin.query('SET session_replication_role = replica')
const { rows } = await admin.query(`SELECT tablename FROM pg_tables
  WHERE schemaname = 'public' AND tablename NOT IN ('migration', 'state_code')`)
const empty = rows.map(({ tablename }) => `DELETE FROM ${tablename}`).join('; ')

const emptied = async (ledger: Ledger) => {
  await admin.query(empty)
  return ledger
}

ledgerContract(
  'PostgreSQL',
  () => emptied(openLedger({ ...driver, close: async () => {} })),
  async () => emptied(openLedger(await openDriver()))
)
