import { once } from 'node:events'
import type { RequestListener } from 'node:http'
import { createServer, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { openConnection } from '../../../src/portal/connection.ts'
import { serve, trustTestCertificate } from '../../server.ts'

trustTestCertificate()

/** Takes connections and never says a word: no TLS, no HTTP. */
const mute = async (t: Test) => {
  const sockets: Socket[] = []
  const server = createServer(socket => {
    sockets.push(socket)
    socket.on('error', () => {})
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const { port } = server.address() as { port: number }
  return { port, server }
}

const never = () => new AbortController().signal

for (const secure of [false, true]) {
  const kind = secure ? 'TLS' : 'plain'

  t.test(`${kind}: what is written to a connection that stands arrives`, async t => {
    const server = await serve(t, (_request, response) => response.end('hello'), { secure })

    const socket = await openConnection(new URL(server.origin), never())
    socket.end('GET /here HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n')
    const answer = (await Array.fromAsync(socket)).join('')

    t.match(answer, /hello/)
    t.strictSame(server.requests, ['GET /here'])
  })

  t.test(`${kind}: an abort resets the connection, and what was not sent yet is never sent`, async t => {
    const { promise: arrived, resolve } = Promise.withResolvers<void>()
    let bytes = 0
    const reading: RequestListener = request => {
      request.on('data', chunk => {
        bytes += chunk.length
        if (bytes > 1_000_000) resolve() // by then the server has nothing left to say about TLS itself
      })
    }
    const server = await serve(t, reading, { secure })
    const stop = new AbortController()
    const socket = await openConnection(new URL(server.origin), stop.signal)
    const size = 20_000_000
    socket.write(`POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: ${size}\r\n\r\n`)
    socket.write(Buffer.alloc(size))
    await arrived

    stop.abort()

    t.equal(await server.ended, 'reset')
    t.ok(bytes < size, `${bytes} of ${size} arrived`)
  })

  t.test(`${kind}: destroying the socket closes the connection`, async t => {
    const server = await serve(t, () => {}, { secure })
    const socket = await openConnection(new URL(server.origin), never())

    socket.destroy()

    t.equal(await server.ended, 'closed')
  })
}

t.test('a port where nobody listens rejects', async t => {
  await t.rejects(openConnection(new URL('http://127.0.0.1:1'), never()), { code: 'ECONNREFUSED' })
  await t.rejects(openConnection(new URL('http://[::1]:1'), never()), { code: /ECONNREFUSED|EADDRNOTAVAIL/ })
})

t.test('a certificate is believed for the host it names, and rejects for every other', async t => {
  const server = await serve(t, () => {}, { secure: true })

  const named = await openConnection(new URL(`https://127.0.0.1:${server.port}`), never())
  named.destroy()
  const other = openConnection(new URL(`https://[::ffff:127.0.0.1]:${server.port}`), never())
  await t.rejects(other, { code: 'ERR_TLS_CERT_ALTNAME_INVALID' })
  t.equal(server.connections(), 2)
})

t.test('what is rejected leaves no connection behind', async t => {
  const server = await serve(t, () => {}, { secure: true })

  await t.rejects(openConnection(new URL(`https://[::ffff:127.0.0.1]:${server.port}`), never()))

  t.equal(await server.ended, 'closed')
})

t.test('a server that speaks no TLS, or hangs up during it, rejects', async t => {
  const plain = await serve(t, () => {})
  const resetting = await mute(t)
  resetting.server.on('connection', socket => socket.once('data', () => socket.resetAndDestroy()))
  const ending = await mute(t)
  ending.server.on('connection', socket => socket.once('data', () => socket.end()))

  await t.rejects(openConnection(new URL(`https://localhost:${plain.port}`), never()))
  for (const { port } of [resetting, ending]) {
    await t.rejects(openConnection(new URL(`https://localhost:${port}`), never()), { code: 'ECONNRESET' })
  }
})

t.test('an abort before the connection stands rejects at once: before, while connecting, and during TLS', async t => {
  const { port, server } = await mute(t)
  const url = new URL(`https://127.0.0.1:${port}`)
  const stop = new AbortController()
  const connected = once(server, 'connection')

  await t.rejects(openConnection(url, AbortSignal.abort()), { name: 'AbortError' })
  const connecting = new AbortController()
  const early = openConnection(url, connecting.signal)
  connecting.abort()
  await t.rejects(early, { name: 'AbortError' })
  const late = openConnection(url, stop.signal)
  await connected
  stop.abort()
  await t.rejects(late, { name: 'AbortError' })
})
