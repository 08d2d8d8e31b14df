// The words of a language, and how it writes amounts, dates and times.

import { en, type Words } from './en.ts'
import { nl } from './nl.ts'

export type { Words } from './en.ts'

export const languages = ['nl', 'en'] as const
export type Language = (typeof languages)[number]

export const words: Record<Language, Words> = { nl, en }

export const isLanguage = (text: unknown): text is Language => languages.some(language => language === text)

/** The first language that a browser asks for, by its `accept-language`, and that we speak. */
export const languageIn = (accepted: string | undefined): Language => {
  const asked = (accepted ?? '')
    .split(',', askedMax)
    .map(part => /^\s*([a-z]{2})\b[^;]*(?:;\s*q=([\d.]+))?/i.exec(part))
    .flatMap(found => (found ? [{ language: found[1]!.toLowerCase(), weight: Number(found[2] ?? 1) }] : []))
    .sort((a, b) => b.weight - a.weight)
  for (const { language } of asked) if (isLanguage(language)) return language
  return 'en'
}

// Nobody speaks more than this, but a header may be long.
const askedMax = 20

export interface Formats {
  /** `121.00` and `EUR`. */
  money: (amount: string, currency: string) => string
  /** A date of the calendar, `2026-11-20`. */
  date: (date: string) => string
  /** An instant, as the API has it. */
  time: (at: string) => string
  count: (count: number) => string
}

const cached = new Map<string, Formats>()

/** Times in a zone, the portal's. */
export const formatsOf = (language: Language, timeZone: string): Formats => {
  const key = `${language} ${timeZone}`
  const formats = cached.get(key) ?? createFormats(words[language].locale, timeZone)
  cached.set(key, formats)
  return formats
}

const createFormats = (locale: string, timeZone: string): Formats => {
  const dates = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' })
  const times = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', timeZone })
  const counts = new Intl.NumberFormat(locale)
  const currencies = new Map<string, Intl.NumberFormat>()
  const currencyOf = (currency: string): Intl.NumberFormat => {
    const found = currencies.get(currency) ?? new Intl.NumberFormat(locale, { style: 'currency', currency })
    if (currencies.size < currenciesMax) currencies.set(currency, found)
    return found
  }
  return {
    money: (amount, currency) =>
      // To Intl any three capitals are a currency; it reads the digits of the text, without a float.
      /^[A-Z]{3}$/.test(currency) ? currencyOf(currency).format(amount as never) : `${amount} ${currency}`,
    date: date => (/^\d{4}-\d\d-\d\d$/.test(date) ? dates.format(Date.parse(`${date}T00:00:00Z`)) : date),
    time: at => times.format(Date.parse(at)),
    count: count => counts.format(count)
  }
}

const currenciesMax = 200
