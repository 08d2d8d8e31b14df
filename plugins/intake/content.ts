// What kind of body the headers announce, and how much of it is accepted. Refusing here costs no reading.

import type { IncomingHttpHeaders } from 'node:http'
import { MIMEType } from 'node:util'
import type { FastifyRequest } from 'fastify'
import { attempt } from '../../src/core/attempt.ts'
import { BridgeError } from '../../src/core/errors.ts'
import type { Body } from '../bodies/body.ts'
import { type BodyFields, besidesPdfBytesMax } from './body-fields.ts'
import { readForm } from './form.ts'
import { readJson } from './json.ts'
import { readMultipart } from './multipart.ts'

export type Content = {
  bytesMax: number
  read: (body: Body, reading: BodyFields, request: FastifyRequest) => Promise<void>
}

// The standard's own limit.
const boundaryCharactersMax = 70

/** Throws TYPE_UNSUPPORTED, or BODY_TOO_LARGE when content-length already says so. */
export const contentOf = (headers: IncomingHttpHeaders, pdfBytesMax: number): Content => {
  if (headers['content-encoding'] !== undefined && headers['content-encoding'] !== 'identity')
    throw unsupported('expected a body without content-encoding')
  const content = contentOfType(headers['content-type'], pdfBytesMax)
  if (Number(headers['content-length'] ?? 0) > content.bytesMax)
    throw new BridgeError('BODY_TOO_LARGE', `the body is larger than ${content.bytesMax} bytes`)
  return content
}

const contentOfType = (header: string | undefined, pdfBytesMax: number): Content => {
  const type = attempt(() => new MIMEType(header ?? ''))
  const charset = type?.params.get('charset') ?? 'utf-8'
  if (!/^(utf-?8|us-ascii)$/i.test(charset)) throw unsupported('expected UTF-8')
  switch (type?.essence) {
    case 'application/json':
      // Base64 turns three bytes into four characters; escapes and line breaks inside it add up to a quarter of that.
      return { bytesMax: Math.ceil((pdfBytesMax * 5) / 3) + besidesPdfBytesMax, read: readJson }
    case 'multipart/form-data': {
      const boundary = type.params.get('boundary') ?? ''
      if (boundary === '' || boundary.length > boundaryCharactersMax)
        throw unsupported(`expected multipart/form-data with a boundary of at most ${boundaryCharactersMax} characters`)
      const read: Content['read'] = (body, reading, request) => readMultipart(body, { boundary, request }, reading)
      return { bytesMax: pdfBytesMax + besidesPdfBytesMax, read }
    }
    case 'application/x-www-form-urlencoded':
      return { bytesMax: besidesPdfBytesMax, read: readForm }
    default:
      throw unsupported(
        'expected application/json, multipart/form-data or application/x-www-form-urlencoded as content-type'
      )
  }
}

const unsupported = (message: string) => new BridgeError('TYPE_UNSUPPORTED', message)
