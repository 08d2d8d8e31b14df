// Moves a ledger from SQLite into an empty PostgreSQL. The order makes sure that the two never both start:
//   1. The source is marked: it no longer starts, whatever happens.
//   2. The target is marked: no bridge starts an empty ledger there meanwhile.
//   3. One transaction makes the schema, copies and compares every row and PDF, and removes the target's mark.
//   4. The source's mark says that it is done.
// The target starts from the commit of 3 on, the source never. If the process dies in between, the operator runs the
// move again. After a failure both marks are removed, the target's first, once the target itself says that 3 is not
// committed.

import { createHash, randomUUID } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import pg from 'pg'
import { type Cell, type Cells, movedVersion } from './driver.ts'
import { types } from './postgres/driver.ts'
import { lockedMode, migrateWithin, tablesIn, writerLock } from './postgres/migrate.ts'
import { reasonOf, refuseUnusable } from './postgres/unusable.ts'
import { documentsSql } from './retention.ts'
import { type MoveMark, moveMarkOf, openOwned } from './sqlite/driver.ts'

export type Moved = {
  to: string
  /** Rows of each table. Null: they were moved already, and this was only the last step. */
  rows: Record<string, number> | null
  documents: number
  /** PDFs that the ledger names, and that are gone from its folder. */
  missing: string[]
}

export type MoveOptions = {
  /** DATA_DIR. */
  folder: string
  /** postgres://… */
  to: string
  /** Gets each step before it is taken. */
  progress: (step: string) => void
}

/** Its message is for a person. */
export class MoveFailed extends Error {
  override name = 'MoveFailed'
}

// Each table comes after those it refers to. Processes and what they hold are not moved: none is running.
const tables = [
  ...['tally', 'heartbeat', 'portal_invoice', 'portal_invoice_gone', 'portal_customer', 'fact', 'slot'],
  ...['tool', 'customer', 'customer_email', 'customer_creation', 'customer_unmade', 'invoice', 'conflict', 'history'],
  ...['event', 'customer_sighting', 'voided_source', 'dated_void', 'copied_source', 'counter', 'refusal'],
  ...['search_text', 'search_ending', 'search_use', 'search_number', 'search_again', 'pace', 'notice']
]
// The migrations fill it, on both sides.
const filled = ['state_code']
const unmoved = ['process', 'lease']
const targetOnly = ['migration', 'document_chunk']

// Few enough that the largest rows fit into memory, and that no statement has more values than PostgreSQL takes.
const pageRows = 200
const progressEveryPages = 50
const chunkBytes = 256 * 1024

export const move = async ({ folder, to, progress }: MoveOptions): Promise<Moved> => {
  const file = join(folder, 'ledger.sqlite')
  if (!existsSync(file)) throw new MoveFailed(`There is no ledger in ${folder} (DATA_DIR).`)
  const { db, lock } = openOwned(file)
  try {
    return await moveFrom(db, { folder, to, progress })
  } finally {
    db.close()
    lock.close()
  }
}

const moveFrom = async (db: DatabaseSync, { folder, to, progress }: MoveOptions): Promise<Moved> => {
  const { host, pathname } = new URL(to)
  const place = host + pathname
  const begun = moveMarkOf(db)
  if (begun?.done) return { to: begun.to, rows: null, documents: 0, missing: [] }
  const client = await connect(to, place)
  try {
    const found = await stateOf(client)
    const isOurs = begun !== null && found.id === begun.id
    if (!isOurs && found.is !== 'empty')
      throw new MoveFailed(`The database at ${place} is not empty (${found.why}). Move into a new one.`)
    if (!isOurs && begun && begun.to !== place)
      throw new MoveFailed(`A move to ${begun.to} was broken off: run that one again.`)
    const mark = begun ?? { id: randomUUID(), to: place, done: false }
    let copied: Omit<Moved, 'to'> = { rows: null, documents: 0, missing: [] }
    if (found.is !== 'moved') {
      progress('marks the source, so that no bridge starts from it')
      markSource(db, mark)
      try {
        progress('marks the target')
        await hold(client, mark.id)
        copied = await copyAll(db, client, { id: mark.id, folder, progress })
      } catch (error) {
        const isUndone = await undo(db, to, mark.id).catch(() => false)
        const outcome = isUndone
          ? 'Nothing was moved, and the bridge starts from DATA_DIR as before.'
          : 'The move was broken off, and neither ledger starts: run it again.'
        throw new MoveFailed(`${outcome} The reason: ${(error as Error).message}`, { cause: error })
      }
    }
    progress('marks the source: done')
    markSource(db, { ...mark, done: true })
    return { to: place, ...copied }
  } finally {
    await client.end().catch(() => {})
  }
}

