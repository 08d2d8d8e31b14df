// application/x-www-form-urlencoded, read strictly: URLSearchParams would mend broken escapes, and the bridge does not
// guess at an invoice. A form is small and carries no file.

import { attempt } from '../../src/core/attempt.ts'
import { type Body, readText, unreadable } from '../bodies/body.ts'
import type { BodyFields } from './body-fields.ts'

export const readForm = async (body: Body, reading: BodyFields): Promise<void> => {
  const text = await readText(body)
  if (text === '') throw unreadable('body', 'is empty: expected fields')
  for (const pair of text.split('&')) {
    if (pair === '') continue
    const equals = pair.indexOf('=')
    const name = decode(equals === -1 ? pair : pair.slice(0, equals))
    if (name === undefined) throw unreadable('body', 'expected percent-encoded UTF-8 in the name of each field')
    const value = equals === -1 ? '' : decode(pair.slice(equals + 1))
    if (value === undefined) reading.complain(name, 'expected percent-encoded UTF-8')
    reading.set(name, value ?? null)
  }
}

const decode = (text: string): string | undefined => attempt(() => decodeURIComponent(text.replaceAll('+', ' ')))
