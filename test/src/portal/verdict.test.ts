import type { IncomingHttpHeaders } from 'node:http'
import t from 'tap'
import { z } from 'zod'
import type { Exchange } from '../../../src/portal/exchange.ts'
import { isAbout, isPortals, readable, shapeOf, written } from '../../../src/portal/verdict.ts'

const now = Date.UTC(2026, 10, 20)

const answer = (status: number, body: object | string | null = {}, headers: IncomingHttpHeaders = {}): Exchange => ({
  kind: 'answer',
  status,
  headers,
  body: body === null || typeof body === 'string' ? body : JSON.stringify(body)
})

const writtenAs = (exchange: Exchange) =>
  written(exchange, {
    now,
    taken: /num[bm]er/i,
    valueIn: body => (body.startsWith('{"id"') ? (JSON.parse(body) as { id: string }) : null)
  })

t.test('a 2xx with an id is done, and nothing else is', async t => {
  for (const status of [200, 201, 202, 203, 299]) {
    t.strictSame(writtenAs(answer(status, { id: 'inv_1' })), { outcome: 'done', value: { id: 'inv_1' } })
  }
  for (const status of [100, 300, 302, 400, 409, 500]) {
    t.not(writtenAs(answer(status, { id: 'inv_1' })).outcome, 'done', String(status))
  }
})

t.test('what did not leave is certainly not done; what left without an answer is unknown', async t => {
  t.strictSame(writtenAs({ kind: 'unsent', reason: 'ECONNREFUSED' }), {
    outcome: 'not-done',
    code: 'PORTAL_UNREACHABLE',
    detail: 'ECONNREFUSED'
  })
  t.strictSame(writtenAs({ kind: 'lost', reason: 'ECONNRESET' }), {
    outcome: 'unknown',
    detail: 'ECONNRESET',
    answered: false
  })
})

const codes: Record<number, string> = {
  400: 'PORTAL_REJECTED',
  401: 'PORTAL_UNAUTHORIZED',
  403: 'PORTAL_UNAUTHORIZED',
  404: 'PORTAL_REJECTED',
  413: 'PORTAL_REJECTED',
  415: 'PORTAL_REJECTED',
  422: 'PORTAL_REJECTED',
  429: 'PORTAL_BUSY'
}

t.test('of all statuses, only the listed ones are certainly not done', async t => {
  for (let status = 100; status < 600; status++) {
    const result = writtenAs(answer(status, { message: 'x' }))
    const code = codes[status]
    const answered = status < 500 && status !== 408
    const expected = code ? { outcome: 'not-done', code } : { outcome: 'unknown', answered }
    if (!t.match(result, expected, String(status))) break
  }
})

t.test('and those only in the words of the portal itself: what anybody else answers is unknown', async t => {
  const others = ['<html>not found</html>', '', 'Not found', '[]', '"no"', 'null', '{}', '{"error":"x"}']
  for (const status of Object.keys(codes).map(Number)) {
    const own = [{ message: 'x' }, { errors: { amount: ['x'] } }, { code: status }, { code: `${status}` }]
    for (const body of own) {
      t.match(writtenAs(answer(status, body)), { outcome: 'not-done' }, JSON.stringify(body))
    }
    for (const body of [...others, JSON.stringify({ code: status + 1 }), '{"message":["x"]}']) {
      t.strictSame(writtenAs(answer(status, body)), {
        outcome: 'unknown',
        detail: `something other than the portal answered ${status}`,
        answered: false
      })
    }
  }
})

t.test('a 2xx that proves nothing is unknown', async t => {
  for (const body of ['{}', '{"message":"ok"}']) {
    t.match(writtenAs(answer(201, body)), { outcome: 'unknown', answered: true })
  }
  for (const body of [null, '', '{"id', '<html>', '[]']) {
    t.match(writtenAs(answer(201, body)), { outcome: 'unknown', answered: false })
  }
})

t.test('a refusal whose words were cut off could have said anything: unknown', async t => {
  for (const status of Object.keys(codes).map(Number)) {
    t.match(writtenAs(answer(status, null)), { outcome: 'unknown', detail: /cut off$/, answered: false })
  }
})

