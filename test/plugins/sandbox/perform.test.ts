import type { AddressInfo } from 'node:net'
import got from 'got'
import t, { type Test } from 'tap'
import type { Fault } from '../../../plugins/sandbox/faults.ts'
import { authorization, create, form, get, numbersOf, open, send } from './fixtures.ts'

/** A sandbox that is really listened to, and a client that neither follows nor repeats. */
const listen = async (t: Test) => {
  const opened = await open(t)
  await opened.app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = opened.app.server.address() as AddressInfo
  const client = got.extend({
    prefixUrl: `http://127.0.0.1:${port}/v1`,
    headers: { authorization },
    retry: { limit: 0 },
    followRedirect: false,
    throwHttpErrors: false
  })
  return { ...opened, client }
}

const onCreate = { call: 'create' } as const

t.test('a refusal on request stores nothing, and says so as the portal would', async t => {
  const { app, sandbox } = await open(t)
  const statuses: [Fault['fault'], number][] = [
    ['fail-before', 500],
    ['401', 401],
    ['403', 403],
    ['404', 404],
    ['408', 408],
    ['409', 409],
    ['422', 422],
    ['503', 503]
  ]

  for (const [fault, status] of statuses) {
    sandbox.fault({ on: onCreate, fault })
    sandbox.fault({ on: onCreate, fault, message: 'in other words' })
    const usual = await create(app)
    const worded = await create(app)
    t.equal(usual.statusCode, status, fault)
    t.match(usual.json(), { code: status, message: /./ })
    t.strictSame(worded.json(), { code: status, message: 'in other words' })
    t.match(usual.headers, { 'x-ratelimit-limit': '60', 'x-ratelimit-remaining': /./ })
  }

  t.strictSame(sandbox.invoices, [])
})

t.test('a 429 on request says how long to wait', async t => {
  const { app, sandbox } = await open(t)
  const until = (ms: number) => String((Date.UTC(2026, 10, 20, 11) + ms) / 1000)

  sandbox.fault({ on: onCreate, fault: '429', ms: 7_000 })
  sandbox.fault({ on: onCreate, fault: '429' })
  const told = await create(app)
  const usual = await create(app)

  t.strictSame(told.json(), { code: 429, message: 'Too many requests.' })
  t.match(told.headers, {
    'retry-after': '7',
    'x-ratelimit-reset': until(7_000),
    'x-ratelimit-remaining': '0'
  })
  t.match(usual.headers, { 'retry-after': '60', 'x-ratelimit-reset': until(60_000) })
  t.strictSame(sandbox.invoices, [])
})

t.test('a redirect leads to a page that answers 200', async t => {
  const { app, sandbox } = await open(t)
  sandbox.fault({ on: onCreate, fault: 'redirect' })

  const { statusCode, headers } = await create(app)

  t.equal(statusCode, 302)
  t.match(await app.inject(String(headers.location)), { statusCode: 200, payload: /Log in/ })
  t.strictSame(sandbox.invoices, [])
})

t.test('an answer that says nothing comes after the invoice is stored', async t => {
  const { app, sandbox } = await open(t)
  for (const fault of ['fail-after', 'garbage', 'garbage-json'] as const) sandbox.fault({ on: onCreate, fault })

  const failed = await create(app)
  const page = await create(app)
  const json = await create(app)

  t.match(failed.json(), { code: 500, message: /./ })
  t.match(page, { statusCode: 200, payload: /^<!doctype html>/, headers: { 'content-type': /^text\/html/ } })
  t.equal(json.statusCode, 201)
  t.strictSame(json.json(), { message: 'OK' })
  t.equal(sandbox.invoices.length, 3)
})

const isPage = { statusCode: 404, payload: /^<!doctype html>/, headers: { 'content-type': /^text\/html/ } }

t.test('a page of somebody else comes before the invoice is stored, or after', async t => {
  const { app, sandbox } = await open(t)
  sandbox.fault({ on: onCreate, fault: 'page-before' })
  t.match(await create(app), isPage)
  t.equal(sandbox.invoices.length, 0)

  sandbox.fault({ on: onCreate, fault: 'page-after' })
  t.match(await create(app), isPage)
  t.equal(sandbox.invoices.length, 1)
})

t.test('an invoice is stored, and refused all the same', async t => {
  const { app, sandbox } = await open(t)
  sandbox.fault({ on: onCreate, fault: 'refused-after' })
  sandbox.fault({ on: onCreate, fault: 'refused-after', message: 'in other words' })

  t.match((await create(app)).json(), { code: 422, message: /./ })
  t.strictSame((await create(app)).json(), { code: 422, message: 'in other words' })
  t.equal(sandbox.invoices.length, 2)
})

