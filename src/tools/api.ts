// How a tool's API is asked: what its answers mean to the worker, and how amounts never pass through a float.

import type { IncomingHttpHeaders } from 'node:http'
import { attempt } from '../core/attempt.ts'
import type { Clock, Instant } from '../core/clock.ts'
import { BridgeError } from '../core/errors.ts'
import { type Http, refusalIn, retryAfterMs } from '../network/http.ts'
import { vendorWords } from './vendor-words.ts'

export type Asked = {
  url: string
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  headers: Record<string, string>
  json?: unknown
  /** `application/x-www-form-urlencoded`. */
  form?: Record<string, string>
  /** The variable that holds the token: a refusal names it. */
  variable?: string
  /** What the token must be allowed to do, in the vendor's words: a 403 names it. */
  needs?: string
  /**
   * Whether floats are exact enough for this answer. If they are not, or without this function, numbers stay digits.
   */
  plain?: (json: unknown) => boolean
  /** Further statuses that are answers, besides those that always are. */
  answers?: readonly number[]
  /** How long to wait after a 429, if the vendor writes Retry-After in its own way. */
  pauseMs?: (headers: IncomingHttpHeaders, now: Instant) => number | undefined
}

export type Answer = { status: number; headers: IncomingHttpHeaders; json: unknown }

export interface ToolApi {
  /**
   * A 2xx, 3xx or 404 as it is, its body read as JSON (undefined if it is not JSON). Everything else rejects:
   * TOOL_UNAUTHORIZED for 401 and 403, TOOL_BUSY for 429, TOOL_UNREACHABLE for the rest.
   */
  ask: (asked: Asked) => Promise<Answer>
}

/** For a tool that is not asked by HTTP: the address to connect to. Rejects with TOOL_UNREACHABLE. */
export type Locate = (host: string, isEncrypted: boolean) => Promise<string>

export const unreachable = (message: string, options?: ErrorOptions) =>
  new BridgeError('TOOL_UNREACHABLE', message, options)

const pauseMsDefault = 60_000
const pauseMsMax = 3_600_000

export const createLocate =
  ({ locate }: Pick<Http, 'locate'>): Locate =>
  async (host, isEncrypted) => {
    try {
      return await locate(host, isEncrypted)
    } catch (cause) {
      throw unreached(host, cause)
    }
  }

export const createToolApi = ({ http, clock }: { http: Pick<Http, 'got'>; clock: Clock }): ToolApi => ({
  async ask({ url, method = 'GET', headers, json, form, variable, needs, plain, pauseMs, answers = [] }) {
    const answer = await send(http, url, {
      method,
      headers,
      ...(json === undefined ? {} : { json }),
      ...(form === undefined ? {} : { form })
    })
    const { statusCode: status } = answer
    const { host } = new URL(url)
    if (answers.includes(status)) return { status, headers: answer.headers, json: readJson(String(answer.body), plain) }
    if (status === 401 || status === 403) {
      const refused = `${host} refuses ${variable ?? 'the request'} (${status})`
      const right = status === 403 && needs !== undefined ? `this needs ${needs}` : null
      const words = vendorWords(String(answer.body), tokenIn(headers))
      const reasons = [right, words && `it says: ${words}`].filter(Boolean).join('; ')
      throw new BridgeError('TOOL_UNAUTHORIZED', reasons === '' ? refused : `${refused}: ${reasons}`)
    }
    if (status === 429) {
      const asked = pauseMs?.(answer.headers, clock.now()) ?? retryAfterMs(answer.headers) ?? pauseMsDefault
      const ms = Math.min(Math.max(asked, 1000), pauseMsMax)
      throw new BridgeError('TOOL_BUSY', undefined, { retryAfterMs: ms })
    }
    if (status !== 404 && (status < 200 || status >= 400)) throw unreachable(`${host} answered ${status}`)
    return { status, headers: answer.headers, json: readJson(String(answer.body), plain) }
  }
})

/** A field of an answer that may be anything. */
export const fieldIn = (json: unknown, name: string): unknown =>
  typeof json === 'object' && json !== null ? (json as Record<string, unknown>)[name] : undefined

/** Empty if it is not text: a strange object may turn into any text, or throw. */
export const textIn = (json: unknown, name: string): string => {
  const text = fieldIn(json, name)
  return typeof text === 'string' ? text : ''
}

const send = async (http: Pick<Http, 'got'>, url: string, options: object) => {
  try {
    return await http.got(url, { ...options, throwHttpErrors: false, responseType: 'text' })
  } catch (cause) {
    throw unreached(URL.parse(url)?.host ?? 'the tool', cause)
  }
}

export const unreached = (host: string, cause: unknown): BridgeError => {
  const { code, name } = cause as { code?: string; name: string }
  const refusal = refusalIn(cause)
  const reason = refusal
    ? `is not asked, because ${refusal.message}; http: and private addresses need ALLOW_PRIVATE_ADDRESSES=true`
    : `does not answer (${code ?? name})`
  return unreachable(`${host} ${reason}`, { cause })
}

const tokenIn = ({ authorization }: Record<string, string>): string | undefined => authorization?.split(' ').at(-1)

/**
 * Reads JSON and keeps its numbers as the digits they are written with: ids beyond 2^53 and amounts with decimals stay
 * what they are. The text must have passed JSON.parse: then whatever begins like a number is one, unless it stands in a
 * text.
 */
export const parseDigits = (json: string): unknown => JSON.parse(quoteNumbers(json))

// Byte by byte: a reviver would be called for each value, and a megabyte would take half a second; with pieces of text
// it would take four times as long.
const quoteNumbers = (json: string): string => {
  const bytes = Buffer.from(json)
  // A number takes a byte at least, and something stands between two of them.
  const quoted = Buffer.allocUnsafe(2 * bytes.length + 2)
  let end = 0
  let isText = false
  for (let at = 0; at < bytes.length; ) {
    const byte = bytes[at] as number
    if (!isText && ofNumber[byte] === 1 && byte !== smallE) {
      quoted[end++] = quote
      while (ofNumber[bytes[at] as number] === 1) quoted[end++] = bytes[at++] as number
      quoted[end++] = quote
    } else {
      quoted[end++] = byte
      at += 1
      // What follows a backslash is part of the text, even a quote.
      if (isText && byte === backslash) quoted[end++] = bytes[at++] as number
      else if (byte === quote) isText = !isText
    }
  }
  return quoted.toString('utf8', 0, end)
}

const [quote, backslash, smallE] = [0x22, 0x5c, 0x65]

/** 1 for each byte of a number. Words of JSON end in the letter of an exponent, too, but no number begins with it. */
const ofNumber = new Uint8Array(256)
for (const byte of Buffer.from('0123456789.+-eE')) ofNumber[byte] = 1

const readJson = (body: string, plain: Asked['plain']): unknown =>
  attempt(() => {
    const json: unknown = JSON.parse(body)
    return plain?.(json) ? json : parseDigits(body)
  })
