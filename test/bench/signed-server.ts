// What every reference of the bench has: a plain Fastify that believes Stripe's signatures, and hands the event on.

import { createHmac, timingSafeEqual } from 'node:crypto'
import Fastify from 'fastify'

const { SECRET = '', PORT } = process.env

// biome-ignore lint/suspicious/noExplicitAny: as the vendor sends it, and nobody checks here.
type Event = any

/** Answers `accepted` once the work is done. */
export const listen = async (work: (event: Event) => Promise<unknown>): Promise<void> => {
  const app = Fastify()
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))

  app.post('/webhooks/stripe', async request => {
    const { body } = request as { body: Buffer }
    const [time = '', given = ''] = String(request.headers['stripe-signature'])
      .split(',')
      .map(part => part.slice(part.indexOf('=') + 1))
    const wanted = createHmac('sha256', SECRET).update(`${time}.`).update(body).digest()
    if (!timingSafeEqual(wanted, Buffer.from(given, 'hex'))) throw new Error('forged')
    const answer = await work(JSON.parse(body.toString()))
    return { result: 'accepted', answer }
  })

  await app.listen({ port: Number(PORT) })
  console.log('listening')
}
