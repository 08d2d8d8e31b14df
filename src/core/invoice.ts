// The invoice, whatever tool it comes from: numbers, money and dates, without a float and without a clock. The parsers
// return undefined for what they cannot read; the caller knows the field, and says what was expected.

import { isDeepStrictEqual } from 'node:util'
import { attempt } from './attempt.ts'
import type { Instant } from './clock.ts'
import { differing, emailKeys, type Known, nameKey } from './identity.ts'
import { offsetMsAt } from './time-zone.ts'

export type Invoice = {
  /** As the tool writes it, trimmed. `numberKey` is what numbers are compared by. */
  invoiceNumber: string
  /** The tool's own id of this invoice; null where the number is all there is (generic intake). */
  sourceId: string | null
  customer: Customer
  /** In hundredths, or in thousandths if the currency has those. */
  amountCents: number
  /** ISO 4217, upper case. */
  currency: string
  issuedAt: PlainDate
  dueAt: PlainDate | null
  paidAt: Instant | null
  /** Where to fetch the PDF, if the event did not bring it. */
  pdfUrl: string | null
  /** Differs whenever the tool changed anything about the invoice or its PDF; absent if the tool does not say. */
  revision?: string
}

/** The customer as the tool knows it. */
export type Customer = {
  /** The tool's id of the customer: what a link is made for. */
  ref: string
  /** The portal's id, when the tool knows it. */
  portalId: string | null
  emails: string[]
  name: string | null
  address: string | null
  zipCode: string | null
  city: string | null
  countryCode: string | null
}

/** The details of a customer that no invoice has described. */
export const nothingKnown = { name: null, emails: [], address: null, zipCode: null, city: null, countryCode: null }

const neverIssued = '1970-01-01'

/** An invoice of which only the number can be read. */
export const blankInvoice = (invoiceNumber: string, customerRef: string): Invoice => ({
  invoiceNumber,
  sourceId: null,
  customer: { ref: customerRef, portalId: null, ...nothingKnown },
  amountCents: 0,
  currency: 'EUR',
  issuedAt: neverIssued,
  dueAt: null,
  paidAt: null,
  pdfUrl: null
})

/** Whether only its number is known. */
export const isBlank = ({ issuedAt }: Invoice): boolean => issuedAt === neverIssued

/** `2026-11-20`. A calendar date, without a zone. */
export type PlainDate = string

export const invoiceNumberCharactersMax = 100

// From ISO 4217; all others have two decimals.
const withoutDecimals: ReadonlySet<string> = new Set(
  'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' ')
)
const withThreeDecimals: ReadonlySet<string> = new Set('BHD IQD JOD KWD LYD OMR TND'.split(' '))

/** How many digits an amount has after the dot: at least two, so that no digit that a sender writes there is lost. */
export const decimalsKept = (currency: string): 2 | 3 => (withThreeDecimals.has(currency) ? 3 : 2)

// Nine digits before the dot: more than any invoice has, and far below 2^53 in thousandths.
const amountPattern = /^(-?)(\d{1,9})(?:\.(\d{1,3}))?$/

/**
 * The key of an invoice: one row in the ledger, one invoice in the portal. Numbers that look alike are one: spaces,
 * dashes and full-width letters are folded. Nothing is removed: leading zeros, double spaces and Cyrillic stay apart.
 */
export const numberKey = (invoiceNumber: string): string => {
  const plain = invoiceNumber
    .normalize('NFC')
    .replace(/\p{Zs}/gu, ' ')
    .replace(/[\p{Pd}\u2212]/gu, '-')
    .replace(/[\uff01-\uff5e]/g, wide => String.fromCharCode(wide.charCodeAt(0) - fullWidth))
    .trim()
  return fold(plain)
}

/**
 * The key that earlier versions made; rows whose new keys would have collided kept it. No new key contains the
 * characters that are folded now, so a former key that differs from `numberKey` finds only those rows.
 */
export const formerKey = (invoiceNumber: string): string => fold(invoiceNumber.normalize('NFC').trim())

/** Lower, upper and lower again folds what lower alone keeps apart, such as ß, ẞ and SS. That may decompose letters. */
const fold = (text: string): string => text.toLowerCase().toUpperCase().toLowerCase().normalize('NFC')

// The distance from each ASCII character to its full-width form.
const fullWidth = 0xfee0

/** Trimmed; undefined if it is empty, too long, or has characters that no invoice number has. */
export const parseInvoiceNumber = (text: string): string | undefined => {
  const trimmed = text.trim()
  // In a web address these two would lead elsewhere, however they are encoded.
  if (['.', '..'].includes(numberKey(trimmed))) return undefined
  if (trimmed === '' || [...trimmed].length > invoiceNumberCharactersMax) return undefined
  // Control, format and ignorable characters, line separators, lone surrogates: nobody sees them, so two numbers would
  // look like one.
  return /[\p{Cc}\p{Cf}\p{DI}\p{Zl}\p{Zp}\p{Cs}]/u.test(trimmed) ? undefined : trimmed
}

