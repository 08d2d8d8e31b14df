// What a delivered invoice with a PDF of 100 KB costs, and how many are delivered a second, 20 at once, to a portal
// that answers after 50 ms and has no budget: beside a straight handler, which downloads and posts the same and keeps
// nothing.

import { once } from 'node:events'
import { createServer } from 'node:http'
import { type Disposable, openSandbox, startBridge, temporaryFolder, until } from '../end-to-end/bridge-process.ts'
import type { Bench } from './bench.ts'
import { cpuMs, limitOf, load, loadCore, measuredCore, median, pin, startReference } from './processes.ts'

const rounds = 3
const invoices = 600
const atOnce = 20
const portalMs = 50
const secret = 'whsec_voorbeeldvoorbeeldvoorbeeld'
const pdf = Buffer.concat([Buffer.from('%PDF-1.4\n'), Buffer.alloc(100_000, 'x')])

type Round = { perSecond: number; cpu: number; busy: number }
type Server = { url: string; pid: number }
type Portal = Awaited<ReturnType<typeof openSandbox>>

export const delivery: Bench = async t => {
  const pdfUrl = await servePdf(t)
  const bridgePortal = await openPortal(t)
  const bridge = await startBridge(t, {
    DATA_DIR: temporaryFolder(t),
    PORTAL_URL: bridgePortal.url,
    PORTAL_REQUESTS_PER_MINUTE: '100000',
    WORKER_CONCURRENCY: String(atOnce),
    STRIPE_WEBHOOK_SECRET: secret
  })
  const straightPortal = await openPortal(t)
  const straight = await startReference(t, 'straight-server.ts', {
    SECRET: secret,
    PORTAL_URL: straightPortal.url
  })
  for (const { pid } of [bridge, straight]) pin(pid, measuredCore)
  // The portal and the PDFs are in this one.
  pin(process.pid, loadCore)
  const ran: Record<'bridge' | 'straight', Round[]> = { bridge: [], straight: [] }
  // The first round warms up.
  for (let round = 0; round <= rounds; round += 1) {
    const figures = {
      bridge: await measure(t, bridge, bridgePortal, { pdfUrl, round }),
      straight: await measure(t, straight, straightPortal, { pdfUrl, round })
    }
    if (round === 0) continue
    ran.bridge.push(figures.bridge)
    ran.straight.push(figures.straight)
  }
  const of = (name: keyof typeof ran, figure: keyof Round) => median(ran[name].map(one => one[figure]))
  const ratio = (figure: keyof Round) =>
    median(ran.bridge.map((one, at) => one[figure] / (ran.straight[at]?.[figure] ?? 0))).toFixed(2)
  return [
    {
      what: `invoices of 100 KB delivered a second, ${atOnce} at once`,
      figure: String(Math.round(of('bridge', 'perSecond'))),
      beside: `${ratio('perSecond')} of a straight handler's ${Math.round(of('straight', 'perSecond'))}${limitOf(ran.straight.map(({ busy }) => busy))}`
    },
    {
      what: 'processor time for 1,000 of them',
      figure: `${Math.round(of('bridge', 'cpu'))} ms`,
      beside: `${ratio('cpu')} times a straight handler's ${Math.round(of('straight', 'cpu'))} ms`
    }
  ]
}

const openPortal = async (t: Disposable) => {
  const portal = await openSandbox(t, { keepPdfs: false })
  portal.handle.fault({ on: { call: 'create' }, fault: 'slow', ms: portalMs, times: 1_000_000 })
  return portal
}

const measure = async (
  t: Disposable,
  { url, pid }: Server,
  { handle }: Portal,
  { pdfUrl, round }: { pdfUrl: string; round: number }
): Promise<Round> => {
  const before = { cpu: cpuMs(pid), own: process.cpuUsage(), at: performance.now() }
  const wanted = (round + 1) * invoices
  const sent = load(t, {
    port: Number(new URL(url).port),
    path: '/webhooks/stripe',
    secret,
    connections: atOnce,
    events: invoices,
    first: round * invoices,
    customerId: handle.customers[0]?.id ?? '',
    pdfUrl
  })
  await until(
    () => handle.invoices.length,
    stored => stored >= wanted,
    'all delivered',
    300_000
  )
  const tookMs = performance.now() - before.at
  const { busy: sending } = await sent
  const { user, system } = process.cpuUsage(before.own)
  // The last are answered, and recorded.
  await new Promise(resolve => setTimeout(resolve, 300))
  if (handle.invoices.length !== wanted) throw new Error(`${handle.invoices.length} of ${wanted} delivered`)
  return {
    perSecond: (invoices / tookMs) * 1000,
    cpu: ((cpuMs(pid) - before.cpu) / invoices) * 1000,
    busy: (user + system) / 1000 / tookMs + sending
  }
}

const servePdf = async (t: Disposable): Promise<string> => {
  const server = createServer((_request, response) =>
    response.writeHead(200, { 'content-type': 'application/pdf', 'content-length': pdf.length }).end(pdf)
  ).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`
}
