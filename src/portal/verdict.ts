// What an answer of the portal means. An answer to a write has one of three meanings: done, certainly not done, or
// unknown. Whatever is not listed as certain is unknown, because a wrong "not done" makes a second invoice. And only
// what the portal says in its own words is certain: anything between it and us can answer 404.

import type { z } from 'zod'
import { attempt } from '../core/attempt.ts'
import type { Instant } from '../core/clock.ts'
import type { Code } from '../core/codes.ts'
import { BridgeError } from '../core/errors.ts'
import type { PortalCustomer } from '../core/portal-entry.ts'
import type { Exchange } from './exchange.ts'
import { pauseOf } from './pause.ts'
import { customerEntry, read, single } from './schemas.ts'

export type Written<T> =
  | { outcome: 'done'; value: T }
  /** Certainly not done. `detail` is for the ledger's history only: the portal's words may hold personal data. */
  | { outcome: 'not-done'; code: Code; detail: string; retryAfterMs?: number }
  /** `answered`: by the portal itself, though not clearly. */
  | { outcome: 'unknown'; detail: string; answered: boolean }

type Answer = Extract<Exchange, { kind: 'answer' }>

/**
 * `id`: the entry that is written to, if it was there before. `taken`: the field whose value the portal may say exists
 * already, perhaps because we sent it.
 */
export type Write<T> = { valueIn: (body: string) => T | null; now: Instant; id?: string; taken?: RegExp }

type Identified = { id: string }

export const written = <T extends Identified>(exchange: Exchange, write: Write<T>): Written<T> => {
  const { valueIn, now, id, taken } = write
  if (exchange.kind === 'unsent') return notDone('PORTAL_UNREACHABLE', exchange.reason)
  if (exchange.kind === 'lost') return { outcome: 'unknown', detail: exchange.reason, answered: false }

  const { status, headers, body } = exchange
  const isOwn = isPortals(exchange)
  const unknown = (detail: string): Written<T> => ({
    outcome: 'unknown',
    detail,
    // Below 500, and not its own time-out: the portal is there, whatever the answer means.
    answered: isOwn && status < 500 && status !== 408
  })
  if (status >= 200 && status < 300) {
    const value = body === null ? null : valueIn(body)
    if (value === null) return unknown(`the portal answered ${status}, but not with an id`)
    if (id !== undefined && value.id !== id)
      return unknown(`the portal was to change ${id} and answered with ${value.id}`)
    return { outcome: 'done', value }
  }
  if (status >= 400 && status < 500 && body === null)
    return unknown(`the portal answered ${status}, and the reason was cut off`)
  if (!isOwn) return unknown(`something other than the portal answered ${status}`)
  switch (status) {
    case 429:
      return { ...notDone('PORTAL_BUSY', 'the portal asks for a pause'), retryAfterMs: pauseOf(headers, now) }
    case 401:
    case 403:
      return notDone('PORTAL_UNAUTHORIZED', wordsOf(exchange))
    case 404:
    case 413:
    case 415:
      return notDone('PORTAL_REJECTED', wordsOf(exchange))
    case 400:
    case 422:
      if (taken && saysTaken(body ?? '', taken)) return unknown(wordsOf(exchange))
      return notDone('PORTAL_REJECTED', wordsOf(exchange))
    default:
      return unknown(wordsOf(exchange))
  }
}

const notDone = (code: Code, detail: string) => ({ outcome: 'not-done', code, detail }) as const

/**
 * Whether an answer is the portal's own: a JSON object that says what was wrong in the way its documentation shows, or
 * in the way of the framework behind it.
 */
export const isPortals = ({ status, body }: Answer): boolean => {
  const json = body === null ? undefined : jsonIn(body)
  if (!isRecord(json)) return false
  if (status >= 200 && status < 300) return true
  const { message, errors, code } = json
  return typeof message === 'string' || isRecord(errors) || Number(code) === status
}

/** What the answer to a question for one id looks like, whatever the id. */
export type Shape = { status: number; fields: string; words: string }

/** Null: the answer is not in the portal's own words, so it cannot be recognised. */
export const shapeOf = (answer: Answer, id: string): Shape | null => {
  const { status, body } = answer
  if (status < 400 || status >= 500 || !isPortals(answer)) return null
  const { message, ...others } = jsonIn(body ?? '') as Record<string, unknown>
  const fields = Object.keys(others).sort().join(' ')
  const words = id === '' ? String(message ?? '') : String(message ?? '').replaceAll(id, '…')
  return { status, fields, words }
}

