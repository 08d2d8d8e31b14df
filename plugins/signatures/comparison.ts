// What all proofs have in common: comparing takes the same time wherever two differ, and a signature must be recent.

import { createHash, timingSafeEqual } from 'node:crypto'
import type { Instant } from '../../src/core/clock.ts'
import { BridgeError } from '../../src/core/errors.ts'

export const notAuthentic = (message: string) => new BridgeError('NOT_AUTHENTIC', message)

/** For signatures, whose length is no secret. */
export const sameBytes = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b)

/** For secrets. Their digests all have the same length, whatever the length of the secret. */
export const sameSecret = (a: string | Buffer, b: string | Buffer): boolean => timingSafeEqual(digest(a), digest(b))

const digest = (secret: string | Buffer): Buffer => createHash('sha256').update(secret).digest()

// Senders sign every attempt afresh: this covers clocks that differ, not retries.
const signatureAgeMsMax = 5 * 60_000

/** Throws NOT_AUTHENTIC unless it is a time in seconds since 1970, at most five minutes off, either way. */
export const requireRecent = (name: string, seconds: string, now: Instant): void => {
  if (!/^\d{1,12}$/.test(seconds)) throw notAuthentic(`${name} holds no time in whole seconds`)
  if (Math.abs(now - Number(seconds) * 1000) > signatureAgeMsMax)
    throw notAuthentic(`${name} is more than five minutes off`)
}
