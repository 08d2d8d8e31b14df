// What a body says, before it is judged: flat fields, at most one PDF on disk, and complaints about their form. The
// same for JSON, multipart and forms, so that the fields are judged in one place.

import { BridgeError, isCode, type Problem } from '../../src/core/errors.ts'
import type { Document } from '../../src/core/row.ts'
import { unreadable } from '../bodies/body.ts'

/** Text as it was sent; numbers as their digits. Null: the field was named, but has no value. */
export type Value = string | boolean | null

// About twice the fields that exist: a sender that adds its own is told about each of them.
const fieldsMax = 32

export const besidesPdfBytesMax = 64 * 1024

export const tooMuchBesides = () =>
  new BridgeError('BODY_TOO_LARGE', `everything but the pdf may take ${besidesPdfBytesMax} bytes`)

// Names are repeated to the sender. No field has a longer one.
export const fieldNameCharactersMax = 100

export type BodyFields = {
  readonly values: ReadonlyMap<string, Value>
  readonly problems: readonly Problem[]
  readonly document: Document | null
  /** Throws FIELDS_INVALID on what cannot be the name of a field. */
  check: (field: string | undefined) => void
  /** Throws FIELDS_INVALID on too many fields; a repeated one is complained about. */
  set: (field: string, value: Value) => void
  complain: (field: string, message: string) => void
  /** Keeps the PDF from a stream. An empty one counts as absent; one that is no PDF is complained about. */
  keep: (source: AsyncIterable<Uint8Array>) => Promise<void>
}

export const openBodyFields = (
  keepPdf: (source: AsyncIterable<Uint8Array>) => Promise<Document>,
  pdfBytesMax: number
): BodyFields => {
  const values = new Map<string, Value>()
  const problems: Problem[] = []
  let document: Document | null = null
  let pdfSeen = false

  const complain = (field: string, message: string) => {
    if (!problems.some(problem => problem.field === field && problem.message === message))
      problems.push({ field, message })
  }

  const keepOne = async (source: AsyncIterable<Uint8Array>) => {
    try {
      document = await keepPdf(source)
    } catch (error) {
      if (isCode(error, 'PDF_TOO_LARGE'))
        throw new BridgeError('BODY_TOO_LARGE', `the PDF is larger than ${pdfBytesMax} bytes`, { cause: error })
      if (!isCode(error, 'PDF_NOT_A_PDF')) throw error
      complain('pdf', 'expected a PDF: its bytes do not begin with %PDF-')
    }
  }

  const check = (field: string | undefined) => {
    if (field !== undefined && field !== '' && field.length <= fieldNameCharactersMax) return
    throw unreadable('body', `expected fields with a name of at most ${fieldNameCharactersMax} characters`)
  }

  return {
    values,
    problems,
    check,
    get document() {
      return document
    },
    set(field, value) {
      if (values.has(field)) return complain(field, 'given more than once')
      check(field)
      if (values.size === fieldsMax) throw unreadable('body', `more than ${fieldsMax} fields`)
      values.set(field, value)
    },
    complain,
    async keep(source) {
      const bytes = source[Symbol.asyncIterator]()
      const first = await bytes.next()
      if (first.done) return
      if (pdfSeen) throw unreadable('pdf', 'given more than once')
      pdfSeen = true
      await keepOne(startingWith(first.value, bytes))
    }
  }
}

async function* startingWith(first: Uint8Array, rest: AsyncIterator<Uint8Array>) {
  yield first
  yield* { [Symbol.asyncIterator]: () => rest }
}
