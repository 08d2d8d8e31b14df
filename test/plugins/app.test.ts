import { once } from 'node:events'
import { connect } from 'node:net'
import t from 'tap'
import { loadTools, sourcesOf } from '../../plugins/registry.ts'
import { openApp, operatorToken, secret } from './app.ts'

const mebibyte = 1024 * 1024

t.test('an address once published answers, whether its tool is set up or not', async t => {
  const { app, receive } = await openApp(t, { INTAKE_SECRET: '' })
  for (const { name } of sourcesOf(await loadTools()).filter(({ sample }) => sample)) {
    const url = `/webhooks/${name}`
    const answer = await app.inject({ method: 'POST', url, payload: { any: 'thing' } })
    t.match(answer, { statusCode: 503, payload: /"TOOL_NOT_SET_UP"/ }, url)
    t.match(await app.inject(url), { statusCode: 405, headers: { allow: 'POST' } }, url)
  }
  t.match(await receive('A-1'), { statusCode: 503 })
  t.match(await app.inject({ method: 'POST', url: '/webhooks/unheard-of' }), { statusCode: 404 })
})

t.test('what a webhook parses by itself leaves its neighbours alone', async t => {
  const { app, ask, receive } = await openApp(t)
  const fields = { invoiceNumber: '1', customerId: 'cst_1', issuedAt: '2026-11-20', amount: '1.00' }
  const body = JSON.stringify({
    ...fields,
    pdf: Buffer.concat([Buffer.from('%PDF-'), Buffer.alloc(2 * mebibyte)]).toString('base64')
  })
  const post = (url: string, token: string) =>
    app.inject({
      method: 'POST',
      url,
      payload: body,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` }
    })

  t.match(await post('/webhooks/invoices', secret), { statusCode: 200 })
  t.match(await post('/api/catch-up', operatorToken), { statusCode: 413, payload: /"BODY_TOO_LARGE"/ })
  t.match(await ask('POST', '/api/catch-up', { payload: { tool: 'x' } }), { statusCode: 422 })
  t.match(await receive('2'), { statusCode: 200 })
})

t.test('the log tells no address that was asked for: a customer can be named in it', async t => {
  const { ask, lines, receive } = await openApp(t)
  await receive('A-1', { customerName: 'Kees' })
  await ask('GET', '/api/invoices?q=kees@bakker.example')
  await ask('GET', '/kees@bakker.example')

  t.notMatch(JSON.stringify(lines), /kees|bakker|121/i)
  t.match(lines, [{ msg: 'invoice received', invoiceNumber: 'A-1', tool: 'invoices' }])
})

t.test('the client behind a proxy is the one that its header names', async t => {
  const { app } = await openApp(t, { TRUST_PROXY_HEADER: 'X-Real-IP' })
  const guess = async (client: string) =>
    (await app.inject({ url: '/api/summary', headers: { 'x-real-ip': client } })).statusCode
  for (let at = 0; at < 30; at++) await guess('1.1.1.1')

  t.strictSame([await guess('1.1.1.1'), await guess('2.2.2.2')], [429, 401])
})

t.test('what nobody asked for is refused before its body is read', async t => {
  const { app } = await openApp(t)
  const { port } = new URL(await app.listen({ port: 0, host: '127.0.0.1' }))
  const asked: [line: string, status: number][] = [
    ['POST /nothing-here', 404],
    ['PUT /webhooks/stripe', 405],
    ['POST /api/catch-up', 401],
    ['DELETE /api/customers/invoices/1', 401]
  ]
  for (const [line, status] of asked) {
    const socket = connect(Number(port), '127.0.0.1')
    t.teardown(() => socket.destroy())
    const headers = ['Host: bridge', 'Content-Type: application/json', 'Content-Length: 60000']
    socket.write([`${line} HTTP/1.1`, ...headers, '', '{'].join('\r\n'))
    const [answer] = await once(socket, 'data')
    t.equal(Number(String(answer).split(' ')[1]), status, line)
  }
})

t.test('nothing above 64 KB is parsed by the server itself', async t => {
  const { ask } = await openApp(t)
  const payload = (bytes: number) => ({ payload: JSON.stringify({ tool: 'x'.repeat(bytes - 11) }) })
  const headers = { authorization: `Bearer ${operatorToken}`, 'content-type': 'application/json' }

  t.match(await ask('POST', '/api/catch-up', { ...payload(64 * 1024), headers }), { statusCode: 422 })
  t.match(await ask('POST', '/api/catch-up', { ...payload(64 * 1024 + 1), headers }), { statusCode: 413 })
})

t.test('connections that say nothing, or not enough, are ended; the slowest line has its time', async t => {
  const { app } = await openApp(t)
  const { headersTimeout, requestTimeout, keepAliveTimeout, timeout, maxConnections } = app.server

  t.match(
    { headersTimeout, keepAliveTimeout, timeout },
    { headersTimeout: 15_000, keepAliveTimeout: 72_000, timeout: 120_000 }
  )
  t.ok(requestTimeout > (20_000_000 / 8000) * 1000, 'a PDF of 20 MB over 64 kbit/s')
  t.ok(maxConnections > 0 && maxConnections < 4000)
})
