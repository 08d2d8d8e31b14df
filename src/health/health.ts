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
import { type Saying, said, say } from '../words/saying.ts'
import type { Language } from '../words/words.ts'

export type HealthOptions = {
  ledger: Ledger
  clock: Clock
  engine: Pick<Engine, 'turnedAt' | 'portal'>
  /** The tools that are asked what their webhooks missed. */
  caughtUp: CatchUp['states']
  tools: { name: string; on: boolean; missingSecret: string | null }[]
  /** Tools that refuse their token, and how. */
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
  /** The tool that the check is about, if it is about one. */
  componentId?: string
  status: 'pass' | 'warn' | 'fail'
  observedValue?: number | string
  observedUnit?: string
  says?: Saying
}

export type Checks = Record<string, Check[]>

export type Health = () => Promise<Checks>

/** As people read them. */
export const inWords = (checks: Checks, language: Language): Record<string, SaidCheck[]> =>
  Object.fromEntries(Object.entries(checks).map(([name, found]) => [name, found.map(check => saidIn(check, language))]))

export type SaidCheck = Omit<Check, 'says'> & { output?: string }

const saidIn = ({ says, ...check }: Check, language: Language): SaidCheck =>
  says ? { ...check, output: said(says, language) } : check

export type Warning = { check: string; tool: string | null; says: Saying }

/** What an owner has to read of the checks. */
export const warningsIn = (checks: Checks): Warning[] =>
  Object.entries(checks).flatMap(([check, found]) =>
    found.flatMap(({ status, componentId: tool = null, says }) =>
      status === 'pass' || !says ? [] : [{ check, tool, says }]
    )
  )

export type SaidWarning = { check: string; tool: string | null; output: string }

export const saidWarnings = (checks: Checks, language: Language): SaidWarning[] =>
  warningsIn(checks).map(({ says, ...warning }) => ({ ...warning, output: said(says, language) }))

const pass: Check = { status: 'pass' }
const warn = (says: Saying): Check => ({ status: 'warn', says })

const minute = 60_000

// Anything done at intervals is late after this many of them.
const lateFactor = 3

// Everything is read once a day.
const fullEveryMs = 24 * 60 * minute

// Corrections of a wall clock are a matter of seconds. After a larger jump it was wrong before, or is now. The warning
// lasts as long as an owner may take to look; then the new time is taken to be right.
const jumpMsMin = 5 * minute
const jumpShownMs = 60 * minute

// When an owner wants to know. A backlog of a few hundred invoices takes less than this at 60 a minute.
const lateMs = 15 * minute

// The loop turns every few seconds.
const workerSilentMs = minute

// Anybody may ask for health; the disk is written no more often than this.
const beatEveryMs = 5000

// Nor may those requests fill the log.
const complainEveryMs = minute

/** Never rejects: whatever prevents an answer becomes the answer, and is logged. */
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
  let latest: { byMs: number; at: number } | null = null
  return () => {
    const now = clock.monotonic()
    const byMs = offset() - usual
    if (Math.abs(byMs) > jumpMsMin) {
      latest = { byMs, at: now }
      usual = offset()
    }
    if (latest === null || now - latest.at > jumpShownMs) return pass
    return warn(say(latest.byMs > 0 ? 'clockAhead' : 'clockBack', secondsOf(Math.abs(latest.byMs))))
  }
}

