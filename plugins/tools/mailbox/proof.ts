// What proves that a mail may bring an invoice: it was sent to an address that no one can guess, and the host that
// received it vouches for its sender. Anyone may have written the headers below that host's own.

import { isEmail } from '../../../src/tools/fields.ts'
import type { Settings } from './settings.ts'

/** In the order of the mail; names in lower case, values on one line. */
export type Headers = { name: string; value: string }[]

/** Headers with the addresses that a mail was sent to. In a blind copy, the receiving host adds its own address. */
export const addressing = ['to', 'cc', 'bcc', 'delivered-to', 'x-original-to', 'envelope-to', 'x-envelope-to']

const results = 'authentication-results'

// Each host that receives a mail writes one above everything that came with it.
const received = 'received'

/** The headers that the bridge reads. */
export const headersRead = [...addressing, results, received, 'message-id']

export const headersIn = (bytes: Uint8Array): Headers =>
  Buffer.from(bytes)
    .toString()
    .replace(/\r?\n[ \t]/g, ' ')
    .split(/\r?\n/)
    .flatMap(line => {
      const [, name, value] = /^([\x21-\x39\x3b-\x7e]+):(.*)$/s.exec(line) ?? []
      return name === undefined ? [] : [{ name: name.toLowerCase(), value: value?.trim() ?? '' }]
    })

/** Every address in these headers, in lower case. */
export const addressesIn = (headers: Headers, names: readonly string[]): string[] =>
  headers
    .filter(({ name }) => names.includes(name))
    .flatMap(({ value }) => value.toLowerCase().split(/[\s<>,;:"()[\]]+/))
    .filter(isEmail)

type Rules = Pick<Settings, 'EMAIL_ADDRESS' | 'EMAIL_SENDERS' | 'EMAIL_RECEIVER'>

/** What is missing, in words; null: nothing. */
export const lacking = (headers: Headers, { EMAIL_ADDRESS, EMAIL_SENDERS, EMAIL_RECEIVER }: Rules): string | null => {
  if (EMAIL_ADDRESS !== undefined && !addressesIn(headers, addressing).includes(EMAIL_ADDRESS.toLowerCase()))
    return 'it was not sent to EMAIL_ADDRESS'
  if (EMAIL_SENDERS === undefined || EMAIL_RECEIVER === undefined) return null
  const found = resultsOf(EMAIL_RECEIVER, headers)
  if (found === null) return 'it has no Authentication-Results of EMAIL_RECEIVER'
  const passed = found.flat().flatMap(domainsPassed)
  const isKnown = (domain: string) => EMAIL_SENDERS.some(name => domain === name || domain.endsWith(`.${name}`))
  return passed.some(isKnown) ? null : 'EMAIL_RECEIVER does not vouch for a sender that is among EMAIL_SENDERS'
}

/**
 * The clauses of each of the host's own headers, topmost first. Only the host can write above the first `Received`
 * line. If no such line is below them, or one is above, a sender's may follow directly: then only the topmost counts.
 * Null: there is none.
 */
const resultsOf = (receiver: string, headers: Headers): string[][] | null => {
  const first = headers.findIndex(({ name }) => name === received)
  const clausesIn = (some: Headers) =>
    some
      .filter(({ name }) => name === results)
      .map(({ value }) => clausesOf(value).filter(clause => clause !== ''))
      .filter(([host]) => host?.split(' ')[0] === receiver)
      .map(([, ...clauses]) => clauses)
  const above = first === -1 ? [] : clausesIn(headers.slice(0, first))
  if (above.length > 0) return above
  const [topmost] = clausesIn(headers)
  return topmost ? [topmost] : null
}

/** Without its version. */
const methodOf = (clause: string): string => clause.split(/[ =/]/)[0] ?? ''

/** Without comments and quoted texts: a sender may have written those. */
const clausesOf = (value: string): string[] => {
  let plain = ''
  let depth = 0
  let isQuoted = false
  for (let at = 0; at < value.length; at += 1) {
    const character = value[at]
    if (character === '\\') at += 1
    else if (isQuoted) isQuoted = character !== '"'
    else if (character === '(') depth += 1
    else if (character === ')') depth = Math.max(0, depth - 1)
    else if (character === '"' && depth === 0) isQuoted = true
    else if (depth === 0) plain += character
  }
  // Blanks first: otherwise the last pattern would scan a long run of blanks once for each blank in it.
  const words = plain.toLowerCase().replace(/\s+/g, ' ').replace(/ ?= ?/g, '=')
  return words.split(';').map(clause => clause.trim())
}

/** The properties in which each method names the sender. */
const properties = new Map([
  ['spf', ['smtp.mailfrom']],
  ['dkim', ['header.d', 'header.i']],
  ['dmarc', ['header.from']]
])

/** The domains that a clause says are proven: none when it says two different things. */
const domainsPassed = (clause: string): string[] => {
  const [first = '', ...words] = clause.split(/\s+/)
  const [, result] = first.split('=')
  if (result !== 'pass') return []
  const said = (properties.get(methodOf(clause)) ?? []).map(property =>
    words
      .filter(word => word.startsWith(`${property}=`))
      .map(word =>
        word
          .slice(property.length + 1)
          .split('@')
          .at(-1)
      )
  )
  const domains = new Set(said.find(values => values.length > 0))
  return domains.size === 1 ? [...domains].filter(domain => domain !== undefined) : []
}
