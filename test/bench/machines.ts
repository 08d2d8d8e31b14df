// How many invoices two processes on one PostgreSQL deliver a second, beside one of them alone, where the portal's
// answers are what takes time: it answers a create after half a second, and has no budget.

import { type Disposable, openSandbox, startBridge, temporaryFolder, until } from '../end-to-end/bridge-process.ts'
import { startPostgresServer } from '../postgres-server.ts'
import { type Bench, invoice } from './bench.ts'
import { median } from './processes.ts'

const rounds = 3
const invoices = 120
const answerMs = 500
const atOnce = 4
const wanted = 1.7

export const machines: Bench = async t => {
  const server = await startPostgresServer(t, { syncs: true })
  const perSecond: Record<number, number[]> = { 1: [], 2: [] }
  for (let round = 0; round < rounds; round += 1)
    for (const processes of [1, 2]) perSecond[processes]?.push(await measure(t, await server.database(), processes))
  const [one, two] = [median(perSecond[1] ?? []), median(perSecond[2] ?? [])]
  return [
    {
      what: `invoices a second by two processes, ${atOnce} at once each, portal ${answerMs} ms`,
      figure: two.toFixed(1),
      beside: `${(two / one).toFixed(2)} times one's ${one.toFixed(1)}; wanted: ${wanted}`
    }
  ]
}

const measure = async (t: Disposable, database: string, processes: number): Promise<number> => {
  const { handle, url } = await openSandbox(t, { keepPdfs: false })
  handle.fault({ on: { call: 'create' }, fault: 'slow', ms: answerMs, times: 1_000_000 })
  const customer = handle.customers[0]?.id ?? ''
  const env = {
    DATABASE_URL: database,
    PORTAL_URL: url,
    PORTAL_REQUESTS_PER_MINUTE: '100000',
    WORKER_CONCURRENCY: String(atOnce)
  }
  const start = () => startBridge(t, { ...env, DATA_DIR: temporaryFolder(t) })
  const bridges = await Promise.all(Array.from({ length: processes }, start))
  await until(
    () => bridges[0]!.api<{ portal: { filling: object | null } }>('GET', '/api/summary'),
    ({ portal }) => portal.filling === null,
    'the portal is read'
  )
  const startedAt = performance.now()
  for (let at = 0; at < invoices; at += 1) await bridges[at % processes]!.send(invoice(`M-${at}`, customer))
  await until(
    () => handle.invoices.length,
    stored => stored >= invoices,
    'all delivered',
    120_000
  )
  const tookMs = performance.now() - startedAt
  await Promise.all(bridges.map(bridge => bridge.kill('SIGTERM')))
  return (invoices / tookMs) * 1000
}
