// Whether two numbers may be one: a portal may store a number otherwise than it was told, and so may a person.

import { numberKey } from './invoice.ts'

/** Whether a number may be another one as a system stored it: escaped, cut, filled up, or without its signs. */
export const isSpelling = (shown: string | null, sent: string): boolean => {
  if (shown === null) return false
  const [a, b] = [bare(shown), bare(sent)]
  return a === b || (a.length >= cutMin && b.startsWith(a))
}

// A number that was cut to less tells nothing.
const cutMin = 4

const bare = (number: string): string =>
  numberKey(number)
    .replace(/&#(\d+);|&\w+;/g, (_, code?: string) => (code ? String.fromCodePoint(Number(code) % 0x10000) : ''))
    .replace(/[^\p{L}\p{N}]/gu, '')
    .replace(/^0+/, '')
