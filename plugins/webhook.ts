// The address of one accounting tool: verify, read, keep, acknowledge. Nothing is delivered here; the worker takes the
// invoice out of the ledger at its own pace.

import type { FastifyInstance, FastifyPluginAsync, FastifyRequest } from 'fastify'
import type { Clock, Instant } from '../src/core/clock.ts'
import { BridgeError, isCode } from '../src/core/errors.ts'
import type { Kept, Receiver } from '../src/tools/receiver.ts'
import {
  type EventReading,
  type HeardTool,
  largeBytesMax,
  type UnreadEvent,
  unprovenBytesMax
} from '../src/tools/tool.ts'
import { openRequestBody } from './bodies/body.ts'
import type { Hosted, Strangers } from './bodies/strangers.ts'

/** What the bridge gives to the address of a source. */
export type AddressOptions<Settings = unknown> = {
  /** The source's own; null when none of them is set: then every event is answered 503. */
  settings: Settings | null
  /** Keeps events durably. The sender may be answered 200 only after it resolves. */
  receiver: Receiver
  clock: Clock
  timeZone: string
  strangers: Strangers
  /** Counts a refusal. How long, in ms, this client has to wait: then the answer is 429 instead of 401; or null. */
  refused: (request: FastifyRequest) => Promise<number | null>
  /** Called once for each request that is proven. */
  believed: (request: FastifyRequest) => void
}

export type WebhookOptions = AddressOptions & {
  /** Called when an event only says that there is something to ask this tool for. */
  hinted: (tool: string, sourceId: string | null) => void
}

/**
 * For the scope of one address. Signatures cover the exact bytes, so nothing may parse, or even read, a body before
 * its handler.
 */
export const leaveBodiesUnread = (app: FastifyInstance, { refused }: Pick<AddressOptions, 'refused'>) => {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, _payload, done) => done(null))
  app.setErrorHandler(async (error, request) => {
    const retryAfterMs = isCode(error, 'NOT_AUTHENTIC') ? await refused(request) : null
    throw retryAfterMs === null ? error : new BridgeError('TOO_MANY_REQUESTS', undefined, { retryAfterMs })
  })
}

/** A test says so in a header: the person who sent it looks at what becomes of it. */
export const isTest = ({ headers }: FastifyRequest): boolean => headers['factuurbrug-test'] === 'true'

type Answer = Kept | { result: 'ignored'; reason: string }

/** What an authentic event says, with its body if it is unreadable. */
type Proven = {
  receivedAt: Instant
  reading: Exclude<EventReading, { kind: 'unreadable' }> | ({ kind: 'unreadable' } & UnreadEvent)
}

export const webhook = ({
  name,
  missingSecret,
  isRegistrationCheck,
  verify,
  read
}: HeardTool): FastifyPluginAsync<WebhookOptions> =>
  async function webhookPlugin(app, options) {
    const { receiver, hinted, clock, timeZone, strangers, believed } = options
    // Only the tool itself knows what these are.
    const settings = options.settings as never

    leaveBodiesUnread(app, options)

    const ignore = (reason: string, now: Instant): Answer => {
      receiver.ignore(name, reason, now)
      return { result: 'ignored', reason }
    }

    const keep = async (proven: Proven, request: FastifyRequest): Promise<Answer> => {
      const { reading, receivedAt: now } = proven
      if (reading.kind === 'ignored') return ignore(reading.reason, now)
      if (reading.kind === 'hint') {
        hinted(name, reading.sourceId)
        return ignore('the tool is asked for it', now)
      }
      if (reading.kind === 'gone') return withoutMore(await receiver.gone(name, reading.sourceId, now))
      if (reading.kind === 'unreadable') {
        await receiver.keepUnreadable(name, reading, now)
        return { result: 'accepted' }
      }
      const heard = { now, test: isTest(request) }
      const kept: Answer[] = []
      for (const invoice of reading.invoices)
        kept.push(withoutMore(await receiver.receiveFromTool(name, invoice, heard)))
      return worst(kept)
    }

    /** Null: the vendor only checks that the address answers. The body must not be used afterwards. */
    const prove = (body: Buffer, request: FastifyRequest): Proven | null => {
      const delivery = { body, headers: request.headers, receivedAt: clock.now() }
      if (isRegistrationCheck?.(delivery, settings)) return null
      verify(delivery, settings)
      believed(request)
      const reading = read(body, { settings, timeZone })
      const { receivedAt } = delivery
      return reading.kind === 'unreadable'
        ? { receivedAt, reading: { ...reading, body: Buffer.from(body) } }
        : { receivedAt, reading }
    }

    app.post(`/${name}`, async request => {
      if (options.settings === null) throw new BridgeError('TOOL_NOT_SET_UP')
      // The secret exists only once the webhook is registered, and registering needs an address that answers.
      const missing = missingSecret(settings)
      if (missing !== null) return ignore(`${missing} is not set`, clock.now())
      const use = (body: Buffer) => prove(body, request)
      const arrived = await bodyArrived(request)
      const proven = arrived
        ? use(arrived)
        : await strangers.host(request, hosted => readWhole(request, { hosted, use }))
      if (proven === null) return { result: 'ignored', reason: 'registration check' }
      return keep(proven, request)
    })
  }

