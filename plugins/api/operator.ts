// The operator is whoever knows the token. A client that guesses is locked out before anything is compared, and that
// counts for every part of the bridge that asks here.

import type { onRequestAsyncHookHandler } from 'fastify'
import { BridgeError } from '../../src/core/errors.ts'
import type { Lockout } from '../../src/network/lockout.ts'
import type { ClientOf } from '../client.ts'
import { sameSecret } from '../signatures/comparison.ts'

export type OperatorOptions = { token: string; lockout: Lockout; clientOf: ClientOf }

/** A hook for each scope of the operator. Throws NOT_LOGGED_IN, or TOO_MANY_REQUESTS with how long to wait. */
export const createOperatorOnly = (options: OperatorOptions): onRequestAsyncHookHandler => {
  const { token, lockout, clientOf } = options

  return async request => {
    const client = clientOf(request)
    const lockedMs = lockout.locked(client)
    if (lockedMs !== null) throw new BridgeError('TOO_MANY_REQUESTS', undefined, { retryAfterMs: lockedMs })
    const given = tokenIn(request.headers.authorization)
    // A request without a token is no guess. It counts like any other stranger's.
    if (given === null)
      throw new BridgeError((await request.server.refused(request)) ? 'TOO_MANY_REQUESTS' : 'NOT_LOGGED_IN')
    if (sameSecret(given, token)) return lockout.passed(client)
    lockout.failed(client)
    throw new BridgeError('NOT_LOGGED_IN')
  }
}

const tokenIn = (authorization: string | undefined): string | null =>
  /^Bearer +(.+)$/i.exec(authorization ?? '')?.[1]?.trim() ?? null
