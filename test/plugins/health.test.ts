import { DatabaseSync } from 'node:sqlite'
import Fastify from 'fastify'
import { pino } from 'pino'
import t, { type Test } from 'tap'
import health, { type HealthOptions } from '../../plugins/health.ts'
import type { PortalState } from '../../src/engine.ts'
import { openSqlite } from '../../src/ledger/sqlite.ts'
import { arrivalOf, bodyOf, borrowOne } from '../src/ledger/fixtures.ts'
import { handClock } from '../src/portal/hand-clock.ts'
import { openApp } from './app.ts'

const minute = 60_000
const well: PortalState = {
  state: 'open',
  sinceMs: 0,
  readsRefused: false,
  filling: null,
  budget: { perMinute: 60, taken: 3, waiting: { delivery: 0, doubt: 0, sweep: 0 }, pausedForMs: 0 }
}
const on = { name: 'invoices', on: true, missingSecret: null }

/** With a portal in any state. */
const open = async (t: Test, changed: Partial<HealthOptions> & { portal?: Partial<PortalState> } = {}) => {
  const clock = handClock()
  const ledger = openSqlite({ file: ':memory:', defer: queueMicrotask })
  t.teardown(() => ledger.close())
  const { portal = {}, ...options } = changed
  const logged: { level: number; msg: string; err: object }[] = []
  const app = Fastify({
    loggerInstance: pino({ level: 'error' }, { write: line => void logged.push(JSON.parse(line)) })
  })
  await app.register(health, {
    ledger,
    clock,
    engine: { turnedAt: clock.monotonic, portal: () => ({ ...well, ...portal }) },
    tools: [on],
    refusing: () => [],
    version: '1.2.3',
    ...options
  })
  t.teardown(() => app.close())
  return {
    app,
    clock,
    ledger,
    logged,
    check: async (name: string) => (await app.inject('/health')).json().checks[name][0]
  }
}

t.test('a bridge that is well says so, in the form that monitors know', async t => {
  const { app } = await open(t)
  const answer = await app.inject('/health')

  t.match(answer, {
    statusCode: 200,
    headers: { 'content-type': /^application\/health\+json/, 'cache-control': 'no-store' }
  })
  t.strictSame(answer.json(), {
    status: 'pass',
    version: '1.2.3',
    checks: {
      ledger: [{ status: 'pass' }],
      worker: [{ status: 'pass' }],
      waiting: [{ status: 'pass', observedValue: 0, observedUnit: 'invoices' }],
      doubt: [{ status: 'pass', observedValue: 0, observedUnit: 'invoices' }],
      attention: [{ status: 'pass', observedValue: 0, observedUnit: 'invoices' }],
      portal: [{ status: 'pass' }],
      copy: [{ status: 'pass' }],
      budget: [
        {
          status: 'pass',
          observedValue: '3 of 60',
          observedUnit: 'requests a minute',
          output: 'what waits takes about 0 minutes'
        }
      ],
      tools: [{ status: 'pass', observedValue: 'invoices' }]
    }
  })
  t.equal((await app.inject('/health?fail=warn')).statusCode, 200)
})