/** The answers when there is no other. A bug is no reason to stop receiving. */
const failures: Record<'ledger' | 'bug', { message: string; checks: Checks }> = {
  ledger: {
    message: 'events cannot be kept',
    checks: {
      ledger: [{ status: 'fail', says: say('eventsNotKept') }]
    }
  },
  bug: {
    message: 'health could not be determined',
    checks: { bridge: [warn(say('bug'))] }
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

const counted = (uncounted: string | null): Check => (uncounted === null ? pass : warn(say('uncounted', uncounted)))

const worker = ({ clock, engine }: HealthOptions): Check =>
  clock.monotonic() - engine.turnedAt() > workerSilentMs ? warn(say('workerStill')) : pass

const late = (since: Instant | null, invoices: number, now: Instant): Check => {
  const count = { observedValue: invoices, observedUnit: 'invoices' }
  if (isAhead(since, now)) return { status: 'warn', ...count, says: say('oldestAhead', secondsOf(since - now)) }
  if (since === null || now - since <= lateMs) return { status: 'pass', ...count }
  return { status: 'warn', ...count, says: say('oldest', secondsOf(now - since)) }
}

const attention = ({ attention: invoices }: Summary): Check =>
  invoices === 0
    ? { status: 'pass', observedValue: 0, observedUnit: 'invoices' }
    : { status: 'warn', observedValue: invoices, observedUnit: 'invoices', says: say('needPerson') }

const portal = ({ state, sinceMs, readsRefused }: PortalState): Check => {
  if (state === 'refused' || readsRefused) return warn(say('portalRefuses'))
  if (state === 'down') return warn(say('portalDown', secondsOf(sinceMs)))
  return pass
}

/** Mails wait in the ledger until the mail server has taken them. */
const mail = ([oldest]: KeptNotice[], now: Instant): Check =>
  oldest === undefined || now - oldest.at <= lateMs ? pass : warn(say('mailWaits', secondsOf(now - oldest.at)))

// How many numbers are shown; the log names all.
const alikeShownMax = 10

const alike = (numbers: string[]): Check[] => {
  if (numbers.length === 0) return [pass]
  const shown = numbers.slice(0, alikeShownMax).join(', ')
  const says = say('alike', shown, Math.max(0, numbers.length - alikeShownMax))
  return [{ status: 'warn', observedValue: numbers.length, observedUnit: 'invoices', says }]
}

type Time = { now: Instant; upMs: number }

/** What is wrong with the copy of the portal. */
const copy = (state: PortalState, { sweptAt, fullAt, unclear }: CopyState, time: Time): Check[] => {
  const { now } = time
  const { filling, failure, everyMs } = state
  const sayings: (Saying | false | null)[] = [
    failure && say('readingFailed', `${failure.code}: ${failure.message}`, secondsOf(failure.forMs)),
    unclear && say('readingUnclear', unclear.why, secondsOf(now - unclear.since)),
    filling && filling.stillMs > lateMs && say('firstReadingStill', secondsOf(filling.stillMs)),
    filling === null && readLast('read', sweptAt, everyMs, time),
    filling === null && readLast('readWhole', fullAt, fullEveryMs, time)
  ]
  const wrong = sayings.filter(says => says !== false && says !== null)
  if (wrong.length > 0) return wrong.map(warn)
  if (filling === null) return [pass]
  return [{ status: 'pass', observedValue: filling.pages, observedUnit: 'pages', says: say('firstReading') }]
}

/** The clock was ahead when it was noted, or is behind now. */
const isAhead = (at: Instant | null, now: Instant): at is Instant => at !== null && at - now > jumpMsMin

const secondsOf = (ms: number): number => ms / 1000

const isLate = (at: Instant, everyMs: number, { now, upMs }: Time): boolean =>
  Math.min(now - at, upMs) > lateFactor * everyMs

/** Null while it is not late. */
const readLast = (what: 'read' | 'readWhole', at: Instant | null, everyMs: number, time: Time): Saying | null => {
  if (isAhead(at, time.now)) return say(`${what}Ahead`, secondsOf(at - time.now))
  return at !== null && isLate(at, everyMs, time) ? say(what, secondsOf(time.now - at)) : null
}

const askedLast = (at: Instant | null, everyMs: number, time: Time, problem: string): Saying | null => {
  if (isAhead(at, time.now)) return say('askedAhead', secondsOf(at - time.now), problem)
  return at !== null && isLate(at, everyMs, time) ? say('asked', secondsOf(time.now - at), problem) : null
}

/**
 * Up to when each tool was asked what its webhooks missed. One failure is no warning: tools are down for minutes every
 * week, and are asked again.
 */
const catchUp = async (options: HealthOptions, upMs: number): Promise<Check[]> => {
  const { caughtUp, ledger, clock, refusing } = options
  const time = { now: clock.now(), upMs }
  const refused = refusing()
  /** A refused token is already a warning about the tool itself. */
  const isShown = (tool: string, failure: string | null) =>
    refused.has(tool) && failure?.startsWith('TOOL_UNAUTHORIZED')
  const found = await Promise.all(
    caughtUp().map(async ({ tool, everyMs, failure }): Promise<Check> => {
      const askedTo = await ledger.askedTo(tool)
      const problem = failure === null || isShown(tool, failure) ? '' : failure
      const late = askedLast(askedTo, everyMs, time, problem)
      const says = late ?? (problem === '' ? null : say('notAsked', problem))
      return {
        componentId: tool,
        status: late === null ? 'pass' : 'warn',
        ...(askedTo === null ? {} : { observedValue: isoInstant(askedTo), observedUnit: 'last asked' }),
        ...(says && { says })
      }
    })
  )
  return found.length > 0 ? found : [pass]
}

const budget = ({ budget: { perMinute, taken } }: PortalState, { waiting }: Summary): Check => ({
  status: 'pass',
  observedValue: `${taken} of ${perMinute}`,
  observedUnit: 'requests a minute',
  says: say('backlog', Math.ceil(waiting / perMinute))
})

/** One for each problem of each tool, so that none hides another. */
const tools = ({ tools: all, refusing, turnedAway, unreadableRequests }: HealthOptions): Check[] => {
  const on = all.filter(tool => tool.on)
  if (on.length === 0) return [warn(say('noTool'))]
  const refused = refusing()
  const warnings = on.flatMap(({ name, missingSecret }) => {
    const sayings = [
      missingSecret === null ? null : say('secretMissing', missingSecret),
      refused.has(name) ? say('toolRefuses', refused.get(name) ?? '') : null,
      sayRefused(turnedAway(name)),
      sayUnreadable(unreadableRequests(name))
    ].filter(says => says !== null)
    return sayings.map(says => ({ componentId: name, ...warn(says) }))
  })
  if (warnings.length > 0) return warnings
  return [{ status: 'pass', observedValue: on.map(({ name }) => name).join(', ') }]
}

/** Unproven requests, whatever the tool. */
const unprovenRequests = ({ strangersAreMany, lockedOut }: HealthOptions): Check[] => {
  const clients = lockedOut()
  const sayings = [clients > 0 && say('guessing', clients), strangersAreMany() && say('strangers')].filter(
    says => says !== false
  )
  return sayings.length === 0 ? [pass] : sayings.map(warn)
}

const sayRefused = (away: UnprovenCount | null): Saying | null =>
  away && say('unproven', away.requests, away.codes.join(', '), isoInstant(away.lastAt))

const sayUnreadable = (unreadable: UnreadableRequest | null): Saying | null => {
  if (unreadable === null) return null
  const { requests, since, lastAt, reasons } = unreadable
  return say('unreadable', requests, reasons.join(', '), isoInstant(since), isoInstant(lastAt))
}