t.test('an invoice is stored, and answered with the id of the one before it', async t => {
  const { app, sandbox } = await open(t)
  for (const _ of ['alone', 'second']) sandbox.fault({ on: onCreate, fault: 'another-id' })

  const [alone, second] = [await create(app), await create(app, { invoiceNumber: '2' })]

  const [one, two] = sandbox.invoices
  t.match(alone.json(), { id: one!.id }, 'the first one has its own')
  t.match(second.json(), { id: one!.id, invoiceNumber: '2' })
  t.match(two, { invoiceNumber: '2' })
  t.not(two!.id, one!.id)
})

t.test('what is not listed is there when it is asked for', async t => {
  const { app, clock, sandbox } = await open(t)
  sandbox.fault({ on: onCreate, fault: 'unlisted', answer: '500', ms: 30_000 })
  sandbox.fault({ on: onCreate, fault: 'unlisted', answer: '500' })
  const listed = async () => numbersOf((await get(app, '/v1/customer-invoices')).json())

  t.match(await create(app), { statusCode: 500 })
  t.match(await create(app, { invoiceNumber: 'never' }), { statusCode: 500 })
  t.strictSame(await listed(), [])
  for (const { id } of sandbox.invoices) t.match(await get(app, `/v1/customer-invoices/${id}`), { statusCode: 200 })

  clock.advance(29_999)
  t.strictSame(await listed(), [])
  clock.advance(1)
  t.strictSame(await listed(), ['2026-0042'])
  clock.advance(24 * 60 * 60_000)
  t.strictSame(await listed(), ['2026-0042'])
})

t.test('and its answer is lost, where nothing else is said', async t => {
  const { client, sandbox } = await listen(t)
  sandbox.fault({ on: onCreate, fault: 'unlisted' })

  await t.rejects(client.post('customer-invoices', { body: form() }), { code: 'ECONNRESET' })
  t.equal(sandbox.invoices.length, 1)
})

t.test('a connection is destroyed before the invoice is stored, or after', async t => {
  const { client, sandbox } = await listen(t)
  const post = () => client.post('customer-invoices', { body: form() })

  sandbox.fault({ on: onCreate, fault: 'reset-before' })
  await t.rejects(post(), { code: 'ECONNRESET' })
  t.equal(sandbox.invoices.length, 0)

  sandbox.fault({ on: onCreate, fault: 'lost' })
  await t.rejects(post(), { code: 'ECONNRESET' })
  t.equal(sandbox.invoices.length, 1)

  t.match(await post(), { statusCode: 201 }, 'the next one is answered')
  t.match(sandbox.requests, [{ status: null }, { status: null }, { status: 201 }])
  t.strictSame(sandbox.counts.statuses, { 201: 1 })
})

t.test('a slow answer is about an invoice that is there already', async t => {
  const { app, clock, sandbox } = await open(t)
  sandbox.fault({ on: onCreate, fault: 'slow', ms: 30_000 })

  const answer = create(app)
  await clock.asleep()
  t.equal(sandbox.invoices.length, 1)
  clock.advance(30_000)

  t.match(await answer, { statusCode: 201 })
})

t.test('a slow commit stores the invoice although nobody waits for it any more', async t => {
  const { client, clock, sandbox } = await listen(t)
  sandbox.fault({ on: onCreate, fault: 'slow-commit', ms: 30_000 })
  const given = new AbortController()

  const answer = client.post('customer-invoices', { body: form(), signal: given.signal })
  await clock.asleep()
  given.abort()
  await t.rejects(answer, { name: 'AbortError' })
  t.equal(sandbox.invoices.length, 0)
  clock.advance(30_000)
  await client.get('customers')

  t.match(sandbox.invoices, [{ createdAt: clock.now() }])
})

t.test('a slow commit is checked when it is made', async t => {
  const { app, clock, sandbox } = await open(t, { uniqueNumbers: true })
  sandbox.fault({ on: onCreate, fault: 'slow-commit', ms: 30_000 })

  const slow = create(app)
  await clock.asleep()
  t.match(await create(app), { statusCode: 201 })
  clock.advance(30_000)

  t.match((await slow).json(), { code: 422, errors: { invoiceNumber: [/taken/] } })
  t.equal(sandbox.invoices.length, 1)
})

