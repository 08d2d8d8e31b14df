// What a vendor says about its refusal, fit for a log and for health, which anybody may read: one short line, without
// anything that could be a secret or name a person.

import { attempt } from '../core/attempt.ts'

const charactersMax = 160

/** Null if it says nothing that may be shown. `secret`: what the question was sent with. */
export const vendorWords = (body: string, secret: string | undefined): string | null => {
  const said = messageIn(body)
  if (said === null) return null
  const known = secret ? said.replaceAll(secret, '…') : said
  const words = cleared(known)
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .replace(/…( …)*/g, '…')
    .trim()
  if (!/\p{L}{3}/u.test(words)) return null
  return words.length <= charactersMax ? words : `${words.slice(0, charactersMax - 1).toWellFormed()}…`
}

/** Without addresses, quotations, and words that are in no dictionary: keys, masked keys, ids, long numbers. */
const cleared = (text: string): string =>
  text
    .replace(/(^|[\s(])(["'`])[^"'`]*\2(?=$|[\s.,;:)])/g, '$1…')
    .split(/(\s+)/)
    .map(part => (isTelling(part) ? `…${/[.,;:!)]?$/.exec(part)?.[0] ?? ''}` : part))
    .join('')

const isTelling = (part: string): boolean =>
  /@|:\/\/|\*/.test(part) || /\d{4}/.test(part) || (part.length >= 8 && /\d/.test(part)) || part.length > 40

/** Looks where APIs put it; a page of HTML says nothing. */
const messageIn = (body: string): string | null => {
  const { error, message, error_description, detail } = recordOf(attempt(() => JSON.parse(body)))
  const candidates = [recordOf(error).message, error_description, message, detail, error, recordOf(error).code]
  return candidates.find((found): found is string => typeof found === 'string' && found !== '') ?? null
}

const recordOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
