// How fast the pages answer with a ledger of years: half of the requests, and 99 of 100, page by page.

import { join } from 'node:path'
import { openSqlite } from '../../src/ledger/open.ts'
import { temporaryFolder } from '../end-to-end/bridge-process.ts'
import { openBrowser } from '../plugins/page/browser.ts'
import { openWorld, token } from '../plugins/page/world.ts'
import type { Bench } from './bench.ts'
import { askSqlite, bringTemplates, type Grown, multiply, templateOf } from './grown-ledger.ts'

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

export const pages: Bench = async (t, { invoices }) => {
  const folder = temporaryFolder(t)
  await grow(join(folder, 'ledger.sqlite'), { stages: [stage], times: invoices })
  const { app } = await openWorld({ teardown: t.teardown, testdir: () => folder })
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
      what: `${path}, with ${invoices.toLocaleString('en')} invoices`,
      figure: `${ms(0.5)} ms`,
      beside: `99 of 100: ${ms(0.99)} ms; wanted: 50 and 150`
    })
  }
  return rows
}

const grow = async (file: string, grown: Grown): Promise<void> => {
  const ledger = openSqlite({ file })
  await bringTemplates(ledger, grown)
  await ledger.close()
  const { ask, end } = askSqlite(file)
  await multiply(ask, grown)
  end()
}
