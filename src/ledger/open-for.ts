// What the settings say the ledger is: a file of this machine's, or a database of several. With it go where the PDFs are,
// and whose time it is.

import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { Clock } from '../core/clock.ts'
import { openDataFolder } from './data-folder.ts'
import type { Ledger } from './ledger.ts'
import { openLedger, openSqlite } from './open.ts'
import { openSharedSpool } from './shared-spool.ts'
import { type DraftingSpool, openSpool } from './spool.ts'

export type LedgerSettings = {
  DATA_DIR: string
  DATABASE_URL?: string | undefined
  DATABASE_POOL: number
  DATABASE_TIMEOUT_MS: number
  PDF_BYTES_MAX: number
}

export type OpenedLedger = {
  ledger: Ledger
  spool: DraftingSpool
  /** Says the ledger's time. */
  clock: Clock
}

export const openLedgerFor = async (settings: LedgerSettings, clock: Clock): Promise<OpenedLedger> => {
  const { DATABASE_URL: url, PDF_BYTES_MAX: bytesMax } = settings
  const folder = openDataFolder(settings.DATA_DIR)
  if (url === undefined) {
    const ledger = openSqlite({ file: join(folder, 'ledger.sqlite') })
    return { ledger, spool: openSpool(join(folder, 'spool'), { bytesMax }), clock }
  }
  // Whoever has no such database does not pay for its driver in memory.
  const { openPostgresDriver } = await import('./postgres/driver.ts')
  const { DATABASE_POOL: pool, DATABASE_TIMEOUT_MS: timeoutMs } = settings
  const driver = await openPostgresDriver({ url, pool, timeoutMs, clock }, randomUUID())
  return {
    ledger: openLedger(driver),
    spool: openSharedSpool(join(folder, 'copies'), { bytesMax, clock }, driver),
    clock: { ...clock, now: driver.now }
  }
}
