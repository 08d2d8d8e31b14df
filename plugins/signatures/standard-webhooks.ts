// Standard Webhooks 1.0.0, v1: HMAC-SHA256 over `<id>.<timestamp>.<body>`. The body is signed as bytes, chunk by
// chunk, so that a PDF can be proven without being held. https://www.standardwebhooks.com

import { createHmac } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { Instant } from '../../src/core/clock.ts'
import { notAuthentic, requireRecent, sameBytes } from './comparison.ts'

const secretPrefix = 'whsec_'

export type Signature = {
  /** Takes the next bytes of the body. */
  update: (bytes: Uint8Array) => void
  /** Returns which key a signature matches; throws NOT_AUTHENTIC when none does. Call it once, after the last byte. */
  verify: () => number
}

/** The bytes to sign with: those that follow `whsec_` as base64; any other text is taken as it is. */
export const signingKey = (secret: string): Buffer =>
  secret.startsWith(secretPrefix) ? Buffer.from(secret.slice(secretPrefix.length), 'base64') : Buffer.from(secret)

// Node reads headers as Latin-1: encoded as Latin-1 again, they are the bytes that the sender signed.
const openHmac = (key: Buffer, id: string, timestamp: string) =>
  createHmac('sha256', key).update(`${id}.${timestamp}.`, 'latin1')

/** Throws NOT_AUTHENTIC when the headers alone show that nothing can match. */
export const openSignature = (headers: IncomingHttpHeaders, keys: readonly Buffer[], now: Instant): Signature => {
  const id = read(headers, 'webhook-id')
  const timestamp = read(headers, 'webhook-timestamp')
  const given = read(headers, 'webhook-signature')
    .split(' ')
    .filter(entry => entry.startsWith('v1,'))
  // A dot would let bytes move between the id and the body under one signature.
  if (id.includes('.')) throw notAuthentic('webhook-id contains a dot')
  requireRecent('webhook-timestamp', timestamp, now)
  if (given.length === 0) throw notAuthentic('webhook-signature holds no v1 signature')

  const signers = keys.map(key => openHmac(key, id, timestamp))
  return {
    update: bytes => {
      for (const signer of signers) signer.update(bytes)
    },
    verify: () => {
      const expected = signers.map(signer => Buffer.from(`v1,${signer.digest('base64')}`))
      const matches = expected.map(text =>
        given.map(entry => sameBytes(Buffer.from(entry, 'latin1'), text)).includes(true)
      )
      if (!matches.includes(true)) throw notAuthentic('no signature matches the body')
      return matches.indexOf(true)
    }
  }
}

/** The headers that a sender sets. */
export const signedHeaders = (body: string, secret: string, { id, at }: { id: string; at: Instant }) => {
  const timestamp = String(Math.floor(at / 1000))
  const signature = openHmac(signingKey(secret), id, timestamp).update(body).digest('base64')
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` }
}

const read = (headers: IncomingHttpHeaders, name: string): string => {
  const value = headers[name]
  if (typeof value !== 'string' || value === '') throw notAuthentic(`${name} is missing`)
  return value
}
