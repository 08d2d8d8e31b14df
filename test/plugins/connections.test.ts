import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import Fastify from 'fastify'
import t, { type Test } from 'tap'
import connections from '../../plugins/connections.ts'

const roomFor = 400

const open = async (t: Test) => {
  const app = Fastify()
  await app.register(connections)
  const held = Promise.withResolvers<void>()
  app.get('/', async () => 'here')
  app.get('/held', async () => {
    await held.promise
    return 'at last'
  })
  const { port } = new URL(await app.listen({ port: 0, host: '127.0.0.1' }))
  const sockets: Socket[] = []
  t.teardown(async () => {
    for (const socket of sockets) socket.destroy()
    await app.close()
  })
  const come = async (): Promise<Socket> => {
    const socket = connect(Number(port), '127.0.0.1').resume()
    sockets.push(socket)
    await once(socket, 'connect')
    return socket
  }
  const ask = (socket: Socket, path: string) => socket.write(`GET ${path} HTTP/1.1\r\nHost: bridge\r\n\r\n`)
  const answerTo = async (socket: Socket, path: string): Promise<string> => {
    ask(socket, path)
    const [answer] = await once(socket, 'data')
    return String(answer)
  }
  const crowd = async (count: number) => {
    for (let at = 0; at < count; at += 100) await Promise.all(Array.from({ length: 100 }, come))
  }
  const openNow = () =>
    new Promise<number>((resolve, reject) =>
      app.server.getConnections((error, count) => (error ? reject(error) : resolve(count)))
    )
  return { app, come, ask, answerTo, crowd, openNow, release: held.resolve }
}

t.test('thousands that say nothing take nobody’s place', async t => {
  const { come, answerTo, crowd, openNow } = await open(t)
  await crowd(4000)

  t.match(await answerTo(await come(), '/'), /^HTTP\/1\.1 200 .*here$/s)
  t.ok((await openNow()) <= roomFor + 1, `${await openNow()} are open`)
})

t.test('who is being answered keeps the connection; who said nothing for longest goes', async t => {
  const { app, come, ask, answerTo, crowd, release } = await open(t)
  const asked = once(app.server, 'request')
  const busy = await come()
  ask(busy, '/held')
  await asked
  const first = await come()
  const used = await come()
  await answerTo(used, '/')
  const gone = once(first, 'close')
  await crowd(roomFor - 2)

  await gone
  t.equal(used.destroyed, false, 'it spoke later')
  release()
  t.match(String(await once(busy, 'data')), /at last/)
})

t.test('half a header is as good as none', async t => {
  const { come, answerTo, crowd } = await open(t)
  const slow = await come()
  slow.write('GET / HTTP/1.1\r\nHost: bri')
  const gone = once(slow, 'close')
  await crowd(1000)

  await gone
  t.match(await answerTo(await come(), '/'), /here/)
})

t.test('the server itself has an end, too', async t => {
  const { app } = await open(t)

  t.equal(app.server.maxConnections, 1600)
})

t.test('who is answered while the server closes does not keep it open', async t => {
  const { app, come, ask, release } = await open(t)
  const asked = once(app.server, 'request')
  const busy = await come()
  ask(busy, '/held')
  await asked
  const closed = app.close()
  while (app.server.listening) await new Promise(resolve => setImmediate(resolve))
  release()

  t.match(String(await once(busy, 'data')), /connection: close.*at last/is)
  await once(busy, 'close')
  await closed
})
