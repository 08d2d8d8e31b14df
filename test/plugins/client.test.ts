import Fastify from 'fastify'
import t, { type Test } from 'tap'
import { createClientOf } from '../../plugins/client.ts'

const open = (t: Test, trustProxyHeader?: string) => {
  const app = Fastify()
  t.teardown(() => app.close())
  const clientOf = createClientOf(trustProxyHeader)
  app.get('/', async request => clientOf(request))
  return async (remoteAddress: string, headers: Record<string, string> = {}) =>
    (await app.inject({ url: '/', remoteAddress, headers })).payload
}

t.test('a client is its network: one IPv4 address, or a /64', async t => {
  const client = open(t)
  t.equal(await client('192.0.2.1'), '192.0.2.1')
  t.equal(await client('::ffff:192.0.2.1'), '192.0.2.1', 'as a socket for both families shows it')
  t.equal(await client('2001:db8:1:2:3:4:5:6'), '2001:db8:1:2::/64')
})

t.test('where a proxy writes a header, that is believed, as far as it is an address', async t => {
  const client = open(t, 'fly-client-ip')
  const told = (address: string) => client('10.0.0.1', { 'fly-client-ip': address })
  t.equal(await told('2001:db8::7'), '2001:db8:0:0::/64')
  t.equal(await told('::ffff:192.0.2.1'), '192.0.2.1')
  t.equal(await told('192.0.2.9, 2001:db8::7'), '2001:db8:0:0::/64', 'the proxy added to what the client made up')
  for (const made of ['', 'unknown', '192.0.2.1, ', '192.0.2.1, unknown', '192.0.2.1 192.0.2.2'])
    t.equal(await told(made), '10.0.0.1', made)
  t.equal(await open(t)('10.0.0.1', { 'fly-client-ip': '192.0.2.1' }), '10.0.0.1', 'and nowhere else')
})
