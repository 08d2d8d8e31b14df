import Fastify from 'fastify'
import t, { type Test } from 'tap'
import { createClientOf } from '../../plugins/client.ts'
import refusals from '../../plugins/refusals.ts'
import { openApp, secret } from './app.ts'

const allowed = 30
const minute = 60_000

const open = async (t: Test, trustProxyHeader?: string) => {
  const app = Fastify()
  await app.register(refusals, { clientOf: createClientOf(trustProxyHeader) })
  app.get('/', async request => ({ tooMany: await app.refused(request) }))
  t.teardown(() => app.close())
  const refuse = async (remoteAddress: string, headers: Record<string, string> = {}) =>
    (await app.inject({ url: '/', remoteAddress, headers })).json().tooMany !== null
  return {
    refuse,
    exhaust: async (...from: Parameters<typeof refuse>) => {
      for (let at = 0; at < allowed; at++) await refuse(...from)
    }
  }
}

t.test('each address has its own count', async t => {
  const { refuse, exhaust } = await open(t)
  await exhaust('10.0.0.1')

  t.equal(await refuse('10.0.0.1'), true)
  t.equal(await refuse('10.0.0.2'), false)
})

t.test('an IPv6 host has one count for its whole /64', async t => {
  const { refuse } = await open(t)
  for (let at = 0; at < allowed; at++) await refuse(`2001:db8:1:2::${at.toString(16)}`)

  t.equal(await refuse('2001:db8:1:2:ffff::'), true)
  t.equal(await refuse('2001:db8:1:3::'), false)
})

t.test('a header counts only where a proxy writes it', async t => {
  const header = (address: string) => ({ 'fly-client-ip': address })
  const direct = await open(t)
  await direct.exhaust('10.0.0.1', header('1.1.1.1'))
  t.equal(await direct.refuse('10.0.0.1', header('2.2.2.2')), true, 'nobody escapes by making one up')

  const proxied = await open(t, 'fly-client-ip')
  await proxied.exhaust('10.0.0.1', header('1.1.1.1'))
  t.equal(await proxied.refuse('10.0.0.1', header('1.1.1.1')), true)
  t.equal(await proxied.refuse('10.0.0.1', header('2001:db8::1')), false, 'who shares the proxy is another')
})

t.test('a header that is no address counts as the proxy itself', async t => {
  const { refuse, exhaust } = await open(t, 'fly-client-ip')
  await exhaust('10.0.0.1')

  for (const made of ['', 'unknown', '1.1.1.1, unknown', '1.1.1.1:80', 'x'.repeat(1000)])
    t.equal(await refuse('10.0.0.1', { 'fly-client-ip': made }), true)
})

t.test('an authentic event is never told to slow down, however many were refused before', async t => {
  const { app, receive } = await openApp(t)
  const forge = () =>
    app.inject({
      method: 'POST',
      url: '/webhooks/invoices',
      headers: { authorization: 'Bearer forged' },
      payload: {}
    })
  const since = Date.now()
  const answers = await Array.fromAsync({ length: allowed + 5 }, async () => (await forge()).statusCode)

  t.strictSame(answers, [...Array(allowed).fill(401), ...Array(5).fill(429)])
  const wait = Number((await forge()).headers['retry-after']) * 1000
  t.ok(wait <= minute && wait >= minute - (Date.now() - since), 'as long as its refusals count')
  t.match(await receive('A-1'), { statusCode: 200 })
  t.notMatch((await forge()).payload, secret)
})
