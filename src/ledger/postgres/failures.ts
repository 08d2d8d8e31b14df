// What became of a failed statement, by the server's SQLSTATE or the driver's words.

import pg from 'pg'
import { BridgeError } from '../../core/errors.ts'

export const codeOf = (error: unknown): string => {
  const { code, cause } = error as { code?: unknown; cause?: { code?: unknown } }
  return String(cause?.code ?? code ?? '')
}

// Deadlock, serialization failure: nothing of the transaction was kept, and it can simply be run again.
const again = new Set(['40P01', '40001'])
export const isAgain = (error: unknown): boolean => again.has(codeOf(error))

/** The role lacks the permission. */
export const notAllowed = '42501'

// SQLite keeps a NUL in a text, which this database does not.
const unkeepable = '22021'

// Classes: a statement that is refused for one of these is our bug, and travels as it is. A missing permission is none.
const isRefused = (code: string): boolean => /^(22|23|42)/.test(code) && code !== notAllowed

/** The connection, or the server behind it, is gone, or does not answer in time: nothing more can be asked on it. */
export const isLost = (error: unknown): boolean => error instanceof BridgeError && error.code === 'LEDGER_UNAVAILABLE'

/** What the database cannot do is LEDGER_UNAVAILABLE; what it refuses is our bug, and stays as it is. */
export const translate = (error: unknown): unknown => {
  if (error instanceof BridgeError) return error
  if (codeOf(error) === unkeepable)
    return new BridgeError('FIELDS_INVALID', 'a text has a character that cannot be kept', { cause: error })
  if (error instanceof pg.DatabaseError && isRefused(error.code ?? '')) return error
  // pg's errors about a connection or a pool have no class and no code of their own.
  const { code = '', message = '' } = error as { code?: string; message?: string }
  const isMachines =
    error instanceof pg.DatabaseError || /^E[A-Z]+$/.test(code) || /connect|pool|time-?out|terminated/i.test(message)
  return isMachines ? new BridgeError('LEDGER_UNAVAILABLE', undefined, { cause: error }) : error
}
