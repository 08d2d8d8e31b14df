// multipart/form-data, read while it arrives: short fields into memory, the one PDF to disk. Not busboy: it leaves
// out what it cannot read (a part without a name, one too many) and mends bad UTF-8, and a field that is dropped in
// silence may be `sendNotification`. And here the bytes are signed in the same order as they are read.

import { type Body, decodeText, unreadable } from '../bodies/body.ts'
import { type BodyFields, fieldNameCharactersMax } from './body-fields.ts'

export const partsMax = 32
export const fieldBytesMax = 4 * 1024
const headerBytesMax = 8 * 1024
const blanksMax = 64

const lineBreak = Buffer.from('\r\n')
const closing = Buffer.from('--')
const headerEnd = Buffer.from('\r\n\r\n')

type Part = { name: string; isFile: boolean }

export const readMultipart = async (body: Body, boundary: string, reading: BodyFields): Promise<void> => {
  const delimiter = Buffer.from(`\r\n--${boundary}`)
  // A delimiter includes the line break before it, which the first one may lack.
  body.unread(lineBreak)
  await skip(upTo(body, delimiter))

  for (let parts = 0; await goesOn(body); parts++) {
    if (parts === partsMax) throw unreadable('body', `more than ${partsMax} parts`)
    const header = await gather(upTo(body, headerEnd), headerBytesMax)
    if (!header) throw unreadable('body', `the header of a part is longer than ${headerBytesMax} bytes`)
    await readPart(readHeader(header.toString(), reading), upTo(body, delimiter), reading)
  }
}

const readPart = async (
  { name, isFile }: Part,
  content: AsyncGenerator<Buffer>,
  reading: BodyFields
): Promise<void> => {
  if (name === 'pdf') return reading.keep(content)
  if (isFile) {
    reading.complain(name, 'expected a field, not a file: the PDF belongs into the field pdf')
    return skip(content)
  }
  const bytes = await gather(content, fieldBytesMax)
  if (!bytes) reading.complain(name, `longer than ${fieldBytesMax} bytes`)
  reading.set(name, bytes && textOf(bytes, name, reading))
}

const textOf = (bytes: Buffer, name: string, reading: BodyFields): string | null => {
  try {
    return decodeText(bytes, name)
  } catch {
    reading.complain(name, 'expected UTF-8')
    return null
  }
}

/** What follows a delimiter: two dashes at the end, otherwise (after blanks, which the standard allows) a line break. */
const goesOn = async (body: Body): Promise<boolean> => {
  const sign = await take(body, 2)
  if (sign.equals(closing)) return false
  body.unread(sign)
  const blanks = await gather(upTo(body, lineBreak), blanksMax)
  if (blanks?.toString().trim() !== '')
    throw unreadable('body', 'is not multipart: a boundary goes on after its end')
  return true
}

const parameter = /;\s*([\w*-]+)\s*=\s*("[^"\\]*(?:\\.[^"\\]*)*"|[^;\s]*)/g

/** One line of a header. Anything else in it, such as a boundary that came too early, would hide a part. */
const headerLine = /^([\w-]+):([^\r\n]*)$/

const readHeader = (header: string, reading: BodyFields): Part => {
  const lines = new Map(
    header.split('\r\n').map(line => {
      const [whole, name = '', value = ''] = headerLine.exec(line) ?? []
      if (whole === undefined) throw unreadable('body', 'the header of a part can not be read')
      return [name.toLowerCase(), value.trim()]
    })
  )
  const disposition = lines.get('content-disposition') ?? ''
  const parameters = new Map(
    [...disposition.matchAll(parameter)].map(([, name = '', value = '']) => [name, value])
  )
  const name = parameters.get('name')?.replace(/^"(.*)"$/s, '$1') ?? ''
  if (!/^form-data\b/i.test(disposition) || name === '' || name.length > fieldNameCharactersMax) {
    throw unreadable('body', 'a part without a name: expected content-disposition: form-data; name="…"')
  }

  const isFile = parameters.has('filename') || parameters.has('filename*')
  const encoding = lines.get('content-transfer-encoding') ?? 'binary'
  if (!/^(7bit|8bit|binary)$/i.test(encoding)) reading.complain(name, 'expected no content-transfer-encoding')
  // Quotes and escapes would end up in the invoice.
  if (!isFile && name !== 'pdf' && /json/i.test(lines.get('content-type') ?? '')) {
    reading.complain(name, 'expected plain text, not JSON')
  }
  return { name, isFile }
}

/** Yields what comes before the mark, and consumes the mark. */
async function* upTo(body: Body, mark: Buffer): AsyncGenerator<Buffer> {
  // The mark may be cut in two by the edge of a chunk: as many bytes as could begin it wait for the next chunk.
  let tail: Buffer = Buffer.alloc(0)
  for (let chunk = await body.read(); chunk !== null; chunk = await body.read()) {
    const bytes = tail.length > 0 ? Buffer.concat([tail, chunk]) : chunk
    const at = bytes.indexOf(mark)
    if (at !== -1) {
      body.unread(bytes.subarray(at + mark.length))
      if (at > 0) yield bytes.subarray(0, at)
      return
    }
    const sure = Math.max(0, bytes.length - mark.length + 1)
    tail = bytes.subarray(sure)
    if (sure > 0) yield bytes.subarray(0, sure)
  }
  throw endsTooEarly()
}

const take = async (body: Body, length: number): Promise<Buffer> => {
  let bytes: Buffer = Buffer.alloc(0)
  while (bytes.length < length) {
    const chunk = await body.read()
    if (chunk === null) throw endsTooEarly()
    bytes = Buffer.concat([bytes, chunk])
  }
  body.unread(bytes.subarray(length))
  return bytes.subarray(0, length)
}

/** All of it, or null when it is longer than that; consumed either way. */
const gather = async (content: AsyncIterable<Buffer>, bytesMax: number): Promise<Buffer | null> => {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of content) {
    bytes += chunk.length
    if (bytes <= bytesMax) chunks.push(chunk)
  }
  return bytes <= bytesMax ? Buffer.concat(chunks) : null
}

const skip = async (content: AsyncIterable<Buffer>): Promise<void> => {
  for await (const _ of content);
}

const endsTooEarly = () => unreadable('body', 'ends too early: expected the closing boundary')
