// Notes who is refused at a tool's address, whatever the tool: with the reason, and whether it claimed to be the tool. For the
// scope that it is registered in.

import type { IncomingHttpHeaders } from 'node:http'
import fp from 'fastify-plugin'
import type { Doors } from '../src/doors.ts'
import { isCode } from '../src/errors.ts'
import type { ClientOf } from './client.ts'

export default fp<{ tool: string; doors: Pick<Doors, 'refused'>; clientOf: ClientOf }>(
  async (app, { tool, doors, clientOf }) => {
    // With the error as it was thrown, even where the answer is 429.
    app.addHook('onError', async (request, _reply, error) => {
      if (!isCode(error, 'NOT_AUTHENTIC')) return
      doors.refused(tool, clientOf(request), error.message, claims(request.headers))
    })
  },
  { name: 'door' }
)

/** Tools prove themselves by one of these headers; scanners, which try every door of the internet, send neither. */
const claims = (headers: IncomingHttpHeaders): boolean =>
  Object.keys(headers).some(name => name === 'authorization' || name.endsWith('-signature'))