t.test('each thing that an owner wants to know is a warning, and no reason to stop receiving', async t => {
  const warnings: [string, Parameters<typeof open>[1], RegExp][] = [
    ['portal', { portal: { state: 'refused' } }, /refuses PORTAL_TOKEN/],
    ['portal', { portal: { readsRefused: true } }, /refuses PORTAL_TOKEN/],
    ['portal', { portal: { state: 'down', sinceMs: 7 * minute } }, /not answered for 7 minutes/],
    ['tools', { tools: [] }, /no tool is set up/],
    ['tools', { tools: [{ ...on, on: false }] }, /no tool is set up/],
    [
      'tools',
      { tools: [on, { name: 'acme', on: true, missingSecret: 'ACME_SECRET' }] },
      /missing: ACME_SECRET/
    ],
    ['tools', { refusing: () => ['acme'] }, /refused by: acme/]
  ]
  for (const [name, changed, output] of warnings) {
    const { app, check } = await open(t, changed)
    t.match(await check(name), { status: 'warn', output })
    t.match(await app.inject('/health'), { statusCode: 200, payload: /^{"status":"warn"/ })
    t.match(await app.inject('/health?fail=warn'), { statusCode: 503, payload: /^{"status":"warn"/ })
    t.equal((await app.inject('/health?fail=other')).statusCode, 200)
  }
})

t.test('what waits or is in doubt for long is a warning', async t => {
  const { check, ledger, clock } = await open(t)
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

t.test('what needs a person is counted, and not named', async t => {
  const { app, receive, ask, path } = await openApp(t)
  await receive('Klant-104', { customerName: 'Kees de Bakker', customerEmail: 'kees@bakker.example' })
  await receive('Klant-104', { amount: '987.65' })
  const answer = await app.inject('/health')

  t.match(answer.json().checks.attention, [
    { status: 'warn', observedValue: 1, output: 'these need a person' }
  ])
  t.notMatch(answer.payload, /klant|kees|bakker|121|987|token/i)
  await ask('POST', `${path('Klant-104')}/dismiss`)
  t.match((await app.inject('/health')).json().checks.attention, [{ status: 'pass', observedValue: 0 }])
})

t.test('a worker that stands still is noticed', async t => {
  const { check, clock } = await open(t, {
    engine: { turnedAt: () => 0, portal: () => well }
  })
  await clock.advance(minute)
  t.match(await check('worker'), { status: 'pass' })
  await clock.advance(1)
  t.match(await check('worker'), { status: 'warn', output: /restart the bridge/ })
})

t.test('the first read of the portal shows how far it is', async t => {
  const { check } = await open(t, { portal: { filling: { pages: 12 } } })
  t.match(await check('copy'), {
    status: 'pass',
    observedValue: 12,
    observedUnit: 'pages',
    output: /first time/
  })
})

t.test('a ledger that cannot keep anything fails: the sender is to try again elsewhere or later', async t => {
  const fails = {
    status: 'fail',
    version: '1.2.3',
    checks: { ledger: [{ status: 'fail', output: /free space/ }] }
  }

  const closed = await openApp(t)
  await closed.ledger.close()
  const answer = await closed.app.inject('/health')
  t.match(answer, { statusCode: 503, headers: { 'content-type': /^application\/health\+json/ } })
  t.match(answer.json(), fails)
  t.match(await closed.receive('A-1'), { statusCode: 503, headers: { 'retry-after': '5' } })

  const database = new DatabaseSync(':memory:')
  t.teardown(() => database.close())
  const { app, clock, logged } = await open(t, {
    ledger: openSqlite({ file: '', database, defer: queueMicrotask })
  })
  t.equal((await app.inject('/health')).statusCode, 200)
  database.exec('PRAGMA query_only = ON')
  t.equal((await app.inject('/health')).statusCode, 200, 'it is not asked at every request')
  await clock.advance(5000)
  t.match((await app.inject('/health')).json(), fails, 'it can be read, but not written')
  t.match((await app.inject('/health')).json(), fails, 'a failure is not remembered as a success')
  t.match(logged, [{ level: 50, msg: 'events cannot be kept', err: { code: 'LEDGER_UNAVAILABLE' } }])
  t.equal(logged.length, 1, 'whoever asks often does not fill the log')
  await clock.advance(minute)
  await app.inject('/health')
  t.equal(logged.length, 2)
  database.exec('PRAGMA query_only = OFF')
  t.equal((await app.inject('/health')).statusCode, 200)
})

t.test('a bug is no reason to stop receiving: it is a warning, and stands in the log', async t => {
  const engine = {
    turnedAt: () => 0,
    portal: () => {
      throw new TypeError('a bug')
    }
  }
  const { app, logged } = await open(t, { engine })
  const answer = await app.inject('/health')

  t.equal(answer.statusCode, 200)
  t.match(answer.json(), {
    status: 'warn',
    checks: { bridge: [{ status: 'warn', output: /a bug.*log/ }] }
  })
  t.notMatch(answer.json(), { checks: { ledger: [{ status: 'fail' }] } })
  t.equal((await app.inject('/health?fail=warn')).statusCode, 503)
  t.match(logged, [
    { level: 50, msg: 'health could not be told', err: { type: 'TypeError', message: 'a bug' } }
  ])
})
