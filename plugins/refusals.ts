// Counts refused requests per client, so that guessing secrets is slow. Only refusals count: an authentic sender is
// never told to slow down.

import rateLimit from '@fastify/rate-limit'
import fp from 'fastify-plugin'
import type { ClientOf } from './client.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Counts a refusal. How long, in ms, this client has to wait if it has had too many; null: it has not. */
    refused: (request: FastifyRequest) => Promise<number | null>
  }
}

// Enough for a sender that is being set up, far too few to guess 16 characters.
const refusalsPerMinute = 30

const minute = 60_000

export default fp<{ clientOf: ClientOf }>(
  async (app, { clientOf }) => {
    await app.register(rateLimit, { global: false })
    const count = app.createRateLimit({ max: refusalsPerMinute, timeWindow: minute, keyGenerator: clientOf })
    app.decorate('refused', async request => {
      const counted = await count(request)
      return !counted.isAllowed && counted.isExceeded ? counted.ttl : null
    })
  },
  { name: 'refusals' }
)
