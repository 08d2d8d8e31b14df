import t, { type Test } from 'tap'
import { openApp, operatorToken } from '../app.ts'

const minute = 60_000
const allowed = 10

const open = async (t: Test, env: Record<string, string> = {}) => {
  const bridge = await openApp(t, env)
  const { app, ask } = bridge
  const wrong = (remoteAddress: string, url = '/api/summary', headers: Record<string, string> = {}) =>
    app.inject({ url, remoteAddress, headers: { authorization: 'Bearer guess', ...headers } })
  return {
    ...bridge,
    wrong,
    right: (remoteAddress: string) => ask('GET', '/api/summary', { remoteAddress }),
    lockOut: async (...guess: Parameters<typeof wrong>) => {
      for (let at = 0; at < allowed; at += 1) t.equal((await wrong(...guess)).statusCode, 401)
    }
  }
}

t.test('who guesses is locked out before anything is compared: the right token is refused as well', async t => {
  const { clock, wrong, right, lockOut } = await open(t)
  await lockOut('10.0.0.1')

  const refused = { statusCode: 429, headers: { 'retry-after': '300' }, payload: /"TOO_MANY_REQUESTS"/ }
  t.match(await wrong('10.0.0.1'), refused)
  t.match(await right('10.0.0.1'), refused)
  t.match(await right('10.0.0.2'), { statusCode: 200 }, 'another address has guesses of its own')
  await clock.advance(5 * minute - 1)
  t.match(await right('10.0.0.1'), { statusCode: 429, headers: { 'retry-after': '1' } }, 'asking makes it no longer')
  await clock.advance(1)
  t.match(await right('10.0.0.1'), { statusCode: 200 }, 'it ends')
  t.match(await wrong('10.0.0.1'), { statusCode: 401 })
})

t.test('the same for every part of the API, and all of them count together', async t => {
  const { app, wrong, right } = await open(t)
  const urls = ['/api/summary', '/api/invoices', '/api/customers', '/api/portal/customers', '/api/invoices/A-1']
  for (const url of [...urls, ...urls]) t.match(await wrong('10.0.0.1', url), { statusCode: 401 }, url)

  for (const url of urls) t.match(await wrong('10.0.0.1', url), { statusCode: 429 }, url)
  t.match(await right('10.0.0.1'), { statusCode: 429 })
  for (const url of ['/health', '/api/openapi.json'])
    t.match(await app.inject({ url, remoteAddress: '10.0.0.1' }), { statusCode: 200 }, url)
})

t.test('an IPv6 host guesses from its whole /64, an IPv4 host from either of its notations', async t => {
  const { right, wrong } = await open(t)
  for (let at = 1; at <= allowed; at += 1) t.match(await wrong(`2001:db8:1:2::${at}`), { statusCode: 401 })
  t.match(await right('2001:db8:1:2:ffff::1'), { statusCode: 429 })
  t.match(await right('2001:db8:1:3::1'), { statusCode: 200 })

  for (let at = 1; at <= allowed; at += 1)
    t.match(await wrong(at % 2 ? '192.0.2.1' : '::ffff:192.0.2.1'), { statusCode: 401 })
  t.match(await right('192.0.2.1'), { statusCode: 429 })
  t.match(await right('::ffff:c000:201'), { statusCode: 429 })
  t.match(await right('::ffff:192.0.2.2'), { statusCode: 200 })
})

t.test('behind a proxy the client of its header is locked out, and not the proxy', async t => {
  const { ask, lockOut } = await open(t, { TRUST_PROXY_HEADER: 'Fly-Client-IP' })
  const from = (client: string) => ({ 'fly-client-ip': client })
  await lockOut('10.0.0.1', '/api/summary', from('2001:db8::1'))
  const right = (client: string) =>
    ask('GET', '/api/summary', {
      remoteAddress: '10.0.0.1',
      headers: { authorization: 'Bearer an operator token for tests', ...from(client) }
    })

  t.match(await right('2001:db8::2'), { statusCode: 429 })
  t.match(await right('2001:db8:0:1::2'), { statusCode: 200 })
})

t.test('a header that no proxy writes frees nobody', async t => {
  const { ask, lockOut } = await open(t)
  await lockOut('10.0.0.1')

  const headers = { authorization: 'Bearer an operator token for tests', 'x-forwarded-for': '192.0.2.7' }
  t.match(await ask('GET', '/api/summary', { remoteAddress: '10.0.0.1', headers }), { statusCode: 429 })
})

t.test('who is right in time, or brings no token at all, is not locked out', async t => {
  const { app, right, wrong } = await open(t)
  for (let round = 0; round < 3; round += 1) {
    for (let at = 1; at < allowed; at += 1) await wrong('10.0.0.1')
    t.match(await right('10.0.0.1'), { statusCode: 200 })
  }

  const bare = () => app.inject({ url: '/api/summary', remoteAddress: '10.0.0.2' })
  const answers = await Array.fromAsync({ length: 31 }, async () => (await bare()).statusCode)
  t.strictSame(answers, [...Array(30).fill(401), 429], 'but has to slow down')
  t.match(await right('10.0.0.2'), { statusCode: 200 })
})

t.test('who decided, by which way and from where, stands in the history', async t => {
  const { ask, receive, path } = await openApp(t)
  await receive('A-1')
  const headers = (more: Record<string, string>) => ({ authorization: `Bearer ${operatorToken}`, ...more })
  const deliver = (more: Record<string, string>, remoteAddress = '192.0.2.1') =>
    ask('POST', `${path('A-1')}/deliver`, { headers: headers(more), remoteAddress })

  await deliver({ 'factuurbrug-operator': encodeURIComponent(' Zoë de Vries '), 'user-agent': 'curl/8' })
  await deliver({ 'factuurbrug-operator': 'Kees', 'user-agent': 'factuurbrug command line' }, '2001:db8:1:2::3')
  const noNames = ['', '%', '%00', 'x'.repeat(101), '%0a', '%e2%80%ae']
  for (const name of noNames) await deliver({ 'factuurbrug-operator': name })

  const { history } = (await ask('GET', path('A-1'))).json()
  t.match(history.slice(1), [
    { event: 'operator: deliver', by: 'Zoë de Vries', via: 'api', from: '192.0.2.1' },
    { event: 'operator: deliver', by: 'Kees', via: 'command line', from: '2001:db8:1:2::/64' },
    ...noNames.map(() => ({ event: 'operator: deliver', by: null, via: 'api' }))
  ])
  t.equal(history.length, 3 + noNames.length)
})
