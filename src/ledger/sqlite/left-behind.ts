// A ledger in DATA_DIR beside a DATABASE_URL. If the operator set that and forgot to move the ledger, the bridge would
// begin with an empty one, and send again what was sent already.

import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { BridgeError } from '../../core/errors.ts'
import { movedVersion } from '../driver.ts'
import { moveMarkOf } from './driver.ts'

/** `move`: the id of the move that took it elsewhere; null: never moved. Null for no ledger, or one without a row. */
export const leftBehind = (file: string): { move: string | null } | null => {
  if (!existsSync(file)) return null
  let db: DatabaseSync | undefined
  try {
    db = new DatabaseSync(file, { readOnly: true })
    const { user_version: version } = db.prepare('PRAGMA user_version').get() as { user_version: number }
    if (version === 0 || !db.prepare('SELECT 1 FROM invoice LIMIT 1').get()) return null
    return { move: version < movedVersion ? null : (moveMarkOf(db)?.id ?? null) }
  } catch (cause) {
    throw new BridgeError('LEDGER_NOT_MOVED', `${file} cannot be read`, { cause })
  } finally {
    db?.close()
  }
}
