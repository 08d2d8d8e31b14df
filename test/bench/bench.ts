// The figures of docs/promises.md, measured on real processes, in one run: `npm run bench`, or some of them by name.

import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { Disposable } from '../end-to-end/bridge-process.ts'
import { customerByHand, customersFound } from './customers.ts'
import { delivery } from './delivery.ts'
import { machines } from './machines.ts'
import { memory } from './memory.ts'
import { million } from './million.ts'
import { moving } from './move.ts'
import { pages } from './pages.ts'
import { queues } from './queues.ts'
import { requests } from './requests.ts'
import { sharedStorm } from './shared-storm.ts'
import { start } from './start.ts'
import { storm } from './storm.ts'
import { strangers } from './strangers.ts'
import { turns } from './turns.ts'
import { twoAtOnce } from './two-at-once.ts'
import { webhooks } from './webhooks.ts'

export type Row = { what: string; figure: string; beside: string }
export type Options = {
  invoices: number
  kills: number
  how: string
  order: string
  database: string
  processes: number
}
export type Bench = (t: Disposable, options: Options) => Promise<Row[]>

const benches: Record<string, Bench> = {
  start,
  memory,
  webhooks,
  delivery,
  turns,
  requests,
  pages,
  customers: customersFound,
  'by-hand': customerByHand,
  storm: (t, options) => (options.database === 'postgres' ? sharedStorm : storm)(t, options),
  strangers
}

/** By name only: proofs that take long. */
const proofs: Record<string, Bench> = { 'two-at-once': twoAtOnce, million, machines, move: moving, queues }

const run = async (): Promise<void> => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      invoices: { type: 'string', default: '1000' },
      kills: { type: 'string', default: '20' },
      how: { type: 'string', default: 'kill' },
      order: { type: 'string', default: 'newest' },
      database: { type: 'string', default: 'sqlite' },
      processes: { type: 'string', default: '3' }
    }
  })
  const options = {
    ...values,
    invoices: Number(values.invoices),
    kills: Number(values.kills),
    processes: Number(values.processes)
  }
  for (const name of positionals.length > 0 ? positionals : Object.keys(benches)) {
    const bench = benches[name] ?? proofs[name]
    if (!bench) throw new Error(`there is no bench ${name}: ${Object.keys({ ...benches, ...proofs }).join(', ')}`)
    await alone(bench, options)
  }
}

/** Each with a machine as clean as can be. */
const alone = async (bench: Bench, options: Options): Promise<void> => {
  const steps: (() => unknown)[] = []
  try {
    const rows = await bench({ teardown: step => steps.push(step) }, options)
    for (const { what, figure, beside } of rows) console.log(`${what.padEnd(58)} ${figure.padStart(14)}   ${beside}`)
  } finally {
    for (const step of steps.reverse()) await step()
  }
}

/** Of another process, in megabytes of a million bytes. `peak`: the most it ever was. */
export const residentMb = (pid: number, peak = false): number => {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const [, kilobytes] = (peak ? /VmHWM:\s+(\d+)/ : /VmRSS:\s+(\d+)/).exec(status) ?? []
  return Math.round((Number(kilobytes) * 1024) / 1_000_000)
}

/**
 * An invoice with a small PDF. No two have the same amount: to a ledger that replaces a lost one, S-12 could be S-123
 * cut off, and a person would be asked.
 */
export const invoice = (number: string, customerId: string): Record<string, unknown> => ({
  invoiceNumber: number,
  issuedAt: '2026-11-20',
  amount: `${1000 + Number(number.replace(/\D/g, ''))}.00`,
  customerId,
  pdf: Buffer.from(`%PDF-1.4 ${number}`).toString('base64')
})

if (process.argv[1] === import.meta.filename) await run()
