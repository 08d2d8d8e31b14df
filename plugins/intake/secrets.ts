// The setting that senders must match: one secret, or several while one replaces another. A pasted mistake is
// reported here, at startup, and not by every webhook that fails later. No message contains the value.

import { z } from 'zod'

const secretCharactersMin = 16

// Standard Webhooks asks for 24; some tools make 16. Less could be guessed.
const keyBytesMin = 16

const paddedBase64 = /^[A-Za-z0-9+/]+={0,2}$/

const expected = `expected whsec_… or any text of at least ${secretCharactersMin} characters`

export const secrets = z.string(expected).transform((text, context): string[] => {
  const entries = text
    .split(',')
    .map(entry => entry.trim())
    .filter(entry => entry !== '')
  const mistake = entries.length === 0 ? expected : mistakeIn(entries)
  if (mistake === undefined) return entries
  context.addIssue({ code: 'custom', message: mistake })
  return z.NEVER
})

const mistakeIn = (entries: string[]): string | undefined => {
  // The comma in a pasted `v1,whsec_…` has split it by now, as if it were a list.
  if (entries.some(entry => /^v1a?$/.test(entry))) return 'starts with v1,: copy only the part from whsec_ on'
  const mistakes = entries.map(mistakeOf)
  const at = mistakes.findIndex(mistake => mistake !== undefined)
  if (at === -1) return undefined
  return entries.length === 1 ? mistakes[at] : `secret ${at + 1} of ${entries.length}: ${mistakes[at]}`
}

/** The mistake in one secret. */
export const mistakeOf = (entry: string): string | undefined => {
  if (/^wh[ps]k_/.test(entry)) return 'is a key for v1a signatures, which the bridge does not take: use whsec_…'
  if (!entry.startsWith('whsec_')) return entry.length < secretCharactersMin ? expected : undefined
  const encoded = entry.slice('whsec_'.length)
  const letters = encoded.replace(/=+$/, '').length
  const complete = letters % 4 !== 1 && (letters === encoded.length || encoded.length % 4 === 0)
  if (!paddedBase64.test(encoded) || !complete) return 'is not base64 after whsec_: copy the whole secret again'
  if (Buffer.byteLength(encoded, 'base64') < keyBytesMin) return `is shorter than ${keyBytesMin} bytes after whsec_`
  return undefined
}
