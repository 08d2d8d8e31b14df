// What every accounting tool that sends webhooks guarantees, whatever its vendor. A tool's own test brings its events,
// what they are to be read as, and the vendor's way of signing: by other code than the bridge's.

import Fastify from 'fastify'
import t, { type Test } from 'tap'
import type { z } from 'zod'
import problems from '../../../plugins/problems.ts'
import { type WebhookOptions, webhook } from '../../../plugins/webhook.ts'
import type { Instant } from '../../../src/core/clock.ts'
import type { Delivery, SendingTool, ToolInvoice } from '../../../src/tools/tool.ts'
import { openStrangers } from '../bodies/open-strangers.ts'

export type Sent = { body: Buffer; headers: Record<string, string> }

export type ToolCase<Schema extends z.ZodObject = z.ZodObject> = {
  tool: SendingTool<Schema>
  /** As in the environment: all that is needed to believe a webhook. */
  env: Record<string, string>
  now: Instant
  /** As the vendor sends this body. */
  sign: (body: Buffer, at: Instant) => Sent
  proof: {
    /** The headers that prove it. Empty: the proof stands in the body. */
    headers: string[]
    /** Which bytes of the body are covered; all of them unless it says otherwise. */
    covered?: (body: Buffer) => { from: number; to: number }
    /** Whether it holds the time at which it was signed. */
    timed: boolean
  }
  /** The invoices that each event is about; at least one event. */
  read: Record<string, { body: Buffer; invoices: ToolInvoice[] }>
  /** Events that nothing is done about, with the reason. */
  ignored: Record<string, { body: Buffer; reason: string }>
  /** Events that cannot be read, with how the problem begins: the field. */
  unreadable: Record<string, { body: Buffer; problem: string }>
  /** Texts that a fixture holds and no message may repeat: names, addresses, amounts. */
  personal: string[]
  timeZone?: string
}

