// How many signed Stripe events of 4 KB are acknowledged a second, each kept with an fsync, beside a bare Fastify that
// checks the same signature, parses the same JSON and forgets. The two take turns, so that a busy machine slows both.

import { freePort } from '../../src/commands/free-port.ts'
import { type Disposable, startBridge, temporaryFolder } from '../end-to-end/bridge-process.ts'
import type { Bench } from './bench.ts'
import { cpuMs, limitOf, load, measuredCore, median, pin, startReference } from './processes.ts'

const rounds = 5
const seconds = 3
const connections = 50
export const secret = 'whsec_voorbeeldvoorbeeldvoorbeeld'

export type Round = { perSecond: number; p50: number; p99: number; cpu: number; busy: number }

export const webhooks: Bench = async t => {
  // No portal answers there, so nothing is delivered: what is measured is receiving.
  const bridge = await startBridge(t, {
    DATA_DIR: temporaryFolder(t),
    PORTAL_URL: `http://127.0.0.1:${await freePort()}`,
    STRIPE_WEBHOOK_SECRET: secret
  })
  const bare = await startReference(t, 'bare-server.ts', { SECRET: secret })
  const servers = { kept: bridge, bare }
  for (const { pid } of Object.values(servers)) pin(pid, measuredCore)
  const ran: Record<keyof typeof servers, Round[]> = { kept: [], bare: [] }
  // The first round warms up.
  for (let round = 0; round <= rounds; round += 1)
    for (const name of ['kept', 'bare'] as const) {
      const figures = await measure(t, servers[name], round)
      if (round > 0) ran[name].push(figures)
    }
  const of = (name: keyof typeof ran, figure: keyof Round) => median(ran[name].map(one => one[figure]))
  const ratio = (figure: keyof Round) => median(ran.kept.map((one, at) => one[figure] / (ran.bare[at]?.[figure] ?? 0)))
  const bareIs = (text: string) => `of a bare Fastify's ${text}`
  return [
    {
      what: 'signed events of 4 KB a second, each kept with an fsync',
      figure: Math.round(of('kept', 'perSecond')).toLocaleString('en'),
      beside: `${ratio('perSecond').toFixed(2)} ${bareIs(Math.round(of('bare', 'perSecond')).toLocaleString('en'))}${limitOf(ran.bare.map(({ busy }) => busy))}`
    },
    {
      what: 'their answers, p99 over 50 connections',
      figure: `${of('kept', 'p99').toFixed(1)} ms`,
      beside: `${ratio('p99').toFixed(2)} times a bare Fastify's ${of('bare', 'p99').toFixed(1)} ms (medians ${of('kept', 'p50').toFixed(1)}, ${of('bare', 'p50').toFixed(1)})`
    },
    {
      what: 'processor time for 1,000 of them',
      figure: `${Math.round(of('kept', 'cpu'))} ms`,
      beside: `${ratio('cpu').toFixed(2)} times a bare Fastify's ${Math.round(of('bare', 'cpu'))} ms`
    }
  ]
}

export const measure = async (
  t: Disposable,
  { url, pid }: { url: string; pid: number },
  round: number
): Promise<Round> => {
  const before = cpuMs(pid)
  const { events, p50, p99, busy, ...took } = await load(t, {
    port: Number(new URL(url).port),
    path: '/webhooks/stripe',
    secret,
    connections,
    seconds,
    first: round * 10_000_000
  })
  return {
    perSecond: events / took.seconds,
    p50,
    p99,
    busy,
    cpu: ((cpuMs(pid) - before) / events) * 1000
  }
}
