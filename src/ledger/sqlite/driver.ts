// One SQLite file with one owner: opening, locking, migrating, and the group commit. Transactions take turns, so that
// none reads what is not on the disk; those that wait run as one of SQLite's, and so share a sync.

import { readdirSync, readFileSync, statSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { Instant } from '../../core/clock.ts'
import { BridgeError } from '../../core/errors.ts'
import { fingerprint } from '../../core/fingerprint.ts'
import { numberKey } from '../../core/invoice.ts'
import { type Facts, factsPrint } from '../../rules/kept.ts'
import {
  brokenOff,
  type Cell,
  type Cells,
  type Driver,
  movedVersion,
  type SentBeside,
  type Tx,
  type Work
} from '../driver.ts'
import { openSentBeside } from './sent-beside.ts'

export type SqliteOptions = {
  /** A path, or `:memory:`. */
  file: string
  /** An open database to use instead; it stays open when the ledger is closed. */
  database?: DatabaseSync
  /** The identity of that database; a file has its own. */
  identity?: string
  /** What counts beside that database; a file has its own. */
  beside?: SentBeside
  /** Runs a function after what is waiting now, so that writes gather meanwhile. */
  defer?: (flush: () => void) => void
}

// Enough to share one fsync well, few enough that one turn of the event loop stays short.
const batchMax = 1000

const migrations = new URL('./migrations/', import.meta.url)

type Waiting = {
  work: Work<unknown>
  tx: Tx
  resolve: (value: never) => void
  reject: (error: unknown) => void
}

export const openSqliteDriver = (options: SqliteOptions, owner: string): Driver => {
  const { file, database, defer = setImmediate } = options
  const isOnDisk = !database && file !== ':memory:'
  const lock = isOnDisk ? lockOwner(lockFile(file)) : undefined
  const beside = options.beside ?? (isOnDisk ? openSentBeside(`${file}.sent`) : undefined)
  const db = openFile({ file, database, lock, mayBeMoved: false })
  const log = isOnDisk ? openLog(db, file) : undefined
  const prepared = new Map<string, StatementSync>()
  let queue: Waiting[] = []
  let last: Promise<unknown> = Promise.resolve()

  const statement = (sql: string): StatementSync => prepared.getOrInsertComputed(sql, text => db.prepare(text))

  const run = (sql: string, values: Cell[] = []): void => {
    try {
      statement(sql).run(...values)
    } catch (error) {
      throw translate(error)
    }
  }

  const txAt = (now: Instant): Tx => ({
    now,
    clockSteps: 0,
    owner,
    async one(sql, ...values) {
      try {
        return statement(sql).get(...values) as Cells | undefined
      } catch (error) {
        throw translate(error)
      }
    },
    async all(sql, ...values) {
      try {
        return statement(sql).all(...values) as Cells[]
      } catch (error) {
        throw translate(error)
      }
    },
    run: async (sql, ...values) => run(sql, values)
  })

  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = last.then(work)
    last = mine.catch(() => {})
    return mine
  }

  /** One of several: if it throws, no other is undone. */
  const runSaved = async ({ work, tx, resolve, reject }: Waiting): Promise<() => void> => {
    run('SAVEPOINT event')
    try {
      const value = await work(tx)
      run('RELEASE event')
      return () => resolve(value as never)
    } catch (error) {
      // On a full disk SQLite ends the whole transaction by itself: then none of them was kept.
      if (!db.isTransaction) throw error
      run('ROLLBACK TO event')
      run('RELEASE event')
      return () => reject(error)
    }
  }

  const runAlone = async ({ work, tx, resolve }: Waiting): Promise<() => void> => {
    const value = await work(tx)
    return () => resolve(value as never)
  }

  const transact = async (batch: Waiting[], runOne: typeof runAlone): Promise<(() => void)[]> => {
    const answers: (() => void)[] = []
    try {
      run('BEGIN IMMEDIATE')
      for (const waiting of batch) answers.push(await runOne(waiting))
      run('COMMIT')
      return answers
    } catch (error) {
      if (db.isOpen && db.isTransaction) run('ROLLBACK')
      throw error
    }
  }

  /**
   * They hardly ever throw. Only if one does, each gets a savepoint, for which SQLite copies every page that it
   * changes.
   */
  const transactAll = (batch: Waiting[]): Promise<(() => void)[]> =>
    transact(batch, runAlone).catch(error => {
      if (batch.length === 1) throw error
      return transact(batch, runSaved)
    })

  const commit = async (batch: Waiting[]): Promise<void> => {
    try {
      const answers = await transactAll(batch)
      await log?.sync()
      for (const answer of answers) answer()
    } catch (error) {
      for (const { reject } of batch) reject(error)
    }
  }

  const flush = (): Promise<void> =>
    inTurn(async () => {
      const batch = queue.slice(0, batchMax)
      queue = queue.slice(batchMax)
      if (queue.length > 0) defer(flush)
      if (batch.length > 0) await commit(batch)
    })

  return {
    write: (work, now = 0) =>
      new Promise((resolve, reject) => {
        queue.push({ work, tx: txAt(now), resolve, reject })
        if (queue.length === 1) defer(flush)
      }),
    read: (work, now = 0) => inTurn(() => work(txAt(now))),
    async close() {
      while (queue.length > 0) await flush()
      await inTurn(async () => {
        if (db.isOpen && !database) db.close()
        if (lock?.isOpen) lock.close()
      })
      await log?.close()
      await beside?.close()
    },
    identity: isOnDisk ? identityOf(lockFile(file)) : (options.identity ?? file),
    beside,
    isShared: false
  }
}

