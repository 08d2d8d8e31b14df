// Fields of an invoice as schemas, for whatever a source sends. Their messages name what was expected, never what was
// there.

import { z } from 'zod'
import { invoiceNumberCharactersMax, parseAmount, parseInvoiceNumber } from '../core/invoice.ts'

/** Text, in the form that `parse` accepts. */
export const parsed = <T>(parse: (text: string) => T | undefined, expected: string) =>
  z.string(expected).transform((text, context): T => {
    const value = parse(text)
    if (value !== undefined) return value
    context.addIssue({ code: 'custom', message: expected })
    return z.NEVER
  })

export const invoiceNumber = parsed(
  parseInvoiceNumber,
  `expected 1 to ${invoiceNumberCharactersMax} visible characters, and neither . nor ..`
)

/**
 * An amount of a tool that writes a dot before its decimals, and nowhere else: then zeros at its end say nothing. From
 * anybody else, 1.000 might be a thousand.
 */
export const parseDecimal = (text: string, currency?: string): number | undefined =>
  parseAmount(text.replace(/(?<=\.\d\d\d*)0+$/, ''), currency)

export const dateExpected = 'expected a date such as 2026-11-20'

// PostgreSQL cannot keep a NUL in a text, and no sender means one.
const isKeepable = (text: string): boolean => !text.includes('\0')

/** Text that decides something, as the tool has it. */
export const kept = (expected: string) => z.string(expected).refine(isKeepable, expected)

/** Text that only describes. If it cannot be read, it is null: an invoice does not wait for a name. */
export const description = z
  .unknown()
  .optional()
  .transform(given => {
    if (typeof given === 'number') return String(given)
    return (typeof given === 'string' && isKeepable(given) && given.trim()) || null
  })

/** Matches a text that is the portal's own id of a customer, and nothing else. */
export const portalIdPattern = /^cst_[A-Za-z0-9_]{1,96}$/

export const isEmail = (text: string): boolean => /^[^\s@]+@[^\s@]+$/.test(text)

/** Several in one text, as people type them. */
export const emailsIn = (text: string | null | undefined): string[] =>
  (text ?? '')
    .split(/[;,]/)
    .map(email => email.trim())
    .filter(isEmail)

/** Null: a country by its name, or none. */
export const countryCodeIn = (text: string | null | undefined): string | null => {
  const country = text?.toUpperCase() ?? ''
  return /^[A-Z]{2}$/.test(country) ? country : null
}

/** The first thing that is wrong; the others often follow from it. */
export const problemIn = ({ issues: [issue] }: z.ZodError): string =>
  [issue?.path.join('.'), issue?.message].filter(Boolean).join(': ')
