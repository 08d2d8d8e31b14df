// Ledgers of years, made in a minute: a few invoices reach each stage the way they do in real life, and are then
// multiplied there.

import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'
import type { Ledger } from '../../src/ledger/ledger.ts'
import { arrivalOf, bring, documentOf, type Stage } from '../src/ledger/fixtures.ts'

type Ask = (sql: string) => Promise<Record<string, unknown>[]>

export type Grown = { stages: readonly Stage[]; times: number; documents?: number }

export const askSqlite = (file: string): { ask: Ask; end: () => void } => {
  const db = new DatabaseSync(file)
  // The triggers stay on, because they keep the counts. No sync: nothing here has to survive a power cut.
  db.exec('PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF')
  return { ask: async sql => db.prepare(sql).all() as Record<string, unknown>[], end: () => db.close() }
}

export const askPostgres = async (url: string): Promise<{ ask: Ask; end: () => Promise<void> }> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  return {
    ask: async sql => (await client.query(sql)).rows,
    async end() {
      // As the server does by itself in the years that this makes in minutes.
      await client.query('VACUUM ANALYZE')
      await client.end()
    }
  }
}

const series = (from: number, to: number): string =>
  `WITH RECURSIVE n (i) AS (SELECT ${from} UNION ALL SELECT i + 1 FROM n WHERE i < ${to})`

// Each row increments the same cell: within one statement PostgreSQL keeps every version of it.
const rowsAtOnce = 10_000

export const templateOf = (stage: Stage): string => `G-${stage.replaceAll(' ', '-')}`.toLowerCase()

/** One of each stage. `documents`: this many more of the first stage have a PDF, each its own. */
export const bringTemplates = async (ledger: Ledger, { stages, documents = 0 }: Grown): Promise<void> => {
  for (const stage of stages) await bring(ledger, stage, arrivalOf({ invoiceNumber: templateOf(stage) }))
  for (let at = 0; at < documents; at += 1) {
    const name = `g-pdf-${at}`
    await ledger.receive(arrivalOf({ invoiceNumber: name }, { document: documentOf(name) }), 0)
  }
}

/** The ledger must be closed if only one process may have it. */
export const multiply = async (ask: Ask, { stages, times }: Grown): Promise<void> => {
  for (const stage of stages) {
    const key = templateOf(stage)
    const [row] = await ask(`SELECT * FROM invoice WHERE key = '${key}'`)
    if (!row) throw new Error(`no row ${key}`)
    const unique: Record<string, string> = {
      key: "key || '-' || n.i",
      invoice: `replace(replace(invoice, '${key}', '${key}-' || n.i), '${key.toUpperCase()}', '${key}-' || n.i)`,
      source_id: "source_id || '-' || n.i",
      portal_id: "portal_id || '-' || n.i"
    }
    const columns = Object.keys(row).filter(column => column !== 'id')
    for (let from = 1; from <= times; from += rowsAtOnce)
      await ask(`${series(from, Math.min(times, from + rowsAtOnce - 1))} INSERT INTO invoice (${columns.join(', ')})
        SELECT ${columns.map(column => unique[column] ?? column).join(', ')} FROM invoice, n WHERE key = '${key}'`)
    await ask(`INSERT INTO history (invoice_id, at, event, detail)
      SELECT id, received_at, 'held', '{"code":"REVIEW"}' FROM invoice WHERE key LIKE '${key}-%'`)
  }
  await ask('ANALYZE')
}
