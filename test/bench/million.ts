// What a million finished invoices cost: receiving, borrowing, listing and the questions of health, with them and
// without, taking turns in one run, on both databases.

import { join } from 'node:path'
import type { Ledger } from '../../src/ledger/ledger.ts'
import { openLedger, openSqlite } from '../../src/ledger/open.ts'
import { openPostgresDriver } from '../../src/ledger/postgres/driver.ts'
import { type Disposable, temporaryFolder } from '../end-to-end/bridge-process.ts'
import { startPostgresServer } from '../postgres-server.ts'
import { arrivalOf, minute, noon, rejected } from '../src/ledger/fixtures.ts'
import type { Bench, Row } from './bench.ts'
import { askPostgres, askSqlite, bringTemplates, type Grown, multiply } from './grown-ledger.ts'

const rounds = 200

// The one that comes second finds another cache, and another disk.
const turns = [
  ['without', 'with'],
  ['with', 'without']
] as const

// The ledger without them has a full page of rows as well: a list takes longer the more rows it answers.
const page = 50

const deeds = ['receive', 'borrow', 'list', 'health'] as const
type Took = Record<(typeof deeds)[number], number[]>

export const million: Bench = async (t, { invoices }) => {
  const grown = (times: number): Grown => ({ stages: ['delivered'], times })
  const server = await startPostgresServer(t, { syncs: true })
  const rows: Row[] = []
  for (const [name, make] of Object.entries({
    SQLite: (grown: Grown) => makeSqlite(t, grown),
    PostgreSQL: async (grown: Grown) => makePostgres(t, await server.database(), grown)
  })) {
    const ledgers = { without: await make(grown(page)), with: await make(grown(invoices)) }
    const took = { without: emptyTook(), with: emptyTook() }
    for (let round = 0; round < rounds; round += 1)
      for (const which of turns[round % 2] ?? []) await measure(ledgers[which], round, took[which])
    for (const deed of deeds) {
      const [before, after] = [typical(took.without[deed]), typical(took.with[deed])]
      rows.push({
        what: `${name}: ${deed}, with ${invoices.toLocaleString('en')} finished invoices`,
        figure: `${(after / before).toFixed(2)} times`,
        beside: `${after.toFixed(2)} ms after ${before.toFixed(2)} ms without; wanted: at most 1.2`
      })
    }
  }
  return rows
}

/**
 * Of the faster half: the slower one shows what else the machine did. A disk takes sometimes one turn for a sync,
 * sometimes two.
 */
const typical = (values: number[]): number => {
  const faster = values.toSorted((a, b) => a - b).slice(0, values.length / 2)
  return faster.reduce((sum, value) => sum + value, 0) / faster.length
}

const emptyTook = (): Took => ({ receive: [], borrow: [], list: [], health: [] })

const makeSqlite = async (t: Disposable, grown: Grown): Promise<Ledger> => {
  const file = join(temporaryFolder(t), 'ledger.sqlite')
  const growing = openSqlite({ file })
  await bringTemplates(growing, grown)
  await growing.close()
  const { ask, end } = askSqlite(file)
  await multiply(ask, grown)
  end()
  const ledger = openSqlite({ file })
  t.teardown(() => ledger.close())
  return ledger
}

const makePostgres = async (t: Disposable, url: string, grown: Grown): Promise<Ledger> => {
  const driver = await openPostgresDriver({ url, pool: 4, timeoutMs: 20_000, time: 'caller' }, 'this process')
  t.teardown(() => driver.close())
  const ledger = openLedger(driver)
  await bringTemplates(ledger, grown)
  const { ask, end } = await askPostgres(url)
  await multiply(ask, grown)
  await end()
  return ledger
}

/** One invoice the whole way, with what is asked on it. */
const measure = async (ledger: Ledger, round: number, took: Took): Promise<void> => {
  const timed = async <T>(deed: keyof Took, work: () => Promise<T>): Promise<T> => {
    const startedAt = performance.now()
    const value = await work()
    took[deed].push(performance.now() - startedAt)
    return value
  }
  const invoiceNumber = `M-${round}`
  await timed('receive', () => ledger.receive(arrivalOf({ invoiceNumber }), noon))
  const [loan] = await timed('borrow', () => ledger.borrow(1, noon, noon + minute))
  if (!loan) throw new Error('nothing was due')
  await timed('list', () => ledger.list({ limit: 50 }))
  await timed('health', () => Promise.all([ledger.summary(), ledger.tally(), ledger.nextDueAt()]))
  await ledger.record(loan, rejected, noon)
}
