// An answer that leaves before the body is in ends its connection. Not every proxy keeps count of what it still owes:
// HAProxy 2.6 gives the connection to the next sender, whose request then counts as the rest of that body, and gets no
// answer. The rest is read all the same, so that its sender gets to read the answer.

import type { IncomingMessage } from 'node:http'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'

export default fp(async app => void app.addHook('onSend', endIfEarly), { name: 'early-answers' })

/** Before an answer leaves. Fastify asks no hook about one to a malformed address. */
export const endIfEarly = async ({ raw }: FastifyRequest, reply: FastifyReply): Promise<void> => {
  if (!mayOwe(raw)) return
  // A small body is in by then.
  await nextTurn()
  // Whoever closes it already wants no more of this body.
  if (!mayOwe(raw) || reply.hasHeader('connection')) return
  reply.header('connection', 'close')
  endAfterBody(raw)
}

const mayOwe = ({ complete, headers }: IncomingMessage): boolean =>
  complete === false && (headers['content-length'] ?? headers['transfer-encoding'] ?? '0') !== '0'

/** Node would end it with the answer. A sender that is still sending would then lose the answer. */
const endAfterBody = (raw: IncomingMessage): void => {
  const { socket } = raw
  const end = socket.destroySoon.bind(socket)
  socket.destroySoon = () => {
    raw.once('end', end).once('close', end)
  }
}
