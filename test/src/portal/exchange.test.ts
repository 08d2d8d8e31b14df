import type { RequestListener } from 'node:http'
import { createServer } from 'node:net'
import { mock } from 'node:test'
import t, { type Test } from 'tap'
import { type Clock, systemClock } from '../../../src/core/clock.ts'
import { type Call, createExchanger, type OnAnswer } from '../../../src/portal/exchange.ts'
import { serve, trustTestCertificate } from '../../server.ts'

trustTestCertificate()

type Given = { timeoutMs?: number; clock?: Clock; onAnswer?: OnAnswer }

const exchanger = ({ timeoutMs = 60_000, clock = systemClock, onAnswer = () => {} }: Given = {}) =>
  createExchanger({ clock, timeoutMs, headers: { accept: 'application/json' }, onAnswer })

const post = (url: string, given: Partial<Call> = {}): Call => ({
  name: 'createInvoice',
  method: 'POST',
  url: new URL(url),
  body: '{}',
  ...given
})

const limitMs = 300

/** A time limit that runs out when the test says so: however slow the machine is, the call is as far as it has to be. */
const holdTime = (t: Test) => {
  mock.timers.enable({ apis: ['setTimeout'] })
  t.teardown(() => mock.timers.reset())
  return () => mock.timers.tick(limitMs)
}

/** Takes connections, and reads, but never says a word. */
const muteUrl = (t: Test, protocol = 'https', heard = () => {}) =>
  new Promise<string>(resolve => {
    const server = createServer(socket => {
      socket.on('error', () => {}).on('data', heard)
      t.teardown(() => socket.destroy())
    })
    t.teardown(() => server.close())
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      resolve(`${protocol}://127.0.0.1:${port}/`)
    })
  })

for (const secure of [false, true]) {
  const kind = secure ? 'TLS' : 'plain'

  t.test(`${kind}: an answer comes back with its status, headers and body`, async t => {
    const server = await serve(
      t,
      (request, response) => response.writeHead(201, { 'x-a': 'b' }).end(`${request.method} ${request.headers.accept}`),
      { secure }
    )

    const exchanged = await exchanger().exchange(post(`${server.origin}/a`))

    t.match(exchanged, {
      kind: 'answer',
      status: 201,
      headers: { 'x-a': 'b' },
      body: 'POST application/json'
    })
    t.equal(await server.ended, 'closed', 'and the connection is closed politely')
  })

  t.test(`${kind}: without an answer in time it is lost, and the connection is reset`, async t => {
    const runOut = holdTime(t)
    const server = await serve(t, request => request.resume().once('end', runOut), { secure })
    // Once so much is there, the server has nothing left to say about TLS itself.
    const body = 'x'.repeat(1_000_000)

    const exchanged = await exchanger({ timeoutMs: limitMs }).exchange(post(server.origin, { body }))

    t.strictSame(exchanged, { kind: 'lost', reason: 'no answer within 300 ms' })
    t.equal(await server.ended, 'reset')
    t.equal(server.requests.length, 1)
  })

  t.test(`${kind}: a portal that stops reading ends neither the process nor the time limit`, async t => {
    const runOut = holdTime(t)
    const server = await serve(t, request => request.once('data', () => request.pause() && runOut()), { secure })
    const size = 20_000_000
    const body = new Blob([Buffer.alloc(size)])
    const headers = { 'content-length': String(size) }

    const exchanged = await exchanger({ timeoutMs: limitMs }).exchange(post(server.origin, { body, headers }))

    t.strictSame(exchanged, { kind: 'lost', reason: 'no answer within 300 ms' })
  })

  t.test(`${kind}: what breaks after the request left is lost, and never sent again`, async t => {
    const breaking: Record<string, RequestListener> = {
      'hung up': (_request, response) => response.socket?.destroy(),
      reset: (request, response) => request.once('data', () => response.socket?.destroy(new Error('reset'))),
      'not HTTP': (_request, response) => response.socket?.end('hello\r\n\r\n'),
      'half a head': (_request, response) => response.socket?.end('HTTP/1.1 201 Created\r\ncontent-'),
      'another protocol': (_request, response) =>
        response.socket?.end('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n')
    }
    for (const [name, listener] of Object.entries(breaking)) {
      const server = await serve(t, listener, { secure })
      const runOut = holdTime(t)
      if (name === 'another protocol') void server.ended.then(runOut)
      t.match(
        await exchanger({ timeoutMs: limitMs }).exchange(post(server.origin)),
        { kind: 'lost', reason: String },
        name
      )
      mock.timers.reset()
      t.equal(server.requests.length, 1)
      t.equal(server.connections(), 1)
    }
  })

  t.test(`${kind}: a body that cannot be read to its end leaves the status known`, async t => {
    const spoiling: Record<string, RequestListener> = {
      'cut off': (_request, response) => {
        response.writeHead(201, { 'content-length': 100 }).write('{"id":"inv_1"', () => response.destroy())
      },
      'cut off between chunks': (_request, response) => {
        response.writeHead(201).write('{"id":"inv_1"}', () => response.destroy())
      },
      'too large': (_request, response) => response.writeHead(201).end(Buffer.alloc(5_000_000, ' ')),
      'not text': (_request, response) => response.writeHead(201).end(Buffer.from([0x22, 0xff, 0x22])),
      stalled: (_request, response) => response.writeHead(201).write('{"id":')
    }
    for (const [name, listener] of Object.entries(spoiling)) {
      const runOut = holdTime(t)
      const onAnswer = () => void (name === 'stalled' && runOut())
      const server = await serve(t, listener, { secure })
      const exchanged = await exchanger({ timeoutMs: limitMs, onAnswer }).exchange(post(server.origin))
      mock.timers.reset()
      t.match(exchanged, { kind: 'answer', status: 201, body: null }, name)
    }
  })

  t.test(`${kind}: a refusal that does not wait for the whole body is read`, async t => {
    const server = await serve(
      t,
      (_request, response) => response.writeHead(413, { connection: 'close' }).end('{"message":"too large"}'),
      { secure }
    )
    const size = 300_000
    const headers = { 'content-length': String(size) }
    const body = new Blob([Buffer.alloc(size)])

    const exchanged = await exchanger().exchange(post(server.origin, { body, headers }))

    t.match(exchanged, { kind: 'answer', status: 413 })
  })
}

