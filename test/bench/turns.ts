// How long one request keeps the event loop to itself, the largest that each way in takes: everybody else waits that
// long.

import { createHmac } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '../../src/commands/free-port.ts'
import { systemClock } from '../../src/core/clock.ts'
import { secret, startBridge, temporaryFolder } from '../end-to-end/bridge-process.ts'
import type { Bench } from './bench.ts'
import { median } from './processes.ts'

const times = 5
const stripeSecret = 'whsec_voorbeeldvoorbeeldvoorbeeld'
const moneybirdToken = 'voorbeeldtoken0000000001'
const megabyte = 1024 * 1024
const pdf = Buffer.concat([Buffer.from('%PDF-1.4\n'), Buffer.alloc(19_900_000, 'x')])

type Request = { path: string; headers: Record<string, string>; body: string | FormData }

export const turns: Bench = async t => {
  const folder = temporaryFolder(t)
  const file = join(folder, 'longest')
  writeFileSync(file, '0')
  const bridge = await startBridge(t, {
    DATA_DIR: join(folder, 'data'),
    PORTAL_URL: `http://127.0.0.1:${await freePort()}`,
    STRIPE_WEBHOOK_SECRET: stripeSecret,
    MONEYBIRD_WEBHOOK_SECRET: moneybirdToken,
    TURNS_FILE: file,
    NODE_OPTIONS: `--import=${new URL('turns-probe.ts', import.meta.url).href}`
  })
  const longestOf = async (request: Request): Promise<number> => {
    process.kill(bridge.pid, 'SIGUSR2')
    await systemClock.sleep(100)
    const answer = await fetch(bridge.url + request.path, { method: 'POST', ...request })
    await answer.arrayBuffer()
    await systemClock.sleep(100)
    return Number(readFileSync(file, 'utf8'))
  }
  const rows = []
  for (const [what, make] of Object.entries(requests)) {
    const longest = []
    for (let time = 0; time <= times; time += 1) {
      const ms = await longestOf(make(time))
      // The first time it is compiled.
      if (time > 0) longest.push(ms)
    }
    rows.push({
      what: `longest turn: ${what}`,
      figure: `${median(longest).toFixed(0)} ms`,
      beside: `wanted: at most 20 ms of the processor (of ${times} the worst ${Math.max(...longest).toFixed(0)})`
    })
  }
  return rows
}

const json = { 'content-type': 'application/json' }

const stripe = (body: string): Request => {
  const time = Math.floor(Date.now() / 1000)
  const signature = createHmac('sha256', stripeSecret).update(`${time}.${body}`).digest('hex')
  return {
    path: '/webhooks/stripe',
    headers: { ...json, 'stripe-signature': `t=${time},v1=${signature}` },
    body
  }
}

// Just below what the bridge refuses, whatever else an event holds.
const numbersMost = 65_000
const objectsMost = numbersMost / 2

const moneybird = (id: unknown, line: unknown, most?: number): Request => {
  const entity = { id, lines: [] }
  const event = { webhook_token: moneybirdToken, administration_id: '1', entity_type: 'SalesInvoice', entity }
  return { path: '/webhooks/moneybird', headers: json, body: filled(event, entity.lines, line, most) }
}

const bearer = { authorization: `Bearer ${secret}` }

const fields = (invoiceNumber: string) => ({
  invoiceNumber,
  issuedAt: '2026-11-20',
  amount: '121.00',
  customerId: 'cst_bench'
})

/** As many times as a megabyte holds, and as the bridge takes. */
const filled = (event: object, list: unknown[], line: unknown, most = Number.POSITIVE_INFINITY): string => {
  const each = JSON.stringify(line).length + 1
  const free = megabyte - JSON.stringify(event).length - 100
  for (let lines = Math.min(most, Math.floor(free / each)); lines > 0; lines -= 1) list.push(line)
  return JSON.stringify(event)
}

const requests: Record<string, (time: number) => Request> = {
  'a signed event of Stripe, 1 MB of lines'() {
    const event = JSON.parse(readFileSync(new URL('../fixtures/stripe/finalized.json', import.meta.url), 'utf8'))
    const { data } = event.data.object.lines
    return stripe(filled(event, data, data[0]))
  },
  'the same, of as many empty objects as it takes'() {
    const event = JSON.parse(readFileSync(new URL('../fixtures/stripe/finalized.json', import.meta.url), 'utf8'))
    return stripe(filled(event, event.data.object.lines.data, {}, objectsMost))
  },
  'an event of Moneybird, 1 MB of lines'() {
    const line = { id: '410000000000000001', description: 'Jaarverslag', price: '12.5', amount: '200' }
    return moneybird('410000000000000000', line)
  },
  // Moneybird never writes it like this: then every number is read by its digits.
  'the same, of as many numbers as it takes'() {
    return moneybird(410000000000000000, 1234567890.5, numbersMost)
  },
  'a stranger, 1 MB'() {
    return { path: '/webhooks/moneybird', headers: json, body: `[${'{},'.repeat(349_000)}{}]` }
  },
  'a PDF of 20 MB in JSON'(time) {
    const body = JSON.stringify({ ...fields(`J-${time}`), pdf: pdf.toString('base64') })
    return { path: '/webhooks/invoices', headers: { ...json, ...bearer }, body }
  },
  'a PDF of 20 MB in a form'(time) {
    const body = new FormData()
    for (const [name, value] of Object.entries(fields(`F-${time}`))) body.set(name, value)
    body.set('pdf', new Blob([pdf], { type: 'application/pdf' }), 'invoice.pdf')
    return { path: '/webhooks/invoices', headers: bearer, body }
  }
}
