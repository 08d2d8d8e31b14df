// Whether events can be kept (else 503), and whether anything needs a person (warn). Asks the ledger, never the
// portal or a tool: while those are down the bridge has to go on receiving.

import type { FastifyInstance } from 'fastify'
import type { Clock, Instant } from '../src/clock.ts'
import type { Engine, PortalState } from '../src/engine.ts'
import { isCode } from '../src/errors.ts'
import type { Ledger, Summary } from '../src/ledger/ledger.ts'

export type HealthOptions = {
  ledger: Ledger
  clock: Clock
  engine: Pick<Engine, 'turnedAt' | 'portal'>
  tools: { name: string; on: boolean; missingSecret: string | null }[]
  /** Tools that refuse their token. */
  refusing: () => string[]
  version: string
}

type Check = {
  status: 'pass' | 'warn' | 'fail'
  observedValue?: number | string
  observedUnit?: string
  output?: string
}

const minute = 60_000

// Later than this an owner wants to know. Longer than a backlog of some hundred invoices at 60 a minute.
const lateMs = 15 * minute

// The loop turns every few seconds.
const workerSilentMs = minute

// Anybody may ask for health; the disk is not asked more often than this.
const beatEveryMs = 5000

// Nor may they fill the log.
const complainEveryMs = minute

export default async function health(app: FastifyInstance, options: HealthOptions) {
  const beat = createBeat(options)
  const complain = createComplaint(app, options)

  app.get<{ Querystring: { fail?: string } }>('/health', async (request, reply) => {
    const checks = await check(options, beat).catch(error => {
      const found = failures[isCode(error, 'LEDGER_UNAVAILABLE') ? 'ledger' : 'bug']
      complain(error, found.message)
      return found.checks
    })
    const found = Object.values(checks).map(({ status }) => status)
    const status = found.includes('fail') ? 'fail' : found.includes('warn') ? 'warn' : 'pass'
    const unwell = status === 'fail' || (status === 'warn' && request.query.fail === 'warn')
    return reply
      .code(unwell ? 503 : 200)
      .type('application/health+json')
      .header('cache-control', 'no-store')
      .send({
        status,
        version: options.version,
        checks: Object.fromEntries(Object.entries(checks).map(([name, value]) => [name, [value]]))
      })
  })
}

/** Keeps the time in the ledger, at most so often. Rejects when it cannot be kept. */
const createBeat = ({ ledger, clock }: HealthOptions) => {
  let beatenAt = Number.NEGATIVE_INFINITY
  return async () => {
    if (clock.monotonic() - beatenAt < beatEveryMs) return
    await ledger.beat(clock.now())
    beatenAt = clock.monotonic()
  }
}

const createComplaint = ({ log }: FastifyInstance, { clock }: HealthOptions) => {
  let complainedAt = Number.NEGATIVE_INFINITY
  return (err: unknown, message: string) => {
    if (clock.monotonic() - complainedAt < complainEveryMs) return
    complainedAt = clock.monotonic()
    log.error({ err }, message)
  }
}

/** What is told when the rest cannot be. A bug is no reason to stop receiving. */
const failures: Record<'ledger' | 'bug', { message: string; checks: Record<string, Check> }> = {
  ledger: {
    message: 'events cannot be kept',
    checks: {
      ledger: {
        status: 'fail',
        output: 'events cannot be kept: look at the free space of DATA_DIR and at the log'
      }
    }
  },
  bug: {
    message: 'health could not be told',
    checks: { bridge: { status: 'warn', output: 'a bug keeps health from being told: look at the log' } }
  }
}

const check = async (options: HealthOptions, beat: () => Promise<void>): Promise<Record<string, Check>> => {
  await beat()
  const summary = await options.ledger.summary()
  const state = options.engine.portal()
  return {
    ledger: { status: 'pass' },
    worker: worker(options),
    waiting: late(summary.oldestWaitingAt, summary.waiting, options.clock.now()),
    doubt: late(summary.oldestSendingAt, summary.sending, options.clock.now()),
    attention: attention(summary),
    portal: portal(state),
    copy: copy(state),
    budget: budget(state, summary),
    tools: tools(options)
  }
}

const worker = ({ clock, engine }: HealthOptions): Check =>
  clock.monotonic() - engine.turnedAt() > workerSilentMs
    ? { status: 'warn', output: 'the worker stands still: restart the bridge' }
    : { status: 'pass' }

const late = (since: Instant | null, invoices: number, now: Instant): Check => {
  const count = { observedValue: invoices, observedUnit: 'invoices' }
  if (since === null || now - since <= lateMs) return { status: 'pass', ...count }
  return { status: 'warn', ...count, output: `the oldest for ${Math.floor((now - since) / minute)} minutes` }
}

const attention = ({ attention: invoices }: Summary): Check =>
  invoices === 0
    ? { status: 'pass', observedValue: 0, observedUnit: 'invoices' }
    : { status: 'warn', observedValue: invoices, observedUnit: 'invoices', output: 'these need a person' }

const portal = ({ state, sinceMs, readsRefused }: PortalState): Check => {
  const minutes = Math.floor(sinceMs / minute)
  if (state === 'refused' || readsRefused)
    return { status: 'warn', output: 'the portal refuses PORTAL_TOKEN: make a new API key' }
  if (state === 'down')
    return { status: 'warn', output: `the portal has not answered for ${minutes} minutes` }
  return { status: 'pass' }
}

const copy = ({ filling }: PortalState): Check =>
  filling === null
    ? { status: 'pass' }
    : {
        status: 'pass',
        observedValue: filling.pages,
        observedUnit: 'pages',
        output: 'the portal is being read for the first time; deliveries begin when that is done'
      }

const budget = ({ budget: { perMinute, taken } }: PortalState, { waiting }: Summary): Check => ({
  status: 'pass',
  observedValue: `${taken} of ${perMinute}`,
  observedUnit: 'requests a minute',
  output: `what waits takes about ${Math.ceil(waiting / perMinute)} minutes`
})

const tools = ({ tools: all, refusing }: HealthOptions): Check => {
  const on = all.filter(tool => tool.on)
  const missing = on.flatMap(({ missingSecret }) => missingSecret ?? [])
  if (on.length === 0) return { status: 'warn', output: 'no tool is set up: set INTAKE_SECRET' }
  if (missing.length > 0) return { status: 'warn', output: `webhook secret missing: ${missing.join(', ')}` }
  const refused = refusing()
  if (refused.length > 0)
    return { status: 'warn', output: `the API token is refused by: ${refused.join(', ')}` }
  return { status: 'pass', observedValue: on.map(({ name }) => name).join(', ') }
}
