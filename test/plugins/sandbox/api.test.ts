import t from 'tap'
import { authorization, create, form, get, noon, open } from './fixtures.ts'

t.test('no call is answered without a token', async t => {
  const { app, sandbox } = await open(t)
  const url = '/v1/customers'

  for (const authorization of [undefined, '', 'Bearer', 'Bearer ', 'Basic a2V5', 'key', 'Bearer two words']) {
    const response = await app.inject({ url, headers: authorization === undefined ? {} : { authorization } })
    t.equal(response.statusCode, 401, `${authorization}`)
    t.strictSame(response.json(), { code: 401, message: 'Unauthenticated.' })
    t.match(response.headers, { 'x-ratelimit-limit': '60', 'x-ratelimit-remaining': /\d/ })
  }
  t.match(await app.inject({ method: 'POST', url: '/v1/customer-invoices', payload: form() }), {
    statusCode: 401
  })
  t.strictSame(sandbox.invoices, [])
})

t.test('any token is taken, unless there is one that must be', async t => {
  const { app: lenient } = await open(t)
  const { app: strict } = await open(t, { token: 'secret' })
  const ask = (app: typeof strict, authorization: string) =>
    app.inject({ url: '/v1/customers', headers: { authorization } })

  t.match(await ask(lenient, 'Bearer anything'), { statusCode: 200 })
  t.match(await ask(strict, 'Bearer anything'), { statusCode: 401 })
  t.match(await ask(strict, 'Bearer secret'), { statusCode: 200 })
  t.match(await ask(strict, 'bearer secret'), { statusCode: 200 })
})

t.test('the sixty-first request within a minute is refused, and told when to come back', async t => {
  const { app, clock } = await open(t)
  for (let left = 59; left >= 0; left--) {
    const { statusCode, headers } = await get(app, '/v1/customers')
    t.match({ statusCode, headers }, { statusCode: 200, headers: { 'x-ratelimit-remaining': String(left) } })
    t.notOk('x-ratelimit-reset' in headers || 'retry-after' in headers)
    clock.advance(100)
  }

  const refused = await get(app, '/v1/customers')

  t.equal(refused.statusCode, 429)
  t.strictSame(refused.json(), { code: 429, message: 'Too many requests.' })
  t.match(refused.headers, {
    'x-ratelimit-limit': '60',
    'x-ratelimit-remaining': '0',
    'retry-after': '54',
    'x-ratelimit-reset': String(noon / 1000 + 60)
  })
  t.match(await create(app), { statusCode: 429 }, 'all calls share the budget')
  clock.advance(54_000)
  t.match(await get(app, '/v1/customers'), { statusCode: 200 })
  t.match(await get(app, '/v1/customers'), { statusCode: 429 }, 'the window rolls')
})

t.test('each token has a budget of its own, which can be changed while it runs', async t => {
  const { app, sandbox } = await open(t, { requestsPerMinute: 1 })
  const ask = (authorization: string) => app.inject({ url: '/v1/customers', headers: { authorization } })

  t.match(await ask('Bearer a'), { statusCode: 200 })
  t.match(await ask('Bearer a'), { statusCode: 429 })
  t.match(await ask('Bearer b'), { statusCode: 200 })
  sandbox.requestsPerMinute = 2
  t.match(await ask('Bearer a'), { statusCode: 200, headers: { 'x-ratelimit-limit': '2' } })
  sandbox.requestsPerMinute = 0
  t.match(await ask('Bearer c'), { statusCode: 429, headers: { 'retry-after': '60' } })
})

t.test('every answer tells the budget', async t => {
  const { app, sandbox } = await open(t)
  sandbox.fault({ on: { call: 'list' }, fault: 'garbage' })
  const headers = { authorization }
  const answers = [
    await create(app),
    await create(app, { amount: '1' }),
    await get(app, '/v1/customer-invoices'),
    await get(app, '/v1/customer-invoices/inv_x'),
    await get(app, '/v1/nothing'),
    await app.inject({
      method: 'POST',
      url: '/v1/customers',
      headers: { ...headers, 'content-type': 'text/plain' },
      payload: 'x'
    }),
    await app.inject({
      method: 'POST',
      url: '/v1/customers',
      headers: { ...headers, 'content-type': 'application/json' },
      payload: '{'
    })
  ]

  t.strictSame(
    answers.map(({ statusCode }) => statusCode),
    [201, 422, 200, 404, 404, 415, 400]
  )
  t.strictSame(
    answers.map(({ headers }) => headers['x-ratelimit-remaining']),
    ['59', '58', '57', '56', '55', '54', '53']
  )
})

t.test('an address that does not exist is answered in the same form, whatever is sent there', async t => {
  const { app } = await open(t)

  for (const method of ['GET', 'POST', 'PUT', 'DELETE'] as const) {
    for (const url of ['/v1/nothing', '/v1/customer-invoices/', '/v1/customer-invoices/manual', '/v1/customers/a/b']) {
      const headers = { authorization, ...(method !== 'GET' && { 'content-type': 'text/x' }) }
      const response = await app.inject({ method, url, headers, ...(method !== 'GET' && { payload: 'x' }) })
      t.strictSame(response.json(), { code: 404, message: 'Not found.' }, `${method} ${url}`)
    }
  }
})

t.test('a bug is answered without its words', async t => {
  const { app } = await open(t, { random: () => 0 })
  await create(app)

  const response = await create(app)

  t.equal(response.statusCode, 500)
  t.strictSame(response.json(), { code: 500, message: 'Server error.' })
})
