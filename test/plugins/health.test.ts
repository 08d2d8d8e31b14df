import Fastify from 'fastify'
import t, { type Test } from 'tap'
import healthPage from '../../plugins/health.ts'
import { openSqlite } from '../../src/ledger/open.ts'
import { type Changed, openHealth } from '../src/health/health.ts'
import { newDatabase } from '../src/ledger/memory.ts'
import { openApp } from './app.ts'

const open = async (t: Test, changed: Changed = {}) => {
  const { health, ...rest } = openHealth(t, changed)
  const app = Fastify()
  await app.register(healthPage, { health, version: '1.2.3' })
  t.teardown(() => app.close())
  return { app, ...rest }
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
      unprovenRequests: [{ status: 'pass' }],
      numbers: [{ status: 'pass' }],
      catchUp: [{ status: 'pass' }],
      clock: [{ status: 'pass' }],
      mail: [{ status: 'pass' }],
      tools: [{ status: 'pass', observedValue: 'invoices' }]
    }
  })
  t.equal((await app.inject('/health?fail=warn')).statusCode, 200)
})

t.test('a warning is no reason to stop receiving, but for who asks for it', async t => {
  const { app } = await open(t, { portal: { state: 'refused' } })

  t.match(await app.inject('/health'), { statusCode: 200, payload: /^{"status":"warn"/ })
  t.match(await app.inject('/health?fail=warn'), { statusCode: 503, payload: /^{"status":"warn"/ })
  t.equal((await app.inject('/health?fail=other')).statusCode, 200)
})

t.test('what needs a person is counted, and not named', async t => {
  const { app, receive, ask, path } = await openApp(t)
  await receive('Klant-104', { customerName: 'Kees de Bakker', customerEmail: 'kees@bakker.example' })
  await receive('Klant-104', { amount: '987.65' })
  const answer = await app.inject('/health')

  t.match(answer.json().checks.attention, [{ status: 'warn', observedValue: 1, output: 'these need a person' }])
  t.notMatch(answer.payload, /klant|kees|bakker|121|987|token/i)
  await ask('POST', `${path('Klant-104')}/dismiss`)
  t.match((await app.inject('/health')).json().checks.attention, [{ status: 'pass', observedValue: 0 }])
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

  const database = newDatabase()
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
  await clock.advance(60_000)
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
  t.match(logged, [{ level: 50, msg: 'health could not be determined', err: { type: 'TypeError', message: 'a bug' } }])
})