export const toolContract = <Schema extends z.ZodObject>(given: ToolCase<Schema>): void => {
  const { tool, env, now, sign, proof, read, ignored, unreadable, personal } = given
  const { timeZone = 'Europe/Amsterdam' } = given
  const settings = tool.settings.parse(env)
  const context = { settings, timeZone }
  const [[, first] = []] = Object.entries(read)
  if (first === undefined) throw new Error(`${tool.name}: no event about an invoice`)

  const deliver = ({ body, headers }: Sent, receivedAt = now): Delivery => ({ body, headers, receivedAt })
  const genuine = sign(first.body, now)
  const refuses = (t: Test, sent: Sent, what: string, receivedAt = now) => {
    const verify = () => tool.verify(deliver(sent, receivedAt), settings)
    const error = t.throws(verify, { code: 'NOT_AUTHENTIC' }, what) as Error | undefined
    t.notOk(
      [...personal, ...Object.values(env)].some(text => error?.message.includes(text)),
      `${what}: says nothing`
    )
  }

  t.test(`${tool.name}: whatever the vendor signs is believed`, async t => {
    for (const { body } of [read, ignored, unreadable].flatMap(events => Object.values<{ body: Buffer }>(events))) {
      t.doesNotThrow(() => tool.verify(deliver(sign(body, now)), settings))
    }
  })

  t.test(`${tool.name}: no byte of the body may differ`, async t => {
    const { body, headers } = genuine
    const { from, to } = proof.covered?.(body) ?? { from: 0, to: body.length }
    for (let at = from; at < to; at++) {
      const changed = Buffer.from(body)
      changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8))
      const verify = () => tool.verify(deliver({ body: changed, headers }), settings)
      if (isRefused(verify)) continue
      t.fail(`byte ${at}`)
    }
    if (proof.covered) return
    refuses(t, { body: Buffer.concat([body, Buffer.from(' ')]), headers }, 'longer')
    refuses(t, { body: body.subarray(1), headers }, 'shorter')
    refuses(t, { body: Buffer.alloc(0), headers }, 'empty')
  })

  t.test(`${tool.name}: no character of the proof may differ or be missing`, async t => {
    for (const name of proof.headers) {
      const value = genuine.headers[name] ?? ''
      t.not(value, '', `${name} is sent`)
      for (let at = 0; at < value.length; at++) {
        const other = String.fromCharCode(value.charCodeAt(at) ^ 1)
        const changed = value.slice(0, at) + other + value.slice(at + 1)
        const sent = { ...genuine, headers: { ...genuine.headers, [name]: changed } }
        if (!isRefused(() => tool.verify(deliver(sent), settings))) t.fail(`${name} at ${at}`)
      }
      const { [name]: _, ...without } = genuine.headers
      refuses(t, { ...genuine, headers: without }, `${name} missing`)
      refuses(t, { ...genuine, headers: { ...without, [name]: '' } }, `${name} empty`)
    }
  })

  if (proof.timed) {
    t.test(`${tool.name}: the time may be five minutes off, in both directions`, async t => {
      for (const seconds of [-300, -299, 299, 300]) {
        const sent = sign(first.body, now + seconds * 1000)
        t.doesNotThrow(() => tool.verify(deliver(sent), settings), `${seconds} s`)
      }
      for (const seconds of [-86_400, -301, 301, 86_400]) {
        refuses(t, sign(first.body, now + seconds * 1000), `${seconds} s`)
      }
    })
  }

  t.test(`${tool.name}: an event says the same each time it is read`, async t => {
    for (const [name, { body, invoices: expected }] of Object.entries(read)) {
      const reading = tool.read(body, context)
      t.strictSame(reading, { kind: 'invoices', invoices: expected }, name)
      t.strictSame(tool.read(Buffer.from(body), context), reading, `${name}, again`)
    }
  })

  t.test(`${tool.name}: other events are ignored, with the reason`, async t => {
    for (const [name, { body, reason }] of Object.entries(ignored)) {
      const reading = tool.read(body, context)
      t.strictSame(reading, { kind: 'ignored', reason }, name)
    }
  })

  t.test(`${tool.name}: what cannot be read is named by its field, never by what stood there`, async t => {
    for (const [name, { body, problem }] of Object.entries(unreadable)) {
      const reading = tool.read(body, context)
      t.match(reading, { kind: 'unreadable' }, name)
      if (reading.kind !== 'unreadable') continue
      t.ok(reading.problem.startsWith(problem), `${name}: ${reading.problem}`)
      t.notOk(
        personal.some(text => reading.problem.includes(text)),
        `${name}: says nothing`
      )
    }
  })

  t.test(`${tool.name}: whatever stands in a body, reading it throws nothing`, async t => {
    const { body } = first
    for (const text of ['', ' ', 'null', '[]', '{}', '"x"', '1', '\ufeff{}', '['.repeat(200_000), '\x00\xff'])
      t.doesNotThrow(() => tool.read(Buffer.from(text, 'latin1'), context), text.slice(0, 8))
    for (let length = 0; length < body.length; length += 7)
      t.doesNotThrow(() => tool.read(body.subarray(0, length), context))
  })

  t.test(`${tool.name}: its address answers 200 to all that is authentic, and keeps what it says`, async t => {
    const { post, kept } = await openTool(t, given, settings)

    for (const [name, { body, invoices: expected }] of Object.entries(read)) {
      t.match(await post(sign(body, now)), { statusCode: 200, json: { result: 'accepted' } }, name)
      t.strictSame(kept.splice(0), expected, name)
    }
    for (const [name, { body, reason }] of Object.entries(ignored)) {
      t.match(await post(sign(body, now)), { statusCode: 200, json: { result: 'ignored', reason } }, name)
      t.strictSame(kept, [], name)
    }
    for (const [name, { body }] of Object.entries(unreadable)) {
      t.match(await post(sign(body, now)), { statusCode: 200, json: { result: 'accepted' } }, name)
      t.strictSame(kept.splice(0), [body], name)
    }
  })

  t.test(`${tool.name}: what is not authentic is answered 401 and leaves no trace`, async t => {
    const { post, kept } = await openTool(t, given, settings)
    const forged = Buffer.from(genuine.body)
    const { from } = proof.covered?.(forged) ?? { from: 0 }
    forged[from] = (forged[from] ?? 0) ^ 1

    t.match(await post({ ...genuine, body: forged }), { statusCode: 401, json: { code: 'NOT_AUTHENTIC' } })
    t.strictSame(kept, [])
  })

  t.test(`${tool.name}: without settings it is answered 503, without its secret 200, and nothing is kept`, async t => {
    const off = await openTool(t, given, null)
    t.match(await off.post(genuine), { statusCode: 503, json: { code: 'TOOL_NOT_SET_UP' } })

    const bare = tool.settings.safeParse({})
    const missing = bare.success ? tool.missingSecret(bare.data) : null
    if (bare.success && missing !== null) {
      const unproven = await openTool(t, given, bare.data)
      t.match(await unproven.post(genuine), { statusCode: 200, json: { result: 'ignored' } })
      t.strictSame(unproven.kept, [])
      t.ok(missing in tool.settings.shape, 'it names one of its settings')
    }
    t.equal(tool.missingSecret(settings), null)
    t.strictSame(off.kept, [])
  })

  t.test(`${tool.name}: its sample is believed, and is about the invoice that was asked for`, async t => {
    const about = {
      invoiceNumber: 'TEST-20261120',
      customerId: 'cst_test',
      at: now,
      timeZone: 'Europe/Amsterdam'
    }
    const { body, headers } = tool.sample(settings, about)

    tool.verify(deliver({ body: Buffer.from(body), headers }), settings)
    const reading = tool.read(Buffer.from(body), context)

    const invoice = {
      invoiceNumber: about.invoiceNumber,
      customer: { portalId: about.customerId },
      pdfUrl: null
    }
    t.match(reading, { kind: 'invoices', invoices: [{ stage: 'final', collectsItself: false, invoice }] })
  })
}

