// Opens the ledger that the settings name: a file on this machine, or a database that several share. That decides
// where the PDFs are, and whose clock counts.

import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { Clock } from '../core/clock.ts'
import { BridgeError } from '../core/errors.ts'
import { openDataFolder } from './data-folder.ts'
import { type Hints, noHints, type SharedDriver } from './driver.ts'
import { factOf } from './facts.ts'
import type { Ledger } from './ledger.ts'
import { openLedger, openSqlite } from './open.ts'
import { openSharedSpool } from './shared-spool.ts'
import { type DraftingSpool, openSpool } from './spool.ts'
import type { MoveMark } from './sqlite/driver.ts'
import { leftBehind } from './sqlite/left-behind.ts'

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
  /** Tells the ledger's time. */
  clock: Clock
  /** Resolves when this process can no longer write to it: see `SharedDriver`. */
  unfit: Promise<BridgeError>
  /** To and from the other processes that share it. */
  hints: Hints
}

const never = new Promise<never>(() => {})

export const openLedgerFor = async (settings: LedgerSettings, clock: Clock): Promise<OpenedLedger> => {
  const { DATABASE_URL: url, PDF_BYTES_MAX: bytesMax } = settings
  const folder = openDataFolder(settings.DATA_DIR)
  if (url === undefined) {
    const ledger = openSqlite({ file: join(folder, 'ledger.sqlite') })
    return { ledger, spool: openSpool(join(folder, 'spool'), { bytesMax }), clock, unfit: never, hints: noHints }
  }
  // Imported here, so that a bridge without such a database does not keep its driver in memory.
  const { openPostgresDriver } = await import('./postgres/driver.ts')
  const { openHints } = await import('./postgres/hints.ts')
  const { DATABASE_POOL: pool, DATABASE_TIMEOUT_MS: timeoutMs } = settings
  const driver = await openPostgresDriver({ url, pool, timeoutMs, clock }, randomUUID())
  await refuseLeftBehind(join(folder, 'ledger.sqlite'), driver)
  return {
    ledger: openLedger(driver),
    spool: openSharedSpool(join(folder, 'copies'), { bytesMax, clock }, driver),
    clock: { ...clock, now: driver.now },
    unfit: driver.unfit,
    hints: openHints({ url, timeoutMs, clock })
  }
}

/** A ledger that was moved from here has to be in this very database, whatever its address is today. */
const refuseLeftBehind = async (file: string, { read, close }: SharedDriver): Promise<void> => {
  try {
    const left = leftBehind(file)
    if (left === null) return
    const arrived = await read(tx => factOf<MoveMark>(tx, 'move'))
    if (left.move !== null && left.move === arrived?.id) return
    const why = left.move === null ? 'was not moved' : 'was moved to another database'
    throw new BridgeError('LEDGER_NOT_MOVED', `${file} has invoices, and ${why}`)
  } catch (error) {
    await close()
    throw error
  }
}