const markSource = (db: DatabaseSync, mark: MoveMark): void => {
  const { user_version: version } = db.prepare('PRAGMA user_version').get() as { user_version: number }
  db.exec('BEGIN IMMEDIATE')
  db.prepare(
    `INSERT INTO fact (name, value) VALUES ('move', ?)
      ON CONFLICT (name) DO UPDATE SET value = excluded.value`
  ).run(JSON.stringify(mark))
  // A version that no release knows, so that earlier releases, which read no mark, do not start either.
  db.exec(`PRAGMA user_version = ${(version % movedVersion) + movedVersion}; COMMIT`)
}

const unmarkSource = (db: DatabaseSync): void => {
  const { user_version: version } = db.prepare('PRAGMA user_version').get() as { user_version: number }
  db.exec(`BEGIN IMMEDIATE; DELETE FROM fact WHERE name = 'move';
    PRAGMA user_version = ${version % movedVersion}; COMMIT`)
}

const connect = async (url: string, place: string): Promise<pg.Client> => {
  const client = new pg.Client({ connectionString: url, types, connectionTimeoutMillis: 20_000 })
  // The query that waits for an answer gets the error, too.
  client.on('error', () => {})
  try {
    await client.connect()
    await refuseUnusable(client)
    return client
  } catch (cause) {
    await client.end().catch(() => {})
    throw new MoveFailed(`The database at ${place} cannot be used: ${reasonOf(cause)}`, { cause })
  }
}

type Found = { is: 'empty' | 'moving' | 'moved' | 'used'; id?: string; why?: string }

/** What the target has: nothing, the mark of a move, what a move brought, or something else. */
const stateOf = async (client: pg.Client): Promise<Found> => {
  const there = await tablesIn(client)
  const stranger = there.find(name => ![...tables, ...filled, ...unmoved, ...targetOnly].includes(name))
  if (stranger !== undefined) return { is: 'used', why: `it has a table ${stranger}` }
  if (there.includes('migration')) {
    const { rows } = await client.query('SELECT name FROM migration WHERE version = $1', [movedVersion])
    if (rows.length > 0) return { is: 'moving', id: rows[0].name, why: 'another ledger is being moved into it' }
  }
  if (there.includes('fact')) {
    const { rows } = await client.query(`SELECT value FROM fact WHERE name = 'move'`)
    if (rows.length > 0) return { is: 'moved', id: JSON.parse(rows[0].value).id, why: 'a ledger was moved into it' }
  }
  for (const name of there) {
    if (name === 'migration' || filled.includes(name)) continue
    const { rowCount } = await client.query(`SELECT 1 FROM ${name} LIMIT 1`)
    if (rowCount) return { is: 'used', why: `its table ${name} has rows` }
  }
  return { is: 'empty' }
}

/** A transaction that no time limit of the server ends, under the lock that every writer takes. */
const underLock = async <T>(client: pg.Client, work: () => Promise<T>): Promise<T> => {
  await client.query(`BEGIN ${lockedMode}; SET LOCAL statement_timeout = 0;
    SET LOCAL idle_in_transaction_session_timeout = 0;
    SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') = 'off';
    SELECT pg_advisory_xact_lock(${writerLock})`)
  try {
    const value = await work()
    await client.query('COMMIT')
    return value
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {})
    throw error
  }
}

/**
 * Drops a schema without rows, as `check` leaves it: a bridge that has opened it and has written nothing yet finds no
 * table to write to.
 */