type Use<T> = { hosted: Hosted; use: (body: Buffer) => T }

/** A small body that came together with its headers, as most do: nothing has to wait for it, and it takes no place. */
const bodyArrived = async ({ raw, headers }: FastifyRequest): Promise<Buffer | null> => {
  const bytes = Number(headers['content-length'])
  if (!(bytes > 0 && bytes <= unprovenBytesMax)) return null
  // Lets Node parse what it read off the socket together with the headers.
  await null
  return raw.readableLength === bytes ? raw.read() : null
}

/** Reads the body to its end and uses it while its memory is held. */
const readWhole = async <T>({ raw, headers }: FastifyRequest, { hosted, use }: Use<T>): Promise<T> => {
  if (Number(headers['content-length'] ?? 0) > largeBytesMax) throw new BridgeError('BODY_TOO_LARGE')
  const body = openRequestBody(raw, { bytesMax: largeBytesMax, seen: () => {}, wait: hosted.wait })
  const chunks: Buffer[] = []
  let bytes = 0
  while (bytes <= unprovenBytesMax) {
    const chunk = await body.read()
    if (chunk === null) return use(Buffer.concat(chunks))
    chunks.push(chunk)
    bytes += chunk.length
  }
  return hosted.large(async memory => {
    let end = 0
    let values = 0
    const add = (chunk: Buffer) => {
      values += valuesIn(chunk)
      end += chunk.copy(memory, end)
    }
    for (const chunk of chunks.splice(0)) add(chunk)
    for (let chunk = await body.read(); chunk !== null; chunk = await body.read()) add(chunk)
    if (values > valuesMax) throw new BridgeError('BODY_TOO_LARGE', `the body holds more than ${valuesMax} values`)
    return use(memory.subarray(0, end))
  })
}

// JSON is parsed in one turn, and a megabyte of nothing but brackets takes ten times as long as one of text. A megabyte
// that a tool sends holds 40,000 to 54,000 values.
const valuesMax = 65_536

const [comma, bracket, brace] = [0x2c, 0x5b, 0x7b]

/** How many values of JSON begin in these bytes, at most: a text may hold a comma, too. */
const valuesIn = (bytes: Buffer): number => {
  let count = 0
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at]
    if (byte === comma || byte === bracket || byte === brace) count += 1
  }
  return count
}

const withoutMore = (kept: Kept): Answer =>
  kept.result === 'ignored' ? { result: kept.result, reason: kept.reason } : { result: kept.result }

const order: Answer['result'][] = ['conflict', 'accepted', 'duplicate', 'ignored']

/** For an event with several invoices: the answer that needs most attention. */
const worst = (kept: Answer[]): Answer =>
  kept.toSorted((a, b) => order.indexOf(a.result) - order.indexOf(b.result))[0] ?? {
    result: 'ignored',
    reason: 'no invoice in it'
  }
