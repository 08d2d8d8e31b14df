// The fields of the generic intake, judged all at once, so that the builder of a flow can correct them in one go. Every
// value may arrive as text, and an empty text is no value. Problems say what was expected, never what was sent.

import { z } from 'zod'
import { BridgeError, type Problem } from '../../src/core/errors.ts'
import {
  type Customer,
  decimalsKept,
  type Invoice,
  parseAmount,
  parseDate,
  parsePaidAt
} from '../../src/core/invoice.ts'
import { nearest } from '../../src/core/nearest.ts'
import { dateExpected, invoiceNumber, parsed, portalIdPattern } from '../../src/tools/fields.ts'
import type { BodyFields } from './body-fields.ts'

const textCharactersMax = 255
const emailsCharactersMax = 1024
const urlCharactersMax = 2048

export type FieldsOptions = {
  /** For times without a zone: the portal's. */
  timeZone: string
  /** Whether the portal mails the customer when the sender does not say. */
  sendNotification: boolean
}

export type Judge = (reading: BodyFields) => { invoice: Invoice; notify: boolean }

/** `judge` throws FIELDS_INVALID with every problem, those of the reading first. */
export const openFields = ({ timeZone, sendNotification }: FieldsOptions): Judge => {
  const schemas = { 2: fieldsOf(timeZone, 'EUR'), 3: fieldsOf(timeZone, 'KWD') }

  return reading => {
    const given = Object.fromEntries([...reading.values].filter(([, value]) => value !== null && value !== ''))
    const parsed = schemas[decimalsKept(String(given.currency).toUpperCase())].safeParse(given)
    const problems = withoutRepeats([
      ...reading.problems,
      ...(parsed.error?.issues ?? []).flatMap(issue => problemsOf(issue, given)),
      ...contradictions(given, reading)
    ])
    if (problems.length > 0 || !parsed.success) throw new BridgeError('FIELDS_INVALID', undefined, { problems })
    const { sendNotification: notify = sendNotification, ...fields } = parsed.data
    return { invoice: invoiceOf(fields), notify }
  }
}

const parseText = (text: string): string | undefined => {
  const trimmed = text.trim()
  const short = trimmed !== '' && [...trimmed].length <= textCharactersMax
  return short && !/\p{Cc}/u.test(trimmed) ? trimmed : undefined
}

const matching = (pattern: RegExp) => (text: string) => (pattern.test(text) ? text : undefined)

const parseEmails = (text: string): string[] | undefined => {
  const emails = text
    .split(/[;,]/)
    .map(email => email.trim())
    .filter(email => email !== '')
  const plausible = emails.length > 0 && text.length <= emailsCharactersMax
  return plausible && emails.every(email => /^[^\s@<>"\p{Cc}]+@[^\s@<>"\p{Cc}]+$/u.test(email)) ? emails : undefined
}

/** Whether the bridge may fetch from this address is decided when it does. */
const parseUrl = (text: string): string | undefined => {
  const url = text.length <= urlCharactersMax && !/[\s\p{Cc}]/u.test(text) ? URL.parse(text) : null
  if (!url || !/^https?:$/.test(url.protocol)) return undefined
  return url.username === '' && url.password === '' ? text : undefined
}

/** Some languages write booleans with a capital. */
const parseBoolean = (text: string): boolean | undefined => {
  if (/^(true|1)$/i.test(text)) return true
  return /^(false|0)$/i.test(text) ? false : undefined
}

const text = () =>
  parsed(parseText, `expected at most ${textCharactersMax} characters, none of them a control character`)

const yesOrNo = 'expected true or false'

const decimals = { 2: 'two', 3: 'three' }

