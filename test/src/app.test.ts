import t from 'tap'
import { loadTools } from '../../plugins/registry.ts'
import { openApp, operatorToken, secret } from '../plugins/app.ts'

const mebibyte = 1024 * 1024

t.test('an address once published answers, whether its tool is set up or not', async t => {
  const { app, receive } = await openApp(t, { INTAKE_SECRET: '' })
  for (const { tool } of await loadTools()) {
    const url = `/webhooks/${tool.name}`
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