const isRefused = (verify: () => void): boolean => {
  try {
    verify()
    return false
  } catch (error) {
    return (error as { code?: string }).code === 'NOT_AUTHENTIC'
  }
}

/** The tool's own plugin in a real application, with an intake that only takes notes. */
const openTool = async <Schema extends z.ZodObject>(
  t: Test,
  { tool, now, timeZone = 'Europe/Amsterdam' }: ToolCase<Schema>,
  settings: z.output<Schema> | null
) => {
  const kept: (ToolInvoice | Buffer)[] = []
  const believed: string[] = []
  const app = Fastify()
  t.teardown(() => app.close())
  await app.register(problems)
  const options: WebhookOptions = {
    settings,
    receiver: {
      receive: async () => 'accepted',
      receiveFromTool: async (_tool, invoice) => {
        kept.push(invoice)
        return { result: 'accepted', changed: true }
      },
      gone: async () => ({ result: 'accepted' }),
      ignore: () => {},
      keepUnreadable: async (_tool, { body }) => {
        kept.push(body)
      }
    },
    hinted: () => {},
    clock: { now: () => now, monotonic: () => 0, sleep: async () => {} },
    timeZone,
    strangers: openStrangers(),
    refused: async () => null,
    believed: request => void believed.push(request.url)
  }
  await app.register(webhook(tool as never), { prefix: '/webhooks', ...options })
  const post = async ({ headers, body }: Sent) => {
    const url = `/webhooks/${tool.name}`
    const response = await app.inject({ method: 'POST', url, headers, payload: body })
    return { statusCode: response.statusCode, json: response.json() }
  }
  return { post, kept, believed }
}
