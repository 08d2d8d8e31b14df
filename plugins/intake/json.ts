// One flat JSON object, read while it arrives: the text of its `pdf` goes to disk, all the rest is small and is
// parsed at the end. Not with JSON.parse, which holds the whole body, turns amounts into floats and forgets the first
// of two equal names.

import { attempt } from '../../src/core/attempt.ts'
import { type Body, decodeText, unreadable } from '../bodies/body.ts'
import { decodeBase64 } from './base64.ts'
import {
  type BodyFields,
  besidesPdfBytesMax,
  fieldNameCharactersMax,
  tooMuchBesides,
  type Value
} from './body-fields.ts'

export const readJson = async (body: Body, reading: BodyFields): Promise<void> => {
  const scanner = openScanner()
  for (let chunk = await body.read(); chunk !== null; chunk = await body.read()) {
    const pdfAt = scanner.scan(chunk)
    if (pdfAt === -1) continue
    body.unread(chunk.subarray(pdfAt))
    await reading.keep(decodeBase64(body))
  }
  readFlatObject(decodeText(scanner.rest(), 'body'), reading)
}

const quote = 0x22
const comma = 0x2c
const colon = 0x3a
const bracket = 0x5b
const backslash = 0x5c
const brace = 0x7b
const closingBrace = 0x7d

/** Finds the text of the pdf, and keeps everything else, with an empty text in place of the pdf. */
const openScanner = () => {
  // One character per byte: joining strings is cheap, however small the chunks are. `piece` is what has come since
  // the last quote or colon outside a text, so that no byte is looked at twice.
  let kept = ''
  let piece = ''
  let opened = false
  let inText = false
  let escaped = false
  let isValue = false
  let named = ''

  const keep = (chunk: Buffer, from: number, to: number) => {
    piece += chunk.toString('latin1', from, to)
    if (kept.length + piece.length > besidesPdfBytesMax) throw tooMuchBesides()
  }

  const endPiece = (chunk: Buffer, from: number, to: number): string => {
    keep(chunk, from, to)
    const ended = piece
    kept += ended
    piece = ''
    return ended
  }

  const open = (byte: number) => {
    if (opened && isValue)
      throw unreadable(fieldName(named) || 'body', 'expected a text, number, true or false: fields are flat')
    if (opened) throw unreadable('body', 'expected one flat JSON object')
    if (byte === bracket) throw notAnObject()
    opened = true
  }

  return {
    /** Reads the chunk up to where the text of the pdf begins. Returns -1 when it does not begin here. */
    scan(chunk: Buffer): number {
      let from = 0
      for (let at = 0; at < chunk.length; at++) {
        const byte = chunk[at]
        if (inText) {
          inText = escaped || byte !== quote
          escaped = !escaped && byte === backslash
        } else if (byte === quote) {
          endPiece(chunk, from, at)
          from = at
          inText = !(isValue && isPdf(named))
          if (inText) continue
          piece = '""'
          return at + 1
        } else if (byte === colon) {
          named = endPiece(chunk, from, at).trimEnd()
          from = at
          isValue = true
        } else if (byte === comma || byte === closingBrace) isValue = false
        else if (byte === brace || byte === bracket) open(byte)
      }
      keep(chunk, from, chunk.length)
      return -1
    },

    rest: () => Buffer.from(kept + piece, 'latin1')
  }
}

const isPdf = (named: string): boolean => named === '"pdf"' || (named.includes('\\') && fieldName(named) === 'pdf')

/** The name, however it is escaped; empty when it is not a name: `readFlatObject` complains about that. */
const fieldName = (text: string): string =>
  attempt(() => String(JSON.parse(Buffer.from(text, 'latin1').toString())))?.slice(0, fieldNameCharactersMax) ?? ''

// A text, a number, a word or a sign. The first character decides which: no backtracking.
const token =
  /[ \t\r\n]*("[^"\\]*(?:\\.[^"\\]*)*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|[{}[\]:,]|$)/y

const readFlatObject = (text: string, reading: BodyFields): void => {
  let at = 0
  let after = 'the beginning'

  const next = (): string => {
    token.lastIndex = at
    const [whole, found = ''] = token.exec(text) ?? []
    if (whole === undefined) throw unreadable('body', `is not JSON after ${after}`)
    at += whole.length
    if (found === '' && after !== 'the end') throw unreadable('body', `ends too early, after ${after}`)
    return found
  }

  const expect = (sign: string, found: string) => {
    if (found !== sign) throw unreadable('body', `is not JSON after ${after}: expected ${sign}`)
  }

  if (text.trim() === '') throw unreadable('body', 'is empty: expected a JSON object')
  if (!/^[ \t\r\n]*\{/.test(text)) throw notAnObject()
  next()
  for (let found = next(); found !== '}'; ) {
    const name = nameOf(found, after)
    after = name
    expect(':', next())
    reading.set(name, readValue(next(), name, reading))
    found = next()
    if (found === '}') break
    expect(',', found)
    found = next()
    if (found === '}') throw unreadable('body', `is not JSON after ${after}: a comma before the closing brace`)
  }
  after = 'the end'
  if (next() !== '') throw unreadable('body', 'goes on after the closing brace')
}

const nameOf = (found: string, after: string): string => {
  const name = found.startsWith('"') ? textOf(found) : undefined
  if (!name || name.length > fieldNameCharactersMax)
    throw unreadable('body', `is not JSON after ${after}: expected the name of a field in double quotes`)
  return name
}

const readValue = (found: string, name: string, reading: BodyFields): Value => {
  switch (found[0]) {
    case '"': {
      const text = textOf(found)
      if (text === undefined) reading.complain(name, 'holds a character or an escape that JSON does not allow')
      return text ?? null
    }
    case 't':
    case 'f':
      return found === 'true'
    case 'n':
      return null
    case '}':
    case ']':
    case ':':
    case ',':
      throw unreadable('body', `is not JSON after ${name}: expected a value`)
    default:
      if (!/e/i.test(found)) return found
      reading.complain(name, 'expected a number without an exponent')
      return null
  }
}

/** Undefined for an escape that does not exist, a raw line break, or half a character (a lone surrogate). */
const textOf = (found: string): string | undefined => {
  const text = attempt(() => JSON.parse(found) as string)
  return text?.isWellFormed() ? text : undefined
}

const notAnObject = () => unreadable('body', 'expected a JSON object: {"invoiceNumber": …}')