t.test('where no connection stands, nothing was sent', async t => {
  const plain = await serve(t, () => {})
  const secure = await serve(t, () => {}, { secure: true })
  const refusing: Record<string, string> = {
    'a closed port': 'http://127.0.0.1:1/',
    'a host that does not exist': 'http://nowhere.invalid/',
    'no TLS where TLS is asked': `https://localhost:${plain.port}/`,
    'a certificate of another host': `https://[::ffff:127.0.0.1]:${secure.port}/`
  }
  for (const [name, url] of Object.entries(refusing)) {
    t.match(await exchanger().exchange(post(url)), { kind: 'unsent', reason: String }, name)
  }
  t.strictSame([...plain.requests, ...secure.requests], [])
})

t.test('a time-out before the connection stands leaves nothing sent', async t => {
  const exchanged = await exchanger({ timeoutMs: 50 }).exchange(post(await muteUrl(t)))
  t.strictSame(exchanged, { kind: 'unsent', reason: 'no answer within 50 ms' })
})

t.test('the same silence after the connection stands leaves it unknown', async t => {
  const runOut = holdTime(t)
  const exchanged = await exchanger({ timeoutMs: limitMs }).exchange(post(await muteUrl(t, 'http', runOut)))
  t.strictSame(exchanged, { kind: 'lost', reason: 'no answer within 300 ms' })
})

t.test('a connection that stands too late carries nothing', async t => {
  const startBy = systemClock.monotonic() + 50
  const exchanged = await exchanger().exchange(post(await muteUrl(t), { startBy }))
  t.match(exchanged, { kind: 'unsent', reason: /in time/ })
})

t.test('a request that may not start any more does not, however far it was', async t => {
  const server = await serve(t, (_request, response) => response.end('{}'))
  const frozenOnce: Clock = { ...systemClock, monotonic: () => (server.connections() > 0 ? 5001 : 0) }
  const call = post(server.origin, { startBy: 5000 })

  t.match(await exchanger({ clock: frozenOnce }).exchange(call), { kind: 'unsent', reason: /in time/ })
  t.equal(server.connections(), 1, 'the process froze between the connection and the request')
  t.equal(await server.ended, 'closed')
  t.match(await exchanger({ clock: frozenOnce }).exchange(call), { kind: 'unsent', reason: /in time/ })
  t.equal(server.connections(), 1, 'and before it')
  t.strictSame(server.requests, [])
})

