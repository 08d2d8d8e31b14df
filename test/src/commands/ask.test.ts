import type { RequestListener } from 'node:http'
import t, { type Test } from 'tap'
import { bridgeUrl, parseAsk } from '../../../src/commands/ask.ts'
import { serve } from '../../server.ts'

const env = { OPERATOR_TOKEN: 'a token of the operator' }
const print = () => {}

const open = async (t: Test, listener: RequestListener) => {
  const { origin } = await serve(t, listener)
  const options = { limit: { type: 'string' } } as const
  return parseAsk(['--url', origin], { env, print }, { options, usage: 'status' }).ask
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
    response.end('{"customers":[]}')
  })
  for (const more of [[], ['--token', 'another']]) {
    const { ask } = parseAsk(['--url', origin, ...more], { env, print }, { usage: 'status' })
    await ask('searchPortalCustomers')
  }

  t.strictSame(asked, ['Bearer a token of the operator', 'Bearer another'])
  t.throws(() => parseAsk([], { env: {}, print }, { usage: 'status' }), {
    code: /^ERR_PARSE_ARGS/,
    message: 'Who is asking? Give --token, or set OPERATOR_TOKEN.'
  })
  for (const args of [['1'], ['--url', 'nowhere'], ['--url', 'localhost:8080']])
    t.throws(() => parseAsk(args, { env, print }, { usage: 'status' }), { code: /^ERR_PARSE_ARGS/ }, args.join(' '))
})

t.test('the number of an invoice is one part of an address', async t => {
  const bridge = await serve(t, (_request, response) => response.end('{}'))
  const { ask } = parseAsk(['--url', bridge.origin], { env, print }, { usage: 'status' })
  await t.rejects(ask('getInvoice', { params: { invoiceNumber: '2026/1?a=b#c %é' } }))

  t.strictSame(bridge.requests, ['GET /api/invoices/2026%2F1%3Fa%3Db%23c%20%25%C3%A9'])
})

t.test('an answer is read by its schema, and printed as it came', async t => {
  const printed: string[] = []
  const open = async (answer: object) => {
    const { origin } = await serve(t, (_request, response) => response.end(JSON.stringify(answer)))
    const terminal = { env, print: (text: string) => void printed.push(text) }
    return parseAsk(['--url', origin, '--json'], terminal, { usage: 'customers' })
  }
  const newer = { customers: [], total: 0 }
  const { ask, show } = await open(newer)
  show(await ask('searchPortalCustomers'), 'No customers.')
  t.strictSame(JSON.parse(printed.join()), newer, 'a newer bridge tells more')

  for (const [answer, field] of [
    [{ customers: [{ id: 1 }] }, 'customers\\.0\\.id\\)'],
    [[], 'at all']
  ] as const)
    await t.rejects((await open(answer)).ask('searchPortalCustomers'), {
      name: 'CommandFailed',
      message: new RegExp(`^http://localhost:\\d+ does not answer as a bridge of this version does \\(${field}`)
    })
})

const refusing = (t: Test, status: number, problem: object, headers: Record<string, string> = {}) =>
  open(t, (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/problem+json', ...headers }).end(JSON.stringify(problem))
  })

t.test('what is refused is told in the words of the command line', async t => {
  const problems = [
    { field: 'limit', message: 'x' },
    { field: 'tool', message: 'y' },
    { field: 'portalId', message: 'z' }
  ]
  const ask = await refusing(t, 422, { code: 'FIELDS_INVALID', detail: 'a filter', problems })
  await t.rejects(ask('listCustomers', { query: { limit: 'x' } }), {
    name: 'WrongUse',
    message: '--limit: x\n<tool>: y\n<cst_…>: z\nUsage: factuurbrug status'
  })
  await t.rejects(ask('unlinkCustomer', { params: { tool: 'y', ref: '1' } }), { name: 'WrongUse' })
  await t.rejects(ask('linkCustomer', { params: { tool: 'y', ref: '1' }, body: { portalId: 'z' } }), {
    name: 'WrongUse'
  })
  const lacking = await refusing(t, 422, { code: 'FIELDS_INVALID', detail: 'none', problems: problems.slice(2) })
  await t.rejects(lacking('linkCustomer', { params: { tool: 'y', ref: '1' }, body: { portalId: 'cst_1' } }), {
    name: 'CommandFailed',
    message: '<cst_…>: z'
  })

  for (const [status, code] of [
    [401, 'NOT_LOGGED_IN'],
    [429, 'TOO_MANY_REQUESTS']
  ] as const)
    await t.rejects((await refusing(t, status, { code, detail: 'no' }))('summary'), {
      name: 'CommandFailed',
      message: new RegExp(`^${code}: .*OPERATOR_TOKEN in \\.env or --token`)
    })
})

t.test('who is locked out is told for how long, as the bridge says', async t => {
  const locked = { code: 'TOO_MANY_REQUESTS', detail: 'no' }
  const ask = await refusing(t, 429, locked, { 'retry-after': '297' })
  await t.rejects(ask('summary'), { message: /came from here\. Wait 297 s, then correct/ })
  const silent = await refusing(t, 429, locked)
  await t.rejects(silent('summary'), { message: /Wait 60 s, then/ })
})

t.test('any other refusal of the bridge keeps its code', async t => {
  const ask = await refusing(t, 409, { code: 'STATE_CONFLICT', detail: 'it is delivered already' })

  await t.rejects(ask('summary'), {
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
    await t.rejects(ask('summary'), {
      name: 'CommandFailed',
      message: new RegExp(`^http://localhost:\\d+ answered ${status}, which is not an answer of a bridge`)
    })
  }
  const page = await open(t, (_request, response) => response.end('<p>welcome'))
  await t.rejects(page('summary'), { name: 'CommandFailed', message: /which is not an answer of a bridge/ })
  const gone = await open(t, (_request, response) => response.destroy())
  await t.rejects(gone('summary'), { name: 'CommandFailed', message: /^No bridge answers at / })
})
