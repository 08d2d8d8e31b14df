// How many signed Stripe events of 4 KB the bridge acknowledges a second on PostgreSQL, each kept with an fsync, beside
// plain servers that hand them to pg-boss and to graphile-worker on the same database server. They take turns, so that
// a busy machine slows all of them.

import { freePort } from '../../src/commands/free-port.ts'
import { startBridge, temporaryFolder } from '../end-to-end/bridge-process.ts'
import { startPostgresServer } from '../postgres-server.ts'
import type { Bench } from './bench.ts'
import { limitOf, measuredCore, median, pin, startReference } from './processes.ts'
import { measure, type Round, secret } from './webhooks.ts'

const rounds = 5

export const queues: Bench = async t => {
  const database = await startPostgresServer(t, { syncs: true })
  const startQueue = async (file: string) =>
    startReference(t, file, { SECRET: secret, DATABASE_URL: await database.database() })
  const servers = {
    // No portal answers there, so nothing is delivered: what is measured is receiving.
    'the bridge': await startBridge(t, {
      DATA_DIR: temporaryFolder(t),
      DATABASE_URL: await database.database(),
      PORTAL_URL: `http://127.0.0.1:${await freePort()}`,
      STRIPE_WEBHOOK_SECRET: secret
    }),
    'pg-boss': await startQueue('pg-boss-server.ts'),
    'graphile-worker': await startQueue('graphile-worker-server.ts')
  }
  const names = Object.keys(servers) as (keyof typeof servers)[]
  for (const name of names) pin(servers[name].pid, measuredCore)
  const ran = Object.fromEntries(names.map(name => [name, [] as Round[]])) as Record<keyof typeof servers, Round[]>
  // The first round warms up.
  for (let round = 0; round <= rounds; round += 1)
    for (const name of names) {
      const figures = await measure(t, servers[name], round)
      if (round > 0) ran[name].push(figures)
    }
  const of = (name: keyof typeof ran, figure: keyof Round) => median(ran[name].map(one => one[figure]))
  const beside = (figure: keyof Round, text: (value: number) => string) =>
    names
      .slice(1)
      .map(name => {
        const ratios = ran['the bridge'].map((one, at) => one[figure] / (ran[name][at]?.[figure] ?? 0))
        return `${median(ratios).toFixed(2)} times ${name}'s ${text(of(name, figure))}`
      })
      .join(', ')
  const row = (what: string, figure: keyof Round, text: (value: number) => string) => ({
    what,
    figure: text(of('the bridge', figure)),
    beside: beside(figure, text)
  })
  const [perSecond, p99, cpu] = [
    row('on PostgreSQL: signed events of 4 KB a second, each kept', 'perSecond', value =>
      Math.round(value).toLocaleString('en')
    ),
    row('their answers, p99 over 50 connections', 'p99', value => `${value.toFixed(1)} ms`),
    row('processor time for 1,000 of them, without the database', 'cpu', value => `${Math.round(value)} ms`)
  ]
  perSecond.beside += limitOf(ran['graphile-worker'].map(({ busy }) => busy))
  return [perSecond, p99, cpu]
}