t.test('a call that must end earlier than its own time limit does', async t => {
  const runOut = holdTime(t)
  let passedMs = 0
  const clock: Clock = { ...systemClock, monotonic: () => passedMs }
  const server = await serve(t, () => {
    passedMs = limitMs
    runOut()
  })
  const { exchange } = exchanger({ clock })
  const call = post(server.origin, { endBy: limitMs })

  t.match(await exchange(call), { kind: 'lost', reason: /no answer/ })

  t.equal(await server.ended, 'reset')
  t.match(await exchange(call), { kind: 'unsent' }, 'or does not begin')
  t.equal(server.requests.length, 1)
})

t.test('a redirect is an answer, and is not followed', async t => {
  for (const status of [301, 302, 303, 307, 308]) {
    const server = await serve(t, (_request, response) => response.writeHead(status, { location: '/b' }).end())
    t.match(await exchanger().exchange(post(`${server.origin}/a`)), { kind: 'answer', status })
    t.strictSame(server.requests, ['POST /a'])
  }
})

t.test('a busy or broken portal is not asked again', async t => {
  for (const status of [408, 429, 500, 502, 503, 504]) {
    const server = await serve(t, (_request, response) => response.writeHead(status, { 'retry-after': '0' }).end())
    for (const method of ['GET', 'POST', 'PATCH'] as const) {
      const { body, ...call } = post(server.origin, { method })
      t.match(await exchanger().exchange(method === 'GET' ? call : { ...call, body: '{}' }), { status })
    }
    t.equal(server.requests.length, 3)
  }
})

t.test('no connection is used twice, so that none can have gone stale', async t => {
  const server = await serve(t, (_request, response) => response.end('{}'))
  const { exchange } = exchanger()

  for (let call = 0; call < 3; call++) await exchange(post(server.origin))

  t.equal(server.connections(), 3)
})

t.test('every answer is reported by its head, whatever its status and however it is spelled', async t => {
  const server = await serve(t, (_request, response) => {
    const budget = {
      'X-RateLimit-Limit': '60',
      'x-ratelimit-REMAINING': '41',
      Date: 'Fri, 20 Nov 2026 10:00:00 GMT'
    }
    now = 1250
    response.writeHead(429, budget).end()
  })
  let now = 1000
  const clock: Clock = { ...systemClock, now: () => now }
  const answers: unknown[] = []

  await exchanger({ clock, onAnswer: answer => answers.push(answer) }).exchange(post(server.origin))

  t.strictSame(answers, [
    {
      call: 'createInvoice',
      status: 429,
      dateHeader: 'Fri, 20 Nov 2026 10:00:00 GMT',
      limit: 60,
      remaining: 41,
      pauseMs: 60_000,
      sentAt: 1000,
      answeredAt: 1250
    }
  ])
})

t.test('an answer without a budget is reported without one; no answer is not reported', async t => {
  const server = await serve(t, (request, response) => {
    if (request.url === '/') response.writeHead(200, { 'x-ratelimit-limit': 'many' }).end()
    else response.destroy()
  })
  const answers: unknown[] = []
  const { exchange } = exchanger({ onAnswer: answer => answers.push(answer) })

  await exchange(post(`${server.origin}/`))
  await exchange(post(`${server.origin}/broken`))

  t.match(answers, [{ limit: null, remaining: null, dateHeader: String }])
  t.equal(answers.length, 1)
})

t.test('closing resets what is under way', async t => {
  const arrived = Promise.withResolvers<void>()
  const server = await serve(t, () => arrived.resolve())
  const { exchange, close } = exchanger()
  const writing = exchange(post(server.origin))
  const connecting = exchange(post(await muteUrl(t)))
  await arrived.promise

  close()

  t.match(await writing, { kind: 'lost' })
  t.match(await connecting, { kind: 'unsent' })
  t.equal(await server.ended, 'reset')
})
