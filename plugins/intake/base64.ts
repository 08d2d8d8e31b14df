// Decodes the base64 of a PDF inside a JSON string while it arrives. It accepts what senders write in practice: escapes
// (PHP's \/, .NET's \u002B), line breaks, the URL-safe alphabet (Gmail's API), no padding, a data: prefix of any type.

import { type Body, unreadable } from '../bodies/body.ts'

const refused = 0
const letter = 1
const blank = 2
const padding = 3
const colon = 4
const comma = 5

const kinds = new Uint8Array(256)
for (const [characters, kind] of [
  ['ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_', letter],
  [' \t\r\n', blank],
  ['=', padding],
  [':', colon],
  [',', comma]
] as const) {
  for (const byte of Buffer.from(characters)) kinds[byte] = kind
}

const quote = 0x22
const backslash = 0x5c

// Any type, or none: many senders know no better one than application/octet-stream, and the first bytes show what the
// file is. jsPDF writes a file name between type and encoding.
const dataPrefix = /^data:[^;,]*(;[^;,]*)*; *base64$/i
const dataPrefixCharactersMax = 300

const invalid = () => unreadable('pdf', 'expected base64')

/** Yields the PDF's bytes. Starts after the opening quote and consumes the closing one. */
export async function* decodeBase64(body: Body): AsyncGenerator<Buffer> {
  const text = openText()
  for (let chunk = await body.read(); chunk !== null; chunk = await body.read()) {
    const { bytes, end } = text.write(chunk)
    if (end !== -1) body.unread(chunk.subarray(end))
    if (bytes.length > 0) yield bytes
    if (end !== -1) return
  }
  throw unreadable('body', 'ends in the middle of the pdf')
}

/** Undoes JSON's escapes; the edge of a chunk may cut one in two. */
const openText = () => {
  const decoder = openDecoder()
  let sequence = ''

  const readEscape = (byte: number) => {
    sequence += String.fromCharCode(byte)
    if (sequence.length === 2 && sequence !== '\\u') take()
    else if (sequence.length === 6) take()
  }

  const take = () => {
    try {
      decoder.accept((JSON.parse(`"${sequence}"`) as string).charCodeAt(0))
    } catch {
      throw invalid() // an escape that JSON does not have, or a character that base64 does not have
    }
    sequence = ''
  }

  return {
    /** `end`: where the chunk continues after the closing quote, -1 when the quote is still to come. */
    write(chunk: Buffer): { bytes: Buffer; end: number } {
      decoder.start(chunk.length)
      let at = 0
      while (at < chunk.length) {
        if (sequence === '') at = decoder.acceptLetters(chunk, at)
        const byte = chunk[at++]
        if (byte === undefined) break
        if (sequence !== '') readEscape(byte)
        else if (byte === backslash) sequence = '\\'
        else if (byte === quote) return { bytes: decoder.end(), end: at }
        else decoder.accept(byte)
      }
      return { bytes: decoder.flush(), end: -1 }
    }
  }
}

const openDecoder = () => {
  let letters: Buffer = Buffer.alloc(0)
  let length = 0
  let total = 0
  let paddings = 0
  let prefix: string | null = null
  let prefixAllowed = true

  const acceptPrefix = (character: number) => {
    if (kinds[character] === comma) {
      if (!dataPrefix.test(prefix ?? '')) throw invalid()
      prefix = null
      return
    }
    if (prefix?.length === dataPrefixCharactersMax) throw invalid()
    prefix += String.fromCharCode(character)
  }

  /** The word before a colon must be `data`, at the very beginning. */
  const startPrefix = () => {
    if (!prefixAllowed || total !== 4) throw invalid()
    prefix = `${letters.toString('latin1', 0, length)}:`
    prefixAllowed = false
    length = 0
    total = 0
  }

  /** Decodes all letters but the last `rest`, which stay. */
  const decode = (rest: number): Buffer => {
    const whole = length - rest
    const bytes = Buffer.from(letters.toString('latin1', 0, whole), 'base64')
    letters.copyWithin(0, whole, length)
    length = rest
    return bytes
  }

  return {
    /** Makes room for this many more characters. */
    start(characters: number) {
      const room = Buffer.allocUnsafe(length + characters + 1)
      letters.copy(room, 0, 0, length)
      letters = room
    },

    /** Nearly everything is letters: takes the letters in a row, and returns where they end. */
    acceptLetters(chunk: Buffer, from: number): number {
      if (prefix !== null || paddings > 0) return from
      let at = from
      for (let byte = chunk[at]; byte !== undefined && kinds[byte] === letter; byte = chunk[++at])
        letters[length + at - from] = byte
      length += at - from
      total += at - from
      return at
    },

    accept(character: number) {
      if (prefix !== null) return acceptPrefix(character)
      switch (kinds[character] ?? refused) {
        case letter:
          if (paddings > 0) throw invalid()
          letters[length++] = character
          total++
          return
        case blank:
          return
        case padding:
          if (++paddings > 2) throw invalid()
          return
        case colon:
          return startPrefix()
        default:
          throw invalid()
      }
    },

    // Four letters make three bytes. The very first four may turn out to be the word `data`.
    flush: () => decode(total <= 4 ? length : length % 4),

    end(): Buffer {
      const padded = paddings === 0 || (total + paddings) % 4 === 0
      if (prefix !== null || total % 4 === 1 || !padded) throw invalid()
      return decode(0)
    }
  }
}
