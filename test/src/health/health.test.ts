import t, { type Test } from 'tap'
import { inWords, saidWarnings } from '../../../src/health/health.ts'
import { arrivalOf, bodyOf, borrowOne } from '../ledger/fixtures.ts'
import { type Changed, on, openHealth, well } from './health.ts'

const minute = 60_000

const open = (t: Test, changed: Changed = {}) => {
  const { health, ...rest } = openHealth(t, changed)
  return { ...rest, check: async (name: string) => inWords(await health(), 'en')[name]?.[0] }
}

t.test('each thing that an owner wants to know is a warning', async t => {
  const warnings: [string, Changed, RegExp][] = [
    ['portal', { portal: { state: 'refused' } }, /refuses PORTAL_TOKEN/],
    ['portal', { portal: { readsRefused: true } }, /refuses PORTAL_TOKEN/],
    ['portal', { portal: { state: 'down', sinceMs: 7 * minute } }, /not answered for 7 minutes/],
    ['tools', { tools: [] }, /no tool is set up/],
    ['tools', { tools: [{ ...on, on: false }] }, /no tool is set up/],
    ['tools', { tools: [on, { name: 'acme', on: true, missingSecret: 'ACME_SECRET' }] }, /missing: ACME_SECRET/],
    ['unprovenRequests', { strangersAreMany: () => true }, /take all places/],
    ['unprovenRequests', { lockedOut: () => 1 }, /OPERATOR_TOKEN is being guessed: 1 client is locked out/],
    [
      'tools',
      { turnedAway: () => ({ requests: 3, lastAt: 0, codes: ['NOT_AUTHENTIC', 'BODY_TOO_LARGE'] }) },
      /^3 requests refused \(wrong secret\?, BODY_TOO_LARGE\), last at/
    ],
    [
      'tools',
      { refusing: () => new Map([['invoices', 'acme.example refuses ACME_TOKEN (401)']]) },
      /^it refuses its API token: make a new one\. acme\.example refuses ACME_TOKEN \(401\)$/
    ]
  ]
  for (const [name, changed, output] of warnings) {
    const { check } = open(t, changed)
    t.match(await check(name), { status: 'warn', output })
  }
})

t.test('what an authentic sender sent in vain is a warning of its tool', async t => {
  const tools = ['invoices', 'invoices:books'].map(name => ({ ...on, name }))
  const lately = { since: 0, lastAt: minute, reasons: ['amount', 'pdf'] }
  const { health } = openHealth(t, {
    tools,
    unreadableRequests: name => (name === 'invoices:books' ? { requests: 2, ...lately } : { requests: 1, ...lately })
  })
  const words =
    'refused since 1970-01-01T00:00:00Z, last at 1970-01-01T00:01:00Z (amount, pdf): correct the sender, and send again'

  t.strictSame(saidWarnings(await health(), 'en'), [
    { check: 'tools', tool: 'invoices', output: `1 authentic request ${words}` },
    { check: 'tools', tool: 'invoices:books', output: `2 authentic requests ${words}` }
  ])
})

t.test('no warning hides another: each tool has its own', async t => {
  const { health } = openHealth(t, {
    portal: { state: 'down', sinceMs: minute },
    tools: [on, { name: 'acme', on: true, missingSecret: 'ACME_SECRET' }, { ...on, name: 'other', on: false }],
    refusing: () =>
      new Map([
        ['acme', 'why'],
        ['invoices', 'why too']
      ])
  })

  t.strictSame(saidWarnings(await health(), 'en'), [
    { check: 'portal', tool: null, output: 'the portal has not answered for 60 seconds' },
    { check: 'tools', tool: 'invoices', output: 'it refuses its API token: make a new one. why too' },
    { check: 'tools', tool: 'acme', output: 'webhook secret missing: ACME_SECRET' },
    { check: 'tools', tool: 'acme', output: 'it refuses its API token: make a new one. why' }
  ])
})

