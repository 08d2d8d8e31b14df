// Which senders may post to the generic intake: those that sign as in Standard Webhooks, or send the secret itself.

import type { IncomingHttpHeaders } from 'node:http'
import type { Instant } from '../../src/core/clock.ts'
import { notAuthentic, sameSecret } from '../signatures/comparison.ts'
import { openSignature, type Signature, signingKey } from '../signatures/standard-webhooks.ts'

export type Proof = Signature & {
  /** Whether the headers alone are proof. Otherwise a stranger may have sent the body, until `verify`. */
  proven: boolean
}

/**
 * `verify` returns which of the secrets it was. Throws NOT_AUTHENTIC when the headers show that the request cannot be
 * authentic, whatever its body is.
 */
export type Prove = (headers: IncomingHttpHeaders, now: Instant) => Proof

export const openProof = (secrets: readonly string[]): Prove => {
  const keys = secrets.map(signingKey)

  return (headers, now) => {
    // A signature that is present must hold: an Authorization header beside it may be meant for a proxy on the way.
    if (headers['webhook-signature'] !== undefined) return { proven: false, ...openSignature(headers, keys, now) }
    const token = tokenOf(headers.authorization)
    const matches = secrets.map(secret => sameSecret(secret, token))
    if (!matches.includes(true)) throw notAuthentic('authorization carries another secret')
    const which = matches.indexOf(true)
    return { proven: true, update: () => {}, verify: () => which }
  }
}

/** The bytes of the bearer token, or of the password: senders differ in how they encode non-ASCII characters. */
const tokenOf = (authorization: string | undefined): Buffer => {
  if (authorization === undefined) throw notAuthentic('webhook-signature and authorization are both missing')
  const [, scheme = '', credentials = ''] = /^(\S+) +(.*)$/s.exec(authorization) ?? []
  switch (scheme.toLowerCase()) {
    case 'bearer':
      return Buffer.from(credentials, 'latin1')
    case 'basic': {
      const bytes = Buffer.from(credentials, 'base64')
      return bytes.subarray(bytes.indexOf(':') + 1)
    }
    default:
      throw notAuthentic('authorization is neither Bearer nor Basic')
  }
}
