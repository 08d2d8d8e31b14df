// A request's body as it comes in: every byte is counted and passed to the proof of its authenticity. Readers pull the
// body, and nothing is read ahead of them: a slow disk slows the sender down, and memory stays small.

import type { Readable } from 'node:stream'
import { BridgeError } from '../../src/core/errors.ts'
import type { Wait } from './patience.ts'

export type Body = {
  /**
   * The next bytes, null after the last. Rejects with BODY_TOO_LARGE above the limit, BODY_TOO_SLOW when they do not
   * come, FIELDS_INVALID when the sender went away.
   */
  read: () => Promise<Buffer | null>
  /** Takes back what a reader did not need: the next `read` gives it again. */
  unread: (bytes: Buffer) => void
  /** Reads to the end, because only a whole body can be proven. */
  drain: () => Promise<void>
}

export type BodyOptions = {
  bytesMax: number
  seen: (bytes: Uint8Array) => void
  /** How long to wait for the next bytes; without it, for ever. */
  wait?: Wait
}

/** What a reader throws when it cannot understand a body; `field` is `body` when the problem is with the whole. */
export const unreadable = (field: string, message: string, cause?: unknown): BridgeError =>
  new BridgeError('FIELDS_INVALID', `${field}: ${message}`, { problems: [{ field, message }], cause })

/** Leaving the stream's own iterator early would destroy the socket, and the answer with it. */
export const openRequestBody = (raw: Readable, options: BodyOptions): Body =>
  openBody(raw.iterator({ destroyOnReturn: false }), options)

export const openBody = (
  source: AsyncIterable<Uint8Array>,
  { bytesMax, seen, wait = next => next() }: BodyOptions
): Body => {
  const chunks = source[Symbol.asyncIterator]()
  let bytes = 0
  const returned: Buffer[] = []
  let failure: BridgeError | null = null

  const next = async (): Promise<Buffer | null> => {
    const { done, value } = await wait(
      () => chunks.next(),
      ({ value }) => value?.length ?? 0
    )
    if (done) return null
    if (bytes > 0) await nextTurn()
    bytes += value.length
    if (bytes > bytesMax) throw new BridgeError('BODY_TOO_LARGE', `the body is larger than ${bytesMax} bytes`)
    seen(value)
    return Buffer.from(value.buffer, value.byteOffset, value.length)
  }

  const read = async () => {
    // A failed iterator says "done" when it is asked again; half a body must never pass for a whole one.
    if (failure) throw failure
    const given = returned.pop()
    if (given) return given
    try {
      return await next()
    } catch (error) {
      failure = error instanceof BridgeError ? error : unreadable('body', 'the connection ended before the body', error)
      // Lets go of the stream. With a silent stream this has no effect, and it is not awaited.
      void chunks.return?.()
      throw failure
    }
  }

  return {
    read,
    unread: bytes => {
      if (bytes.length > 0) returned.push(bytes)
    },
    drain: async () => {
      while ((await read()) !== null);
    }
  }
}

/** One chunk of each body in each turn of the event loop: a fast body would keep all others waiting. */
const nextTurn = () => new Promise(resolve => setImmediate(resolve))

/** A whole body as text, for those that are small by nature. */
export const readText = async (body: Body): Promise<string> => {
  const chunks: Buffer[] = []
  for (let chunk = await body.read(); chunk !== null; chunk = await body.read()) chunks.push(chunk)
  return decodeText(Buffer.concat(chunks), 'body')
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Throws FIELDS_INVALID on the field when the bytes are not UTF-8. Leaves out a byte order mark. */
export const decodeText = (bytes: Uint8Array, field: string): string => {
  try {
    return utf8.decode(bytes)
  } catch (cause) {
    throw unreadable(field, 'expected UTF-8', cause)
  }
}
