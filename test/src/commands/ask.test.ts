import type { RequestListener } from 'node:http'
import t, { type Test } from 'tap'
import { bridgeUrl, invoicePath, parseAsk } from '../../../src/commands/ask.ts'
import { serve } from '../../server.ts'

const env = { OPERATOR_TOKEN: 'a token of the operator' }

const open = async (t: Test, listener: RequestListener) => {
  const { origin } = await serve(t, listener)
  const options = { limit: { type: 'string' } } as const
  return parseAsk(['--url', origin], { env, options, positionals: 0, usage: 'status' }).ask
}

t.test('where the bridge is comes from the option, the environment, or its own port', async t => {
  t.equal(bridgeUrl({}), 'http://127.0.0.1:8080')
  t.equal(bridgeUrl({ PORT: '' }), 'http://127.0.0.1:8080')
  t.equal(bridgeUrl({ PORT: '9000' }), 'http://127.0.0.1:9000')
  t.equal(bridgeUrl({ PORT: '9000', FACTUURBRUG_URL: 'https://a.example/' }), 'https://a.example')
  t.equal(bridgeUrl({ FACTUURBRUG_URL: 'https://a.example' }, 'https://b.example//'), 'https://b.example')
})

t.test('who asks is told by the option or the environment', async t => {
  const asked: (string | undefined)[] = []
  const { origin } = await serve(t, (request, response) => {
    asked.push(request.headers.authorization)
    response.end('{}')
  })
  for (const more of [[], ['--token', 'another']]) {
    const { ask } = parseAsk(['--url', origin, ...more], { env, positionals: 0, usage: 'status' })
    await ask('GET', '/api/summary')
  }

  t.strictSame(asked, ['Bearer a token of the operator', 'Bearer another'])
  t.throws(() => parseAsk([], { env: {}, positionals: 0, usage: 'status' }), {
    code: /^ERR_PARSE_ARGS/,
    message: 'Who asks? Give --token, or set OPERATOR_TOKEN.'
  })
  t.throws(() => parseAsk(['1'], { env, positionals: 0, usage: 'status' }), { code: /^ERR_PARSE_ARGS/ })
})

t.test('the number of an invoice is one part of an address', async t => {
  t.equal(invoicePath('2026/1?a=b#c %é'), '/api/invoices/2026%2F1%3Fa%3Db%23c%20%25%C3%A9')
})

const refusing = (t: Test, status: number, problem: object, headers: Record<string, string> = {}) =>
  open(t, (_request, response) => {
    response
      .writeHead(status, { 'content-type': 'application/problem+json', ...headers })
      .end(JSON.stringify(problem))
  })

t.test('what is refused is told in the words of the command line', async t => {
  const problems = [
    { field: 'limit', message: 'x' },
    { field: 'tool', message: 'y' },
    { field: 'portalId', message: 'z' }
  ]
  const ask = await refusing(t, 422, { code: 'FIELDS_INVALID', detail: 'a filter', problems })
  await t.rejects(ask('GET', '/'), {
    name: 'WrongUse',
    message: '--limit: x\n<tool>: y\n<cst_…>: z\nUsage: factuurbrug status'
  })

  for (const [status, code] of [
    [401, 'NOT_LOGGED_IN'],
    [429, 'TOO_MANY_REQUESTS']
  ] as const)
    await t.rejects((await refusing(t, status, { code, detail: 'no' }))('GET', '/'), {
      name: 'CommandFailed',
      message: new RegExp(`^${code}: .*OPERATOR_TOKEN in \\.env or --token`)
    })
})

t.test('who is locked out is told for how long, as the bridge says', async t => {
  const locked = { code: 'TOO_MANY_REQUESTS', detail: 'no' }
  const ask = await refusing(t, 429, locked, { 'retry-after': '297' })
  await t.rejects(ask('GET', '/'), { message: /came from here\. Wait 297 s, then correct/ })
  const silent = await refusing(t, 429, locked)
  await t.rejects(silent('GET', '/'), { message: /Wait 60 s, then/ })
})

t.test('any other refusal of the bridge keeps its code', async t => {
  const ask = await refusing(t, 409, { code: 'STATE_CONFLICT', detail: 'it is delivered already' })

  await t.rejects(ask('GET', '/'), {
    name: 'BridgeError',
    code: 'STATE_CONFLICT',
    message: 'it is delivered already'
  })
})

t.test('whatever else answers is named by its address, and never taken for a bridge', async t => {
  const answers: [number, string][] = [
    [404, '<p>not found'],
    [502, '{}'],
    [500, '{"code":"UNHEARD_OF","detail":"from another program"}'],
    [418, '{"code":"constructor","detail":"no code of ours"}']
  ]
  for (const [status, body] of answers) {
    const ask = await open(t, (_request, response) => response.writeHead(status).end(body))
    await t.rejects(ask('GET', '/'), {
      name: 'CommandFailed',
      message: new RegExp(`^http://localhost:\\d+ answered ${status}, which is not an answer of a bridge`)
    })
  }
  const page = await open(t, (_request, response) => response.end('<p>welcome'))
  await t.rejects(page('GET', '/'), { name: 'CommandFailed', message: /which is not an answer of a bridge/ })
  const gone = await open(t, (_request, response) => response.destroy())
  await t.rejects(gone('GET', '/'), { name: 'CommandFailed', message: /^No bridge answers at / })
})
