// Standard Webhooks 1.0.0, v1: HMAC-SHA256 over `<id>.<timestamp>.<body>`. The body is signed as bytes, chunk by
// chunk, so that a PDF can be proven without being held. https://www.standardwebhooks.com

import { createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { Instant } from '../src/core/clock.ts'
import { BridgeError } from '../src/core/errors.ts'

// Senders sign every attempt anew: this covers clocks that differ, not retries.
const signatureAgeMsMax = 5 * 60_000

const secretPrefix = 'whsec_'

export type Signature = {
  /** Takes the next bytes of the body. */
  update: (bytes: Uint8Array) => void
  /**
   * Throws NOT_AUTHENTIC unless one signature matches one key; answers which. Call it once, after the last byte.
   */
  verify: () => number
}

/** The bytes to sign with: those that `whsec_` encodes; any other text stands for itself. */
export const signingKey = (secret: string): Buffer =>
  secret.startsWith(secretPrefix)
    ? Buffer.from(secret.slice(secretPrefix.length), 'base64')
    : Buffer.from(secret)

/** Throws NOT_AUTHENTIC when the headers alone show that nothing can match. */
export const openSignature = (
  headers: IncomingHttpHeaders,
  keys: readonly Buffer[],
  now: Instant
): Signature => {
  const id = read(headers, 'webhook-id')
  const timestamp = read(headers, 'webhook-timestamp')
  const given = read(headers, 'webhook-signature')
    .split(' ')
    .filter(entry => entry.startsWith('v1,'))
  // A dot would let bytes move between the id and the body under one signature.
  if (id.includes('.')) throw notAuthentic('webhook-id contains a dot')
  if (!/^\d{1,12}$/.test(timestamp)) throw notAuthentic('webhook-timestamp is not in whole seconds')
  if (Math.abs(now - Number(timestamp) * 1000) > signatureAgeMsMax) {
    throw notAuthentic('webhook-timestamp is more than five minutes off')
  }
  if (given.length === 0) throw notAuthentic('webhook-signature holds no v1 signature')

  // Node reads headers as Latin-1: written back as such they are the bytes that the sender signed.
  const signers = keys.map(key => createHmac('sha256', key).update(`${id}.${timestamp}.`, 'latin1'))
  return {
    update: bytes => {
      for (const signer of signers) signer.update(bytes)
    },
    verify: () => {
      const expected = signers.map(signer => Buffer.from(`v1,${signer.digest('base64')}`))
      const matches = expected.map(text =>
        given.map(entry => same(Buffer.from(entry, 'latin1'), text)).includes(true)
      )
      if (!matches.includes(true)) throw notAuthentic('no signature matches the body')
      return matches.indexOf(true)
    }
  }
}

const read = (headers: IncomingHttpHeaders, name: string): string => {
  const value = headers[name]
  if (typeof value !== 'string' || value === '') throw notAuthentic(`${name} is missing`)
  return value
}

const same = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b)

const notAuthentic = (message: string) => new BridgeError('NOT_AUTHENTIC', message)
