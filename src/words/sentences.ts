// What the bridge says to programs, and keeps: problems of fields, why an invoice waits, what `check` found. Those
// sentences are English wherever they are made, logged, answered and kept, so each is its own key. They are translated
// when a person reads them, however long ago they were kept.

import { networkCodes, withMeanings } from './network-codes.ts'
import { fields } from './nl-fields.ts'
import { findings } from './nl-findings.ts'
import { holds } from './nl-holds.ts'
import type { Language } from './words.ts'

/**
 * In English `{sentence}` stands for another sentence, `{word}` for a value without a blank, `{facts}` for what an
 * invoice says, one or several, and `{}` for any value or sentence. The other language has them in the same order, each
 * as `{}`.
 */
type Sentences = readonly (readonly [english: string, dutch: string])[]

const joined: Sentences = [
  ['{sentence}: {sentence}', '{}: {}'],
  ['{sentence}; {sentence}', '{}; {}'],
  ['{sentence}, {sentence}', '{}, {}'],
  // Where it went wrong: an address.
  ['{sentence} ({word})', '{} ({})']
]

export const sentences: Sentences = [...holds, ...fields, ...findings, ...joined]

// Not sentences: by the same names a sender writes fields, and those stay as they are.
const facts = new Map([
  ['customer', 'klant'],
  ['customerId', 'klant'],
  ['amount', 'bedrag'],
  ['date', 'datum'],
  ['issuedAt', 'datum'],
  ['invoiceNumber', 'nummer'],
  ['PDF', 'pdf']
])

/** Null: these words are not ours, or are not translated into this language. */
export const sentenceIn = (language: Language, english: string): string | null => {
  const dutch = english.length > charactersMax ? null : dutchFor(english)
  return dutch === null ? null : withMeanings(language, language === 'en' ? english : dutch)
}

// Longer than any of ours with its values. Others' words may be of any length.
const charactersMax = 600

const value = /\{(?:word|sentence|facts)?\}/
const values = new RegExp(value, 'g')

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

const patternOf = (english: string): RegExp => {
  const kinds = (english.match(values) ?? []).map(kind => (kind === '{word}' ? '(\\S+)' : '(.+)'))
  const parts = english.split(value).map((part, at) => (kinds[at - 1] ?? '') + escaped(part))
  return new RegExp(`^${parts.join('')}$`, 's')
}

// A code of the network may be all that is known.
const codes = networkCodes.map(code => [code, code] as const)

const whole = new Map([...sentences.filter(([english]) => !value.test(english)), ...codes])

const made = sentences
  .filter(([english]) => value.test(english))
  .map(([english, dutch]) => ({
    pattern: patternOf(english),
    // Searched for first, because a page has hundreds of sentences, and this takes a fifth of the time.
    longest: english.split(value).reduce((one, other) => (other.length > one.length ? other : one)),
    kinds: english.match(values) ?? [],
    parts: dutch.split('{}')
  }))

// Our sentences nest three deep. Others' words could be taken apart for ever.
const depthMax = 4

const dutchFor = (english: string, depth = 1): string | null => {
  const known = whole.get(english)
  if (known !== undefined || depth > depthMax) return known ?? null
  for (const { pattern, longest, kinds, parts } of made) {
    if (!english.includes(longest)) continue
    const found = pattern.exec(english)?.slice(1)
    const said = found?.map((text, at) => {
      if (kinds[at] === '{word}') return text
      if (kinds[at] === '{facts}') return text.replace(/\w+/g, name => facts.get(name) ?? name)
      return dutchFor(text, depth + 1) ?? (kinds[at] === '{sentence}' ? null : text)
    })
    if (said && !said.includes(null)) return parts.reduce((text, part, at) => text + said[at - 1] + part)
  }
  return labelled(english, depth)
}

/** A field or a code, and what is the matter with it. */
const labelled = (english: string, depth: number): string | null => {
  const [, label, rest = ''] = /^([\w.:@/-]+): (.+)$/s.exec(english) ?? []
  const dutch = label === undefined ? null : dutchFor(rest, depth + 1)
  return dutch === null ? null : `${label}: ${dutch}`
}
