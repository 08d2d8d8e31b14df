// What the ledger asks of a database. A database is a driver that does this, and its migrations; the rest of the ledger
// is written once, in SQL that every database understands.

import type { Instant } from '../core/clock.ts'
import type { BridgeError } from '../core/errors.ts'

export type Cell = string | number | bigint | null | Uint8Array
export type Cells = Record<string, Cell>

/** One transaction. Its statements mark their values with `?`; a value is never part of the text. */
export interface Tx {
  one(sql: string, ...values: Cell[]): Promise<Cells | undefined>
  all(sql: string, ...values: Cell[]): Promise<Cells[]>
  run(sql: string, ...values: Cell[]): Promise<void>
  /** When this happens. */
  readonly now: Instant
  /** How often the driver saw the clock behind `now` being set, since this process began; 0 if it is the caller's. */
  readonly clockSteps: number
  /** How this process calls itself: what another one sent counts as inherited. */
  readonly owner: string
}

export type Work<T> = (tx: Tx) => Promise<T>

export interface Driver {
  /**
   * Runs `work` as one transaction, and resolves once that survives a power cut. Transactions that wait share a commit;
   * one that throws is undone alone. `work` awaits nothing but its `tx`.
   */
  write<T>(work: Work<T>, now?: Instant): Promise<T>
  /** Runs `work`, which changes nothing, on what is committed. */
  read<T>(work: Work<T>, now?: Instant): Promise<T>
  close(): Promise<void>
  /** Identifies what it stores in: a copy of that has another identity. */
  readonly identity: string
  /** What counts creates outside the database, if anything does. */
  readonly beside: SentBeside | undefined
  /** Whether other processes may work with it at the same time. */
  readonly isShared: boolean
}

/** What a database that several processes share can also do. */
export interface SharedDriver extends Driver {
  /** Runs `work` as a transaction that waits for no other one: for data that no rule judges by. */
  writeApart<T>(work: Work<T>): Promise<T>
  /**
   * Resolves when this process can no longer write anything: a newer release has changed the schema, or another server
   * has taken over.
   */
  readonly unfit: Promise<BridgeError>
  /** The database's time, which is the same for all processes, whatever the clocks of their machines say. */
  now(): Instant
}

/** What another process may want to know before it finds out by itself: something is due; read the portal soon. */
export type Hint = 'due' | 'sweep'

/** Between processes. Any of them, even all, may be lost. */
export interface Hints {
  /** To the other processes; this one does not hear it. */
  send: (hint: Hint) => void
  listen: (heard: (hint: Hint) => void) => void
  close: () => Promise<void>
}

export const noHints: Hints = { send: () => {}, listen: () => {}, close: async () => {} }

/** How many creates were let go, kept apart from the database: a database that was put back alone knows of fewer. */
export interface SentBeside {
  /** Null: there is none, or it cannot be read. */
  read: () => Promise<number | null>
  /**
   * Resolves once this count, or a higher one, is on the disk. Raises that are asked for meanwhile share a write.
   * Rejects with LEDGER_UNAVAILABLE.
   */
  raise: (count: number) => Promise<void>
  close: () => Promise<void>
}

// Added to the version of a schema that is being moved, or was: no release starts with it (move.ts).
export const movedVersion = 1_000_000
export const brokenOff = 'a move of this ledger was broken off: run move again'

export const marksOf = (count: number): string => Array(count).fill('?').join(', ')

// There are few sets of columns, and every event uses one of them.
const inserts = new Map<string, string>()

/** Adds a row. `also`: what follows its values in the statement. Answers what that returns. */
export const insert = (tx: Tx, table: string, cells: Cells, also = ''): Promise<Cells | undefined> => {
  const place = `${table} (${Object.keys(cells).join(', ')})`
  const sql = inserts.getOrInsertComputed(
    place + also,
    () => `INSERT INTO ${place} VALUES (${marksOf(Object.keys(cells).length)}) ${also}`
  )
  return tx.one(sql, ...Object.values(cells))
}

/** Adds rows with the same columns. `also`: what becomes of those that are there already. */
export const insertMany = (tx: Tx, table: string, rows: readonly Cells[], also = ''): Promise<void> => {
  const columns = Object.keys(rows[0] ?? {})
  const marks = Array(rows.length)
    .fill(`(${marksOf(columns.length)})`)
    .join(', ')
  const sql = `INSERT INTO ${table} (${columns.join(', ')}) VALUES ${marks} ${also}`
  return tx.run(sql, ...rows.flatMap(row => Object.values(row)))
}

// Few enough that a statement stays short. A single value, the usual case, has a statement of its own.
const chunk = 50

/** Makes no more than two shapes of a statement: the last value, repeated, fills the last chunk. */
export const inChunks = <T>(values: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(values.length / chunk) }, (_, at) => {
    const some = values.slice(at * chunk, (at + 1) * chunk)
    return some.length === 1 ? some : Array.from({ length: chunk }, (_, index) => some[index] ?? (some.at(-1) as T))
  })

/** Asks for a set of values: `sql` gets the marks for its list. */
export const amongAll = async (tx: Tx, values: readonly Cell[], sql: (marks: string) => string): Promise<Cells[]> => {
  const found: Cells[] = []
  for (const some of inChunks(values)) found.push(...(await tx.all(sql(marksOf(some.length)), ...some)))
  return found
}
