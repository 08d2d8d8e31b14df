// A ledger with invoices in every state and 500 PDFs moves into PostgreSQL; then the move is killed on its way, at
// random places.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { systemClock } from '../../src/core/clock.ts'
import { openSqlite } from '../../src/ledger/open.ts'
import { openPostgresDriver } from '../../src/ledger/postgres/driver.ts'
import { bin } from '../command-line.ts'
import { type Disposable, temporaryFolder } from '../end-to-end/bridge-process.ts'
import { startPostgresServer } from '../postgres-server.ts'
import { stages } from '../src/ledger/fixtures.ts'
import type { Bench } from './bench.ts'
import { askSqlite, bringTemplates, type Grown, multiply } from './grown-ledger.ts'

const documents = 500
const pdfBytes = 100_000

const fileIn = (folder: string): string => join(folder, 'ledger.sqlite')

export const moving: Bench = async (t, { invoices, kills }) => {
  const server = await startPostgresServer(t, { syncs: true })
  const grown = { stages, times: Math.ceil(invoices / stages.length), documents }
  const original = await makeFolder(t, grown)
  const rows = grown.stages.length * (grown.times + 1) + documents
  const copy = () => {
    const folder = temporaryFolder(t)
    cpSync(original, folder, { recursive: true })
    return folder
  }

  const startedAt = performance.now()
  const whole = await server.database()
  await ends(startMove(copy(), whole))
  const wholeMs = performance.now() - startedAt
  if ((await invoicesIn(whole)) !== rows) throw new Error('not all of it arrived')

  const left = { source: 0, neither: 0, target: 0 }
  for (let kill = 0; kill < kills; kill += 1) {
    const [folder, url] = [copy(), await server.database()]
    const child = startMove(folder, url)
    const closed = once(child, 'close')
    await systemClock.sleep(Math.random() * wholeMs)
    child.kill('SIGKILL')
    await closed
    const starts = [await startsFrom(folder), await startsAt(url)]
    if (starts.every(Boolean)) throw new Error(`two start, after the ${kill + 1}th kill`)
    left[starts[0] ? 'source' : starts[1] ? 'target' : 'neither'] += 1

    await ends(startMove(folder, url))
    if ((await startsFrom(folder)) || !(await startsAt(url))) throw new Error('the second move left the wrong one')
    if ((await invoicesIn(url)) !== rows) throw new Error('the second move lost some')
  }
  return [
    {
      what: `move of ${rows.toLocaleString('en')} invoices and ${documents} PDFs`,
      figure: `${(wholeMs / 1000).toFixed(1)} s`,
      beside: `${Math.round((rows / wholeMs) * 1000).toLocaleString('en')} invoices a second`
    },
    {
      what: `killed ${kills} times at random places: two that start`,
      figure: '0 times',
      beside: `none ${left.neither} times, the source ${left.source}, PostgreSQL ${left.target}; \`move\` again ended each`
    }
  ]
}

const makeFolder = async (t: Disposable, grown: Grown): Promise<string> => {
  const folder = temporaryFolder(t)
  const ledger = openSqlite({ file: fileIn(folder) })
  await bringTemplates(ledger, grown)
  const files = await ledger.documents()
  await ledger.close()
  const { ask, end } = askSqlite(fileIn(folder))
  await multiply(ask, grown)
  end()
  mkdirSync(join(folder, 'spool'))
  for (const file of files) writeFileSync(join(folder, 'spool', file), '%PDF-'.padEnd(pdfBytes, file))
  return folder
}

const startMove = (folder: string, url: string): ChildProcess =>
  spawn(process.execPath, [bin, 'move', '--to', url], { env: { DATA_DIR: folder }, stdio: 'ignore' })

const ends = async (child: ChildProcess): Promise<void> => {
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`move ended with ${code}`)
}

const startsFrom = async (folder: string): Promise<boolean> => {
  try {
    await openSqlite({ file: fileIn(folder) }).close()
    return true
  } catch {
    return false
  }
}

/** An empty database starts, too, but as a ledger of its own. */
const startsAt = async (url: string): Promise<boolean> => {
  if ((await invoicesIn(url)) === 0) return false
  try {
    await (await openPostgresDriver({ url, pool: 2, timeoutMs: 20_000, time: 'caller' }, 'bench')).close()
    return true
  } catch {
    return false
  }
}

const invoicesIn = async (url: string): Promise<number> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows: tables } = await client.query(`SELECT to_regclass('invoice') AS invoice`)
    if (tables[0].invoice === null) return 0
    return Number((await client.query('SELECT count(*) AS count FROM invoice')).rows[0].count)
  } finally {
    await client.end()
  }
}
