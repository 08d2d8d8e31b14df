// One SQLite file with one owner: opening, locking, migrating, and the group commit.

import { readdirSync, readFileSync, statSync } from 'node:fs'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { BridgeError } from '../core/errors.ts'
import { numberKey } from '../core/invoice.ts'
import { type Cells, type Facts, factsPrint } from './cells.ts'
import { fingerprint } from './fingerprint.ts'

export type Database = {
  one: (sql: string, ...values: SQLInputValue[]) => Cells | undefined
  all: (sql: string, ...values: SQLInputValue[]) => Cells[]
  run: (sql: string, ...values: SQLInputValue[]) => void
  /** Runs `work` in a savepoint of the next transaction; resolves once that is on the disk. */
  write: <T>(work: () => T) => Promise<T>
  close: () => Promise<void>
  /** Of the file; undefined in memory. */
  identity: string | undefined
}

// So many that one fsync is shared well, so few that one turn of the event loop stays short.
const batchMax = 1000

const migrations = new URL('./migrations/sqlite/', import.meta.url)

export const openDatabase = ({
  file,
  database,
  defer,
  atOpen
}: {
  file: string
  /** An open one to use instead, which stays open. */
  database?: DatabaseSync | undefined
  defer: (flush: () => void) => void
  /** What a new owner runs first. */
  atOpen: string
}): Database => {
  const lock = database || file === ':memory:' ? undefined : lockOwner(lockFile(file))
  const db = openFile({ file, database, atOpen, lock })
  const prepared = new Map<string, StatementSync>()
  let queue: { work: () => unknown; resolve: (value: unknown) => void; reject: (error: unknown) => void }[] =
    []

  const ask = <T>(sql: string, use: (statement: StatementSync) => T): T => {
    try {
      const statement = prepared.get(sql) ?? db.prepare(sql)
      prepared.set(sql, statement)
      return use(statement)
    } catch (error) {
      throw translate(error)
    }
  }
  const run: Database['run'] = (sql, ...values) => void ask(sql, statement => statement.run(...values))

  const flush = (): void => {
    const batch = queue.slice(0, batchMax)
    queue = queue.slice(batchMax)
    if (batch.length === 0) return
    if (queue.length > 0) defer(flush)
    const answers: (() => void)[] = []
    try {
      run('BEGIN IMMEDIATE')
      for (const { work, resolve, reject } of batch) {
        run('SAVEPOINT event')
        try {
          const value = work()
          run('RELEASE event')
          answers.push(() => resolve(value))
        } catch (error) {
          // A full disk ends the whole transaction by itself: then nobody's work was kept.
          if (!db.isTransaction) throw error
          run('ROLLBACK TO event')
          run('RELEASE event')
          answers.push(() => reject(error))
        }
      }
      run('COMMIT')
    } catch (error) {
      if (db.isOpen && db.isTransaction) run('ROLLBACK')
      for (const { reject } of batch) reject(error)
      return
    }
    for (const answer of answers) answer()
  }

  return {
    one: (sql, ...values) => ask(sql, statement => statement.get(...values)) as Cells | undefined,
    all: (sql, ...values) => ask(sql, statement => statement.all(...values)) as Cells[],
    run,
    write: work =>
      new Promise((resolve, reject) => {
        queue.push({ work, resolve: resolve as (value: unknown) => void, reject })
        if (queue.length === 1) defer(flush)
      }),
    async close() {
      if (!db.isOpen) return
      while (queue.length > 0) flush()
      if (!database) db.close()
      lock?.close()
    },
    identity: lock && identityOf(lockFile(file))
  }
}

const lockFile = (file: string): string => `${file}.lock`

/**
 * Nothing ever writes to the lock file, so its inode and the time of its last change stay; whoever restores a copy of
 * the folder, in whatever way, makes or writes it, and cannot set that time back.
 */
const identityOf = (file: string): string => {
  const { ino, ctimeMs } = statSync(file)
  return `${ino}:${ctimeMs}`
}

/**
 * Holds an exclusive lock for as long as the process lives, on a file of its own: POSIX drops all locks of a process
 * on a file as soon as it closes any descriptor of it, so nobody else may ever open this one.
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

type Opening = {
  file: string
  database: DatabaseSync | undefined
  atOpen: string
  lock: DatabaseSync | undefined
}

const openFile = ({ file, database, atOpen, lock }: Opening): DatabaseSync => {
  let db = database
  try {
    db ??= new DatabaseSync(file)
    // FULL: in WAL mode this is what makes every commit wait for the disk. What is deleted leaves the file's pages, too; and
    // the log's, which would otherwise keep what it held when it was longest.
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON')
    db.exec('PRAGMA journal_size_limit = 0')
    migrate(db)
    db.exec(atOpen)
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

const migrate = (db: DatabaseSync): void => {
  const { user_version: version } = db.prepare('PRAGMA user_version').get() as { user_version: number }
  const files = readdirSync(migrations)
    .filter(name => /^\d{3}-.+\.sql$/.test(name))
    .sort()
  if (version > files.length) {
    throw new BridgeError(
      'LEDGER_TOO_NEW',
      `the ledger has version ${version}, this bridge knows ${files.length}`
    )
  }
  // A table that is written anew would lose what refers to it; nothing may refer to nothing afterwards.
  db.exec('PRAGMA foreign_keys = OFF')
  db.function('number_key', { deterministic: true }, text => numberKey(String(text)))
  db.function('fingerprint', { deterministic: true }, text => fingerprint(String(text)))
  db.function('facts_print', { deterministic: true }, text => factsPrint(JSON.parse(String(text)) as Facts))
  for (const [index, name] of files.entries()) {
    if (index < version) continue
    db.exec(`BEGIN IMMEDIATE; ${readFileSync(new URL(name, migrations), 'utf8')}`)
    const broken = db.prepare('PRAGMA foreign_key_check').all()
    if (broken.length > 0) throw new Error(`bug: ${name} leaves references to nothing`)
    db.exec(`PRAGMA user_version = ${index + 1}; COMMIT`)
  }
  db.exec('PRAGMA foreign_keys = ON')
  // What earlier versions deleted still stands in pages that nothing uses. Once, and as a whole: it takes as long as a copy.
  if (version > 0 && version < files.length) db.exec('VACUUM')
}

// SQLite's result codes; the higher bits say more than is asked here.
const busy = 5
const constraint = 19
const errcodeOf = (error: unknown): number => ((error as { errcode?: number }).errcode ?? 0) % 256

/** What the database refuses is our bug and travels as it is; what it cannot do, also once closed, is the machine's. */
const translate = (error: unknown): unknown => {
  const { code } = error as { code?: string }
  const cannot = code === 'ERR_SQLITE_ERROR' && errcodeOf(error) !== constraint
  if (!cannot && code !== 'ERR_INVALID_STATE') return error
  return new BridgeError('LEDGER_UNAVAILABLE', undefined, { cause: error })
}
