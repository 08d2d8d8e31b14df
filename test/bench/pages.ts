// How fast the pages answer with a ledger of years: half of the requests, and 99 of 100, page by page.

import { join } from 'node:path'
import type { Ledger } from '../../src/ledger/ledger.ts'
import { openLedger, openSqlite } from '../../src/ledger/open.ts'
import { openPostgresDriver } from '../../src/ledger/postgres/driver.ts'
import { type Disposable, temporaryFolder } from '../end-to-end/bridge-process.ts'
import { openBrowser } from '../plugins/page/browser.ts'
import { openWorld, token } from '../plugins/page/world.ts'
import { startPostgresServer } from '../postgres-server.ts'
import type { Bench } from './bench.ts'
import { askPostgres, askSqlite, bringTemplates, type Grown, multiply, templateOf } from './grown-ledger.ts'

const asked = 100

const [stage] = ['delivered'] as const

const lists = [
  '/',
  '/invoices',
  '/invoices?state=delivered',
  '/invoices?q=G-delivered-77',
  '/customers',
  '/tools',
  '/refused'
]

export const pages: Bench = async (t, { invoices, database }) => {
  const folder = temporaryFolder(t)
  const grown: Grown = { stages: [stage], times: invoices }
  const env = database === 'postgres' ? await growPostgres(t, grown) : await growSqlite(folder, grown)
  const { app } = await openWorld({ teardown: t.teardown, testdir: () => folder }, env)
  const browser = openBrowser(app)
  await browser.logIn(token)
  const rows = []
  for (const path of [...lists, `/invoices/${templateOf(stage)}`]) {
    const took: number[] = []
    for (let at = 0; at < asked; at += 1) {
      const begun = performance.now()
      const { status } = await browser.open(path)
      if (status !== 200) throw new Error(`${path}: ${status}`)
      took.push(performance.now() - begun)
    }
    took.sort((a, b) => a - b)
    const ms = (part: number) => (took[Math.ceil(part * asked) - 1] ?? 0).toFixed(1)
    rows.push({
      what: `${database}: ${path}, with ${invoices.toLocaleString('en')} invoices`,
      figure: `${ms(0.5)} ms`,
      beside: `99 of 100: ${ms(0.99)} ms; wanted: 50 and 150`
    })
  }
  return rows
}

// As many as a transaction of a bench may take.
const enteredAtOnce = 500

/** As the bridge itself does it, over hours. */
const enterAll = async (ledger: Ledger): Promise<void> => {
  while ((await ledger.makeSearchable(enteredAtOnce)) > 0);
  await ledger.close()
}

/** Answers the settings of a bridge that has that ledger. */
const growSqlite = async (folder: string, grown: Grown): Promise<Record<string, string>> => {
  const file = join(folder, 'ledger.sqlite')
  const ledger = openSqlite({ file })
  await bringTemplates(ledger, grown)
  await ledger.close()
  const { ask, end } = askSqlite(file)
  await multiply(ask, grown)
  end()
  await enterAll(openSqlite({ file }))
  return {}
}

const growPostgres = async (t: Disposable, grown: Grown): Promise<Record<string, string>> => {
  const url = await (await startPostgresServer(t, { syncs: true })).database()
  const driver = await openPostgresDriver({ url, pool: 2, timeoutMs: 20_000, time: 'caller' }, 'whoever makes it')
  const ledger = openLedger(driver)
  await bringTemplates(ledger, grown)
  const { ask, end } = await askPostgres(url)
  await multiply(ask, grown)
  await enterAll(ledger)
  await ask('ANALYZE')
  await end()
  return { DATABASE_URL: url }
}
