// Why a database cannot be the ledger: in words that say what to do, and that name the server but never its password.

import type { ClientBase } from 'pg'
import { BridgeError } from '../../core/errors.ts'

const versionMin = 14

const primaryNeeded = 'DATABASE_URL has to lead to the primary, which takes writes'

/** Looks for what would fail later without saying why. */
export const refuseUnusable = async (client: ClientBase): Promise<void> => {
  const { rows } = await client.query(`SELECT current_setting('server_version_num')::int / 10000 AS version,
    current_setting('server_encoding') AS encoding, pg_is_in_recovery() AS standby,
    current_setting('default_transaction_read_only') = 'on' AS read_only`)
  const { version, encoding, standby, read_only: isReadOnly } = rows[0] as Record<string, unknown>
  const reasons = [
    Number(version) < versionMin && `the server is PostgreSQL ${version}: the bridge needs ${versionMin} or newer`,
    encoding !== 'UTF8' && `the database is encoded in ${encoding}: make one in UTF8`,
    standby && `the server is a standby: ${primaryNeeded}`,
    isReadOnly && `the database is read-only (default_transaction_read_only): ${primaryNeeded}`
  ].filter(reason => typeof reason === 'string')
  if (reasons[0]) throw new BridgeError('LEDGER_UNREADABLE', reasons[0])
}

export const foreign = (table: string): BridgeError =>
  new BridgeError(
    'LEDGER_UNREADABLE',
    `the database has a table ${table} of another program: give the bridge a database of its own`
  )

const owned = 'let its role own the database (ALTER DATABASE … OWNER TO …)'
const trusted = 'name the authority of its certificate with sslrootcert in DATABASE_URL'

/** By SQLSTATE, or by the system's own code. */
const advice: Record<string, string> = {
  ECONNREFUSED: 'start the server, or correct DATABASE_URL',
  ENOTFOUND: 'correct the host in DATABASE_URL',
  EAI_AGAIN: 'correct the host in DATABASE_URL',
  '28000': 'correct user and password in DATABASE_URL, and what pg_hba.conf allows',
  '28P01': 'correct user and password in DATABASE_URL',
  '3D000': 'make the database, or correct its name in DATABASE_URL',
  '3F000': owned,
  '42501': owned,
  '25006': primaryNeeded,
  '53300': 'raise max_connections of the server, or lower DATABASE_POOL',
  '55P03': 'start the bridge again once nobody else uses its tables, as a back-up does',
  '57014': 'start the bridge again once the server is less busy, or raise the statement_timeout of its role',
  '57P03': 'start the bridge again when the server is up',
  SELF_SIGNED_CERT_IN_CHAIN: trusted,
  DEPTH_ZERO_SELF_SIGNED_CERT: trusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: trusted,
  ERR_TLS_CERT_ALTNAME_INVALID: 'use the name of the host that its certificate is for'
}

/** By the driver's words, which come without a code. */
const adviceInWords: [RegExp, string][] = [
  [/statement pooling/, 'let PgBouncer use pool_mode session or transaction'],
  [/time-?out/i, 'start the server, or correct the host in DATABASE_URL'],
  [/support SSL/, 'give the server a certificate, or set sslmode=disable in a network that is private']
]

/** What the server or the system said, and what to do about it. */
export const reasonOf = (error: unknown): string => {
  const { message = '', code = '' } = ((error as Error).cause ?? error) as { message?: string; code?: string }
  const [, inWords] = adviceInWords.find(([words]) => words.test(message)) ?? []
  return [message || code, advice[code] ?? inWords].filter(Boolean).join('; ')
}

export const unusable = (url: string, error: unknown): BridgeError => {
  if (error instanceof BridgeError && error.code !== 'LEDGER_UNAVAILABLE') return error
  const message = `the database at ${URL.parse(url)?.host} cannot be used: ${reasonOf(error)}`
  return new BridgeError('LEDGER_UNREADABLE', message, { cause: error })
}