/** The value of an answer to a read. A failed read is never an empty answer: it throws. */
export const readable = <T extends z.ZodType>(exchange: Exchange, schema: T, now: Instant): z.output<T> => {
  if (exchange.kind !== 'answer') throw new BridgeError('PORTAL_UNREACHABLE', exchange.reason)
  const { status, headers, body } = exchange
  if (status === 429) throw new BridgeError('PORTAL_BUSY', undefined, { retryAfterMs: pauseOf(headers, now) })
  // A firewall in front of it answers 403 as well; for a read, any JSON object is enough to believe it is the portal.
  if ((status === 401 || status === 403) && isRecord(jsonIn(body ?? '')))
    throw new BridgeError('PORTAL_UNAUTHORIZED', `the portal answered ${status}`)
  if (status < 200 || status > 299) {
    const whose = isPortals(exchange) || status >= 500 ? 'the portal' : 'something other than the portal'
    throw new BridgeError('PORTAL_UNREACHABLE', `${whose} answered ${status}`)
  }
  const reading = body === null ? { problem: 'it was cut off' } : read(schema, body)
  if ('value' in reading) return reading.value
  throw new BridgeError('PORTAL_UNREACHABLE', `the portal's answer cannot be read: ${reading.problem}`)
}

/**
 * The invoice that was asked for by its id. With another one's answer, as a cache gives that mixes them up, this one
 * would seem to be there, or paid.
 */
export const readableOne = <T extends z.ZodType<Identified>>(
  exchange: Exchange,
  schema: T,
  { id, now }: { id: string; now: Instant }
): z.output<T> => {
  const found = readable(exchange, single(schema), now)
  if (found.id === id) return found
  throw new BridgeError('PORTAL_UNREACHABLE', `the portal was asked for ${id} and answered with ${found.id}`)
}

/**
 * Null: the portal holds no customer of this id. That is also so where it answers with the one that this was merged
 * into. Mixed-up answers look the same, so null alone ends no link: the list has to agree.
 */
export const customerIn = (exchange: Exchange, id: string, now: Instant): PortalCustomer | null => {
  if (exchange.kind === 'answer' && exchange.status === 404 && isPortals(exchange)) return null
  const found = readable(exchange, single(customerEntry), now)
  return found.id === id ? found : null
}

/** Whether a refusal is about this field: by the fields that it names, or else by its words. */
export const isAbout = (exchange: Exchange, field: RegExp): boolean => {
  if (exchange.kind !== 'answer' || exchange.body === null) return false
  const { message, fields } = refusalOf(exchange.body)
  return fields === null ? field.test(message) : fields.some(([name]) => field.test(name))
}

// What Laravel and others say of a value that must be unique, in the languages a Dutch portal may answer in.
const takenWords =
  /already (been )?(taken|exist|in use|used)|duplicate|unique|uniek|bestaat (al|reeds)|(al|reeds) (bestaat|bezet|bekend|in gebruik|gebruikt)/i

const saysTaken = (body: string, field: RegExp): boolean => {
  const { message, fields } = refusalOf(body)
  if (fields === null) return takenWords.test(message)
  const about = fields.filter(([name]) => field.test(name)).map(([, words]) => words)
  return about.length > 0 && takenWords.test([message, ...about].join(' '))
}

type Refusal = { message: string; fields: [name: string, words: string][] | null }

/**
 * Laravel's `message` and `errors`, if they have that shape; otherwise every text in the body. The portal does not
 * document it.
 */
const refusalOf = (body: string): Refusal => {
  const json = jsonIn(body)
  const { message, errors } = isRecord(json) ? json : {}
  const fields = isRecord(errors) ? Object.entries(errors) : []
  return {
    message: textsIn(typeof message === 'string' ? [message, fields.length > 0 ? [] : errors] : json).join('; '),
    fields: fields.length > 0 ? fields.map(([name, words]) => [name, textsIn(words).join(' ')]) : null
  }
}

const jsonIn = (body: string): unknown => attempt(() => JSON.parse(body))

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const textsIn = (value: unknown): string[] => {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}

const wordsMax = 500

/** The portal's own reason, fit for a history: one line, of bounded length, without control characters. */
const wordsOf = ({ status, body }: Answer): string => {
  if (body === null || !/^\s*\{/.test(body)) return `the portal answered ${status}`
  const { message, fields } = refusalOf(body)
  const words = [message, ...(fields ?? []).map(([name, text]) => `${name}: ${text}`)].filter(Boolean).join('; ')
  return `${status}: ${words}`
    .replace(/[\p{Cc}\p{Cs}]+/gu, ' ')
    .slice(0, wordsMax)
    .toWellFormed()
}