const hold = (client: pg.Client, id: string): Promise<void> =>
  underLock(client, async () => {
    const found = await stateOf(client)
    if (found.is === 'moving' && found.id === id) return
    if (found.is !== 'empty') throw new Error(`the target is not empty any more (${found.why})`)
    for (const name of await tablesIn(client)) await client.query(`DROP TABLE ${name} CASCADE`)
    await client.query('DROP FUNCTION IF EXISTS count_invoice, keep_for_ever')
    await client.query('CREATE TABLE migration (version INTEGER PRIMARY KEY, name TEXT NOT NULL)')
    await client.query('INSERT INTO migration VALUES ($1, $2)', [movedVersion, id])
  })

/** Removes both marks, unless the target has the ledger. False: it has. */
const undo = async (db: DatabaseSync, to: string, id: string): Promise<boolean> => {
  // The earlier connection may be gone before its transaction is: taking the lock waits for that.
  const client = await connect(to, '')
  try {
    const isMoved = await underLock(client, async () => {
      const found = await stateOf(client)
      if (found.id === id && found.is === 'moving') await client.query('DROP TABLE migration')
      return found.id === id && found.is === 'moved'
    })
    if (!isMoved) unmarkSource(db)
    return !isMoved
  } finally {
    await client.end()
  }
}

type Copying = { id: string; folder: string; progress: (step: string) => void }

const copyAll = (db: DatabaseSync, client: pg.Client, { id, folder, progress }: Copying) =>
  underLock(client, async () => {
    const found = await stateOf(client)
    if (found.is !== 'moving' || found.id !== id) throw new Error('the mark of the target is gone')
    await client.query('DELETE FROM migration')
    await migrateWithin(client)
    refuseUnknownTables(db)
    // The counts are copied as they stand; the trigger would count every row again.
    await client.query('ALTER TABLE invoice DISABLE TRIGGER invoice_tally_insert')
    const rows: Record<string, number> = {}
    for (const name of [...tables, ...filled]) rows[name] = await copyTable(db, client, name, progress)
    await client.query('ALTER TABLE invoice ENABLE TRIGGER invoice_tally_insert')
    await setSequences(client)
    await client.query(restSlots)
    const documents = await copyDocuments(db, client, { folder, progress })
    await client.query(`INSERT INTO fact (name, value) VALUES ('move', $1)`, [JSON.stringify({ id, done: true })])
    progress('commits')
    return { rows, ...documents }
  })

// The source dates the slots of the budget by a clock of its own, which says nothing here: each rests once more.
const restSlots = `UPDATE slot SET taken_at = at, done_at = at
  FROM (SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint AS at) AS moved`

