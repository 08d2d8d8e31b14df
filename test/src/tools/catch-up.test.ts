import t, { type Test } from 'tap'
import { z } from 'zod'
import type { Instant } from '../../../src/core/clock.ts'
import { BridgeError } from '../../../src/core/errors.ts'
import { openSpool } from '../../../src/ledger/spool.ts'
import { createCatchUp } from '../../../src/tools/catch-up.ts'
import { createToolClient } from '../../../src/tools/client.ts'
import { createReceiver } from '../../../src/tools/receiver.ts'
import type { NoInvoice, Tool, ToolInvoice, UnreadEvent } from '../../../src/tools/tool.ts'
import { silent } from '../delivery/delivery.ts'
import { arrivalOf, day, minute } from '../ledger/fixtures.ts'
import { openMemory } from '../ledger/memory.ts'
import { handClock, noon } from '../portal/hand-clock.ts'

const timeZone = 'Europe/Amsterdam'
const hour = 60 * minute

const told = (number: string, finalisedAt: Instant = noon, issuedAt = '2026-11-20'): ToolInvoice => ({
  invoice: arrivalOf({ invoiceNumber: number, sourceId: number, issuedAt }).invoice,
  stage: 'final',
  finalisedAt,
  collectsItself: false
})

type Given = {
  everyMinutes?: number | undefined
  canAsk?: boolean
  sends?: boolean
  hints?: boolean
  listens?: boolean
}

const open = async (
  t: Test,
  { everyMinutes, canAsk = true, hints = false, sends = !hints, listens = false }: Given = {}
) => {
  const clock = handClock()
  const ledger = openMemory({ defer: queueMicrotask })
  t.teardown(() => ledger.close())
  /** Since when it was asked, and at what time. */
  const asked: { since: Instant; at: Instant }[] = []
  const acme = {
    holds: [] as (ToolInvoice | UnreadEvent | NoInvoice)[],
    news: undefined as Tool['news'],
    fails: null as BridgeError | null,
    told: (): unknown => undefined,
    stopped: null as AbortSignal | null,
    /** What it tells of one invoice; a BridgeError: it fails. */
    one: null as ToolInvoice | BridgeError | null,
    loaded: [] as string[]
  }
  const tool: Tool = {
    name: 'acme',
    settings: z.object({}),
    missingSecret: () => null,
    ...(sends || hints ? { verify: () => {} } : {}),
    ...(sends ? { sample: () => ({ body: '', headers: {} }) } : {}),
    read: () => ({ kind: 'ignored', reason: 'nothing' }),
    canAsk: () => canAsk,
    async *missed(since, _, stopped) {
      acme.stopped = stopped
      asked.push({ since, at: clock.now() })
      for (const one of acme.holds) {
        yield one
        await acme.told()
      }
      if (acme.fails) throw acme.fails
    }
  }
  tool.load = async id => {
    acme.loaded.push(id)
    if (acme.one instanceof BridgeError) throw acme.one
    return acme.one
  }
  if (listens) tool.news = (...listening) => acme.news!(...listening)
  const warnings: unknown[] = []
  const log = { ...silent, warn: (facts: object) => void warnings.push(facts) }
  const toolClient = createToolClient({
    tools: [{ tool, settings: {} as never }],
    api: { ask: () => Promise.reject(new Error('nobody is asked')) },
    locate: async () => '',
    clock,
    timeZone,
    refused: () => {}
  })
  const receiver = createReceiver({
    ledger,
    spool: openSpool(t.testdir(), { bytesMax: 1000 }),
    log: silent,
    wake: () => {},
    alert: () => {},
    rules: { sendNotification: true, notifyWithinDays: 7, timeZone }
  })
  const make = () => createCatchUp({ ledger, toolClient, receiver, clock, log, everyMinutes })
  const catchUp = make()
  await catchUp.prepare()
  t.teardown(() => catchUp.stop())
  return { clock, ledger, acme, asked, warnings, catchUp, make }
}

