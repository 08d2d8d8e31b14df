// Who may post to the generic intake: whoever signs as Standard Webhooks does, or knows the secret itself.

import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { Instant } from '../../src/core/clock.ts'
import { BridgeError } from '../../src/core/errors.ts'
import { openSignature, type Signature, signingKey } from '../standard-webhooks.ts'

export type Proof = Signature & {
  /** Whether the headers alone are proof. Otherwise a stranger may have sent the body, until `verify`. */
  proven: boolean
}

/** `verify` answers which of the secrets it was. Throws NOT_AUTHENTIC when the headers show that the request can't be authentic, whatever its body. */
export type Prove = (headers: IncomingHttpHeaders, now: Instant) => Proof

export const openProof = (secrets: readonly string[]): Prove => {
  const keys = secrets.map(signingKey)
  const digests = secrets.map(digest)

  return (headers, now) => {
    // A signature that is there must hold: an Authorization beside it may be meant for a proxy on the way.
    if (headers['webhook-signature'] !== undefined) {
      return { proven: false, ...openSignature(headers, keys, now) }
    }
    const token = tokenOf(headers.authorization)
    // Digests have one length whatever the secret's, so that the comparison takes one time.
    const matches = digests.map(known => timingSafeEqual(known, digest(token)))
    if (!matches.includes(true)) throw notAuthentic('authorization carries another secret')
    const which = matches.indexOf(true)
    return { proven: true, update: () => {}, verify: () => which }
  }
}

/** The bytes of the bearer token, or of the password: senders differ in how they encode what is not ASCII. */
const tokenOf = (authorization: string | undefined): Buffer => {
  if (authorization === undefined) throw notAuthentic('neither webhook-signature nor authorization is there')
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

const digest = (value: string | Buffer): Buffer => createHash('sha256').update(value).digest()

const notAuthentic = (message: string) => new BridgeError('NOT_AUTHENTIC', message)
