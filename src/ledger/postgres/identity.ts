// Which server a ledger is on, and how often another one has taken over: a replica that does so may lack the latest
// commits, and then the ledger has forgotten what was sent.

import { BridgeError } from '../../core/errors.ts'
import type { Driver } from '../driver.ts'
import { codeOf, notAllowed } from './failures.ts'

// The timeline is that of the next commit: the one in the control file is the old one until the first checkpoint, for
// minutes after a replica has taken over.
export const identitySql = `(SELECT system_identifier FROM pg_control_system()) || ':' ||
  ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int`

// Some hosts keep their log in another way, and have no such function.
const notShown = new Set([notAllowed, '0A000'])

/** Empty where it is not shown: then only its heartbeat shows that a database was restored. */
export const identityOf = async (read: Driver['read']): Promise<string> =>
  read(async tx => (await tx.one(`SELECT ${identitySql} AS identity`))?.identity as string).catch(error => {
    if (!notShown.has(codeOf(error))) throw error
    return ''
  })

export const replaced = (before: string, now: string): BridgeError =>
  new BridgeError('LEDGER_REPLACED', `the database was ${before}, and is ${now} now`)