t.test('a tool’s start is fixed when it is first set up, and never moves', async t => {
  const { clock, ledger, make } = await open(t)
  await clock.advance(day)
  await make().prepare()

  t.equal(await ledger.toolStart('acme'), noon)
  t.equal(await ledger.askedTo('acme'), noon)
})

t.test('it is asked at start and every so often, from an hour before the last time', async t => {
  const { clock, ledger, acme, asked, catchUp } = await open(t)
  acme.holds = [told('A-1')]
  await clock.advance(2 * hour)
  catchUp.start()
  catchUp.start()
  await clock.rest()

  t.match(await ledger.find('A-1'), { state: 'waiting', notify: true })
  t.equal(await ledger.askedTo('acme'), noon + 2 * hour)
  await clock.advance(hour)
  t.strictSame(asked, [
    { since: noon - hour, at: noon + 2 * hour },
    { since: noon + hour, at: noon + 3 * hour }
  ])
})

t.test('a tool without webhooks is asked every five minutes, unless the owner says how often', async t => {
  for (const [everyMinutes, every] of [
    [undefined, 5 * minute],
    [30, 30 * minute]
  ] as const) {
    const { clock, asked, catchUp } = await open(t, { everyMinutes, sends: false })
    catchUp.start()
    await clock.advance(2 * every)
    t.strictSame(
      asked.map(({ at }) => at - noon),
      [0, every, 2 * every]
    )
    t.match(catchUp.states(), [{ tool: 'acme', everyMs: every }])
  }
})

t.test('a clock that was ahead, and is corrected, leaves no hole in what was asked for', async t => {
  const { clock, ledger, asked, catchUp } = await open(t)
  await clock.advance(day)
  catchUp.start()
  await clock.rest()
  clock.set(365 * day)
  await clock.advance(2 * hour)
  t.equal(await ledger.askedTo('acme'), clock.now())
  clock.set(-365 * day)
  await clock.advance(hour)

  t.strictSame(asked.at(-1), { since: noon + day - hour, at: noon + day + 3 * hour }, 'from the last that was right')
  t.equal(await ledger.askedTo('acme'), clock.now())
})

t.test('where the process that had the clock ahead is gone, it is asked from its start', async t => {
  const { clock, ledger, asked, catchUp } = await open(t)
  await clock.advance(day)
  await ledger.setAskedTo('acme', noon + 365 * day)
  catchUp.start()
  await clock.rest()

  t.strictSame(asked, [{ since: noon - hour, at: noon + day }])
  t.equal(await ledger.askedTo('acme'), noon + day)
})

t.test('until all it told is kept, the same stretch of time is asked again', async t => {
  const { clock, ledger, acme, asked, warnings, catchUp } = await open(t)
  acme.holds = [told('A-1')]
  acme.fails = new BridgeError('TOOL_UNREACHABLE')
  catchUp.start()
  await clock.advance(4 * minute)

  t.match(await ledger.find('A-1'), { state: 'waiting' }, 'what came before it failed is kept')
  t.equal(await ledger.askedTo('acme'), noon)
  t.match(warnings, [{ tool: 'acme', code: 'TOOL_UNREACHABLE' }])
  acme.fails = null
  await clock.advance(minute)
  t.strictSame(asked, [
    { since: noon - hour, at: noon },
    { since: noon - hour, at: noon + 5 * minute }
  ])
  t.equal(await ledger.askedTo('acme'), noon + 5 * minute)
})

t.test('a tool that asks for a pause gets it, however often it is to be asked', async t => {
  const { clock, acme, asked, catchUp } = await open(t, { everyMinutes: 1 })
  acme.fails = new BridgeError('TOOL_BUSY', undefined, { retryAfterMs: 20 * minute })
  catchUp.start()
  await clock.advance(19 * minute)
  t.equal(asked.length, 1)

  await clock.advance(minute)
  t.equal(asked.length, 2)
})