/**
 * SQLite would wait for the disk within COMMIT, and the whole process with it: for many milliseconds it would answer no
 * request. So SQLite only writes its log, and the driver syncs the log while the process goes on with its other work.
 */
const openLog = (db: DatabaseSync, file: string) => {
  db.exec('PRAGMA synchronous = NORMAL')
  const checkpoint = () => (db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get() as { busy: number }).busy === 0
  // After a failed sync, the system may have forgotten what it did not write, and the next sync would not say so. So
  // what is still in its memory, or was left there by an earlier run, is written into the database file itself and
  // synced there.
  checkpoint()
  let isTrusted = true
  let handle: FileHandle | undefined
  return {
    /** Resolves once all that was committed survives a power cut. */
    async sync(): Promise<void> {
      try {
        handle ??= await open(`${file}-wal`, 'r+')
        isTrusted = isTrusted && (await synced(handle))
        isTrusted ||= checkpoint()
      } catch (cause) {
        throw new BridgeError('LEDGER_UNAVAILABLE', undefined, { cause })
      }
      if (!isTrusted) throw new BridgeError('LEDGER_UNAVAILABLE', 'the ledger could not be synced')
    },
    close: async () => handle?.close()
  }
}

const synced = (handle: FileHandle): Promise<boolean> =>
  handle.datasync().then(
    () => true,
    () => false
  )

const lockFile = (file: string): string => `${file}.lock`

/**
 * Nothing ever writes to the lock file, so its inode and the time of its last change stay. Restoring a copy of the
 * folder, in whatever way, makes or writes it, and cannot set that time back.
 */
const identityOf = (file: string): string => {
  const { ino, ctimeMs } = statSync(file)
  return `${ino}:${ctimeMs}`
}

/**
 * Holds an exclusive lock for as long as the process lives, on a file of its own: POSIX drops all locks of a process
 * on a file as soon as it closes any descriptor of it, so nothing else may ever open this one.
 */
const lockOwner = (file: string): DatabaseSync => {
  let lock: DatabaseSync
  try {
    lock = new DatabaseSync(file)
  } catch (cause) {
    throw new BridgeError('LEDGER_UNREADABLE', `cannot open ${file}`, { cause })
  }
  try {
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
    return lock
  } catch (cause) {
    lock.close()
    throw unopened(file, cause)
  }
}

/** The mark in a ledger that is being moved, or was (move.ts). `to`: host and database. */
export type MoveMark = { id: string; to: string; done: boolean }

export const moveMarkOf = (db: DatabaseSync): MoveMark | null => {
  const cells = db.prepare(`SELECT value FROM fact WHERE name = 'move'`).get()
  return cells ? JSON.parse(cells.value as string) : null
}

