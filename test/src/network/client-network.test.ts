import t from 'tap'
import { networkOf } from '../../../src/network/client-network.ts'

t.test('an IPv4 address is one, in whichever notation', async t => {
  const cases: [address: string, network: string][] = [
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:192.0.2.1', '192.0.2.1'],
    ['::ffff:c000:201', '192.0.2.1'],
    ['0:0:0:0:0:ffff:c000:0201', '192.0.2.1'],
    ['::ffff:255.255.255.255', '255.255.255.255']
  ]
  for (const [address, network] of cases) t.equal(networkOf(address), network, address)
})

t.test('an IPv6 address is its /64, however it is written', async t => {
  const cases: [address: string, network: string][] = [
    ['2001:db8:1:2::1', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002:ffff:ffff:ffff:ffff', '2001:db8:1:2::/64'],
    ['2001:db8:1:2:3:4:192.0.2.1', '2001:db8:1:2::/64'],
    ['2001:db8:1:3::1', '2001:db8:1:3::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:db8::', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['::192.0.2.1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::ffff:0:192.0.2.1', '0:0:0:0::/64']
  ]
  for (const [address, network] of cases) t.equal(networkOf(address), network, address)
})

t.test('what is no address stands for itself', async t => {
  for (const text of ['', 'unknown', '1.2.3', ':::']) t.equal(networkOf(text), text)
})
