// Counts refused requests per client address, so that guessing secrets is slow. Only refusals count: whoever is
// authentic is never told to slow down.

import { isIP } from 'node:net'
import rateLimit from '@fastify/rate-limit'
import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'

declare module 'fastify' {
  interface FastifyInstance {
    /** Counts a refusal; true when this address has had too many within the minute. */
    refused: (request: FastifyRequest) => Promise<boolean>
  }
}

// Enough for a sender that is being set up, far too few for guessing 16 characters.
const refusalsPerMinute = 30

export default fp<{ trustProxyHeader: string | undefined }>(
  async (app, { trustProxyHeader }) => {
    await app.register(rateLimit, { global: false })
    const count = app.createRateLimit({
      max: refusalsPerMinute,
      timeWindow: 60_000,
      keyGenerator: request => clientAddress(request, trustProxyHeader)
    })
    app.decorate('refused', async request => {
      const counted = await count(request)
      return !counted.isAllowed && counted.isExceeded
    })
  },
  { name: 'refusals' }
)

const clientAddress = (request: FastifyRequest, header: string | undefined): string => {
  const told = header === undefined ? undefined : request.headers[header]
  return typeof told === 'string' && isIP(told) !== 0 ? told : request.ip
}