t.test('what waits or is in doubt for long is a warning', async t => {
  const { check, ledger, clock } = open(t)
  await ledger.receive(arrivalOf({ invoiceNumber: '1', sourceId: '1' }), clock.now())
  await ledger.receive(arrivalOf(), clock.now())
  const loan = await borrowOne(ledger, clock.now())
  await ledger.sending(loan, bodyOf(loan), clock.now())

  await clock.advance(15 * minute)
  t.match([await check('waiting'), await check('doubt')], Array(2).fill({ status: 'pass', observedValue: 1 }))
  await clock.advance(1)
  t.match(
    [await check('waiting'), await check('doubt')],
    Array(2).fill({ status: 'warn', observedValue: 1, output: 'the oldest for 15 minutes' })
  )
})

t.test('that what is sent cannot be counted, and so is not sent, is a warning', async t => {
  const { check, ledger } = open(t)
  ledger.uncounted = () => 'EACCES'
  t.match(await check('ledger'), { status: 'warn', output: /^nothing is delivered: .*\.sent .*\(EACCES\)/ })
})

t.test('a worker that stands still is noticed', async t => {
  const { check, clock } = open(t, {
    engine: { turnedAt: () => 0, portal: () => well }
  })
  await clock.advance(minute)
  t.match(await check('worker'), { status: 'pass' })
  await clock.advance(1)
  t.match(await check('worker'), { status: 'warn', output: /restart the bridge/ })
})

t.test('what went wrong last in reading the portal is told at once, in its words', async t => {
  const failure = { code: 'PORTAL_UNREACHABLE' as const, message: 'the portal answered 500', forMs: 61_000 }
  const { check } = open(t, { portal: { failure } })

  t.match(await check('copy'), {
    status: 'warn',
    output: 'PORTAL_UNREACHABLE: the portal answered 500, for 61 seconds'
  })
})

t.test('a first read that does not get on is a warning', async t => {
  const { check } = open(t, { portal: { filling: { pages: 12, stillMs: 15 * minute + 1 } } })
  t.match(await check('copy'), { status: 'warn', output: 'the first reading has made no progress for 15 minutes' })
})

t.test('readings that cannot be believed are a warning, with why', async t => {
  const { check, clock, ledger } = open(t)
  await ledger.holdings.setCopy({ unclear: { since: clock.now(), why: 'the list lacks inv_1' } })
  await clock.advance(3 * minute)

  t.match(await check('copy'), {
    status: 'warn',
    output: 'the list lacks inv_1, for 3 minutes: what is in doubt waits'
  })
})

t.test('a portal that was not read for three times as long as usual is a warning', async t => {
  const { check, clock, ledger } = open(t)
  await check('copy')
  await ledger.holdings.setCopy({ filled: true, sweptAt: clock.now(), fullAt: clock.now() })
  await clock.advance(45 * minute)
  t.match(await check('copy'), { status: 'pass' })
  await clock.advance(1)
  t.match(await check('copy'), { status: 'warn', output: 'the portal was last read 45 minutes ago' })

  await clock.advance(3 * 24 * 60 * minute)
  await ledger.holdings.setCopy({ sweptAt: clock.now() })
  t.match(await check('copy'), { status: 'warn', output: /last read as a whole 3 days ago/ })
})

t.test('what was due before this process began is not late yet', async t => {
  const { check, clock, ledger } = open(t)
  await ledger.holdings.setCopy({ filled: true, sweptAt: clock.now() - 24 * 60 * minute })
  t.match(await check('copy'), { status: 'pass' })
})

t.test('a tool that could not be asked for three times its interval is a warning, with why', async t => {
  let failure: string | null = 'TOOL_UNREACHABLE: api.acme.example answered 503'
  const caughtUp = () => [{ tool: 'acme', everyMs: 60 * minute, failure }]
  const { check, clock, ledger } = open(t, { caughtUp })
  await ledger.startTool('acme', clock.now())
  const last = { componentId: 'acme', observedValue: '2026-11-20T12:00:00Z', observedUnit: 'last asked' }
  t.strictSame(await check('catchUp'), { ...last, status: 'pass', output: failure }, 'shown at once')

  await clock.advance(3 * 60 * minute)
  t.match(await check('catchUp'), { status: 'pass' })
  await clock.advance(1)
  t.match(await check('catchUp'), { status: 'warn', output: `${failure}; last asked 3 hours ago` })
  failure = null
  t.match(await check('catchUp'), { status: 'warn', output: 'last asked 3 hours ago' })
  await ledger.setAskedTo('acme', clock.now())
  t.match(await check('catchUp'), { status: 'pass' })
})

