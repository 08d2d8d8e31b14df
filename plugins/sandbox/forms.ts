// Exactly what may be posted. Unknown fields are refused by name, as a strict server would, and an answer names all
// problems of a form at once.

import { z } from 'zod'
import { attempt } from '../../src/core/attempt.ts'
import { orders } from './listing.ts'
import { PortalError, type Problems } from './portal-error.ts'
import { ways } from './ways.ts'

export const requestsPerMinuteMax = 1_000_000

const says = (expected: string) => ({
  error: (issue: { input?: unknown }) => (issue.input === undefined ? 'is required' : expected)
})

const Text = z.string(says('must be text')).max(255, 'is longer than 255 characters').regex(/\S/, 'is required')

const CalendarDate = z.iso.date(says('must be a date that exists, written YYYY-MM-DD'))

const Amount = z
  .string(says('must be text'))
  .regex(/^-?(0|[1-9]\d{0,8})\.\d{2}$/, 'must be a decimal with a dot and two decimals, such as 12.95')
  .refine(amount => amount !== '-0.00', 'must not be less than nothing')

/** Local, without a zone. */
const PaidAt = z.string(says('must be text')).refine(isLocalTime, 'must be written YYYY-MM-DD HH:mm:ss and exist')

export const InvoiceForm = z.strictObject({
  customerId: Text,
  invoiceNumber: Text,
  issuedAt: CalendarDate,
  amount: Amount,
  paidAt: PaidAt.optional(),
  sendNotification: z.string().optional()
})
export type InvoiceForm = z.output<typeof InvoiceForm>

export const PaidForm = z.strictObject({ paidAt: PaidAt })

const CountryCode = z.string(says('must be text')).regex(/^[A-Z]{2}$/, 'must be two capitals, such as NL')

const customerFields = {
  companyName: Text,
  address: Text,
  zipCode: Text,
  city: Text,
  primaryEmail: z.email(says('must be an e-mail address'))
}

export const CustomerForm = z.strictObject({ ...customerFields, countryCode: CountryCode.default('NL') })

export const CustomerEdit = z
  .strictObject(customerFields)
  .partial()
  .refine(edit => Object.keys(edit).length > 0, 'needs at least one field')

export const ListQuery = z.strictObject({
  page: z
    .string(says('must be given once'))
    .regex(/^[1-9]\d{0,8}$/, 'must be the number of a page')
    .transform(Number)
    .default(1)
})

/** An invoice that a person made in the portal. It may have values that the API refuses, and a date in the past. */
export const ByHand = z.strictObject({
  customerId: Text,
  invoiceNumber: Text,
  issuedAt: CalendarDate,
  amount: Amount,
  dueAt: CalendarDate.optional(),
  paidAt: PaidAt.optional(),
  createdAt: z.iso.datetime({ offset: true, error: 'must be an instant with its zone' }).optional()
})
export type ByHand = z.output<typeof ByHand>

export const Settings = z.strictObject({
  order: z.enum(orders),
  /** Per token, in any sixty seconds. */
  requestsPerMinute: z.int().min(0).max(requestsPerMinuteMax),
  /** Which form of sendNotification is accepted: true and false, or 1 and 0. The documentation does not say. */
  notificationForm: z.enum(['words', 'digits']),
  /** Whether a number that already exists is refused. The documentation mentions no such rule. */
  uniqueNumbers: z.boolean(),
  /** Whether zero and negative amounts are accepted. */
  negativeAmounts: z.boolean(),
  ...ways
})
export type Settings = z.output<typeof Settings>

export const SettingsEdit = Settings.partial()

/** Returns the parsed input, or throws a 422 that names every wrong field. */
export const read = <S extends z.ZodType>(schema: S, input: unknown): z.output<S> => {
  const { data, problems } = judge(schema, input)
  if (problems.size > 0) throw refusal(problems)
  return data as z.output<S>
}

/** Reasons by field. */
export type ProblemList = Map<string, string[]>

export const addProblem = (problems: ProblemList, field: string, reason: string) => {
  problems.set(field, [...(problems.get(field) ?? []), reason])
}

export const refusal = (problems: ProblemList): PortalError =>
  new PortalError(422, { errors: Object.fromEntries(problems) satisfies Problems })

export const judge = <S extends z.ZodType>(schema: S, input: unknown) => {
  const problems: ProblemList = new Map()
  const { data, error } = schema.safeParse(input)
  for (const issue of error?.issues ?? []) {
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys) addProblem(problems, [...issue.path, key].join('.'), 'is not a known field')
    } else {
      addProblem(problems, issue.path.join('.') || 'body', issue.message)
    }
  }
  return { data, problems }
}

function isLocalTime(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/.test(text)) return false
  // Temporal reads a leap second as the second before it, whatever `overflow` says.
  return !text.endsWith(':60') && attempt(() => Temporal.PlainDateTime.from(text, { overflow: 'reject' })) !== undefined
}
