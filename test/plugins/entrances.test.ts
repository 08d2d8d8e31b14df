import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import Fastify from 'fastify'
import t, { type Test } from 'tap'
import entrances from '../../plugins/entrances.ts'
import { freePort } from '../../src/commands/free-port.ts'

const host = '127.0.0.1'
const isLinux = process.platform === 'linux'
const onlyLinux = isLinux ? {} : { skip: 'other systems do not spread connections' }

const open = async (t: Test, platform: NodeJS.Platform = process.platform) => {
  const app = Fastify()
  await app.register(entrances, { platform })
  app.get('/', async () => 'here')
  t.teardown(() => app.close())
  return app
}

/** How many sockets listen there. */
const listening = (port: number): number =>
  readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .filter(line => line.includes(`:${port.toString(16).toUpperCase().padStart(4, '0')} 00000000:0000 0A`)).length

const ask = async (port: number): Promise<string> => {
  const socket = connect(port, host)
  socket.write('GET / HTTP/1.1\r\nHost: bridge\r\nConnection: close\r\n\r\n')
  const [answer] = await once(socket, 'data')
  return String(answer)
}

t.test('whoever comes is taken in by one of many sockets, and served alike', onlyLinux, async t => {
  const app = await open(t)
  const port = Number(new URL(await app.listenAt({ host, port: 0 })).port)

  t.equal(listening(port), 16)
  // By whichever of them.
  const answers = await Promise.all(Array.from({ length: 64 }, () => ask(port)))
  for (const answer of answers) t.match(answer, /^HTTP\/1\.1 200 .*here$/s)
  const silent = connect(port, host).resume()
  await once(silent, 'connect')
  const ended = once(silent, 'close')
  await app.close()
  t.equal(listening(port), 0)
  await ended
})

t.test('a port that another has is refused, whoever shares ports', async t => {
  const port = await freePort()
  const other = createServer().listen({ host, port, ...(isLinux ? { reusePort: true } : {}) })
  t.teardown(() => other.close())
  await once(other, 'listening')
  const taken = { code: 'EADDRINUSE', syscall: 'listen', address: host, port }

  await t.rejects((await open(t)).listenAt({ host, port }), taken)

  const first = await open(t)
  const own = Number(new URL(await first.listenAt({ host, port: 0 })).port)
  await t.rejects((await open(t)).listenAt({ host, port: own }), { ...taken, port: own }, 'a second bridge, too')
})

t.test('where connections are not spread, one socket listens', async t => {
  const app = await open(t, 'darwin')
  const port = Number(new URL(await app.listenAt({ host, port: 0 })).port)

  t.match(await ask(port), /here/)
  if (isLinux) t.equal(listening(port), 1)
})

t.test('a name for several addresses has its sockets at each', onlyLinux, async t => {
  const app = await open(t)
  const port = Number(new URL(await app.listenAt({ host: 'localhost', port: await freePort() })).port)

  t.equal(listening(port), 16)
})