t.test('an invoice that is visible late is stored, and in no answer before its time', async t => {
  const { app, clock, sandbox } = await open(t)
  sandbox.fault({ on: onCreate, fault: 'late-visible', ms: 5_000, answer: '500' })
  sandbox.fault({ on: onCreate, fault: 'late-visible', ms: 9_000 })
  const listed = async () => numbersOf((await get(app, '/v1/customer-invoices')).json())

  t.match((await create(app, { invoiceNumber: 'failed' })).json(), { code: 500 })
  await t.rejects(create(app, { invoiceNumber: 'lost' }))
  await create(app, { invoiceNumber: 'seen' })

  t.equal(sandbox.invoices.length, 3)
  t.strictSame(await listed(), ['seen'])
  const url = `/v1/customer-invoices/${sandbox.invoices[0]!.id}`
  t.match(await get(app, url), { statusCode: 404 })
  t.match(await send(app, 'PATCH', url, { paidAt: '2026-11-20 12:00:00' }), { statusCode: 404 })
  clock.advance(5_000)
  t.strictSame(await listed(), ['seen', 'failed'])
  t.match(await get(app, url), { statusCode: 200 })
  clock.advance(4_000)
  t.strictSame(await listed(), ['seen', 'lost', 'failed'])
})

t.test('a call that is not valid leaves a fault that stores for the next one', async t => {
  const { app, sandbox } = await open(t)
  sandbox.fault({ on: onCreate, fault: 'fail-after' })

  t.match(await create(app, { amount: '1' }), { statusCode: 422 })
  t.match(await create(app), { statusCode: 500 })
  t.match(await create(app), { statusCode: 201 })
})

t.test('a refusal asks neither whether the call is valid nor what it is about', async t => {
  const { app, sandbox } = await open(t)
  sandbox.fault({ on: { call: 'any' }, fault: '503', times: 4 })

  t.match(await create(app, { amount: '1' }), { statusCode: 503 })
  t.match(await get(app, '/v1/customer-invoices?page=x'), { statusCode: 503 })
  t.match(await get(app, '/v1/customers/cst_x'), { statusCode: 503 })
  t.match(await get(app, '/v1/invoices'), { statusCode: 503 })
  t.match(await get(app, '/v1/invoices'), { statusCode: 200 })
})

t.test('faults befall reading and paying as they do creating', async t => {
  const { app, sandbox } = await open(t)
  const { id } = (await create(app)).json()
  const url = `/v1/customer-invoices/${id}`
  const pay = () => send(app, 'PATCH', url, { paidAt: '2026-11-20 12:00:00' })

  sandbox.fault({ on: { call: 'list' }, fault: 'garbage' })
  sandbox.fault({ on: { call: 'get' }, fault: '403' })
  sandbox.fault({ on: { call: 'customers' }, fault: 'garbage-json' })
  sandbox.fault({ on: { call: 'pay' }, fault: 'fail-before' })
  sandbox.fault({ on: { call: 'pay' }, fault: 'lost' })

  t.match(await get(app, '/v1/customer-invoices'), { statusCode: 200, payload: /^<!doctype/ })
  t.match(await get(app, url), { statusCode: 403 })
  t.match(await get(app, '/v1/customers'), { statusCode: 200, payload: '{"message":"OK"}' })
  t.match(await pay(), { statusCode: 500 })
  t.equal(sandbox.invoices[0]!.paidAt, null)
  await t.rejects(pay())
  t.not(sandbox.invoices[0]!.paidAt, null)
})

t.test('a fault for a number finds the calls about that invoice', async t => {
  const { app, sandbox } = await open(t)
  sandbox.fault({ on: { invoiceNumber: 'b' }, fault: '503', times: 2 })

  const { id } = (await create(app, { invoiceNumber: 'a' })).json()
  t.match(await get(app, `/v1/customer-invoices/${id}`), { statusCode: 200 })
  t.match(await create(app, { invoiceNumber: 'b' }), { statusCode: 503 })
  const { id: other } = sandbox.add({
    customerId: sandbox.customers[0]!.id,
    invoiceNumber: 'b',
    issuedAt: '2026-11-20',
    amount: '1.00'
  })
  t.match(await get(app, `/v1/customer-invoices/${other}`), { statusCode: 503 })
  t.strictSame(sandbox.faults, [])
})

t.test('closing waits for no answer that a fault holds back, and stores nothing more', async t => {
  const { app, client, clock, sandbox } = await listen(t)
  sandbox.fault({ on: onCreate, fault: 'slow', ms: 3_600_000 })
  sandbox.fault({ on: onCreate, fault: 'slow-commit', ms: 3_600_000 })
  const answers = [1, 2].map(() => client.post('customer-invoices', { body: form() }))
  const ended = answers.map(answer => t.rejects(answer, { code: 'ECONNRESET' }))
  await clock.asleep(2)

  await app.close()

  await Promise.all(ended)
  t.equal(sandbox.invoices.length, 1, 'the one that was stored first')
})
