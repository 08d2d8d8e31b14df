// What survives a crash: the ledger's database, the spooled PDFs, and the disk's identity. It can be copied, rolled
// back to the copy, and lost.

import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { Document } from '../../src/core/row.ts'
import type { SentBeside } from '../../src/ledger/driver.ts'
import { openSqlite } from '../../src/ledger/open.ts'
import type { Spool } from '../../src/ledger/spool.ts'

export interface Disk {
  /** The one that is there now: another one after each roll-back. */
  database: () => DatabaseSync
  /** As the bridge reads it off its lock file: another one once the disk has been restored. */
  identity: () => string
  /** What counts the creates beside the database. */
  sentBeside: SentBeside
  /** A restored disk keeps its identity, as with a whole-disk snapshot; for the mutation that does not ask. */
  keepIdentity: () => void
  spool: Spool
  /** Spools a PDF of which only the name counts. */
  write: (file: string) => Document
  has: (file: string) => boolean
  fileOf: (blob: Blob) => string
  /** A bridge has run on it, and remembers which disk it is. */
  knowsItself: () => boolean
  snapshot: () => void
  hasSnapshot: () => boolean
  rollBack: () => void
  /** Only the ledger's file: what is beside it stays. */
  rollBackDatabase: () => void
  /** All of it, block by block: it looks like the one before. */
  rollBackUnseen: () => void
  /** As far as the bridge knows. */
  isOrderProven: () => boolean
  lose: () => void
  /** At the end of the run. */
  close: () => void
}

// Migrated once for all seeds of this thread.
let empty: Uint8Array | undefined

const emptyLedger = (): Uint8Array => {
  if (empty) return empty
  const database = new DatabaseSync(':memory:')
  openSqlite({ file: ':memory:', database })
  empty = database.serialize()
  database.close()
  return empty
}

export type DiskOptions = {
  fails: () => boolean
  /** Called when a transaction is on the disk, before any caller hears of it. */
  committed: () => void
}

export const createDisk = ({ fails, committed }: DiskOptions): Disk => {
  const hold = (ledger: Uint8Array): DatabaseSync => {
    const held = new DatabaseSync(':memory:')
    held.deserialize(ledger)
    prepareOnce(held, { fails, committed })
    return held
  }

  let database = hold(emptyLedger())
  let files = new Set<string>()
  let identity = 'disk 1'
  let disks = 1
  let keeps = false
  let sent: number | null = null
  let copy: { ledger: Uint8Array; files: Set<string>; sent: number | null } | undefined
  const blobs = new WeakMap<Blob, string>()

  // Never into an open database: after statements on table-valued functions that crashes Node 26.10.
  const replace = (ledger: Uint8Array, { unseen = keeps } = {}): void => {
    release(database)
    database = hold(ledger)
    disks += 1
    if (!unseen) identity = `disk ${disks}`
  }

  return {
    database: () => database,
    identity: () => identity,
    sentBeside: {
      read: async () => sent,
      async raise(count) {
        sent = Math.max(sent ?? 0, count)
      },
      close: async () => {}
    },
    keepIdentity: () => {
      keeps = true
    },
    write(file) {
      files.add(file)
      return { file, bytes: file.length, sha256: file }
    },
    has: file => files.has(file),
    fileOf: blob => blobs.get(blob) ?? '',
    spool: {
      keep: async () => {
        throw new Error('nothing here streams')
      },
      async blob({ file }) {
        if (!files.has(file)) return null
        const blob = new Blob()
        blobs.set(blob, file)
        return blob
      },
      async remove({ file }) {
        files.delete(file)
      },
      async sweep(named) {
        const orphans = [...files].filter(file => !named.has(file))
        for (const file of orphans) files.delete(file)
        return orphans.length
      }
    },
    knowsItself: () => database.prepare(`SELECT 1 FROM fact WHERE name = 'memory'`).get() !== undefined,
    snapshot() {
      copy = { ledger: database.serialize(), files: new Set(files), sent }
    },
    hasSnapshot: () => copy !== undefined,
    rollBack() {
      if (!copy) return
      replace(copy.ledger)
      files = new Set(copy.files)
      sent = copy.sent
    },
    rollBackDatabase() {
      if (copy) replace(copy.ledger, { unseen: true })
    },
    rollBackUnseen() {
      if (!copy) return
      replace(copy.ledger, { unseen: true })
      files = new Set(copy.files)
      sent = copy.sent
    },
    isOrderProven() {
      const told = database.prepare(`SELECT value ->> '$.order' AS "order" FROM fact WHERE name = 'copy'`).get()
      return told !== undefined && told.order !== 'unknown'
    },
    lose() {
      replace(emptyLedger())
      files = new Set()
      sent = null
      copy = undefined
    },
    close: () => release(database)
  }
}

/** A full disk shows when a transaction is committed. And a statement serves every process that runs on this disk. */
const prepareOnce = (database: DatabaseSync, commits: DiskOptions): void => {
  const prepare = database.prepare.bind(database)
  const prepared = new Map<string, StatementSync>()
  database.prepare = sql => {
    const known = prepared.get(sql)
    if (known) return known
    const statement = prepare(sql)
    prepared.set(sql, statement)
    if (sql === 'COMMIT') watchRuns(statement, commits)
    return statement
  }
}

/**
 * Our own `prepare` holds the database's statements, and they hold it: it would stay for as long as the process runs.
 */
const release = (database: DatabaseSync): void => {
  database.close()
  Reflect.deleteProperty(database, 'prepare')
}

const watchRuns = (statement: StatementSync, { fails, committed }: DiskOptions): void => {
  const run = statement.run.bind(statement)
  statement.run = () => {
    if (fails()) throw Object.assign(new Error('database or disk is full'), { code: 'ERR_SQLITE_ERROR', errcode: 13 })
    const ran = run()
    committed()
    return ran
  }
}