t.test('an end in the middle of a page waits for nothing, and moves nothing', async t => {
  const { clock, ledger, acme, warnings, catchUp } = await open(t)
  await clock.advance(hour)
  acme.holds = [told('A-1'), told('A-2')]
  let ended: Promise<void> | undefined
  acme.told = () => {
    ended ??= catchUp.stop()
  }
  catchUp.start()
  await clock.rest()
  await ended

  t.match(await ledger.find('A-1'), { state: 'waiting' })
  t.equal(await ledger.find('A-2'), null)
  t.equal(await ledger.askedTo('acme'), noon)
  t.strictSame(warnings, [])
})

t.test('a tool that says nothing does not keep the bridge from ending', async t => {
  const { clock, ledger, acme, warnings, catchUp } = await open(t)
  const { promise: answer, resolve } = Promise.withResolvers<void>()
  await clock.advance(hour)
  acme.holds = [told('A-1'), told('A-2')]
  acme.told = () => answer
  catchUp.start()
  await clock.rest()
  const stopped = catchUp.stop()
  await clock.advance(2000)
  await stopped
  resolve()
  await clock.rest()

  t.equal(await ledger.find('A-2'), null)
  t.equal(await ledger.askedTo('acme'), noon)
  t.strictSame(warnings, [])
})

t.test('a tool that waits, as it was asked to, waits no longer than the bridge', async t => {
  const { clock, acme, warnings, catchUp } = await open(t)
  acme.holds = [told('A-1')]
  acme.told = async () => {
    await clock.sleep(hour, acme.stopped!)
    acme.stopped!.throwIfAborted()
  }
  catchUp.start()
  await clock.rest()
  const asked = catchUp.ask('acme', noon)
  await clock.rest()

  const stopped = catchUp.stop()
  await t.rejects(asked, { code: 'TOOL_UNREACHABLE', message: 'the bridge is stopping' })
  await stopped
  t.strictSame(warnings, [])
})

t.test('what is older than the start stays out, until a person asks for it by date', async t => {
  const { clock, ledger, acme, asked, catchUp } = await open(t)
  acme.holds = [told('O-1', noon - 3 * day, '2026-11-17'), told('N-1')]
  catchUp.start()
  await clock.rest()
  t.equal(await ledger.find('O-1'), null)

  t.strictSame(await catchUp.ask('acme', noon - 5 * day), {
    accepted: 1,
    duplicate: 1,
    conflict: 0,
    ignored: 0,
    unreadable: 0
  })
  t.match(await ledger.find('O-1'), { state: 'waiting', notify: true })
  t.equal(asked.at(-1)?.since, noon - 5 * day)
  t.equal(await ledger.askedTo('acme'), noon, 'what a person asks for does not count as the bridge’s own round')
})

t.test('what a tool without webhooks tells beyond the date that was asked for stays out', async t => {
  const { ledger, acme, catchUp } = await open(t, { sends: false })
  acme.holds = [told('OLD-1', noon - 30 * day, '2026-10-21'), told('A-1', noon - 3 * day, '2026-11-17')]

  t.match(await catchUp.ask('acme', noon - 3 * day), { accepted: 1, ignored: 1 })
  t.equal(await ledger.find('OLD-1'), null)
  t.match(await ledger.find('A-1'), { state: 'waiting' })
})

t.test('a tool is asked one thing at a time', async t => {
  const { clock, acme, asked, catchUp } = await open(t)
  acme.holds = [told('A-1')]
  acme.told = () => clock.sleep(1000)
  catchUp.start()
  await clock.rest()
  const later = catchUp.ask('acme', noon - day)
  const earlier = catchUp.ask('acme', noon - 2 * day)
  await clock.advance(3000)

  t.strictSame(asked, [
    { since: noon - hour, at: noon },
    { since: noon - day, at: noon + 1000 },
    { since: noon - 2 * day, at: noon + 2000 }
  ])
  t.match(await Promise.all([later, earlier]), [{ duplicate: 1 }, { duplicate: 1 }])
})

t.test('nobody is mailed of what was found long after it was issued', async t => {
  const { ledger, acme, catchUp } = await open(t)
  acme.holds = [told('O-7', noon - 7 * day, '2026-11-13'), told('O-8', noon - 8 * day, '2026-11-12')]
  await catchUp.ask('acme', noon - 30 * day)

  t.match(await ledger.find('O-7'), { notify: true })
  t.match(await ledger.find('O-8'), { notify: false })
})

