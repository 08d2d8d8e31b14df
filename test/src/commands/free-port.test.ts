import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import t from 'tap'
import { freePort } from '../../../src/commands/free-port.ts'

const handedOut = '/proc/sys/net/ipv4/ip_local_port_range'

t.test('each is free, another one each time, and none that a system hands out to others', async t => {
  const first = await freePort()
  const taken = createServer().listen(first + 1, '127.0.0.1')
  t.teardown(() => taken.close())
  // Else somebody has it already.
  await once(taken, 'listening').catch(() => {})
  const second = await freePort()

  t.ok(second > first + 1)
  if (existsSync(handedOut)) t.ok(second < Number.parseInt(readFileSync(handedOut, 'utf8'), 10))
})
