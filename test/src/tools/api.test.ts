import type { RequestListener } from 'node:http'
import t, { type Test } from 'tap'
import { AddressRefused, openHttp } from '../../../src/network/http.ts'
import { type Asked, createLocate, createToolApi, parseDigits } from '../../../src/tools/api.ts'
import { serve } from '../../server.ts'
import { handClock, noon } from '../portal/hand-clock.ts'

const open = async (t: Test, listener: RequestListener, { allowPrivate = true, timeoutMs = 60_000 } = {}) => {
  const server = await serve(t, listener)
  const http = openHttp({ allowPrivate, timeoutMs })
  t.teardown(http.close)
  const api = createToolApi({ http, clock: handClock() })
  return {
    server,
    ask: (asked: Partial<Asked> = {}) => api.ask({ url: `${server.origin}/v1?a=b`, headers: {}, ...asked })
  }
}

/** One that answers the same to everything. */
const answering = (t: Test, status: number, body = '{}', headers: Record<string, string> = {}) =>
  open(t, (_request, response) => response.writeHead(status, headers).end(body))

t.test('what is asked arrives as it was asked', async t => {
  const seen: unknown[] = []
  const { ask } = await open(t, async (request, response) => {
    const body = Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>)).toString()
    const { authorization, 'content-type': type } = request.headers
    seen.push([request.method, request.url, authorization, type, body])
    response.end('{}')
  })

  await ask({ headers: { authorization: 'Bearer key' } })
  await ask({ method: 'POST', json: { a: [1] } })
  await ask({ method: 'PATCH', form: { 'a[0]': 'é&' } })
  t.strictSame(seen, [
    ['GET', '/v1?a=b', 'Bearer key', undefined, ''],
    ['POST', '/v1?a=b', undefined, 'application/json', '{"a":[1]}'],
    ['PATCH', '/v1?a=b', undefined, 'application/x-www-form-urlencoded', 'a%5B0%5D=%C3%A9%26']
  ])
})

t.test('numbers stay the digits they are written with', async t => {
  const { ask } = await answering(t, 200, '{"id":410000000000000001,"amounts":[1.10,-0,1e2],"text":"1.10","yes":true}')

  t.strictSame((await ask()).json, {
    id: '410000000000000001',
    amounts: ['1.10', '-0', '1e2'],
    text: '1.10',
    yes: true
  })
  t.throws(() => parseDigits('{'), SyntaxError)
})

t.test('numbers are told from what looks like them in texts, names and words', async t => {
  const text = String.raw`{"1.5":[1.5E+3,-0.10,"-1",{"e5":false,"\\":5,"\"7":7}],"a\\\"8":"\\","n":null,"t":true,"é":[0,[],{}]} `
  t.strictSame(parseDigits(text), {
    '1.5': ['1.5E+3', '-0.10', '-1', { e5: false, '\\': '5', '"7': '7' }],
    'a\\"8': '\\',
    n: null,
    t: true,
    é: ['0', [], {}]
  })
  t.equal(parseDigits('12345678901234567890'), '12345678901234567890')
  for (const none of ['01', '1-2', '[1.]', '.5', '+1', '1e', '"1', '{1:2}', '-', '1 2', '"\\"']) {
    const { ask } = await answering(t, 200, none)
    t.equal((await ask()).json, undefined, `${none} is no JSON`)
  }
})

t.test('where floats serve, nothing is parsed by its digits', async t => {
  const { ask } = await answering(t, 200, '{"id":410000000000000001,"total":12100}')
  const told: unknown[] = []
  const plain = (serves: boolean) => ({
    plain: (json: unknown) => {
      told.push(json)
      return serves
    }
  })

  t.strictSame((await ask(plain(true))).json, { id: 410000000000000000, total: 12100 })
  t.strictSame((await ask(plain(false))).json, { id: '410000000000000001', total: '12100' })
  t.strictSame(told, Array(2).fill({ id: 410000000000000000, total: 12100 }), 'it is asked about the answer')
})

t.test('an answer that is no JSON is told as none', async t => {
  for (const body of ['', '<html>', '{"a":']) {
    const { ask } = await answering(t, 200, body)
    t.match(await ask(), { status: 200, json: undefined })
  }
})

t.test('what is not there, and what lies elsewhere, is the caller’s to judge', async t => {
  const { ask } = await answering(t, 404, '{"error":"record not found"}')
  t.match(await ask(), { status: 404, json: { error: 'record not found' } })

  const location = 'https://elsewhere.example/x.pdf'
  const moved = await answering(t, 302, 'moved', { location })
  t.match(await moved.ask({ headers: { authorization: 'Bearer key' } }), {
    status: 302,
    headers: { location },
    json: undefined
  })
  t.equal(moved.server.requests.length, 1, 'it is not followed')
})

t.test('a token that is refused is said to be', async t => {
  for (const status of [401, 403]) {
    const { ask } = await answering(t, status)
    await t.rejects(ask(), { code: 'TOOL_UNAUTHORIZED', message: String(status) })
  }
})

