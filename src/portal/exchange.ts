// One request to the portal over a connection of its own, and what came back. Nothing is sent twice and no redirect is
// followed. It never rejects: it answers whether the request left, and what is known of its fate.

import type { IncomingHttpHeaders } from 'node:http'
import type { Socket } from 'node:net'
import got from 'got'
import type { Clock, Instant } from '../core/clock.ts'
import { answerOf } from '../network/http.ts'
import { openConnection } from './connection.ts'
import { pauseOf } from './pause.ts'

export type Call = {
  name: string
  method: 'GET' | 'POST' | 'PATCH'
  url: URL
  headers?: Record<string, string>
  body?: Blob | string
  /** On the monotonic clock: after this the first byte no longer leaves. */
  startBy?: number | undefined
  /** On the monotonic clock: after this the call is given up, even before its own time is over. */
  endBy?: number | undefined
}

export type Exchange =
  /** No byte of the request left this process. */
  | { kind: 'unsent'; reason: string }
  /** It may have arrived; no answer was seen. */
  | { kind: 'lost'; reason: string }
  /** The body is null if it could not be read to its end. */
  | { kind: 'answer'; status: number; headers: IncomingHttpHeaders; body: string | null }

/** Called for every answer, as soon as its head is there. */
export type OnAnswer = (answer: {
  call: string
  status: number
  dateHeader: string | null
  /** Of the budget of requests. */
  limit: number | null
  remaining: number | null
  /** How long it asks everybody to wait; null when it does not. */
  pauseMs: number | null
  sentAt: Instant
  answeredAt: Instant
}) => void

type Exchanger = {
  exchange: (call: Call) => Promise<Exchange>
  /** Resets what is under way. */
  close: () => void
}

type Options = { clock: Clock; timeoutMs: number; headers: Record<string, string>; onAnswer: OnAnswer }

// A page of fifteen entries is some ten kilobytes.
const bodyBytesMax = 4 * 1024 * 1024

// Most invoices with their PDF.
const smallBytesMax = 256 * 1024

export const createExchanger = ({ clock, timeoutMs, headers, onAnswer }: Options): Exchanger => {
  const underWay = new Set<AbortController>()

  const exchange = async (call: Call): Promise<Exchange> => {
    const { endBy = Number.POSITIVE_INFINITY } = call
    const startBy = Math.min(call.startBy ?? endBy, endBy)
    const withinMs = Math.max(0, Math.min(timeoutMs, endBy - clock.monotonic()))
    // If this process freezes and sends later, it exceeds the budget, which counts a slot no longer than a request
    // takes.
    const leaveBy = Math.min(startBy, clock.monotonic() + withinMs)
    const stop = new AbortController()
    const whole = setTimeout(() => stop.abort(`no answer within ${Math.round(withinMs)} ms`), withinMs)
    const sentAt = clock.now()
    let sent = false
    let socket: Socket | undefined
    underWay.add(stop)
    try {
      const body = await bodyToSend(call.body)
      const connection = await standing(call.url, stop, startBy - clock.monotonic())
      socket = connection
      const stream = got.stream(call.url, {
        ...fixed,
        method: call.method,
        headers: { ...headers, ...call.headers },
        signal: stop.signal,
        ...(body === undefined ? {} : { body }),
        // Called once, in the same turn of the event loop in which the request is written.
        createConnection: () => {
          if (clock.monotonic() > leaveBy) throw new Error(tooLate)
          if (connection.destroyed) throw new Error('the connection was closed before the request')
          sent = true
          return connection
        }
      })
      const answer = await answerOf(stream)
      const { status, headers: answered } = answer
      const pauseMs = status === 429 ? pauseOf(answered, clock.now()) : null
      onAnswer({ call: call.name, status, ...budgetOf(answered), pauseMs, sentAt, answeredAt: clock.now() })
      return { kind: 'answer', ...answer, body: await bodyOf(stream) }
    } catch (error) {
      const reason = stop.signal.aborted ? String(stop.signal.reason) : reasonOf(error)
      return { kind: sent ? 'lost' : 'unsent', reason }
    } finally {
      clearTimeout(whole)
      underWay.delete(stop)
      socket?.destroy()
    }
  }

  return {
    exchange,
    close: () => {
      for (const stop of underWay) stop.abort('the bridge is stopping')
    }
  }
}

const tooLate = 'the connection was not made in time'

// Only one loop retries, and it is not here. A redirected create would be a second one. The bridge does not ask for
// compressed answers.
const fixed = { retry: { limit: 0 }, followRedirect: false, throwHttpErrors: false, decompress: false } as const

const standing = async (url: URL, stop: AbortController, withinMs: number): Promise<Socket> => {
  if (withinMs <= 0) throw new Error(tooLate)
  const timer = Number.isFinite(withinMs) ? setTimeout(() => stop.abort(tooLate), withinMs) : undefined
  try {
    return await openConnection(url, stop.signal)
  } finally {
    clearTimeout(timer)
  }
}

/** A small body is in memory before the connection stands: it leaves in one piece, whatever the disk does. */
const bodyToSend = async (body: Call['body']): Promise<string | Buffer | ReadableStream | undefined> => {
  if (!(body instanceof Blob)) return body
  return body.size > smallBytesMax ? body.stream() : Buffer.from(await body.arrayBuffer())
}

const bodyOf = async (stream: AsyncIterable<Uint8Array>): Promise<string | null> => {
  const chunks: Uint8Array[] = []
  let bytes = 0
  try {
    for await (const chunk of stream) {
      bytes += chunk.length
      if (bytes > bodyBytesMax) return null
      chunks.push(chunk)
    }
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks))
  } catch {
    return null // cut off, or not text: either way, what it said is unknown
  }
}

const numberOf = (header: string | string[] | undefined): number | null =>
  typeof header === 'string' && /^\d{1,15}$/.test(header) ? Number(header) : null

const budgetOf = (headers: IncomingHttpHeaders) => ({
  dateHeader: headers.date ?? null,
  limit: numberOf(headers['x-ratelimit-limit']),
  remaining: numberOf(headers['x-ratelimit-remaining'])
})

/** The error's code, if it has one. got's own code says only that the error came from got. */
const reasonOf = (error: unknown): string => {
  const { code, message } = error as NodeJS.ErrnoException
  return code === undefined || code === 'ERR_GOT_REQUEST_ERROR' ? message : code
}
