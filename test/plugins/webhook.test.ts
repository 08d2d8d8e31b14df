import Fastify from 'fastify'
import t, { type Test } from 'tap'
import problems from '../../plugins/problems.ts'
import refusals from '../../plugins/refusals.ts'
import { timedSignature } from '../../plugins/timed-signature.ts'
import stripe, { tool } from '../../plugins/tools/stripe.ts'
import { createIntake } from '../../src/intake.ts'
import { openSqlite } from '../../src/ledger/sqlite.ts'
import { openSpool } from '../../src/spool.ts'
import type { ToolOptions } from '../../src/tool.ts'
import { but, day, env, fixture, invoice, type Json, now, secret, timeZone } from '../fixtures/stripe.ts'
import { silent } from '../src/delivery.ts'

const { invoiceNumber } = invoice
const accepted = { result: 'accepted' }
const duplicate = { result: 'duplicate' }

const open = async (t: Test, settings: Json | null = env) => {
  const ledger = openSqlite({ file: ':memory:', defer: queueMicrotask })
  t.teardown(() => ledger.close())
  const spool = openSpool(t.testdir(), { bytesMax: 1000 })
  const alerts: unknown[] = []
  const told: object[] = []
  const intake = createIntake({
    ledger,
    spool,
    log: { ...silent, info: facts => void told.push(facts) },
    wake: () => {},
    alert: (...told) => alerts.push(told),
    rules: { sendNotification: true, notifyWithinDays: 7, timeZone }
  })
  const app = Fastify()
  t.teardown(() => app.close())
  await app.register(problems)
  await app.register(refusals, { trustProxyHeader: undefined })
  const options: ToolOptions<ReturnType<typeof tool.settings.parse>> = {
    settings: settings && tool.settings.parse(settings),
    intake,
    spool,
    clock: { now: () => now, monotonic: () => 0, sleep: async () => {} },
    timeZone,
    sendNotification: true,
    pdfBytesMax: 1000,
    refused: app.refused,
    turnedDown: () => {}
  }
  await app.register(stripe, options)
  const post = async (body: Buffer, headers: Record<string, string> = {}) => {
    const answer = await app.inject({
      method: 'POST',
      url: '/stripe',
      headers: { 'content-type': 'application/json', ...headers },
      body
    })
    return { status: answer.statusCode, headers: answer.headers, body: answer.json<Json>() }
  }
  return {
    ledger,
    alerts,
    told,
    post,
    send: (body: Buffer, headers: Record<string, string> = {}, by = secret) =>
      post(body, { 'stripe-signature': timedSignature(body.toString(), by, now), ...headers })
  }
}

t.test('an authentic event is on the disk before it is acknowledged, and once', async t => {
  const { ledger, send } = await open(t)

  t.match(await send(fixture('finalized')), { status: 200, body: accepted })
  t.match(await ledger.find(invoiceNumber), { state: 'waiting', tool: 'stripe', notify: true, test: false })
  t.match(await send(fixture('finalized')), { status: 200, body: duplicate })
  t.match(await send(fixture('paid')), { status: 200, body: duplicate })
  t.match(await ledger.find(invoiceNumber), { paidAt: Number })
  t.match(await send(fixture('voided')), { status: 200, body: accepted })
  t.match(await ledger.find(invoiceNumber), { state: 'dismissed', code: 'VOIDED_IN_TOOL' })
  t.equal((await ledger.list({ limit: 10 })).rows.length, 1)
})

t.test('an authentic event of no concern is acknowledged, with the reason, and not kept', async t => {
  const { ledger, told, send } = await open(t)
  await ledger.startTool('stripe', now)
  const ignored = (reason: string) => ({ status: 200, body: { result: 'ignored', reason } })

  t.match(await send(fixture('credit-note')), ignored('credit_note.created'))
  t.match(await send(fixture('test-mode')), ignored('test mode'))
  t.match(await send(fixture('voided')), ignored('VOIDED_IN_TOOL'))
  t.match(await send(fixture('finalized')), ignored('BEFORE_START'))
  t.strictSame((await ledger.list({ limit: 10 })).rows, [])
  t.strictSame(
    told,
    ['credit_note.created', 'test mode', 'VOIDED_IN_TOOL', 'BEFORE_START'].map(reason => ({
      tool: 'stripe',
      reason
    })),
    'and the log has it'
  )
})

