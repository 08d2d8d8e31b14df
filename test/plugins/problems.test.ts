import Fastify from 'fastify'
import t, { type Test } from 'tap'
import problems from '../../plugins/problems.ts'
import { BridgeError } from '../../src/core/errors.ts'
import { openApp } from './app.ts'

const open = async (t: Test, thrown: unknown) => {
  const lines: Record<string, unknown>[] = []
  const app = Fastify({
    bodyLimit: 10,
    logger: { stream: { write: line => void lines.push(JSON.parse(line)) } }
  })
  await app.register(problems)
  app.post('/', async () => {
    throw thrown
  })
  t.teardown(() => app.close())
  return { app, lines, post: () => app.inject({ method: 'POST', url: '/' }) }
}

t.test('a refusal is told by its code, in words and with every problem', async t => {
  const fields = [{ field: 'amount', message: 'expected an amount' }]
  const { post, lines } = await open(t, new BridgeError('FIELDS_INVALID', undefined, { problems: fields }))
  const answer = await post()

  t.match(answer, { statusCode: 422, headers: { 'content-type': /^application\/problem\+json/ } })
  t.strictSame(answer.json(), {
    type: 'about:blank',
    title: 'The request is authentic but cannot be read; each problem is listed with its field.',
    status: 422,
    code: 'FIELDS_INVALID',
    detail: 'The request is authentic but cannot be read; each problem is listed with its field.',
    problems: fields
  })
  t.notMatch(lines, [{ msg: 'request failed' }])
})

t.test('whatever has no name shows a request id and nothing else; the log has the rest', async t => {
  for (const thrown of [
    new TypeError('secret of the house'),
    Object.assign(new Error('secret'), { statusCode: 418 })
  ]) {
    const { post, lines } = await open(t, thrown)
    const answer = await post()
    const { requestId, ...problem } = answer.json()

    t.match(answer, { statusCode: 500 })
    t.match(problem, { code: 'UNEXPECTED', status: 500 })
    t.notMatch(answer.payload, /secret/)
    const logged = lines.find(({ msg }) => msg === 'request failed')
    t.match(logged, { level: 50, reqId: requestId, err: { message: /secret/ } })
  }
})

t.test('who is to come back is told when', async t => {
  const waits: [BridgeError, string | undefined][] = [
    [new BridgeError('LEDGER_UNAVAILABLE'), '5'],
    [new BridgeError('TOO_MANY_REQUESTS'), '5'],
    [new BridgeError('INTAKE_BUSY', undefined, { retryAfterMs: 1001 }), '2'],
    [new BridgeError('NOT_AUTHENTIC'), undefined],
    [new BridgeError('NOT_FOUND'), undefined]
  ]
  for (const [error, seconds] of waits) {
    const { post } = await open(t, error)
    t.equal((await post()).headers['retry-after'], seconds, error.code)
  }
})

t.test('who is not known is told how to be', async t => {
  const { post: webhook } = await open(t, new BridgeError('NOT_AUTHENTIC'))
  const { post: api } = await open(t, new BridgeError('NOT_LOGGED_IN'))

  t.equal((await webhook()).headers['www-authenticate'], 'Basic realm="factuurbrug", Bearer')
  t.equal((await api()).headers['www-authenticate'], 'Bearer')
})

t.test('our own failures are logged, refusals are not', async t => {
  const ours = await open(t, new BridgeError('LEDGER_UNAVAILABLE', 'the disk is full'))
  await ours.post()
  t.match(
    ours.lines.find(({ msg }) => msg === 'request refused'),
    { level: 40, code: 'LEDGER_UNAVAILABLE' }
  )
  const theirs = await open(t, new BridgeError('NOT_AUTHENTIC'))
  await theirs.post()
  t.strictSame(
    theirs.lines.filter(({ level }) => (level as number) >= 40),
    []
  )
})

t.test('what the server itself refuses has a name, too', async t => {
  const { app } = await open(t, undefined)
  const post = (payload: string, type = 'application/json') =>
    app.inject({ method: 'POST', url: '/', payload, headers: { 'content-type': type } })

  t.match(await post('{'), { statusCode: 422, payload: /"FIELDS_INVALID"/ })
  t.match(await post('{"a":"123456789"}'), { statusCode: 413, payload: /"BODY_TOO_LARGE"/ })
  t.match(await post('<a/>', 'text/xml'), { statusCode: 415, payload: /"TYPE_UNSUPPORTED"/ })
  t.match(await app.inject('/nowhere'), { statusCode: 404, payload: /"NOT_FOUND"/ })
})

t.test('so has an address that is none, anywhere in the bridge', async t => {
  const { ask, app } = await openApp(t)

  for (const url of ['/api/invoices/%zz', '/%ff']) {
    const answer = await ask('GET', url)
    t.match(answer.headers['content-type'], /^application\/problem\+json/, url)
    t.match(answer.json(), { status: 404, code: 'NOT_FOUND' })
  }
  for (const method of ['GET', 'PUT', 'PATCH', 'DELETE'] as const)
    t.match(await app.inject({ method, url: '/webhooks/invoices' }), {
      statusCode: 405,
      headers: { allow: 'POST' },
      payload: /"METHOD_NOT_ALLOWED"/
    })
})

t.test('a crowd that is sent away for want of places does not fill the log', async t => {
  const linesOf = async (thrown: BridgeError) => {
    const { post, lines } = await open(t, thrown)
    for (let at = 0; at < 100; at += 1) t.equal((await post()).statusCode, 503)
    return lines.filter(({ msg }) => msg === 'request refused').length
  }
  t.equal(await linesOf(new BridgeError('INTAKE_BUSY')), 1)
  t.equal(await linesOf(new BridgeError('LEDGER_UNAVAILABLE')), 100)
})
