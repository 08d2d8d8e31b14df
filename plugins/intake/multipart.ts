// multipart/form-data, read by @fastify/multipart while it arrives: short fields into memory, the one PDF to disk. The
// library skips what it cannot read, and a field that is silently dropped may be `sendNotification`. So every delimiter
// is counted on its way to the library: each has to become a part that the library yields.

import { Readable } from 'node:stream'
import type { Multipart } from '@fastify/multipart'
import type { FastifyRequest } from 'fastify'
import { BridgeError } from '../../src/core/errors.ts'
import { type Body, unreadable } from '../bodies/body.ts'
import { type BodyFields, besidesPdfBytesMax, tooMuchBesides } from './body-fields.ts'

export const partsMax = 32
export const fieldBytesMax = 4 * 1024

// A header is never cut off: its limits are the limit for everything beside the PDF.
const options = {
  limits: {
    parts: partsMax,
    fieldSize: fieldBytesMax,
    fileSize: Number.POSITIVE_INFINITY,
    headerPairs: besidesPdfBytesMax,
    headerSize: besidesPdfBytesMax
  },
  isPartAFile: (field?: string, _type?: string, file?: string) => field === 'pdf' || file !== undefined
}

/** `request`: from an application in which @fastify/multipart is registered. */
export type Form = { boundary: string; request: FastifyRequest }

export const readMultipart = async (body: Body, form: Form, reading: BodyFields): Promise<void> => {
  const delimiters = countDelimiters(form.boundary)
  const { stream, close } = openStream(body, delimiters.see)
  let parts = 0
  let fileBytes = 0
  try {
    for await (const part of partsOf(stream, form)) {
      parts += 1
      await readPart(part, reading)
      if (part.type === 'file') fileBytes += part.file.bytesRead
    }
  } finally {
    await close()
  }
  if (!delimiters.isClosed()) throw unreadable('body', 'ends too early: expected the closing boundary')
  if (parts < delimiters.count())
    throw unreadable('body', 'a part without a name: expected content-disposition: form-data; name="…"')
  if (delimiters.bytes() - fileBytes > besidesPdfBytesMax) throw tooMuchBesides()
}

/** The library reads a request. In place of its socket it gets the stream whose bytes are counted. */
const partsOf = (stream: Readable, { boundary, request }: Form): AsyncIterable<Multipart> => {
  const quoted = boundary.replace(/["\\]/g, '\\$&')
  const headers = { 'content-type': `multipart/form-data; boundary="${quoted}"` }
  const counted = Object.create(request, {
    raw: { value: Object.assign(stream, { headers }) },
    isMultipart: { value: () => true }
  }) as FastifyRequest
  return explained(counted.parts(options))
}

const readPart = async (part: Multipart, reading: BodyFields): Promise<void> => {
  const { fieldname: name, encoding, mimetype } = part
  reading.check(name)
  if (!/^(7bit|8bit|binary)$/i.test(encoding)) reading.complain(name, 'expected no content-transfer-encoding')
  if (part.type === 'file') {
    if (name === 'pdf') return reading.keep(explained(part.file))
    reading.complain(name, 'expected a field, not a file: the PDF belongs in the field pdf')
    part.file.resume()
    return
  }
  const problem = part.valueTruncated
    ? `longer than ${fieldBytesMax} bytes`
    : /json/i.test(mimetype)
      ? 'expected plain text, not JSON' // quotes and escapes would end up in the invoice
      : String(part.value).includes('\ufffd')
        ? 'expected UTF-8'
        : null
  if (problem !== null) reading.complain(name, problem)
  reading.set(name, problem === null ? String(part.value).replace(/^\ufeff/, '') : null)
}

/** Puts errors of the library in our words. None of its messages repeats what was sent. */
async function* explained<T>(source: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* source
  } catch (error) {
    if (error instanceof BridgeError) throw error
    throw unreadable('body', `cannot be read as multipart: ${(error as Error).message}`, error)
  }
}

/** Pulls the body chunk by chunk, as the library asks for it. Once closed, it no longer reads from the body. */
const openStream = (body: Body, see: (chunk: Buffer) => void) => {
  let pulling: Promise<void> = Promise.resolve()
  const pull = async () => {
    try {
      const chunk = await body.read()
      if (chunk !== null) see(chunk)
      stream.push(chunk)
    } catch (error) {
      stream.destroy(error as Error)
    }
  }
  const stream = new Readable({
    highWaterMark: 1,
    read() {
      pulling = pull()
    }
  })
  const close = async () => {
    stream.destroy()
    await pulling
  }
  return { stream, close }
}

const dashes = Buffer.from('--')

/** Counts the delimiters of the parts, wherever the chunks are cut, and the bytes up to the closing one. */
const countDelimiters = (boundary: string) => {
  const delimiter = Buffer.from(`\r\n--${boundary}`)
  // A delimiter includes the line break before it, which the first one may lack.
  let left: Buffer = Buffer.from('\r\n')
  let count = 0
  let bytes = 0
  let isClosed = false

  return {
    count: () => count,
    bytes: () => bytes,
    isClosed: () => isClosed,
    /** Throws FIELDS_INVALID when there are too many, before they are read. */
    see(chunk: Buffer): void {
      if (isClosed) return
      const all = Buffer.concat([left, chunk])
      let from = 0
      for (let at = all.indexOf(delimiter); at !== -1; at = all.indexOf(delimiter, from)) {
        const end = at + delimiter.length
        // The next two bytes show whether it is the closing one.
        if (end + dashes.length > all.length) break
        from = end
        isClosed = all.subarray(end, end + dashes.length).equals(dashes)
        if (isClosed) break
        count += 1
        if (count > partsMax) throw unreadable('body', `more than ${partsMax} parts`)
      }
      const known = isClosed ? from : Math.max(from, all.length - delimiter.length - dashes.length + 1)
      bytes += known
      left = all.subarray(known)
    }
  }
}