export const parseAmount = (text: string, currency = 'EUR'): number | undefined => {
  const [, minus, whole, fraction = ''] = amountPattern.exec(text) ?? []
  const decimals = decimalsKept(currency)
  if (whole === undefined || fraction.length > decimals) return undefined
  const amount = Number(whole + fraction.padEnd(decimals, '0'))
  return minus === '-' && amount > 0 ? -amount : amount
}

/** With the decimals that its currency has. */
export const formatAmount = (amount: number, currency = 'EUR'): string => {
  const decimals = decimalsKept(currency)
  const digits = String(Math.abs(amount)).padStart(decimals + 1, '0')
  const whole = `${amount < 0 ? '-' : ''}${digits.slice(0, -decimals)}`
  const fraction = digits.slice(-decimals)
  return withoutDecimals.has(currency) && /^0+$/.test(fraction) ? whole : `${whole}.${fraction}`
}

export const parseDate = (text: string): PlainDate | undefined => {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined
  // Some dates do not exist, such as 30 February.
  return attempt(() => Temporal.PlainDate.from(text, { overflow: 'reject' }).toString())
}

/** The calendar date in a zone. */
export const dateOf = (at: Instant, timeZone: string): PlainDate => {
  const local = new Date(at + offsetMsAt(at, timeZone)).toISOString()
  return local.slice(0, local.indexOf('T'))
}

// Invoices may be dated ahead, or arrive late. Beyond this, someone mistyped the year, or a clock was never set.
const yearsAheadMax = 1
const yearsBackMax = 10

/** Whether an invoice can have been issued on that date. */
export const isPlausible = (issuedAt: PlainDate, today: PlainDate): boolean => {
  const date = Temporal.PlainDate.from(today)
  const isWithin = (earliest: Temporal.PlainDate, latest: Temporal.PlainDate) =>
    Temporal.PlainDate.compare(earliest, issuedAt) <= 0 && Temporal.PlainDate.compare(issuedAt, latest) <= 0
  return isWithin(date.subtract({ years: yearsBackMax }), date.add({ years: yearsAheadMax }))
}

/** An instant with its zone, the portal's zoneless notation in its zone, or a date: noon, so no zone shifts it. */
export const parsePaidAt = (text: string, portalTimeZone: string): Instant | undefined =>
  attempt(() => {
    const local = /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text} 12:00:00` : text
    if (/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/.test(local))
      return Temporal.PlainDateTime.from(local, { overflow: 'reject' }).toZonedDateTime(portalTimeZone)
        .epochMilliseconds
    if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})$/.test(text)) return undefined
    // Whole seconds, because the portal's notation is no finer, and what it shows must equal what was wanted.
    return Math.floor(Temporal.Instant.from(text).epochMilliseconds / 1000) * 1000
  })

/** The portal's notation of an instant: local, without a zone. */
export const formatPaidAt = (at: Instant, portalTimeZone: string): string => {
  const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(portalTimeZone)
  return local.toPlainDateTime().toString({ smallestUnit: 'second' }).replace('T', ' ')
}

const knownOf = ({ name, emails }: Customer): Known => ({ names: [nameKey(name)], emails: emailKeys(emails) })

/** Whether the two may be one customer: nothing in them contradicts it. */
export const mayBeOne = (a: Customer, b: Customer): boolean => differing(knownOf(a), knownOf(b)).length === 0

/**
 * Whether two events are about the same customer: by the portal's id if both know it, otherwise by the tool's. Two
 * senders may use the same numbers for customers and invoices: only the tool's own id of the invoice proves that both
 * mean the same one.
 */
const sameCustomer = ({ sourceId, customer: a }: Invoice, { customer: b }: Invoice): boolean => {
  if (a.portalId !== null && b.portalId !== null) return a.portalId === b.portalId
  const sameRef = a.ref.trim().toLowerCase() === b.ref.trim().toLowerCase()
  return sameRef && (sourceId !== null || mayBeOne(a, b))
}

/** What two events with one number must agree on. Otherwise one of them is another invoice. */
export const sameFacts = (a: Invoice, b: Invoice): boolean => sameTerms(a, b) && sameCustomer(a, b)

/** The same for one invoice from two tools: each has its own ids, so customers are compared by name and address. */
export const mayBeCopy = (a: Invoice, b: Invoice): boolean => {
  const [{ portalId }, { portalId: other }] = [a.customer, b.customer]
  const isOther = portalId !== null && other !== null && portalId !== other
  return sameTerms(a, b) && !isOther && mayBeOne(a.customer, b.customer)
}

const sameTerms = (a: Invoice, b: Invoice): boolean =>
  a.amountCents === b.amountCents && a.currency === b.currency && a.issuedAt === b.issuedAt

/** Whether two values are the same in content, whoever made them. */
export const isSame = (one: unknown, other: unknown): boolean => isDeepStrictEqual(one, other)

/** For a test: the moment and three random digits, so that two samples of one moment differ. Always the same length. */
export const testNumber = (at: Instant, chance: number): string => {
  // Without the option the text would drop trailing zeros.
  const moment = Temporal.Instant.fromEpochMilliseconds(at).toString({ fractionalSecondDigits: 3 })
  return `TEST-${moment.replace(/\D/g, '')}${String(Math.floor(chance * 1000)).padStart(3, '0')}`
}
