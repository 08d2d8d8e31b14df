// Whether events can be kept (else fail), and whether anything needs a person (warn). Asks the ledger, never the
// portal or a tool: while those are down the bridge has to go on receiving.

import { type Clock, type Instant, isoInstant } from '../core/clock.ts'
import { isCode } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import type { KeptNotice } from '../core/notice.ts'
import { createThrottle } from '../core/throttle.ts'
import type { Engine, PortalState } from '../delivery/engine.ts'
import type { CopyState } from '../ledger/holdings.ts'
import type { Ledger, Summary } from '../ledger/ledger.ts'
import type { CatchUp } from '../tools/catch-up.ts'
import type { UnprovenCount, UnprovenRequests } from '../tools/unproven-requests.ts'
import type { UnreadableRequest, UnreadableRequests } from '../tools/unreadable-requests.ts'

export type HealthOptions = {
  ledger: Ledger
  clock: Clock
  engine: Pick<Engine, 'turnedAt' | 'portal'>
  /** The tools that are asked what their webhooks missed. */
  caughtUp: CatchUp['states']
  tools: { name: string; on: boolean; missingSecret: string | null }[]
  /** Tools that refuse their token, and how they do. */
  refusing: () => ReadonlyMap<string, string>
  turnedAway: UnprovenRequests['turnedAway']
  unreadableRequests: UnreadableRequests['of']
  /** Whether requests that are not proven take all places. */
  strangersAreMany: () => boolean
  /** How many clients guessed the operator's token too often, and have to wait. */
  lockedOut: () => number
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

/** What an owner has to read of it. */
export const warningsIn = (checks: Checks): Warning[] =>
  Object.entries(checks).flatMap(([check, found]) =>
    found.flatMap(({ status, componentId: tool = null, output = '' }) =>
      status === 'pass' ? [] : [{ check, tool, output }]
    )
  )

const pass: Check = { status: 'pass' }
const warn = (output: string): Check => ({ status: 'warn', output })

const minute = 60_000

// Whatever is done at intervals is late after this many of them.
const lateFactor = 3

// Everything is read once a day.
const fullEveryMs = 24 * 60 * minute

// A wall clock is corrected by seconds. After a larger jump it was wrong before, or is now. The warning lasts as long
// as an owner may take to look; then the new time is taken as right.
const jumpMsMin = 5 * minute
const jumpToldMs = 60 * minute

// When an owner wants to know. It is longer than a backlog of some hundred invoices takes at 60 a minute.
const lateMs = 15 * minute

// The loop turns every few seconds.
const workerSilentMs = minute

// Anybody may ask for health; the disk is not asked more often than this.
const beatEveryMs = 5000

// Nor may whoever asks fill the log.
const complainEveryMs = minute

/** Never rejects: what prevents an answer becomes the answer, and stands in the log. */
export const createHealth = (options: HealthOptions): Health => {
  const { clock, log } = options
  const beat = createBeat(options)
  const jumped = createJumps(options)
  const startedAt = clock.monotonic()
  const mayComplain = createThrottle(complainEveryMs)
  return async () => {
    try {
      return { ...(await check(options, beat, clock.monotonic() - startedAt)), clock: [jumped()] }
    } catch (err) {
      const { message, checks } = failures[isCode(err, 'LEDGER_UNAVAILABLE') ? 'ledger' : 'bug']
      if (mayComplain(message, clock.monotonic())) log.error({ err }, message)
      return checks
    }
  }
}

/** Writes the time into the ledger, every five seconds at most. Rejects when that fails. */
const createBeat = ({ ledger, clock }: HealthOptions) => {
  let beatenAt = Number.NEGATIVE_INFINITY
  return async () => {
    if (clock.monotonic() - beatenAt < beatEveryMs) return
    await ledger.beat(clock.now())
    beatenAt = clock.monotonic()
  }
}

/** Notices a jump of the wall clock. */
const createJumps = ({ clock }: HealthOptions): (() => Check) => {
  const offset = () => clock.now() - clock.monotonic()
  let usual = offset()
  let told: { byMs: number; at: number } | null = null
  return () => {
    const now = clock.monotonic()
    const byMs = offset() - usual
    if (Math.abs(byMs) > jumpMsMin) {
      told = { byMs, at: now }
      usual = offset()
    }
    if (told === null || now - told.at > jumpToldMs) return pass
    const [minutes, way] = [Math.round(Math.abs(told.byMs) / minute), told.byMs > 0 ? 'ahead' : 'back']
    return warn(`the clock of this machine jumped ${minutes} minutes ${way}: set it right`)
  }
}

/** The answers when there is no other. A bug is no reason to stop receiving. */
const failures: Record<'ledger' | 'bug', { message: string; checks: Checks }> = {
  ledger: {
    message: 'events cannot be kept',
    checks: {
      ledger: [
        {
          status: 'fail',
          output: 'events cannot be kept: look at the free space of DATA_DIR, at the database, and at the log'
        }
      ]
    }
  },
  bug: {
    message: 'health could not be told',
    checks: { bridge: [warn('a bug keeps health from being told: look at the log')] }
  }
}

/** `upMs`: what was due before this process began is not late yet. */
const check = async (options: HealthOptions, beat: () => Promise<void>, upMs: number): Promise<Checks> => {
  await beat()
  const summary = await options.ledger.summary()
  const state = options.engine.portal()
  const known = await options.ledger.holdings.copy()
  return {
    ledger: [counted(options.ledger.uncounted())],
    worker: [worker(options)],
    waiting: [late(summary.oldestWaitingAt, summary.waiting, options.clock.now())],
    doubt: [late(summary.oldestSendingAt, summary.sending, options.clock.now())],
    attention: [attention(summary)],
    portal: [portal(state)],
    copy: copy(state, known, { now: options.clock.now(), upMs }),
    budget: [budget(state, summary)],
    tools: tools(options),
    unprovenRequests: unprovenRequests(options),
    numbers: alike(await options.ledger.numbersAlike()),
    catchUp: await catchUp(options, upMs),
    mail: [mail(await options.ledger.notices(), options.clock.now())]
  }
}

const counted = (uncounted: string | null): Check =>
  uncounted === null
    ? pass
    : {
        status: 'warn',
        output: `nothing is delivered: ledger.sqlite.sent in DATA_DIR cannot be written (${uncounted}); look whose it is, and at the free space`
      }

const worker = ({ clock, engine }: HealthOptions): Check =>
  clock.monotonic() - engine.turnedAt() > workerSilentMs ? warn('the worker stands still: restart the bridge') : pass

const late = (since: Instant | null, invoices: number, now: Instant): Check => {
  const count = { observedValue: invoices, observedUnit: 'invoices' }
  if (isAhead(since, now)) return { status: 'warn', ...count, output: `the oldest is dated ${aheadOf(since, now)}` }
  if (since === null || now - since <= lateMs) return { status: 'pass', ...count }
  return { status: 'warn', ...count, output: `the oldest for ${Math.floor((now - since) / minute)} minutes` }
}

const attention = ({ attention: invoices }: Summary): Check =>
  invoices === 0
    ? { status: 'pass', observedValue: 0, observedUnit: 'invoices' }
    : { status: 'warn', observedValue: invoices, observedUnit: 'invoices', output: 'these need a person' }

const portal = ({ state, sinceMs, readsRefused }: PortalState): Check => {
  const minutes = Math.floor(sinceMs / minute)
  if (state === 'refused' || readsRefused) return warn('the portal refuses PORTAL_TOKEN: make a new API key')
  if (state === 'down') return warn(`the portal has not answered for ${minutes} minutes`)
  return pass
}

/** Mails wait in the ledger until the mail server has taken them. */
const mail = ([oldest]: KeptNotice[], now: Instant): Check =>
  oldest === undefined || now - oldest.at <= lateMs
    ? pass
    : warn(
        `what ALERT_EMAIL is to be told has waited for ${minutesOf(now - oldest.at)}: look at SMTP_URL, and at the log`
      )

// How many numbers are shown; the log names all.
const alikeShownMax = 10

const alike = (numbers: string[]): Check[] => {
  if (numbers.length === 0) return [pass]
  const shown = numbers.slice(0, alikeShownMax).join(', ')
  const more = numbers.length > alikeShownMax ? ` and ${numbers.length - alikeShownMax} more` : ''
  const output = `${shown}${more}: kept beside a number that only looks different; look in the portal whether one invoice is there twice`
  return [{ status: 'warn', observedValue: numbers.length, observedUnit: 'invoices', output }]
}

type Time = { now: Instant; upMs: number }

/** What is wrong with the copy of the portal. */
const copy = (state: PortalState, { sweptAt, fullAt, unclear }: CopyState, time: Time): Check[] => {
  const { now } = time
  const { filling, failure, everyMs } = state
  const outputs = [
    failure && `${failure.code}: ${failure.message}, for ${minutesOf(failure.forMs)}`,
    unclear && `${unclear.why}, for ${minutesOf(now - unclear.since)}: what is in doubt waits`,
    filling && filling.stillMs > lateMs && `the first reading stands still for ${minutesOf(filling.stillMs)}`,
    filling === null && since('read', sweptAt, everyMs, time),
    filling === null && since('read as a whole', fullAt, fullEveryMs, time)
  ].filter(output => typeof output === 'string')
  if (outputs.length > 0) return outputs.map(warn)
  if (filling === null) return [pass]
  return [
    {
      status: 'pass',
      observedValue: filling.pages,
      observedUnit: 'pages',
      output: 'the portal is being read for the first time; deliveries begin when that is done'
    }
  ]
}

/** The clock was ahead when it was noted, or is behind now. */
const isAhead = (at: Instant | null, now: Instant): at is Instant => at !== null && at - now > jumpMsMin

const aheadOf = (at: Instant, now: Instant): string =>
  `${minutesOf(at - now)} ahead of now: look at the clock of this machine`

const minutesOf = (ms: number): string => `${Math.floor(ms / minute)} minutes`

const isLate = (at: Instant, everyMs: number, { now, upMs }: Time): boolean =>
  Math.min(now - at, upMs) > lateFactor * everyMs

/** Null while it is not late. */
const since = (what: string, at: Instant | null, everyMs: number, time: Time): string | null => {
  if (isAhead(at, time.now)) return `the portal was last ${what} ${aheadOf(at, time.now)}`
  return at !== null && isLate(at, everyMs, time) ? `the portal was last ${what} ${minutesOf(time.now - at)} ago` : null
}

/**
 * Up to when each tool was asked what its webhooks missed. One failure is no warning: tools are down for minutes every
 * week, and are asked again.
 */
const catchUp = async (options: HealthOptions, upMs: number): Promise<Check[]> => {
  const { caughtUp, ledger, clock, refusing } = options
  const now = clock.now()
  const refused = refusing()
  /** A refused token is already a warning about the tool itself. */
  const isTold = (tool: string, failure: string | null) => refused.has(tool) && failure?.startsWith('TOOL_UNAUTHORIZED')
  const found = await Promise.all(
    caughtUp().map(async ({ tool, everyMs, failure }): Promise<Check> => {
      const askedTo = await ledger.askedTo(tool)
      const isBehind = askedTo !== null && isLate(askedTo, everyMs, { now, upMs })
      const isWrong = isAhead(askedTo, now) ? `last asked ${aheadOf(askedTo, now)}` : null
      const late = isBehind ? `last asked ${minutesOf(now - askedTo)} ago` : isWrong
      const output = [isTold(tool, failure) ? null : failure, late].filter(text => text !== null).join('; ')
      return {
        componentId: tool,
        status: late === null ? 'pass' : 'warn',
        ...(askedTo === null ? {} : { observedValue: isoInstant(askedTo), observedUnit: 'last asked' }),
        ...(output === '' ? {} : { output })
      }
    })
  )
  return found.length > 0 ? found : [pass]
}

const budget = ({ budget: { perMinute, taken } }: PortalState, { waiting }: Summary): Check => ({
  status: 'pass',
  observedValue: `${taken} of ${perMinute}`,
  observedUnit: 'requests a minute',
  output: `what waits takes about ${Math.ceil(waiting / perMinute)} minutes`
})

/** One for each problem of each tool, so that none hides another. */
const tools = ({ tools: all, refusing, turnedAway, unreadableRequests }: HealthOptions): Check[] => {
  const on = all.filter(tool => tool.on)
  if (on.length === 0) return [warn('no tool is set up: set INTAKE_SECRET')]
  const refused = refusing()
  const warnings = on.flatMap(({ name, missingSecret }) => {
    const outputs = [
      missingSecret === null ? null : `webhook secret missing: ${missingSecret}`,
      refused.has(name) ? `it refuses its API token: make a new one. ${refused.get(name)}` : null,
      refusedOutput(turnedAway(name)),
      unreadableOutput(unreadableRequests(name))
    ].filter(output => output !== null)
    return outputs.map(output => ({ componentId: name, status: 'warn' as const, output }))
  })
  if (warnings.length > 0) return warnings
  return [{ status: 'pass', observedValue: on.map(({ name }) => name).join(', ') }]
}

/** Requests that nobody has proven, whatever the tool. */
const unprovenRequests = ({ strangersAreMany, lockedOut }: HealthOptions): Check[] => {
  const clients = lockedOut()
  const outputs = [
    clients > 0 &&
      `OPERATOR_TOKEN is being guessed: ${clients} ${clients === 1 ? 'client is' : 'clients are'} locked out; the log says which`,
    strangersAreMany() &&
      'unproven requests take all places, so that senders may have to wait: look at who sends them. Behind a proxy TRUST_PROXY_HEADER tells clients apart'
  ].filter(output => typeof output === 'string')
  return outputs.length === 0 ? [pass] : outputs.map(warn)
}

const refusedOutput = (away: UnprovenCount | null): string | null =>
  away &&
  `${away.requests} ${away.requests === 1 ? 'request' : 'requests'} refused (${away.codes.map(causeOf).join(', ')}), last at ${isoInstant(away.lastAt)}`

const causeOf = (code: string): string => (code === 'NOT_AUTHENTIC' ? 'wrong secret?' : code)

const unreadableOutput = (unreadable: UnreadableRequest | null): string | null => {
  if (unreadable === null) return null
  const { requests, since, lastAt, reasons } = unreadable
  const times = `since ${isoInstant(since)}, last at ${isoInstant(lastAt)}`
  return `${requests} authentic ${requests === 1 ? 'request' : 'requests'} refused ${times} (${reasons.join(', ')}): correct the sender, and send again`
}
