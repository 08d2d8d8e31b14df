import { EventEmitter, once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import Fastify from 'fastify'
import t, { type Test } from 'tap'
import type { Hosted } from '../../plugins/bodies/strangers.ts'
import { createClientOf } from '../../plugins/client.ts'
import problems from '../../plugins/problems.ts'
import refusals from '../../plugins/refusals.ts'
import { timedSignature } from '../../plugins/signatures/timed-signature.ts'
import { tool } from '../../plugins/tools/stripe/index.ts'
import { type WebhookOptions, webhook } from '../../plugins/webhook.ts'
import { openSpool } from '../../src/ledger/spool.ts'
import { createReceiver } from '../../src/tools/receiver.ts'
import { but, day, env, fixture, invoice, type Json, now, secret, timeZone } from '../fixtures/stripe.ts'
import { silent } from '../src/delivery/delivery.ts'
import { openMemory } from '../src/ledger/memory.ts'
import { handClock } from '../src/portal/hand-clock.ts'
import { openStrangers } from './bodies/open-strangers.ts'

const { invoiceNumber } = invoice
const accepted = { result: 'accepted' }
const duplicate = { result: 'duplicate' }

/** How many large bodies are read, and how many asked to be. */
const watchLarge = () => {
  const counts = { asked: 0, inside: 0, most: 0 }
  let isAsked = () => {}
  const watch =
    (pass: Hosted['large']): Hosted['large'] =>
    step => {
      counts.asked += 1
      isAsked()
      return pass(async memory => {
        counts.inside += 1
        counts.most = Math.max(counts.most, counts.inside)
        try {
          return await step(memory)
        } finally {
          counts.inside -= 1
        }
      })
    }
  return {
    watch,
    asked: (count: number) =>
      new Promise<void>(resolve => {
        isAsked = () => counts.asked >= count && resolve()
        isAsked()
      }),
    inside: () => counts.inside,
    most: () => counts.most
  }
}

type Given = Parameters<typeof openStrangers>[0] & { read?: typeof tool.read }

const open = async (t: Test, settings: Json | null = env, { read = tool.read, ...options }: Given = {}) => {
  const strangers = openStrangers(options)
  const large = watchLarge()
  const hosted = new EventEmitter()
  const ledger = openMemory({ defer: queueMicrotask })
  t.teardown(() => ledger.close())
  const spool = openSpool(t.testdir(), { bytesMax: 1000 })
  const alerts: unknown[] = []
  const told: object[] = []
  const hinted: unknown[] = []
  const receiver = createReceiver({
    ledger,
    spool,
    log: { ...silent, info: facts => void told.push(facts) },
    wake: () => {},
    alert: (...told) => alerts.push(told),
    rules: { sendNotification: true, notifyWithinDays: 7, timeZone }
  })
  const app = Fastify()
  t.teardown(() => app.close())
  await app.register(problems)
  await app.register(refusals, { clientOf: createClientOf(undefined) })
  const given: WebhookOptions = {
    settings: settings && tool.settings.parse(settings),
    receiver,
    hinted: (...hint) => void hinted.push(hint),
    clock: { now: () => now, monotonic: () => 0, sleep: async () => {} },
    timeZone,
    strangers: {
      ...strangers,
      host: (request, step) => {
        hosted.emit('one')
        return strangers.host(request, held => step({ ...held, large: large.watch(held.large) }))
      }
    },
    refused: app.refused,
    believed: () => {}
  }
  await app.register(webhook({ ...tool, read } as never), given)
  const post = async (body: Buffer, headers: Record<string, string> = {}) => {
    const answer = await app.inject({
      method: 'POST',
      url: '/stripe',
      headers: { 'content-type': 'application/json', ...headers },
      body
    })
    return { status: answer.statusCode, headers: answer.headers, body: answer.json<Json>() }
  }
  return {
    ledger,
    alerts,
    told,
    hinted,
    large,
    hosted,
    post,
    listen: async () => {
      await app.listen({ port: 0, host: '127.0.0.1' })
      return (app.server.address() as AddressInfo).port
    },
    send: (body: Buffer, headers: Record<string, string> = {}, by = secret) =>
      post(body, { 'stripe-signature': timedSignature(body.toString(), by, now), ...headers })
  }
}

t.test('an authentic event is on the disk before it is acknowledged, and once', async t => {
  const { ledger, send } = await open(t)

  t.match(await send(fixture('finalized')), { status: 200, body: accepted })
  t.match(await ledger.find(invoiceNumber), { state: 'waiting', tool: 'stripe', notify: true, test: false })
  t.match(await send(fixture('finalized')), { status: 200, body: duplicate })
  t.match(await send(fixture('paid')), { status: 200, body: duplicate })
  t.match(await ledger.find(invoiceNumber), { paidAt: Number })
  t.match(await send(fixture('voided')), { status: 200, body: accepted })
  t.match(await ledger.find(invoiceNumber), { state: 'dismissed', code: 'VOIDED_IN_TOOL' })
  t.equal((await ledger.list({ limit: 10 })).rows.length, 1)
})

t.test('an authentic event of no concern is acknowledged, with the reason, and not kept', async t => {
  const { ledger, told, send } = await open(t)
  await ledger.startTool('stripe', now)
  const ignored = (reason: string) => ({ status: 200, body: { result: 'ignored', reason } })

  t.match(await send(fixture('credit-note')), ignored('credit_note.created'))
  t.match(await send(fixture('test-mode')), ignored('test mode'))
  t.match(await send(fixture('voided')), ignored('VOIDED_IN_TOOL'))
  t.match(await send(fixture('finalized')), ignored('BEFORE_START'))
  t.strictSame((await ledger.list({ limit: 10 })).rows, [])
  t.strictSame(
    told,
    ['credit_note.created', 'test mode', 'VOIDED_IN_TOOL', 'BEFORE_START'].map(reason => ({
      tool: 'stripe',
      reason
    })),
    'and the log has it'
  )
})

t.test('an event that only says that there is something to ask for has the tool asked, and is not kept', async t => {
  const { ledger, hinted, send } = await open(t, env, { read: () => ({ kind: 'hint', sourceId: 'in_1' }) })

  const body = { result: 'ignored', reason: 'the tool is asked for it' }
  t.match(await send(fixture('finalized')), { status: 200, body })
  t.strictSame(hinted, [['stripe', 'in_1']])
  t.strictSame((await ledger.list({ limit: 10 })).rows, [])
})

t.test('what cannot be read is acknowledged and kept for a person, who is told of it once', async t => {
  const { ledger, alerts, send } = await open(t)
  const body = but({ total: 'veel' })

  t.match(await send(body), { status: 200, body: accepted })
  t.match(await send(body), { status: 200, body: accepted })
  const { rows } = await ledger.list({ limit: 10 })
  t.match(rows, [{ tool: 'stripe', state: 'held', code: 'EVENT_UNREADABLE' }])
  t.equal(rows.length, 1)
  t.strictSame(alerts, [['EVENT_UNREADABLE', rows[0]?.invoiceNumber]])
  const { history = [] } = (await ledger.find(rows[0]?.invoiceNumber ?? '')) ?? {}
  t.match(history.at(-1), { detail: /total/ })
  t.notMatch(JSON.stringify(history), 'veel', 'where, never what')
})

t.test('whoever sends a test says so, and it is kept as one', async t => {
  const { ledger, send } = await open(t)
  await ledger.startTool('stripe', now + day)

  t.match(await send(fixture('finalized'), { 'factuurbrug-test': 'true' }), { status: 200, body: accepted })
  t.match(await ledger.find(invoiceNumber), { test: true })
})

t.test('while one secret replaces another, both are believed; a third is not', async t => {
  const other = 'whsec_anderandersanders'
  const { send } = await open(t, { STRIPE_WEBHOOK_SECRET: `${secret},${other}` })

  t.match(await send(fixture('finalized')), { body: accepted })
  t.match(await send(fixture('finalized'), {}, other), { body: duplicate })
  t.match(await send(fixture('finalized'), {}, `${other}x`), { status: 401, body: { code: 'NOT_AUTHENTIC' } })
})

t.test('the signature covers the exact bytes, whatever they are said to be', async t => {
  const { send } = await open(t)
  const spaced = Buffer.from(`\n ${fixture('finalized').toString()} \n`)

  t.match(await send(spaced, { 'content-type': 'text/plain' }), { status: 200, body: accepted })
})

t.test('a forged event leaves no trace, and guessing is slowed down', async t => {
  const { ledger, post, send } = await open(t)
  const bare = () => post(fixture('finalized'))

  t.match(await bare(), { status: 401, body: { code: 'NOT_AUTHENTIC' } })
  t.match(await post(Buffer.alloc(0)), { status: 401 })
  const answers = []
  for (let guess = 1; guess <= 40; guess += 1) answers.push(await bare())
  t.match(answers.at(0), { status: 401 })
  t.match(answers.at(-1), {
    status: 429,
    body: { code: 'TOO_MANY_REQUESTS' },
    headers: { 'retry-after': String }
  })
  t.strictSame((await ledger.list({ limit: 10 })).rows, [])
  t.match(await send(fixture('finalized')), { body: accepted }, 'who is authentic is never told to slow down')
})

t.test('a tool that is not set up asks the sender to come back', async t => {
  const { send } = await open(t, null)

  t.match(await send(fixture('finalized')), {
    status: 503,
    body: { code: 'TOOL_NOT_SET_UP' },
    headers: { 'retry-after': String }
  })
})

t.test('before its secret exists nothing is believed, and the address answers', async t => {
  const { ledger, told, post, send } = await open(t, { STRIPE_API_KEY: 'rk_live_voorbeeld' })
  const answer = { status: 200, body: { result: 'ignored', reason: 'STRIPE_WEBHOOK_SECRET is not set' } }

  t.match(await send(fixture('finalized')), answer)
  t.match(await post(Buffer.from('{}')), answer)
  t.strictSame((await ledger.list({ limit: 10 })).rows, [])
  t.strictSame(told, [{ tool: 'stripe', reason: answer.body.reason }], 'strangers do not fill the log')
})

t.test('nothing of a stranger is parsed, and of who is believed a body is parsed once', async t => {
  const { post, send } = await open(t)
  const { parse } = JSON
  const parsed: number[] = []
  JSON.parse = (text, reviver) => {
    parsed.push(text.length)
    return parse(text, reviver)
  }
  t.teardown(() => {
    JSON.parse = parse
  })
  const body = Buffer.from(`[${'1234567890123456789,'.repeat(50_000)}1]`)

  t.match(await send(body, {}, `${secret}x`), { status: 401 })
  t.match(await post(body), { status: 401 })
  t.match(await send(Buffer.from(`[${'1,'.repeat(65_536)}1]`)), {
    status: 413,
    body: { code: 'BODY_TOO_LARGE', detail: /more than 65536 values/ }
  })
  t.strictSame(
    parsed.filter(length => length > 1000),
    []
  )
  t.match(await send(fixture('finalized')), { status: 200 })
  t.match(await send(body), { status: 200 }, 'a megabyte of what tools send')
  t.strictSame(
    parsed.filter(length => length > 1000),
    [fixture('finalized').length, body.length]
  )
})

t.test('a body has an end, told beforehand or not, and is proven up to it', async t => {
  const { send } = await open(t)
  const sized = (bytes: number) => Buffer.from(JSON.stringify({ rest: 'x'.repeat(bytes - 11) }))

  t.match(await send(sized(1024 * 1024)), { status: 200, body: { result: 'ignored' } })
  t.match(await send(sized(1024 * 1024 + 1)), { status: 413, body: { code: 'BODY_TOO_LARGE' } })
  const headers = { 'transfer-encoding': 'chunked' }
  t.match(await send(sized(1024 * 1024 + 1), headers), { status: 413, body: { code: 'BODY_TOO_LARGE' } })
})

t.test('of strangers’ large bodies a few are read at a time; a small event passes all the same', async t => {
  const { listen, send, large } = await open(t)
  const port = await listen()
  const half = Buffer.alloc(500_000, ' ')
  const head = 'POST /stripe HTTP/1.1\r\nHost: bridge\r\nStripe-Signature: t=1,v1=0\r\nContent-Length: 1000000\r\n\r\n'
  const strangers = Array.from({ length: 40 }, () => {
    const socket = connect(port, '127.0.0.1')
    t.teardown(() => socket.destroy())
    socket.write(head)
    socket.write(half)
    return { socket, answer: once(socket, 'data') as Promise<[Buffer]> }
  })
  await large.asked(40)
  t.equal(large.inside(), 6, 'of 8 one client has three quarters')
  t.match(await send(fixture('finalized')), { status: 200, body: accepted })

  for (const { socket } of strangers) socket.write(half)
  for (const { answer } of strangers) t.match(String((await answer)[0]), /^HTTP\/1\.1 (401|429) /)
  t.equal(large.most(), 6)
})

t.test('a body that comes with its headers takes no place, and waits for none', async t => {
  const { listen, hosted } = await open(t)
  const port = await listen()
  const speak = (text: string) => {
    const socket = connect(port, '127.0.0.1')
    t.teardown(() => socket.destroy())
    socket.write(text)
    return once(socket, 'data') as Promise<[Buffer]>
  }
  // As many as there are places, and as may wait.
  for (let taken = 0; taken < 112; taken += 1) {
    const another = once(hosted, 'one')
    void speak('POST /stripe HTTP/1.1\r\nHost: bridge\r\nContent-Length: 100\r\n\r\n{')
    await another
  }
  const body = fixture('finalized')
  const head = [
    'POST /stripe HTTP/1.1',
    'Host: bridge',
    `Content-Length: ${body.length}`,
    `Stripe-Signature: ${timedSignature(body.toString(), secret, now)}`
  ]
  const [answer] = await speak(`${head.join('\r\n')}\r\n\r\n${body}`)
  t.match(String(answer), /^HTTP\/1\.1 200 .*"accepted"/is)
})

t.test('a body that does not come is ended with a reason', async t => {
  const clock = handClock()
  const { listen } = await open(t, env, { clock })
  const socket = connect(await listen(), '127.0.0.1')
  t.teardown(() => socket.destroy())
  const asleep = Promise.withResolvers<void>()
  const { sleep } = clock
  clock.sleep = (...args) => {
    asleep.resolve()
    return sleep(...args)
  }
  socket.write('POST /stripe HTTP/1.1\r\nHost: bridge\r\nContent-Length: 100\r\n\r\n{')
  await asleep.promise
  const answer = once(socket, 'data')
  const closed = once(socket, 'close')
  await clock.advance(30_000)

  const [text] = (await answer) as [Buffer]
  t.match(String(text), /^HTTP\/1\.1 408 .*connection: close.*"BODY_TOO_SLOW".*8000 bytes a second/is)
  await closed
})
