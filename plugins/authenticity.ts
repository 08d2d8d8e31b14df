// Notes which client is refused at a tool's address and which is believed, whatever the tool: with the reason, and
// whether the client claimed to be the tool. For the scope that it is registered in. An authentic request that is
// unreadable is noted by the code that read it.

import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { BridgeError, isCode } from '../src/core/errors.ts'
import type { RefusedRequests } from '../src/tools/refused-requests.ts'
import type { UnprovenRequests } from '../src/tools/unproven-requests.ts'
import type { ClientOf } from './client.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Marks this request as authentic, whatever becomes of it. */
    believe: (request: FastifyRequest) => void
  }
}

export default fp<{
  tool: string
  unprovenRequests: Pick<UnprovenRequests, 'refused' | 'believed'>
  refusedRequests: Pick<RefusedRequests, 'note'>
  clientOf: ClientOf
}>(
  async (app, { tool, unprovenRequests, refusedRequests, clientOf }) => {
    const believed = new WeakSet<FastifyRequest>()
    app.decorate('believe', request => {
      believed.add(request)
      unprovenRequests.believed(tool, clientOf(request))
    })

    const refuse = (request: FastifyRequest, error: BridgeError, isClaiming: boolean): void => {
      const client = clientOf(request)
      unprovenRequests.refused(tool, client, error, isClaiming)
      const { code, message } = error
      const problems = [{ field: 'request', message }]
      refusedRequests.note({ tool, client, isAuthentic: false, code, invoiceNumber: null, problems })
    }

    // Gets the error as it was thrown, even when the answer is 429.
    app.addHook('onError', async (request, _reply, error) => {
      if (!(error instanceof BridgeError)) return
      if (isCode(error, 'NOT_AUTHENTIC')) return refuse(request, error, claims(request.headers))
      // A signature proves a body only after its last byte; this body was refused before that.
      const isUnproven = !believed.has(request) && isSigned(request.headers)
      if (isUnproven && beforeProof.includes(error.code)) refuse(request, error, true)
    })
  },
  { name: 'authenticity' }
)

const beforeProof = ['BODY_TOO_LARGE', 'TYPE_UNSUPPORTED', 'BODY_TOO_SLOW']

const isSigned = (headers: IncomingHttpHeaders): boolean =>
  Object.keys(headers).some(name => name.endsWith('-signature'))

/** Tools prove themselves by one of these headers; scanners, which try every address on the internet, send neither. */
const claims = (headers: IncomingHttpHeaders): boolean => headers.authorization !== undefined || isSigned(headers)
