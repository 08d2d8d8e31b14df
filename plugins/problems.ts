// Answers every refusal as application/problem+json with a code. An error without one is a bug, and shows a request id.

import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { type Clock, systemClock } from '../src/core/clock.ts'
import { advice, type Code } from '../src/core/codes.ts'
import { BridgeError, isCode } from '../src/core/errors.ts'
import { createThrottle } from '../src/core/throttle.ts'
import type { Problem } from '../src/view/answers.ts'
import { endIfEarly } from './early-answers.ts'

const retryAfterSeconds = 5

// Thousands of answers that the bridge is busy must not fill the log.
const busyEveryMs = 60_000

export default fp<{ clock?: Pick<Clock, 'monotonic'> }>(
  async (app, { clock = systemClock }) => {
    const mayLogBusy = createThrottle(busyEveryMs)
    const isWorthALine = (error: BridgeError): boolean =>
      error.statusCode >= 500 && (!isCode(error, 'INTAKE_BUSY') || mayLogBusy('busy', clock.monotonic()))
    app.setErrorHandler<FastifyError>((error, request, reply) =>
      sendProblem(named(error, request, isWorthALine), request, reply)
    )
    // Before an unwanted body is read.
    app.addHook('onRequest', (request, _reply, done) => {
      done(request.is404 ? new BridgeError('NOT_FOUND') : undefined)
    })
    // Reads the rest of the body, so that its sender gets to read the answer.
    app.addHook('onResponse', ({ raw }, _reply, done) => {
      if (!raw.readableEnded) raw.resume()
      done()
    })
    app.setNotFoundHandler((request, reply) => sendNotFound(null, request, reply))
  },
  { name: 'problems' }
)

/** Also for errors before any plugin runs, such as a malformed address. */
export const sendNotFound = async (_error: unknown, request: FastifyRequest, reply: FastifyReply) => {
  await endIfEarly(request, reply)
  return sendProblem(new BridgeError('NOT_FOUND'), request, reply)
}

const sendProblem = (error: BridgeError, request: FastifyRequest, reply: FastifyReply) => {
  const { code, statusCode, message, problems, retryAfterMs } = error
  if (statusCode === 503 || statusCode === 429)
    reply.header('retry-after', retryAfterMs === undefined ? retryAfterSeconds : Math.ceil(retryAfterMs / 1000))
  // The rest of this body will not be read.
  if (code === 'BODY_TOO_SLOW') reply.header('connection', 'close')
  if (statusCode === 401)
    reply.header('www-authenticate', code === 'NOT_AUTHENTIC' ? 'Basic realm="factuurbrug", Bearer' : 'Bearer')
  return reply
    .code(statusCode)
    .type('application/problem+json')
    .send({
      type: 'about:blank',
      title: advice[code].what,
      status: statusCode,
      code,
      detail: message,
      ...(problems.length > 0 ? { problems: [...problems] } : {}),
      ...(code === 'UNEXPECTED' ? { requestId: request.id } : {})
    } satisfies Problem)
}

const fastifysOwn: Record<number, Code> = {
  400: 'FIELDS_INVALID',
  405: 'METHOD_NOT_ALLOWED',
  413: 'BODY_TOO_LARGE',
  415: 'TYPE_UNSUPPORTED',
  503: 'LEDGER_UNAVAILABLE'
}

const named = (
  error: FastifyError | BridgeError,
  request: FastifyRequest,
  isWorthALine: (error: BridgeError) => boolean
): BridgeError => {
  if (error instanceof BridgeError) {
    if (isWorthALine(error)) request.log.warn({ code: error.code, err: error }, 'request refused')
    return error
  }
  const code = error.code?.startsWith('FST_') ? fastifysOwn[error.statusCode ?? 500] : undefined
  if (code) return new BridgeError(code)
  request.log.error({ err: error }, 'request failed')
  return new BridgeError('UNEXPECTED')
}
