// What the portal answers. Fields may be missing or new; but where a wrong reading would look like "not there" or "not
// paid", the answer is unreadable instead: from those two the bridge concludes that it must send.

import { z } from 'zod'
import { attempt } from '../core/attempt.ts'
import type { Instant } from '../core/clock.ts'
import { parseAmount, parseDate } from '../core/invoice.ts'

// No database keeps a NUL in a text.
const text = z
  .string()
  .nullish()
  .transform(value => value?.replaceAll('\0', '\ufffd') || null)

const instantOf = (value: string): Instant | undefined => attempt(() => Temporal.Instant.from(value).epochMilliseconds)

/** The bridge judges only the order of the list by it; without it the bridge reads everything. */
const createdAt = text.transform(value => (value === null ? null : (instantOf(value) ?? null)))

/** A time of payment that we cannot read does not mean unpaid: a second mark can ripple into a bookkeeping. */
const paidAt = text.transform((value, context): Instant | null => {
  if (value === null) return null
  const at = instantOf(value)
  if (at !== undefined) return at
  context.addIssue('a time that cannot be read')
  return z.NEVER
})

/**
 * Zeros after the cents change nothing. Other digits there, an exponent or a comma do, and the bridge does not guess.
 * An amount that cannot be read equals no other, so an invoice found with it goes to a person.
 */
const amount = text.transform(value =>
  value === null ? null : (parseAmount(value.trim().replace(/(\.\d\d)0+$/, '$1')) ?? null)
)

const halfADay = 12 * 3_600_000
const dateCharacters = 10

/**
 * A date may come with a time, as elsewhere in this portal: midnight, in the portal's time zone or in UTC. Any other
 * time stays as it is and equals no date, so that a person looks.
 */
const issuedAt = text.transform(value => {
  const midnight = /^(\d{4}-\d\d-\d\d)[T ](00|22|23):00(?::00(?:\.0+)?)?(Z|[+-]\d\d:?\d\d)?$/.exec(value ?? '')
  if (value === null || midnight === null) return value
  const [, day = '', hour, zone = ''] = midnight
  if (hour === '00') return parseDate(day) ?? value
  const at = /^(Z|[+-]00:?00)$/.test(zone) ? instantOf(value) : undefined
  return at === undefined ? value : new Date(at + halfADay).toISOString().slice(0, dateCharacters)
})

const id = z.string().regex(/^[^\0]+$/)

export const invoiceEntry = z
  .object({
    id,
    customerId: text,
    // One entry without it does not stop the bridge from reading the others; a list without any is unreadable
    // (reader.ts).
    invoiceNumber: text,
    issuedAt,
    amount,
    currency: text,
    paidAt,
    createdAt
  })
  .transform(({ amount: amountCents, ...others }) => ({ ...others, amountCents }))

/** Shown to a person, and kept nowhere. */
const paymentLink = z.object({
  links: z
    .object({ onlinePaymentLink: z.object({ href: z.url({ protocol: /^https$/ }) }) })
    .optional()
    .catch(undefined)
    .transform(links => links?.onlinePaymentLink.href ?? null)
})

export const linkedInvoiceEntry = z.intersection(
  invoiceEntry,
  paymentLink.transform(({ links }) => ({ paymentLink: links }))
)

export const customerEntry = z.object({
  id,
  companyName: text,
  primaryEmail: text,
  address: text,
  zipCode: text,
  city: text,
  countryCode: text,
  integration: text,
  createdAt
})

/** What the portal bills its owner. Only shown, never computed with: its amounts stay the digits they are. */
export type PortalBill = z.output<typeof PortalBill>
export const PortalBill = z.object({
  id,
  invoiceNumber: text,
  issuedAt: text,
  currency: text,
  subtotalAmount: text,
  vatAmount: text,
  totalAmount: text,
  isPaid: z
    .boolean()
    .nullish()
    .transform(value => value ?? null)
})

export type Page<T> = { items: T[]; more: boolean }

/**
 * Of `next_page_url` the bridge reads only whether it is null: the vendor's examples end it in a stray comma. The same
 * framework also puts it under `links`. If it is missing, there may be more, and an empty page ends the list.
 */
export const pageOf = <T extends z.ZodType>(entry: T) =>
  z
    .object({
      data: z.array(z.preprocess(unwrapped, entry)),
      next_page_url: z.unknown().optional(),
      links: z.object({ next: z.unknown().optional() }).optional().catch(undefined)
    })
    .transform(({ data, next_page_url, links }): Page<z.output<T>> => {
      const next = next_page_url === undefined ? links?.next : next_page_url
      return { items: data, more: data.length > 0 && next !== null }
    })

/** A single object may come as `{"data": …}`, the default of that framework. */
const unwrapped = (json: unknown): unknown => {
  const { id, data } = (json ?? {}) as { id?: unknown; data?: unknown }
  const isWrapped = id === undefined && typeof data === 'object' && data !== null && !Array.isArray(data)
  return isWrapped ? data : json
}

export const single = <T extends z.ZodType>(schema: T) => z.preprocess(unwrapped, schema)

// Documented as text, shown as JSON numbers elsewhere. An invoice number must not lose a digit either.
const keptAsDigits = /^(invoiceNumber|amount|\w+Amount)$/

// What node's types do not know yet: the third argument holds the value as it is written.
type Reviver = (key: string, value: unknown, written: { source?: string }) => unknown
const parse = JSON.parse as (body: string, reviver: Reviver) => unknown

/** JSON in which amounts never pass through a float: `12.10` stays `12.10`. Throws what JSON.parse throws. */
export const parseJson = (body: string): unknown =>
  parse(body, (key, value, { source }) => (typeof value === 'number' && keptAsDigits.test(key) ? source : value))

const rawJson = (JSON as unknown as { rawJSON: (digits: string) => object }).rawJSON

/** As it came, for a person to read: every field, and every number by its digits. Throws what JSON.parse throws. */
export const indented = (body: string): string =>
  JSON.stringify(
    parse(body, (_key, value, { source = '' }) => (typeof value === 'number' ? rawJson(source) : value)),
    null,
    2
  )

export type Parsed<T> = { value: T } | { problem: string }

/** The problem names fields, never their values. */
export const read = <T extends z.ZodType>(schema: T, body: string): Parsed<z.output<T>> => {
  const json = attempt(() => parseJson(body))
  // The parser's reason would quote the body.
  if (json === undefined) return { problem: 'not JSON' }
  const { success, data, error } = schema.safeParse(json)
  if (success) return { value: data }
  const fields = error.issues.slice(0, 3).map(({ path }) => path.join('.') || 'not an object')
  return { problem: fields.join(', ') }
}

/** The answer to a write: an id alone proves it. If the rest cannot be read, the rest is null. Null: no id. */
export const readWritten = <T extends z.ZodType>(schema: T, body: string): z.output<T> | null => {
  const known = read(single(z.looseObject({ id })), body)
  if ('problem' in known) return null
  const whole = schema.safeParse(known.value)
  return whole.success ? whole.data : schema.parse({ id: known.value.id })
}