t.test('a tool that refuses its token is told of once', async t => {
  const failure = 'TOOL_UNAUTHORIZED: api.acme.example refuses ACME_TOKEN (401)'
  const { health } = openHealth(t, {
    tools: [{ ...on, name: 'acme' }],
    caughtUp: () => [{ tool: 'acme', everyMs: 60 * minute, failure }],
    refusing: () => new Map([['acme', 'why']])
  })
  t.match(saidWarnings(await health(), 'en'), [{ check: 'tools', tool: 'acme', output: /refuses its API token.*why$/ }])
  t.equal(saidWarnings(await health(), 'en').length, 1)
})

t.test('a time that a clock which was ahead has left is a warning, and never fine', async t => {
  const ahead = 6 * minute
  const caughtUp = () => [{ tool: 'acme', everyMs: 60 * minute, failure: null }]
  const { health, clock, ledger } = openHealth(t, { caughtUp })
  const at = clock.now() + ahead
  await ledger.startTool('acme', at)
  await ledger.receive(arrivalOf(), at)
  await ledger.holdings.setCopy({ filled: true, sweptAt: at, fullAt: at })
  const words = '6 minutes ahead of now: look at the clock of this machine'

  t.strictSame(saidWarnings(await health(), 'en'), [
    { check: 'waiting', tool: null, output: `the oldest is dated ${words}` },
    { check: 'copy', tool: null, output: `the portal was last read ${words}` },
    { check: 'copy', tool: null, output: `the portal was last read as a whole ${words}` },
    { check: 'catchUp', tool: 'acme', output: `last asked ${words}` }
  ])
  await clock.advance(minute)
  t.strictSame(saidWarnings(await health(), 'en'), [], 'clocks are corrected by seconds')
})

t.test('a mail that nobody takes is a warning', async t => {
  const { check, clock, ledger } = open(t)
  t.match(await check('mail'), { status: 'pass' })
  await ledger.addNotice({ kind: 'alert', code: 'REVIEW', invoiceNumber: '2026-0042', text: null }, clock.now())
  await clock.advance(15 * minute)
  t.match(await check('mail'), { status: 'pass' }, 'mails go out once a minute')

  await clock.advance(1)
  t.match(await check('mail'), { status: 'warn', output: /has waited for 15 minutes: look at SMTP_URL/ })
  await ledger.dropNotices((await ledger.notices())[0]?.id ?? 0)
  t.match(await check('mail'), { status: 'pass' })
})

t.test('a clock that jumps is told of for an hour', async t => {
  for (const [by, output] of [
    [-2 * 60 * minute, 'the clock of this machine, or of PostgreSQL, jumped 2 hours back: set it right'],
    [30 * minute, 'the clock of this machine, or of PostgreSQL, jumped 34 minutes ahead: set it right']
  ] as const) {
    const { check, clock } = open(t)
    t.match(await check('clock'), { status: 'pass' })
    clock.set(4 * minute)
    t.match(await check('clock'), { status: 'pass' }, 'clocks are corrected now and then')
    clock.set(by)

    t.match(await check('clock'), { status: 'warn', output })
    await clock.advance(60 * minute)
    t.match(await check('clock'), { status: 'warn' })
    await clock.advance(1)
    t.match(await check('clock'), { status: 'pass' })
  }
})

t.test('the first read of the portal shows how far it is', async t => {
  const { check } = open(t, { portal: { filling: { pages: 12, stillMs: 0 } } })
  t.match(await check('copy'), {
    status: 'pass',
    observedValue: 12,
    observedUnit: 'pages',
    output: /first time/
  })
})
