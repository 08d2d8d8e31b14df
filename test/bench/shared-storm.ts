// The promise under fire, with several processes on one PostgreSQL: webhooks to all of them, one of them killed each
// second (or as soon as all of them live again) for as long as anything waits, the database restarted twice, and a
// portal that fails a quarter of the creates in every way it can.

import pg from 'pg'
import {
  type BridgeProcess,
  type Disposable,
  openSandbox,
  startBridge,
  temporaryFolder,
  until
} from '../end-to-end/bridge-process.ts'
import { startPostgresServer } from '../postgres-server.ts'
import { type Bench, invoice } from './bench.ts'
import { watchBudget } from './budget-count.ts'
import { restMs, sendAll } from './storm.ts'

const perMinute = 6000
const killEveryMs = 1000
const second = () => new Promise(resolve => setTimeout(resolve, killEveryMs))

type Summary = Record<'waiting' | 'sending' | 'delivered' | 'held' | 'dismissed', number>

export const sharedStorm: Bench = async (t, { invoices, processes }) => {
  const { handle, url } = await openSandbox(t, { keepPdfs: false, requestsPerMinute: perMinute })
  const mostInAMinute = watchBudget(t, handle)
  const customer = handle.customers[0]?.id ?? ''
  const server = await startPostgresServer(t, { syncs: true })
  const database = await server.database()
  const leases = watchLeases(t, database)
  const fleet = createFleet(t, processes, {
    DATABASE_URL: database,
    PORTAL_URL: url,
    PORTAL_REQUESTS_PER_MINUTE: String(perMinute),
    PORTAL_TIMEOUT_MS: '2000',
    PORTAL_SETTLE_MS: '3000',
    PORTAL_SETTLE_INHERITED_MS: '6000',
    WORKER_CONCURRENCY: '8'
  })
  const numbers = Array.from({ length: invoices }, (_, index) => `S-${(index * 7919) % invoices}`)
  await fleet.start()

  const startedAt = performance.now()
  const sending = sendAll(
    numbers,
    handle,
    async number => (await fleet.any().send(invoice(number, customer))).status === 200
  )
  const summary = () => fleet.any().api<Summary>('GET', '/api/summary')
  let isSent = false
  void sending.then(() => {
    isSent = true
  })
  // What is in doubt then needs a process that lives long enough to look twice: no storm lets it.
  const isOver = async () => isSent && (await summary().catch(() => null))?.waiting === 0
  const restarts = ['fast', 'immediate'] as const
  let restarted = 0
  for (;;) {
    await second()
    if (await isOver()) break
    fleet.killOne()
    const mode = restarts[restarted]
    if (mode && handle.invoices.length >= (invoices * (restarted + 1)) / 3) {
      restarted += 1
      await server.restart(mode)
    }
  }
  const stormS = Math.round((performance.now() - startedAt) / 1000)
  await sending
  await fleet.settled()
  const { held } = await until(summary, ({ waiting, sending }) => waiting + sending === 0, 'rest', restMs)
  const tookS = Math.round((performance.now() - startedAt) / 1000)

  const times = Map.groupBy(handle.invoices, stored => stored.invoiceNumber)
  const lost = numbers.filter(number => !times.has(number)).length
  const twice = [...times.values()].filter(stored => stored.length > 1).length
  const { unknown, inherited, adopted } = await doubtsIn(database)
  const { list, create } = handle.counts.calls
  return [
    {
      what: `${invoices.toLocaleString('en')} invoices, ${processes} processes, ${fleet.kills()} kills, ${restarted} restarts`,
      figure: `${lost} lost, ${twice} twice`,
      beside: `${held} held; ${create} creates, ${list} list pages; the storm ${stormS} s, until rest ${tookS} s`
    },
    {
      what: 'doubts: answers unknown, and left by the dead',
      figure: `${unknown} + ${inherited}`,
      beside: `${adopted} adopted; tasks taken over: ${leases.takenOver()}`
    },
    {
      what: 'the most requests in any minute',
      figure: `${mostInAMinute()}`,
      beside: `of ${perMinute}`
    }
  ]
}

/** Processes in folders of their own; a killed one is started again. */
const createFleet = (t: Disposable, processes: number, env: Record<string, string>) => {
  const members = Array.from({ length: processes }, () => ({
    folder: temporaryFolder(t),
    running: undefined as BridgeProcess | undefined,
    starting: Promise.resolve()
  }))
  let kills = 0

  const startOne = async (member: (typeof members)[number]): Promise<void> => {
    while (member.running === undefined)
      try {
        member.running = await startBridge(t, { ...env, DATA_DIR: member.folder })
      } catch (error) {
        // While the database is away, no process starts, and it says so; meanwhile another program may have got the
        // port.
        if (!/LEDGER_UN(READABLE|AVAILABLE)|another program has this port/.test(String(error))) throw error
      }
  }
  const living = () => members.filter(({ running }) => running !== undefined)
  const chosen = <T>(from: readonly T[]): T => from[Math.floor(Math.random() * from.length)] as T

  return {
    kills: () => kills,
    start: async () => void (await Promise.all(members.map(startOne))),
    settled: async () => void (await Promise.all(members.map(({ starting }) => starting))),
    any(): BridgeProcess {
      const { running } = chosen(living()) ?? {}
      if (!running) throw new Error('none lives')
      return running
    },
    /** Only while all of them live: on a busy machine a start takes longer than the time between two kills. */
    killOne(): void {
      const member = chosen(living())
      const running = member?.running
      if (living().length < processes || !member || !running) return
      kills += 1
      member.running = undefined
      member.starting = running.kill('SIGKILL').then(() => startOne(member))
    }
  }
}

/** How often a task went from one process to another. */
const watchLeases = (t: Disposable, url: string) => {
  const owners = new Map<string, string>()
  let takenOver = 0
  let client: pg.Client | undefined
  let isLooking = false
  const look = async (): Promise<void> => {
    try {
      if (!client) {
        client = new pg.Client({ connectionString: url })
        client.on('error', () => {})
        await client.connect()
      }
      const { rows } = await client.query<{ task: string; owner: string }>('SELECT task, owner FROM lease')
      for (const { task, owner } of rows) {
        if ((owners.get(task) ?? owner) !== owner) takenOver += 1
        owners.set(task, owner)
      }
    } catch {
      // The database is away, or has no table yet.
      await client?.end().catch(() => {})
      client = undefined
    }
  }
  const lookAgain = (): void => {
    if (isLooking) return
    isLooking = true
    void look().finally(() => {
      isLooking = false
    })
  }
  const timer = setInterval(lookAgain, 250)
  t.teardown(async () => {
    clearInterval(timer)
    await client?.end().catch(() => {})
  })
  return { takenOver: () => takenOver }
}

/** `inherited`: a create whose process died before it learned the answer. */
const doubtsIn = async (url: string) => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query<Record<'unknown' | 'inherited' | 'adopted', string>>(
    `SELECT count(*) FILTER (WHERE event = 'answer unknown') AS unknown,
        count(*) FILTER (WHERE event = 'delivered' AND detail::json ->> 'how' = 'adopted') AS adopted,
        count(*) FILTER (WHERE event = 'sending' AND (next::json ->> 'how' = 'adopted'
          OR next::json ->> 'detail' = 'the portal does not hold it')) AS inherited
      FROM (SELECT event, detail, lead(detail) OVER (PARTITION BY invoice_id ORDER BY id) AS next FROM history) AS line`
  )
  await client.end()
  const [found] = rows
  if (!found) throw new Error('no history')
  return found
}