t.test('a refusal names the variable of the token, what it lacks, and the vendor’s own words', async t => {
  const needs = 'the scope invoices'
  const variable = 'ACME_TOKEN'
  const headers = { authorization: 'Bearer geheim' }
  const body = JSON.stringify({ error: { message: 'Key geheim of anna@acme.example has expired' } })
  const expired = await answering(t, 401, body)
  const forbidden = await answering(t, 403)

  await t.rejects(expired.ask({ variable, needs, headers }), {
    code: 'TOOL_UNAUTHORIZED',
    message: /^localhost:\d+ refuses ACME_TOKEN \(401\): it says: Key … of … has expired$/
  })
  await t.rejects(forbidden.ask({ variable, needs, headers }), {
    message: /^localhost:\d+ refuses ACME_TOKEN \(403\): this needs the scope invoices$/
  })
  await t.rejects((await answering(t, 403, body)).ask({ variable, needs, headers }), {
    message: /\(403\): this needs the scope invoices; it says: Key … of … has expired$/
  })
  await t.rejects((await answering(t, 401, '<html>')).ask({ variable }), {
    message: /refuses ACME_TOKEN \(401\)$/
  })
  await t.rejects(forbidden.ask(), { message: /^localhost:\d+ refuses the request \(403\)$/ })
})

t.test('a tool that is busy says for how long, within bounds', async t => {
  const cases: [Record<string, string>, number][] = [
    [{}, 60_000],
    [{ 'retry-after': '7' }, 7000],
    [{ 'retry-after': '0' }, 1000],
    [{ 'retry-after': '999999' }, 3_600_000],
    [{ 'retry-after': 'Fri, 20 Nov 2026 12:00:00 GMT' }, 60_000]
  ]
  for (const [headers, retryAfterMs] of cases) {
    const { ask } = await answering(t, 429, '', headers)
    await t.rejects(ask(), { code: 'TOOL_BUSY', retryAfterMs }, JSON.stringify(headers))
  }

  const at = { 'retry-after': String(noon / 1000 + 30) }
  const { ask } = await answering(t, 429, '', at)
  const pauseMs: Asked['pauseMs'] = ({ 'retry-after': at }, now) => Number(at) * 1000 - now
  await t.rejects(ask({ pauseMs }), { code: 'TOOL_BUSY', retryAfterMs: 30_000 }, 'the vendor’s own reading')
})

t.test('whatever else it answers is asked for again later, once, by who keeps count', async t => {
  for (const status of [400, 402, 409, 422, 500, 502, 503]) {
    const { ask, server } = await answering(t, status, 'a secret of theirs')
    await t.rejects(ask(), { code: 'TOOL_UNREACHABLE', message: String(status) })
    t.equal(server.requests.length, 1, 'nothing is retried in here')
  }
})

t.test('a tool that says nothing, or hangs up, does not keep us', async t => {
  const silent = await open(t, () => {}, { timeoutMs: 50 })
  const resets = await open(t, request => request.socket.destroy())

  await t.rejects(silent.ask(), { code: 'TOOL_UNREACHABLE', message: 'ETIMEDOUT' })
  await t.rejects(resets.ask(), { code: 'TOOL_UNREACHABLE', message: 'ECONNRESET' })
})

t.test('an address in the house is not asked, unless that is allowed', async t => {
  const { ask, server } = await open(t, (_request, response) => response.end('{}'), { allowPrivate: false })

  const message = /^localhost:\d+ is not asked, because .*need ALLOW_PRIVATE_ADDRESSES=true$/
  await t.rejects(ask(), { code: 'TOOL_UNREACHABLE', message })
  await t.rejects(ask({ url: 'https://localhost:9/' }), { message: 'localhost is a private address' })
  await t.rejects(ask({ url: 'https://10.0.0.1/' }), { message: '10.0.0.1 is a private address' })
  t.strictSame(server.requests, [])
})

t.test('a host that is not asked by HTTP is one that may be asked, or is said to be none', async t => {
  const locate = createLocate({
    locate: async host => {
      if (host === 'mail.example') return '192.0.2.7'
      throw new AddressRefused(`${host} is a private address`)
    }
  })

  t.equal(await locate('mail.example', true), '192.0.2.7')
  await t.rejects(locate('nas.example', true), { code: 'TOOL_UNREACHABLE', message: /nas\.example is not asked/ })
})

t.test('a refusal that says what is wrong is an answer, where that is asked for', async t => {
  for (const status of [400, 403]) {
    const { ask } = await answering(t, status, '{"error":"invalid_grant"}')
    t.match(await ask({ answers: [400, 403] }), { status, json: { error: 'invalid_grant' } })
    await t.rejects(ask({ answers: [401] }), { code: status === 403 ? 'TOOL_UNAUTHORIZED' : 'TOOL_UNREACHABLE' })
  }
})