t.test('what cannot be read is held once, and nothing waits for it', async t => {
  const { clock, ledger, acme, asked, warnings, catchUp } = await open(t)
  const odd = { body: Buffer.from('odd'), problem: 'total: expected digits', sourceId: '7' }
  acme.holds = [odd, told('A-1')]
  catchUp.start()
  await clock.rest()
  await clock.advance(2 * hour)

  const { rows } = await ledger.list({ code: 'EVENT_UNREADABLE', limit: 10 })
  t.equal(rows.length, 1, 'once')
  t.match(await ledger.find('A-1'), { state: 'waiting' })
  t.strictSame(warnings, [])
  t.strictSame(
    asked.map(({ since }) => since - noon),
    [-hour, -hour, 0],
    'and it is not asked for again and again'
  )
  t.match(await catchUp.ask('acme', noon), { unreadable: 1, duplicate: 1 })
})

t.test('with nothing to ask of itself it asks when a person says so, and only then', async t => {
  const { clock, acme, asked, catchUp } = await open(t, { everyMinutes: 0 })
  acme.holds = [told('A-1')]
  catchUp.start()
  await clock.advance(7 * day)
  t.strictSame(asked, [])

  t.match(await catchUp.ask('acme', noon), { accepted: 1 })
})

t.test('a tool without an API, or without a token for it, cannot be asked', async t => {
  const { clock, asked, catchUp } = await open(t, { canAsk: false })
  catchUp.start()
  await clock.advance(day)

  t.strictSame(asked, [])
  await t.rejects(catchUp.ask('acme', noon), { code: 'TOOL_CANNOT_BE_ASKED' })
  await t.rejects(catchUp.ask('nobody', noon), { code: 'TOOL_CANNOT_BE_ASKED' })
})

t.test('what a person asked for and failed is told to that person', async t => {
  const { acme, catchUp } = await open(t)
  acme.fails = new BridgeError('TOOL_UNAUTHORIZED')

  await t.rejects(catchUp.ask('acme', noon), { code: 'TOOL_UNAUTHORIZED' })
})

t.test('a tool with news is asked soon, and then as ever; one that cannot be heard is asked as ever', async t => {
  const { clock, acme, asked, catchUp } = await open(t, { sends: false, listens: true })
  const told = Promise.withResolvers<void>()
  const heard: AbortSignal[] = []
  acme.news = (_, stopped) => {
    heard.push(stopped)
    return heard.length === 1 ? told.promise : Promise.reject(new Error('hung up'))
  }
  catchUp.start()
  await clock.advance(minute)
  t.equal(asked.length, 1)
  told.resolve()
  await clock.advance(10_000)
  t.equal(asked.length, 2)
  t.equal(heard[0]?.aborted, true, 'nobody listens twice')
  await clock.advance(4 * minute)
  t.equal(asked.length, 2)
  await clock.advance(minute)
  t.equal(asked.length, 3)
})

t.test('a hint has the tool asked soon, and hundreds of them once', async t => {
  const { clock, asked, catchUp } = await open(t)
  catchUp.start()
  await clock.advance(minute)
  for (let hint = 0; hint < 500; hint += 1) catchUp.hint('acme')
  await clock.advance(15_000)
  t.equal(asked.length, 2)
  await clock.advance(minute)
  t.equal(asked.length, 2)
  catchUp.hint('another')
  await clock.advance(minute)
  t.equal(asked.length, 2)
})

t.test('a hint that comes while the tool is being asked has it asked once more', async t => {
  const { clock, acme, asked, catchUp } = await open(t)
  acme.holds = [told('A-1')]
  acme.told = () => asked.length === 1 && catchUp.hint('acme')
  catchUp.start()
  await clock.advance(minute)

  t.equal(asked.length, 2)
})

