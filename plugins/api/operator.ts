// The operator is the person who knows the token; a reader knows another one, sees everything and changes nothing. A
// client that guesses is locked out before anything is compared, in every part of the bridge that asks here.

import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyRequest, onRequestAsyncHookHandler } from 'fastify'
import { attempt } from '../../src/core/attempt.ts'
import { BridgeError } from '../../src/core/errors.ts'
import type { Actor } from '../../src/core/row.ts'
import type { Lockout } from '../../src/network/lockout.ts'
import { commandLineAgent } from '../../src/view/endpoints.ts'
import type { ClientOf } from '../client.ts'
import { sameSecret } from '../signatures/comparison.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who makes the request, once that is known. */
    actor: Actor | null
  }
}

export type Role = 'operator' | 'reader'

export type OperatorOptions = {
  token: string
  readToken?: string | undefined
  lockout: Lockout
  clientOf: ClientOf
}

/** Whose token it is; null: neither's. Throws TOO_MANY_REQUESTS, with the wait, while the client is locked out. */
export type Recognise = (request: FastifyRequest, given: string | null) => Promise<Role | null>

export const createRecognise = ({ token, readToken, lockout, clientOf }: OperatorOptions): Recognise => {
  const roleOf = (given: string): Role | null => {
    if (sameSecret(given, token)) return 'operator'
    return readToken !== undefined && sameSecret(given, readToken) ? 'reader' : null
  }

  return async (request, given) => {
    const client = clientOf(request)
    const lockedMs = lockout.locked(client)
    if (lockedMs !== null) throw new BridgeError('TOO_MANY_REQUESTS', undefined, { retryAfterMs: lockedMs })
    // A request without a token is not a guess. It counts like any other stranger's.
    if (given === null) {
      const retryAfterMs = await request.server.refused(request)
      if (retryAfterMs !== null) throw new BridgeError('TOO_MANY_REQUESTS', undefined, { retryAfterMs })
      return null
    }
    const role = roleOf(given)
    if (role === null) lockout.failed(client)
    else lockout.passed(client)
    return role
  }
}

const methodsOfReading: readonly string[] = ['GET', 'HEAD']

/** A hook for each scope of the operator's API. Throws NOT_LOGGED_IN, TOO_MANY_REQUESTS, or READ_ONLY. */
export const createOperatorOnly = (recognise: Recognise, clientOf: ClientOf): onRequestAsyncHookHandler => {
  return async request => {
    const role = await recognise(request, tokenIn(request.headers.authorization))
    if (role === null) throw new BridgeError('NOT_LOGGED_IN')
    if (role === 'reader' && !methodsOfReading.includes(request.method)) throw new BridgeError('READ_ONLY')
    request.actor = actorOf(request, clientOf(request))
  }
}

/** All operators share one token: each says who it is. */
const actorOf = ({ headers }: FastifyRequest, from: string): Actor => ({
  by: nameIn(headers),
  via: headers['user-agent']?.startsWith(commandLineAgent) ? 'command line' : 'api',
  from
})

// Long enough for any name, short enough for a history.
const nameCharactersMax = 100

/** Percent-encoded, because headers have no other way to carry a name such as Zoë. Null when it is not a name. */
const nameIn = ({ 'factuurbrug-operator': given }: IncomingHttpHeaders): string | null => {
  const name = attempt(() => decodeURIComponent(String(given ?? '')))?.trim() ?? ''
  return name === '' || [...name].length > nameCharactersMax || /\p{C}/u.test(name) ? null : name
}

const tokenIn = (authorization: string | undefined): string | null =>
  /^Bearer +(.+)$/i.exec(authorization ?? '')?.[1]?.trim() ?? null
