// Whether two numbers may be one: a portal, or a person, may write a number differently from how it was sent.

import { numberKey } from './invoice.ts'

/** Whether `shown` may be `sent` as a system stored it: escaped, cut, padded, or without its punctuation. */
export const isSpelling = (shown: string | null, sent: string): boolean =>
  shown !== null && (bare(shown) === bare(sent) || isCut(shown, sent))

/** Whether `shown` is only the beginning of `whole`. */
export const isCut = (shown: string | null, whole: string): boolean => {
  if (shown === null) return false
  const [a, b] = [bare(shown), bare(whole)]
  return a !== b && a.length >= cutMin && b.startsWith(a)
}

// A number cut shorter than this proves nothing.
const cutMin = 4

const bare = (number: string): string =>
  numberKey(number)
    .replace(/&#(\d+);|&\w+;/g, (_, code?: string) => (code ? String.fromCodePoint(Number(code) % 0x10000) : ''))
    .replace(/[^\p{L}\p{N}]/gu, '')
    .replace(/^0+/, '')