/** Throws for a table of a newer schema that this file does not know. */
const refuseUnknownTables = (db: DatabaseSync): void => {
  const there = db.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`).all()
  const known = [...tables, ...filled, ...unmoved]
  const unknown = there.filter(({ name }) => !known.includes(name as string))
  if (unknown.length > 0) throw new Error(`bug: move knows no table ${unknown.map(({ name }) => name)}`)
}

type Table = { name: string; columns: string[]; key: string[] }

const tableOf = (db: DatabaseSync, name: string): Table => {
  const found = db.prepare(`PRAGMA table_info(${name})`).all() as { name: string; pk: number }[]
  const key = found.filter(({ pk }) => pk > 0).sort((a, b) => a.pk - b.pk)
  return { name, columns: found.map(({ name }) => name), key: key.map(({ name }) => name) }
}

type Ask = (sql: string, values: Cell[]) => Cells[] | Promise<Cells[]>

/** All rows in the order of their key, some at a time; `mark` stands before the number of each value. */
async function* pagesOf({ name, columns, key }: Table, mark: '?' | '$', ask: Ask): AsyncGenerator<Cells[]> {
  const order = key.join(', ')
  const after = `WHERE (${order}) > (${key.map((_, at) => `${mark}${at + 1}`).join(', ')})`
  let last: Cells | undefined
  for (;;) {
    const rows = await ask(
      `SELECT ${columns.join(', ')} FROM ${name} ${last ? after : ''} ORDER BY ${order} LIMIT ${pageRows}`,
      key.flatMap(column => (last ? [last[column] as Cell] : []))
    )
    // The mark belongs to the source alone.
    yield name === 'fact' ? rows.filter(row => row.name !== 'move') : rows
    if (rows.length < pageRows) return
    last = rows.at(-1)
  }
}

const printOf = ({ columns }: Table) => {
  const hash = createHash('sha256')
  let count = 0
  return {
    add(rows: Cells[]) {
      count += rows.length
      const plain = (cell: unknown) => (cell instanceof Uint8Array ? Buffer.from(cell).toString('hex') : cell)
      for (const row of rows) hash.update(`${JSON.stringify(columns.map(column => plain(row[column])))}\n`)
    },
    end: () => ({ count, sum: hash.digest('hex') })
  }
}

/** Answers how many rows it has. Reads back what was written: it has to be the same rows, to the last byte. */
const copyTable = async (
  db: DatabaseSync,
  client: pg.Client,
  name: string,
  progress: (step: string) => void
): Promise<number> => {
  const table = tableOf(db, name)
  const source = printOf(table)
  let pages = 0
  progress(`copies ${name}`)
  for await (const rows of pagesOf(table, '?', (sql, values) => db.prepare(sql).all(...values) as Cells[])) {
    if (!filled.includes(name)) await insert(client, table, rows)
    source.add(rows)
    if (++pages % progressEveryPages === 0) progress(`copies ${name}: ${pages * pageRows} rows`)
  }
  const target = printOf(table)
  progress(`compares ${name}`)
  for await (const rows of pagesOf(table, '$', async (sql, values) => (await client.query(sql, values)).rows))
    target.add(rows)
  const [given, kept] = [source.end(), target.end()]
  if (given.count !== kept.count || given.sum !== kept.sum)
    throw new Error(`${name} differs: ${given.count} rows were read, ${kept.count} are kept`)
  return given.count
}

const insert = async (client: pg.Client, { name, columns }: Table, rows: Cells[]): Promise<void> => {
  if (rows.length === 0) return
  const marks = rows.map((_, row) => `(${columns.map((_, at) => `$${row * columns.length + at + 1}`).join(', ')})`)
  const values = rows.flatMap(row => columns.map(column => row[column]))
  await client.query(`INSERT INTO ${name} (${columns.join(', ')}) VALUES ${marks.join(', ')}`, values)
}

/** The next id comes after the highest. */
const setSequences = async (client: pg.Client): Promise<void> => {
  const { rows } = await client.query(
    `SELECT table_name AS name, column_name AS id FROM information_schema.columns
      WHERE table_schema = current_schema() AND is_identity = 'YES'`
  )
  for (const { name, id } of rows)
    await client.query(
      `SELECT setval(pg_get_serial_sequence('${name}', '${id}'), coalesce(max(${id}), 1), max(${id}) IS NOT NULL)
        FROM ${name}`
    )
}

/** The PDFs that rows name. One that is gone is reported: the bridge fetches it again, or asks a person. */
const copyDocuments = async (
  db: DatabaseSync,
  client: pg.Client,
  { folder, progress }: Pick<Copying, 'folder' | 'progress'>
): Promise<Pick<Moved, 'documents' | 'missing'>> => {
  const named = new Set(
    db
      .prepare(documentsSql)
      .all()
      .map(({ file }) => file as string)
  )
  const missing: string[] = []
  progress(`copies ${named.size} PDFs`)
  for (const [at, file] of [...named].entries()) {
    if ((at + 1) % progressEveryPages === 0) progress(`copies PDFs: ${at + 1}`)
    try {
      await copyDocument(client, file, join(folder, 'spool', file))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
      missing.push(file)
    }
  }
  return { documents: named.size - missing.length, missing }
}

const copyDocument = async (client: pg.Client, file: string, path: string): Promise<void> => {
  let seq = 0
  for await (const bytes of createReadStream(path, { highWaterMark: chunkBytes })) {
    const { rows } = await client.query(
      `INSERT INTO document_chunk (file, seq, bytes, at)
        VALUES ($1, $2, $3, floor(extract(epoch FROM clock_timestamp()) * 1000))
        RETURNING encode(sha256(bytes), 'hex') AS sum`,
      [file, seq++, bytes]
    )
    if (rows[0].sum !== createHash('sha256').update(bytes).digest('hex')) throw new Error(`${file} differs`)
  }
}