t.test('a refusal that says the number is there is unknown, in English and Dutch', async t => {
  const words = [
    'The invoice number has already been taken.',
    'Invoice already exists',
    'This number is already in use.',
    'Duplicate entry',
    'The invoice number must be unique.',
    'Dit factuurnummer bestaat al.',
    'Factuurnummer is al in gebruik.',
    'Het nummer is reeds in gebruik',
    'Dit nummer al bezet',
    'invoice number moet uniek zijn',
    'validation.unique'
  ]
  for (const message of words) {
    for (const body of [
      { message },
      { message, errors: { invoiceNumber: [message] } },
      { message: 'The given data was invalid.', errors: { invoice_number: message } },
      { message: 'x', errors: [{ field: 'invoiceNumber', message }] },
      { error: { reason: message } },
      `<html>${message}</html>`
    ]) {
      t.match(writtenAs(answer(422, body)), { outcome: 'unknown' }, JSON.stringify(body))
      t.match(writtenAs(answer(400, body)), { outcome: 'unknown' })
    }
  }
})

t.test('a refusal about another field is a refusal, even in the words of a number that is there', async t => {
  const refusals = [
    {
      message: 'The customer id has already been taken.',
      errors: { customerId: ['has already been taken'] }
    },
    { message: 'invalid', errors: { amount: ['must be unique'] } },
    { message: 'The issued at field is required.' },
    { message: 'The invoice number is too long.', errors: { invoiceNumber: ['is too long'] } }
  ]
  for (const body of refusals) {
    t.match(writtenAs(answer(422, body)), { outcome: 'not-done', code: 'PORTAL_REJECTED' }, body.message)
  }
})

t.test('only where a value could be ours already do such words make a doubt', async t => {
  const exchange = answer(422, { message: 'already exists' })
  t.match(written(exchange, { now, valueIn: () => null }), { outcome: 'not-done', code: 'PORTAL_REJECTED' })
})

const detailOf = (exchange: Exchange): string => {
  const result = writtenAs(exchange)
  return result.outcome === 'done' ? '' : result.detail
}

t.test("the portal's own reason is kept, on one line and of bounded length", async t => {
  t.equal(
    detailOf(answer(422, { code: 422, message: 'Invalid.', errors: { amount: ['a', 'b'], issuedAt: 'c' } })),
    '422: Invalid.; amount: a b; issuedAt: c'
  )
  t.equal(detailOf(answer(404, { message: 'no such customer' })), '404: no such customer')
  t.equal(detailOf(answer(409, { code: 409, error: 'conflict' })), '409: conflict')
  t.equal(detailOf(answer(400, { message: 'a\u0000b\r\nc' })), '400: a b c')
  const long = detailOf(answer(400, { message: '😀'.repeat(1000) }))
  t.ok(long.length <= 500 && long.isWellFormed())
})

t.test('a portal that asks for a pause says how long', async t => {
  const body = { code: 429, message: 'Too many requests.' }
  t.match(writtenAs(answer(429, body, { 'retry-after': '7' })), { code: 'PORTAL_BUSY', retryAfterMs: 7000 })
  t.match(writtenAs(answer(429, body)), { code: 'PORTAL_BUSY', retryAfterMs: 60_000 })
})

const schema = z.object({ id: z.string() })

type Failing = [Exchange, { code: string; message?: string | RegExp; retryAfterMs?: number }]

