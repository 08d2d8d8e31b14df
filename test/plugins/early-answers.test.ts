import { once } from 'node:events'
import { connect } from 'node:net'
import Fastify from 'fastify'
import t, { type Test } from 'tap'
import earlyAnswers from '../../plugins/early-answers.ts'
import problems, { sendNotFound } from '../../plugins/problems.ts'
import { BridgeError } from '../../src/core/errors.ts'

const size = 5_000_000

const open = async (t: Test) => {
  const app = Fastify({ bodyLimit: size, frameworkErrors: sendNotFound })
  await app.register(earlyAnswers)
  await app.register(problems)
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  app.post('/read', async ({ body }) => ({ bytes: (body as Buffer).length }))
  const refuse = async () => {
    throw new BridgeError('NOT_AUTHENTIC')
  }
  app.post('/refused', { onRequest: refuse }, async () => ({}))
  const { port } = new URL(await app.listen({ host: '127.0.0.1', port: 0 }))
  t.teardown(() => app.close())
  const socket = connect(Number(port), '127.0.0.1')
  t.teardown(() => socket.destroy())
  let heard = ''
  socket.setEncoding('latin1').on('data', text => {
    heard += text
  })
  return {
    socket,
    heard: () => heard,
    post: (path: string, bytes: number) =>
      socket.write(`POST ${path} HTTP/1.1\r\nhost: here\r\ncontent-type: x/y\r\ncontent-length: ${bytes}\r\n\r\n`),
    send: (bytes: number) => socket.write('.'.repeat(bytes)),
    async answers(count: number) {
      while ((heard.match(/HTTP\/1\.1 \d/g) ?? []).length < count) await once(socket, 'data')
    }
  }
}

t.test('who is answered before the body is in is read to its end, and nobody after it', async t => {
  for (const [path, status] of Object.entries({ '/refused': 401, '/nowhere': 404, '/%ff': 404 })) {
    const { socket, heard, post, send, answers } = await open(t)
    post(path, size)
    send(1000)
    await answers(1)
    t.match(heard(), new RegExp(`^HTTP/1\\.1 ${status} .*^connection: close\r$`, 'ims'), path)

    send(size - 1000)
    // As of another sender, whom a proxy puts on this connection.
    post('/read', 0)
    await once(socket, 'end')
    t.equal((heard().match(/HTTP\/1\.1/g) ?? []).length, 1)
  }
})

t.test('a sender that leaves in the middle holds nothing', async t => {
  const { socket, post, send, answers } = await open(t)
  post('/refused', size)
  send(1000)
  await answers(1)
  socket.end()
  await once(socket, 'close')
})

t.test('a connection is kept when the body is in: a small one that nobody read, or one that was read', async t => {
  const { heard, post, send, answers } = await open(t)
  post('/refused', 1000)
  send(1000)
  await answers(1)
  post('/read', size)
  send(size)
  await answers(2)
  post('/refused', 0)
  await answers(3)
  t.match(heard(), /401 .*200 .*401 /s)
  t.notMatch(heard(), /connection: close/i)
})