t.test('a hint does not shorten the pause after a failure', async t => {
  const { clock, acme, asked, catchUp } = await open(t)
  acme.fails = new BridgeError('TOOL_BUSY', undefined, { retryAfterMs: 10 * minute })
  catchUp.start()
  await clock.advance(minute)
  catchUp.hint('acme')
  await clock.advance(8 * minute)
  t.equal(asked.length, 1)
  acme.fails = null
  await clock.advance(minute)
  t.equal(asked.length, 2)
})

t.test('what fails is not listened to', async t => {
  const { clock, acme, asked, catchUp } = await open(t, { sends: false, listens: true })
  acme.fails = new BridgeError('TOOL_UNREACHABLE')
  acme.news = async () => {}
  catchUp.start()
  await clock.advance(minute)

  t.equal(asked.length, 1)
})

t.test('what is about no invoice is counted, and not kept', async t => {
  const { ledger, acme, catchUp } = await open(t)
  acme.holds = [{ reason: 'a mail without an invoice' }, told('A-1')]

  t.match(await catchUp.ask('acme', noon), { ignored: 1, accepted: 1 })
  t.equal((await ledger.list({ limit: 10 })).rows.length, 1)
})

t.test(
  'the invoice that a hint names is asked for by its id, where the tool does not tell of it otherwise',
  async t => {
    const { clock, ledger, acme, catchUp } = await open(t)
    acme.holds = [told('A-1')]
    catchUp.start()
    await clock.advance(minute)
    acme.one = told('A-2')
    catchUp.hint('acme', 'A-1')
    catchUp.hint('acme', 'A-2')
    await clock.advance(minute)
    t.strictSame(acme.loaded, ['A-2'], 'what was told already is not asked for')
    t.match(await ledger.find('A-2'), { state: 'waiting' })
    acme.one = null
    catchUp.hint('acme', 'A-3')
    await clock.advance(5 * minute)
    t.strictSame(acme.loaded, ['A-2', 'A-3'], 'what the tool does not hold is asked for once')
  }
)

t.test('the invoice that a hint names is asked for until the tool answers', async t => {
  const { clock, ledger, acme, warnings, catchUp } = await open(t)
  catchUp.start()
  await clock.advance(minute)
  acme.one = new BridgeError('TOOL_UNREACHABLE')
  catchUp.hint('acme', 'A-1')
  catchUp.hint('acme', 'A-2')
  await clock.advance(minute)
  t.strictSame(acme.loaded, ['A-1', 'A-2'], 'one that fails does not stop the others')
  t.equal(warnings.length, 1)
  acme.one = told('A-1')
  await clock.advance(5 * minute)
  t.match(await ledger.find('A-1'), { state: 'waiting' })
})

t.test(
  'a hint that the bridge ended before it acted on it costs nothing: the next start asks further back',
  async t => {
    const { clock, ledger, acme, asked, catchUp, make } = await open(t)
    catchUp.start()
    await clock.advance(minute)
    catchUp.hint('acme', 'A-1')
    const hintedAt = clock.now()
    await catchUp.stop()
    acme.holds = [told('A-1', hintedAt)]
    await clock.advance(10 * minute)
    const next = make()
    next.start()
    await clock.rest()

    t.ok(asked[1]!.since < hintedAt)
    t.match(await ledger.find('A-1'), { state: 'waiting' })
    await next.stop()
  }
)

t.test('where nobody is asked by the clock, a tool that only hints is asked at the start', async t => {
  const { clock, asked, catchUp } = await open(t, { everyMinutes: 0, hints: true })
  catchUp.start()
  await clock.advance(60 * minute)

  t.equal(asked.length, 1)
})

t.test('a hint is acted on where nobody is asked by the clock, too', async t => {
  const { clock, acme, asked, catchUp } = await open(t, { everyMinutes: 0 })
  catchUp.start()
  await clock.advance(60 * minute)
  t.equal(asked.length, 0)
  acme.fails = new BridgeError('TOOL_UNREACHABLE')
  catchUp.hint('acme')
  await clock.advance(minute)
  t.equal(asked.length, 1)
  acme.fails = null
  await clock.advance(60 * minute)
  t.equal(asked.length, 2, 'once more, after it failed')
  await catchUp.stop()
})