t.test('a read answers its value, or rejects with what the portal did', async t => {
  t.strictSame(readable(answer(200, { id: 'a' }), schema, now), { id: 'a' })

  const failing: Failing[] = [
    [
      { kind: 'unsent', reason: 'ECONNREFUSED' },
      { code: 'PORTAL_UNREACHABLE', message: 'ECONNREFUSED' }
    ],
    [{ kind: 'lost', reason: 'ECONNRESET' }, { code: 'PORTAL_UNREACHABLE' }],
    [answer(401), { code: 'PORTAL_UNAUTHORIZED' }],
    [answer(403), { code: 'PORTAL_UNAUTHORIZED' }],
    [answer(429, {}, { 'retry-after': '3' }), { code: 'PORTAL_BUSY', retryAfterMs: 3000 }],
    ...[401, 403, 404].map(
      (status): Failing => [
        answer(status, '<html>'),
        { code: 'PORTAL_UNREACHABLE', message: `something other than the portal answered ${status}` }
      ]
    ),
    [answer(401, null), { code: 'PORTAL_UNREACHABLE' }],
    [answer(404, { message: 'x' }), { code: 'PORTAL_UNREACHABLE', message: 'the portal answered 404' }],
    [answer(502, '<html>'), { code: 'PORTAL_UNREACHABLE', message: 'the portal answered 502' }],
    [answer(302), { code: 'PORTAL_UNREACHABLE' }],
    [answer(422), { code: 'PORTAL_UNREACHABLE' }],
    [answer(503, { id: 'a' }), { code: 'PORTAL_UNREACHABLE', message: 'the portal answered 503' }],
    [answer(200, null), { code: 'PORTAL_UNREACHABLE' }],
    [answer(200, '<html>'), { code: 'PORTAL_UNREACHABLE' }],
    [answer(200, {}), { code: 'PORTAL_UNREACHABLE', message: /cannot be read: id/ }]
  ]
  for (const [exchange, error] of failing) {
    t.throws(() => readable(exchange, schema, now), error as never)
  }
})

t.test("a read's failure carries nothing of what the portal said", async t => {
  for (const status of [200, 400, 401, 403, 422, 429, 500]) {
    for (const body of [{ message: 'anna@example.nl' }, 'anna@example.nl']) {
      try {
        readable(answer(status, body), schema, now)
        t.fail('it was read')
      } catch (error) {
        t.notMatch(String(error), 'anna')
      }
    }
  }
})

type Answer = Parameters<typeof isPortals>[0]

t.test('a 2xx is its own where it is an object; whoever refuses has to say what was wrong', async t => {
  const own: [status: number, body: object | string | null, isOwn: boolean][] = [
    [200, {}, true],
    [200, { data: [] }, true],
    [200, '[]', false],
    [200, '<html>', false],
    [200, null, false],
    [404, {}, false],
    [404, { message: 'x' }, true],
    [500, { message: 'x' }, true],
    [500, '<html>', false]
  ]
  for (const [status, body, isOwn] of own) {
    t.equal(isPortals(answer(status, body) as Answer), isOwn, `${status} ${JSON.stringify(body)}`)
  }
})

const shape = (status: number, body: object | string | null, id = 'inv_1') =>
  shapeOf(answer(status, body) as Answer, id)

t.test('how it says that it holds no such invoice is the same, whatever the id', async t => {
  const model = (id: string) => ({ message: `No query results for model [Invoice] ${id}`, exception: 'X' })

  t.strictSame(shape(404, model('inv_1')), shape(404, model('inv_2'), 'inv_2'))
  t.match(shape(404, { code: 404, message: 'Not found.' }), { status: 404 })
  t.match(shape(422, { errors: { id: ['invalid'] } }), { status: 422 })
})

t.test('and another status, other words or other fields are another thing', async t => {
  const usual = shape(404, { code: 404, message: 'Not found.' })
  const others = [
    shape(410, { code: 404, message: 'Not found.' }),
    shape(404, { code: 404, message: 'The route could not be found.' }),
    shape(404, { message: 'Not found.' }),
    shape(404, { code: 404, errors: {}, message: 'Not found.' })
  ]
  for (const other of others) t.strictNotSame(other, usual)
})

t.test('what is not its own word, or no refusal, says nothing of the kind', async t => {
  for (const body of ['<html>', null, {}, '[]']) t.equal(shape(404, body), null)
  for (const status of [200, 302, 500, 503]) t.equal(shape(status, { message: 'Not found.' }), null)
})

t.test('a refusal names a field by its key, or in its words where there are no keys', async t => {
  const field = /send[_ ]?notification/i
  t.ok(isAbout(answer(422, { message: 'x', errors: { sendNotification: ['must be true or false'] } }), field))
  t.ok(isAbout(answer(422, { message: 'The send notification field must be true or false.' }), field))
  t.ok(isAbout(answer(422, { errors: ['sendNotification is not a boolean'] }), field))
  t.notOk(isAbout(answer(422, { message: 'sendNotification', errors: { amount: ['x'] } }), field))
  t.notOk(isAbout(answer(422, null), field))
  t.notOk(isAbout({ kind: 'lost', reason: 'sendNotification' }, field))
})