/** Opens the file for a move: no other process has it open, and its own mark does not matter. */
export const openOwned = (file: string): { db: DatabaseSync; lock: DatabaseSync } => {
  const lock = lockOwner(lockFile(file))
  return { db: openFile({ file, database: undefined, lock, mayBeMoved: true }), lock }
}

type Opening = {
  file: string
  database: DatabaseSync | undefined
  lock: DatabaseSync | undefined
  mayBeMoved: boolean
}

const openFile = ({ file, database, lock, mayBeMoved }: Opening): DatabaseSync => {
  let db = database
  try {
    db ??= new DatabaseSync(file)
    // FULL: in WAL mode this makes every commit wait for the disk, until the driver does so itself. What is deleted is
    // erased from the file's pages, too, and from the log, which would otherwise keep what it held when it was longest.
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON')
    db.exec('PRAGMA journal_size_limit = 0')
    migrate(db, mayBeMoved)
    // The process that held loans and leases is dead: this one owns the file now. What that one was sending stays in
    // doubt.
    db.exec('UPDATE invoice SET loan_until = NULL WHERE loan_until IS NOT NULL')
    db.exec('DELETE FROM process; DELETE FROM lease')
    return db
  } catch (cause) {
    db?.close()
    lock?.close()
    throw cause instanceof BridgeError ? cause : unopened(file, cause)
  }
}

const unopened = (file: string, cause: unknown): BridgeError =>
  errcodeOf(cause) === busy
    ? new BridgeError('LEDGER_IN_USE', `another process holds ${file}`, { cause })
    : new BridgeError('LEDGER_UNREADABLE', `cannot open ${file}`, { cause })

const migrate = (db: DatabaseSync, mayBeMoved: boolean): void => {
  const { user_version: stored } = db.prepare('PRAGMA user_version').get() as { user_version: number }
  const mark = stored < movedVersion ? 0 : movedVersion
  const moved = mark === 0 || mayBeMoved ? null : moveMarkOf(db)
  if (moved)
    throw new BridgeError('LEDGER_MOVED', moved.done ? `it is now in ${moved.to}` : `${brokenOff} (to ${moved.to})`)
  const version = stored - mark
  const files = readdirSync(migrations)
    .filter(name => /^\d{3}-.+\.sql$/.test(name))
    .sort()
  if (version > files.length)
    throw new BridgeError('LEDGER_TOO_NEW', `the ledger has version ${version}, this bridge knows ${files.length}`)
  // A table that a migration makes again would lose the rows that refer to it. Afterwards every reference has to lead
  // somewhere.
  db.exec('PRAGMA foreign_keys = OFF')
  db.function('number_key', { deterministic: true }, text => numberKey(String(text)))
  db.function('fingerprint', { deterministic: true }, text => fingerprint(String(text)))
  db.function('facts_print', { deterministic: true }, text => factsPrint(JSON.parse(String(text)) as Facts))
  for (const [index, name] of files.entries()) {
    if (index < version) continue
    db.exec(`BEGIN IMMEDIATE; ${readFileSync(new URL(name, migrations), 'utf8')}`)
    const broken = db.prepare('PRAGMA foreign_key_check').all()
    if (broken.length > 0) throw new Error(`bug: ${name} leaves references to nothing`)
    db.exec(`PRAGMA user_version = ${mark + index + 1}; COMMIT`)
  }
  db.exec('PRAGMA foreign_keys = ON')
  // What earlier versions deleted is still in unused pages. Once, and as a whole: it takes as long as a copy.
  if (version > 0 && version < files.length) db.exec('VACUUM')
}

// SQLite's result codes; the higher bits say more than is needed here.
const busy = 5
const constraint = 19
const errcodeOf = (error: unknown): number => ((error as { errcode?: number }).errcode ?? 0) % 256

/** What the database refuses is our bug and travels as it is; what it cannot do, even once closed, is not our bug. */
const translate = (error: unknown): unknown => {
  const { code } = error as { code?: string }
  const cannot = code === 'ERR_SQLITE_ERROR' && errcodeOf(error) !== constraint
  if (!cannot && code !== 'ERR_INVALID_STATE') return error
  return new BridgeError('LEDGER_UNAVAILABLE', undefined, { cause: error })
}
