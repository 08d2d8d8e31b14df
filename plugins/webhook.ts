// One accounting tool as a Fastify plugin: verify, read, keep, acknowledge. Nothing is delivered here; the worker takes the
// invoice out of the ledger at its own pace.

import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { BridgeError, isCode } from '../src/errors.ts'
import type { Kept } from '../src/intake.ts'
import type { Delivery, Tool, ToolOptions } from '../src/tool.ts'

type Answer = Kept | { result: 'ignored'; reason: string }

export const webhook = <Schema extends z.ZodObject>(
  tool: Tool<Schema>
): FastifyPluginAsync<ToolOptions<z.output<Schema>>> =>
  async function webhookPlugin(app, options) {
    const { settings, intake, clock, timeZone, refused } = options

    // Signatures cover the exact bytes, so nobody may parse before us.
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))

    app.setErrorHandler(async (error, request) => {
      if (isCode(error, 'NOT_AUTHENTIC') && (await refused(request)))
        throw new BridgeError('TOO_MANY_REQUESTS')
      throw error
    })

    const ignore = (reason: string, { receivedAt }: Delivery): Answer => {
      intake.ignore(tool.name, reason, receivedAt)
      return { result: 'ignored', reason }
    }

    const keep = async (delivery: Delivery, request: FastifyRequest): Promise<Answer> => {
      const now = delivery.receivedAt
      const reading = tool.read(delivery.body, { settings: settings!, timeZone })
      if (reading.kind === 'ignored') return ignore(reading.reason, delivery)
      if (reading.kind === 'gone') return withoutMore(await intake.gone(tool.name, reading.sourceId, now))
      if (reading.kind === 'unreadable') {
        await intake.keepUnreadable(tool.name, { ...reading, body: delivery.body }, now)
        return { result: 'accepted' }
      }
      const test = request.headers['factuurbrug-test'] === 'true'
      const kept: Answer[] = []
      for (const told of reading.told)
        kept.push(withoutMore(await intake.tell(tool.name, told, { now, test })))
      return worst(kept)
    }

    app.post(`/${tool.name}`, async request => {
      if (settings === null) throw new BridgeError('TOOL_NOT_SET_UP')
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
      const delivery = { body, headers: request.headers, receivedAt: clock.now() }
      // The secret exists only once the webhook is registered, and registering wants a running address.
      const missing = tool.missingSecret(settings)
      if (missing !== null) return ignore(`${missing} is not set`, delivery)
      if (tool.isRegistrationCheck?.(delivery, settings))
        return { result: 'ignored', reason: 'registration check' }
      tool.verify(delivery, settings)
      return keep(delivery, request)
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