t.test('what cannot be read is acknowledged and kept for a person, who is told of it once', async t => {
  const { ledger, alerts, send } = await open(t)
  const body = but({ total: 'veel' })

  t.match(await send(body), { status: 200, body: accepted })
  t.match(await send(body), { status: 200, body: accepted })
  const { rows } = await ledger.list({ limit: 10 })
  t.match(rows, [{ tool: 'stripe', state: 'held', code: 'EVENT_UNREADABLE' }])
  t.equal(rows.length, 1)
  t.strictSame(alerts, [['EVENT_UNREADABLE', rows[0]?.invoiceNumber]])
  const { history = [] } = (await ledger.find(rows[0]?.invoiceNumber ?? '')) ?? {}
  t.match(history.at(-1), { detail: /total/ })
  t.notMatch(JSON.stringify(history), 'veel', 'where, never what')
})

t.test('whoever sends a test says so, and it is kept as one', async t => {
  const { ledger, send } = await open(t)
  await ledger.startTool('stripe', now + day)

  t.match(await send(fixture('finalized'), { 'factuurbrug-test': 'true' }), { status: 200, body: accepted })
  t.match(await ledger.find(invoiceNumber), { test: true })
})

t.test('while one secret replaces another, both are believed; a third is not', async t => {
  const other = 'whsec_anderandersanders'
  const { send } = await open(t, { STRIPE_WEBHOOK_SECRET: `${secret},${other}` })

  t.match(await send(fixture('finalized')), { body: accepted })
  t.match(await send(fixture('finalized'), {}, other), { body: duplicate })
  t.match(await send(fixture('finalized'), {}, `${other}x`), { status: 401, body: { code: 'NOT_AUTHENTIC' } })
})

t.test('the signature covers the exact bytes, whatever they are said to be', async t => {
  const { send } = await open(t)
  const spaced = Buffer.from(`\n ${fixture('finalized').toString()} \n`)

  t.match(await send(spaced, { 'content-type': 'text/plain' }), { status: 200, body: accepted })
})

t.test('a forged event leaves no trace, and guessing is slowed down', async t => {
  const { ledger, post, send } = await open(t)
  const bare = () => post(fixture('finalized'))

  t.match(await bare(), { status: 401, body: { code: 'NOT_AUTHENTIC' } })
  t.match(await post(Buffer.alloc(0)), { status: 401 })
  const answers = []
  for (let guess = 1; guess <= 40; guess += 1) answers.push(await bare())
  t.match(answers.at(0), { status: 401 })
  t.match(answers.at(-1), {
    status: 429,
    body: { code: 'TOO_MANY_REQUESTS' },
    headers: { 'retry-after': String }
  })
  t.strictSame((await ledger.list({ limit: 10 })).rows, [])
  t.match(await send(fixture('finalized')), { body: accepted }, 'who is authentic is never told to slow down')
})

t.test('a tool that is not set up asks the sender to come back', async t => {
  const { send } = await open(t, null)

  t.match(await send(fixture('finalized')), {
    status: 503,
    body: { code: 'TOOL_NOT_SET_UP' },
    headers: { 'retry-after': String }
  })
})

t.test('before its secret exists nothing is believed, and the address answers', async t => {
  const { ledger, told, post, send } = await open(t, { STRIPE_API_KEY: 'rk_live_voorbeeld' })
  const answer = { status: 200, body: { result: 'ignored', reason: 'STRIPE_WEBHOOK_SECRET is not set' } }

  t.match(await send(fixture('finalized')), answer)
  t.match(await post(Buffer.from('{}')), answer)
  t.strictSame((await ledger.list({ limit: 10 })).rows, [])
  t.strictSame(told, [{ tool: 'stripe', reason: answer.body.reason }], 'strangers do not fill the log')
})
