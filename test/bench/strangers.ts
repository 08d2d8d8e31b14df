// What strangers can do: one that posts megabytes, 64 forged uploads that never end, and 4,000 connections on which
// nobody speaks, all at once and from the address of the one genuine sender, whose signed PDFs come between.

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { Webhook } from 'standardwebhooks'
import { openSandbox, secret, startBridge, temporaryFolder } from '../end-to-end/bridge-process.ts'
import { type Bench, residentMb } from './bench.ts'

const seconds = 10
const betweenMs = 200
const pdf = Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(100_000, 'x')])

export const strangers: Bench = async t => {
  const { url } = await openSandbox(t)
  const bridge = await startBridge(t, {
    DATA_DIR: temporaryFolder(t),
    PORTAL_URL: url,
    REVIEW: 'true',
    MONEYBIRD_WEBHOOK_SECRET: 'voorbeeldtoken0000000001'
  })
  await send(bridge.url, 'WARM')
  const crowd = fork(new URL('strangers-process.ts', import.meta.url), [new URL(bridge.url).port, String(seconds)])
  t.teardown(() => crowd.kill('SIGKILL'))
  const told: Record<string, number>[] = []
  await once(crowd, 'message')
  crowd.on('message', message => told.push(message as Record<string, number>))
  const closed = once(crowd, 'close')

  const acknowledged: number[] = []
  const healthy: number[] = []
  let resident = 0
  const endAt = performance.now() + seconds * 1000
  for (let at = 0; performance.now() < endAt; at += 1) {
    const [sent, asked] = await Promise.all([
      took(() => send(bridge.url, `S-${at}`)),
      took(() => health(bridge.url)),
      new Promise(resolve => setTimeout(resolve, betweenMs))
    ])
    acknowledged.push(sent)
    healthy.push(asked)
    resident = Math.max(resident, residentMb(bridge.pid))
  }
  await closed
  const { idle = 0 } = told[0] ?? {}
  const { posts = 0, held = 0 } = told[1] ?? {}
  return [
    {
      what: 'signed PDF acknowledged among strangers, slowest',
      figure: `${Math.round(Math.max(...acknowledged))} ms`,
      beside: `wanted: under 1,000 ms (${acknowledged.length} sent, median ${Math.round(median(acknowledged))} ms)`
    },
    {
      what: 'health answered meanwhile, slowest',
      figure: `${Math.round(Math.max(...healthy))} ms`,
      beside: `wanted: under 250 ms (median ${Math.round(median(healthy))} ms)`
    },
    {
      what: 'resident memory meanwhile, most',
      figure: `${residentMb(bridge.pid, true)} MB`,
      beside: `wanted: under 200 MB (${posts} bodies of 1 MB; of ${idle} idle connections ${held} were left; seen at most ${resident})`
    }
  ]
}

const median = (times: number[]): number => times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0

const took = async (step: () => Promise<void>): Promise<number> => {
  const since = performance.now()
  await step()
  return performance.now() - since
}

/** Over a connection of its own: a kept one would not show what the strangers do to clients that arrive. */
const ask = async (
  url: string,
  { method = 'GET', headers = {}, body }: { method?: string; headers?: Record<string, string>; body?: string } = {}
): Promise<void> => {
  const asked = request(url, { method, headers, agent: false })
  asked.end(body)
  const [answer] = (await once(asked, 'response')) as [IncomingMessage]
  const said = await text(answer)
  if (answer.statusCode !== 200) throw new Error(`${url} answered ${answer.statusCode}: ${said}`)
}

const health = (url: string): Promise<void> => ask(`${url}/health`)

const send = (url: string, invoiceNumber: string): Promise<void> => {
  const body = JSON.stringify({
    invoiceNumber,
    issuedAt: '2026-11-20',
    amount: '121.00',
    customerId: 'cst_bench',
    pdf: pdf.toString('base64')
  })
  const at = new Date()
  const headers = {
    'content-type': 'application/json',
    'webhook-id': invoiceNumber,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(secret).sign(invoiceNumber, at, body)
  }
  return ask(`${url}/webhooks/invoices`, { method: 'POST', headers, body })
}
