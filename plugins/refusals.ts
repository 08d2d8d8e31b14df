// Counts refused requests per client, so that guessing secrets is slow. Only refusals count: an authentic sender is
// never told to slow down.

import rateLimit from '@fastify/rate-limit'
import fp from 'fastify-plugin'
import type { ClientOf } from './client.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Counts a refusal; true when this client has had too many within the minute. */
    refused: (request: FastifyRequest) => Promise<boolean>
  }
}

// Enough for a sender that is being set up, far too few to guess 16 characters.
const refusalsPerMinute = 30

export default fp<{ clientOf: ClientOf }>(
  async (app, { clientOf }) => {
    await app.register(rateLimit, { global: false })
    const count = app.createRateLimit({ max: refusalsPerMinute, timeWindow: 60_000, keyGenerator: clientOf })
    app.decorate('refused', async request => {
      const counted = await count(request)
      return !counted.isAllowed && counted.isExceeded
    })
  },
  { name: 'refusals' }
)
