// The contract of the ledger on a real PostgreSQL.

import { openLedger } from '../../../../src/ledger/open.ts'
import { openPostgresDriver } from '../../../../src/ledger/postgres/driver.ts'
import { startPostgres } from '../../../postgres.ts'
import { ledgerContract } from '../contract.ts'

const server = await startPostgres()

// Migrated once; each ledger is a copy of it.
const first = await server.database()
await (await openPostgresDriver({ url: first, pool: 1, timeoutMs: 5000 }, 'migrates')).close()
const template = new URL(first).pathname.slice(1)

ledgerContract('PostgreSQL', async () => {
  const url = await server.database(template)
  const driver = await openPostgresDriver({ url, pool: 3, timeoutMs: 20_000, time: 'caller' }, 'this process')
  return openLedger(driver)
})
