// Whether events can be kept (else fail), and whether anything needs a person (warn). Asks the ledger, never the
// portal or a tool: while those are down the bridge has to go on receiving.

import { type Clock, type Instant, isoInstant } from './clock.ts'
import type { Doors, TurnedAway } from './doors.ts'
import type { Engine, PortalState } from './engine.ts'
import { isCode } from './errors.ts'
import type { Ledger, Summary } from './ledger/ledger.ts'
import type { Log } from './log.ts'
import { createSeldom } from './seldom.ts'

export type HealthOptions = {
  ledger: Ledger
  clock: Clock
  engine: Pick<Engine, 'turnedAt' | 'portal'>
  tools: { name: string; on: boolean; missingSecret: string | null }[]
  /** Tools that refuse their token. */
  refusing: () => string[]
  turnedAway: Doors['turnedAway']
  log: Log
}

export type Check = {
  /** The tool that it is about, where it is about one. */
  componentId?: string
  status: 'pass' | 'warn' | 'fail'
  observedValue?: number | string
  observedUnit?: string
  output?: string
}

export type Checks = Record<string, Check[]>

export type Health = () => Promise<Checks>

export type Warning = { check: string; tool: string | null; output: string }

/** What an owner is to read of it, in words. */
export const warningsIn = (checks: Checks): Warning[] =>
  Object.entries(checks).flatMap(([check, found]) =>
    found.flatMap(({ status, componentId: tool = null, output = '' }) =>
      status === 'pass' ? [] : [{ check, tool, output }]
    )
  )

const minute = 60_000

// Later than this an owner wants to know. Longer than a backlog of some hundred invoices at 60 a minute.
const lateMs = 15 * minute

// The loop turns every few seconds.
const workerSilentMs = minute

// Anybody may ask for health; the disk is not asked more often than this.
const beatEveryMs = 5000

// Nor may they fill the log.
const complainEveryMs = minute

/** Never rejects: what keeps it from being told is told instead, and stands in the log. */
export const createHealth = (options: HealthOptions): Health => {
  const { clock, log } = options
  const beat = createBeat(options)
  const mayComplain = createSeldom(complainEveryMs)
  return async () => {
    try {
      return await check(options, beat)
    } catch (err) {
      const { message, checks } = failures[isCode(err, 'LEDGER_UNAVAILABLE') ? 'ledger' : 'bug']
      if (mayComplain(message, clock.monotonic())) log.error({ err }, message)
      return checks
    }
  }
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

/** What is told when the rest cannot be. A bug is no reason to stop receiving. */
const failures: Record<'ledger' | 'bug', { message: string; checks: Checks }> = {
  ledger: {
    message: 'events cannot be kept',
    checks: {
      ledger: [
        {
          status: 'fail',
          output: 'events cannot be kept: look at the free space of DATA_DIR and at the log'
        }
      ]
    }
  },
  bug: {
    message: 'health could not be told',
    checks: { bridge: [{ status: 'warn', output: 'a bug keeps health from being told: look at the log' }] }
  }
}

const check = async (options: HealthOptions, beat: () => Promise<void>): Promise<Checks> => {
  await beat()
  const summary = await options.ledger.summary()
  const state = options.engine.portal()
  return {
    ledger: [{ status: 'pass' }],
    worker: [worker(options)],
    waiting: [late(summary.oldestWaitingAt, summary.waiting, options.clock.now())],
    doubt: [late(summary.oldestSendingAt, summary.sending, options.clock.now())],
    attention: [attention(summary)],
    portal: [portal(state)],
    copy: [copy(state)],
    budget: [budget(state, summary)],
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

/** One for each thing that is the matter with each tool: none hides another. */
const tools = ({ tools: all, refusing, turnedAway }: HealthOptions): Check[] => {
  const on = all.filter(tool => tool.on)
  if (on.length === 0) return [{ status: 'warn', output: 'no tool is set up: set INTAKE_SECRET' }]
  const refused = refusing()
  const warnings = on.flatMap(({ name, missingSecret }) => {
    const outputs = [
      missingSecret === null ? null : `webhook secret missing: ${missingSecret}`,
      refused.includes(name) ? 'it refuses its API token: make a new one' : null,
      refusedOutput(turnedAway(name))
    ].filter(output => output !== null)
    return outputs.map(output => ({ componentId: name, status: 'warn' as const, output }))
  })
  if (warnings.length > 0) return warnings
  return [{ status: 'pass', observedValue: on.map(({ name }) => name).join(', ') }]
}

const refusedOutput = (away: TurnedAway | null): string | null =>
  away &&
  `${away.requests} ${away.requests === 1 ? 'request' : 'requests'} refused (wrong secret?), last at ${isoInstant(away.lastAt)}`
