// `t=<unix seconds>,v1=<hex>[,v1=<hex>…]`: HMAC-SHA256 over `<t>.<body>`, with one v1 for each secret in use while one
// replaces another. The key is the whole secret as the tool shows it. Schemes other than v1 prove nothing and are
// ignored.

import { createHmac } from 'node:crypto'
import type { Instant } from '../../src/core/clock.ts'
import { notAuthentic, requireRecent, sameBytes } from './comparison.ts'

export type TimedSignature = {
  header: string | string[] | undefined
  body: Buffer
  secrets: readonly string[]
  receivedAt: Instant
  /** The header's name, for messages. */
  name: string
}

/** Throws NOT_AUTHENTIC unless a v1 matches a secret, at a time that is at most five minutes off, either way. */
export const verifyTimedSignature = ({ header, body, secrets, receivedAt, name }: TimedSignature): void => {
  if (typeof header !== 'string' || header === '') throw notAuthentic(`${name} is missing`)
  const parts = header.split(',')
  const [time = ''] = valuesOf(parts, 't')
  const given = valuesOf(parts, 'v1')
  requireRecent(name, time, receivedAt)
  if (given.length === 0) throw notAuthentic(`${name} holds no v1 signature`)

  const expected = secrets.map(secret => sign(secret, time, body))
  const matches = given.flatMap(hex => expected.map(bytes => sameBytes(Buffer.from(hex, 'latin1'), bytes)))
  if (!matches.includes(true)) throw notAuthentic(`no signature in ${name} matches the body`)
}

const valuesOf = (parts: string[], scheme: string): string[] =>
  parts.filter(part => part.startsWith(`${scheme}=`)).map(part => part.slice(scheme.length + 1))

// Compared as text: the hex of a signature has only one spelling.
const sign = (secret: string, time: string, body: Buffer): Buffer =>
  Buffer.from(createHmac('sha256', secret).update(`${time}.`).update(body).digest('hex'))

/** The header that a sender sets. */
export const timedSignature = (body: string, secret: string, at: Instant): string => {
  const time = String(Math.floor(at / 1000))
  return `t=${time},v1=${sign(secret, time, Buffer.from(body)).toString()}`
}