/** `currency`: any one with the right number of decimals. */
const fieldsOf = (timeZone: string, currency: string) =>
  z.strictObject({
    invoiceNumber,
    issuedAt: parsed(parseDate, dateExpected),
    amount: parsed(
      input => parseAmount(input, currency),
      `expected an amount such as 121.00, with a dot and at most ${decimals[decimalsKept(currency)]} decimals`
    ),
    currency: parsed(matching(/^[A-Za-z]{3}$/), 'expected three letters such as EUR').default('EUR'),
    dueAt: parsed(parseDate, dateExpected).optional(),
    paidAt: parsed(
      input => parsePaidAt(input, timeZone),
      'expected 2026-11-20T12:00:00Z, 2026-11-20 12:00:00 or 2026-11-20'
    ).optional(),
    customerId: parsed(matching(portalIdPattern), 'expected the id of the portal, cst_…').optional(),
    customerRef: text().optional(),
    customerEmail: parsed(parseEmails, 'expected an e-mail address, or several with ; between them').optional(),
    customerName: text().optional(),
    customerAddress: text().optional(),
    customerZipCode: text().optional(),
    customerCity: text().optional(),
    customerCountryCode: parsed(matching(/^[A-Za-z]{2}$/), 'expected two letters such as NL').optional(),
    sendNotification: z.union([z.boolean(), parsed(parseBoolean, yesOrNo)], yesOrNo).optional(),
    pdfUrl: parsed(
      parseUrl,
      `expected an address with https and without a password, at most ${urlCharactersMax} characters`
    ).optional()
  })

type Fields = z.output<ReturnType<typeof fieldsOf>>

export const names = [...Object.keys(fieldsOf('UTC', 'EUR').shape), 'pdf']

const customerNames = ['customerId', 'customerRef', 'customerEmail', 'customerName']

const problemsOf = (issue: z.core.$ZodIssue, given: object): Problem[] => {
  if (issue.code === 'unrecognized_keys') return issue.keys.map(unknownField)
  const field = String(issue.path[0])
  return [{ field, message: Object.hasOwn(given, field) ? issue.message : `missing; ${issue.message}` }]
}

const unknownField = (field: string): Problem => {
  if (field === 'pdf') return { field, message: 'expected a file in multipart/form-data, or base64 text in JSON' }
  const meant = nearest(field, names)
  return { field, message: meant ? `unknown; did you mean ${meant}?` : `unknown; known are ${names.join(', ')}` }
}

/** Problems that concern several fields. A field that is itself wrong counts as given. */
const contradictions = (given: object, { document, problems }: BodyFields): Problem[] => {
  const isGiven = (field: string) => Object.hasOwn(given, field) || problems.some(problem => problem.field === field)
  const found: Problem[] = []
  if (!customerNames.some(isGiven))
    found.push({ field: 'customerId', message: `missing; expected one of ${customerNames.join(', ')}` })
  const hasPdf = document !== null || isGiven('pdf')
  if (hasPdf && isGiven('pdfUrl')) found.push({ field: 'pdfUrl', message: 'expected either pdf or pdfUrl, not both' })
  if (!hasPdf && !isGiven('pdfUrl')) found.push({ field: 'pdf', message: 'missing; expected pdf or pdfUrl' })
  return found
}

/** When the reader finds a field wrong, the schema also finds it missing. */
const withoutRepeats = (problems: Problem[]): Problem[] =>
  problems.filter(({ field }, at) => problems.findIndex(problem => problem.field === field) === at)

const invoiceOf = (fields: Omit<Fields, 'sendNotification'>): Invoice => ({
  invoiceNumber: fields.invoiceNumber,
  sourceId: null,
  customer: customerOf(fields),
  amountCents: fields.amount,
  currency: fields.currency.toUpperCase(),
  issuedAt: fields.issuedAt,
  dueAt: fields.dueAt ?? null,
  paidAt: fields.paidAt ?? null,
  pdfUrl: fields.pdfUrl ?? null
})

const customerOf = (fields: Omit<Fields, 'sendNotification'>): Customer => {
  const { customerRef, customerId, customerEmail: emails = [], customerName } = fields
  const ref = customerRef ?? emails[0]?.toLowerCase() ?? customerId ?? customerName
  if (ref === undefined) throw new Error('bug: an invoice without a customer passed')
  return {
    ref,
    portalId: customerId ?? null,
    emails,
    name: customerName ?? null,
    address: fields.customerAddress ?? null,
    zipCode: fields.customerZipCode ?? null,
    city: fields.customerCity ?? null,
    countryCode: fields.customerCountryCode?.toUpperCase() ?? null
  }
}
