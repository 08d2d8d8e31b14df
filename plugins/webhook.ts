// One accounting tool as a Fastify plugin: verify, read, keep, acknowledge. Nothing is delivered here; the worker takes the
// invoice out of the ledger at its own pace.

import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import type { Instant } from '../src/core/clock.ts'
import { BridgeError, isCode } from '../src/core/errors.ts'
import type { Kept } from '../src/tools/receiver.ts'
import {
  type EventReading,
  largeBytesMax,
  type Tool,
  type Unread,
  unprovenBytesMax
} from '../src/tools/tool.ts'
import { openBody } from './intake/body.ts'
import type { Held, ToolOptions } from './tool-plugin.ts'

type Answer = Kept | { result: 'ignored'; reason: string }

/** What an authentic event says, with the body where it could not be read. */
type Proven = {
  receivedAt: Instant
  reading: Exclude<EventReading, { kind: 'unreadable' }> | (Unread & { kind: 'unreadable' })
}

export const webhook = <Schema extends z.ZodObject>(
  tool: Tool<Schema>
): FastifyPluginAsync<ToolOptions<z.output<Schema>>> =>
  async function webhookPlugin(app, options) {
    const { settings, receiver, clock, timeZone, strangers, refused, believed } = options

    // Signatures cover the exact bytes, so nobody may parse before us; and nobody reads before there is a place.
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('*', (_request, _payload, done) => done(null))

    app.setErrorHandler(async (error, request) => {
      if (isCode(error, 'NOT_AUTHENTIC') && (await refused(request)))
        throw new BridgeError('TOO_MANY_REQUESTS')
      throw error
    })

    const ignore = (reason: string, now: Instant): Answer => {
      receiver.ignore(tool.name, reason, now)
      return { result: 'ignored', reason }
    }

    const keep = async (proven: Proven, request: FastifyRequest): Promise<Answer> => {
      const { reading, receivedAt: now } = proven
      if (reading.kind === 'ignored') return ignore(reading.reason, now)
      if (reading.kind === 'gone') return withoutMore(await receiver.gone(tool.name, reading.sourceId, now))
      if (reading.kind === 'unreadable') {
        await receiver.keepUnreadable(tool.name, reading, now)
        return { result: 'accepted' }
      }
      const test = request.headers['factuurbrug-test'] === 'true'
      const kept: Answer[] = []
      for (const told of reading.told)
        kept.push(withoutMore(await receiver.tell(tool.name, told, { now, test })))
      return worst(kept)
    }

    /** Null: the vendor only looks whether somebody is there. The body is not to be used afterwards. */
    const prove = (body: Buffer, request: FastifyRequest, settings: z.output<Schema>): Proven | null => {
      const delivery = { body, headers: request.headers, receivedAt: clock.now() }
      if (tool.isRegistrationCheck?.(delivery, settings)) return null
      tool.verify(delivery, settings)
      believed(request)
      const reading = tool.read(body, { settings, timeZone })
      const { receivedAt } = delivery
      return reading.kind === 'unreadable'
        ? { receivedAt, reading: { ...reading, body: Buffer.from(body) } }
        : { receivedAt, reading }
    }

    app.post(`/${tool.name}`, async request => {
      if (settings === null) throw new BridgeError('TOOL_NOT_SET_UP')
      // The secret exists only once the webhook is registered, and registering wants a running address.
      const missing = tool.missingSecret(settings)
      if (missing !== null) return ignore(`${missing} is not set`, clock.now())
      const use = (body: Buffer) => prove(body, request, settings)
      const arrived = await bodyArrived(request)
      const proven = arrived
        ? use(arrived)
        : await strangers.host(request, held => readWhole(request, { held, use }))
      if (proven === null) return { result: 'ignored', reason: 'registration check' }
      return keep(proven, request)
    })
  }

type Use<T> = { held: Held; use: (body: Buffer) => T }

/** A small body that came together with its headers, as most do: nobody waits for it, and it takes no place. */
const bodyArrived = async ({ raw, headers }: FastifyRequest): Promise<Buffer | null> => {
  const bytes = Number(headers['content-length'])
  if (!(bytes > 0 && bytes <= unprovenBytesMax)) return null
  // Until Node has taken apart what it read off the socket with them.
  await null
  return raw.readableLength === bytes ? raw.read() : null
}

/** Reads the body to its end, and has it used while its memory is there. */
const readWhole = async <T>({ raw, headers }: FastifyRequest, { held, use }: Use<T>): Promise<T> => {
  if (Number(headers['content-length'] ?? 0) > largeBytesMax) throw new BridgeError('BODY_TOO_LARGE')
  // Leaving the stream's own iterator early would destroy the socket, and the answer with it.
  const source = raw.iterator({ destroyOnReturn: false })
  const body = openBody(source, { bytesMax: largeBytesMax, seen: () => {}, wait: held.wait })
  const chunks: Buffer[] = []
  let bytes = 0
  while (bytes <= unprovenBytesMax) {
    const chunk = await body.read()
    if (chunk === null) return use(Buffer.concat(chunks))
    chunks.push(chunk)
    bytes += chunk.length
  }
  return held.large(async memory => {
    let end = 0
    const add = (chunk: Buffer) => {
      end += chunk.copy(memory, end)
    }
    for (const chunk of chunks.splice(0)) add(chunk)
    for (let chunk = await body.read(); chunk !== null; chunk = await body.read()) add(chunk)
    return use(memory.subarray(0, end))
  })
}

const withoutMore = (kept: Kept): Answer =>
  kept.result === 'ignored' ? { result: kept.result, reason: kept.reason } : { result: kept.result }

const order: Answer['result'][] = ['conflict', 'accepted', 'duplicate', 'ignored']

/** Of several invoices in one event the sender is told what asks for most attention. */
const worst = (kept: Answer[]): Answer =>
  kept.toSorted((a, b) => order.indexOf(a.result) - order.indexOf(b.result))[0] ?? {
    result: 'ignored',
    reason: 'no invoice in it'
  }
