// One schema for each answer of the API. They type the routes, the OpenAPI document has them under the same names, and
// the command line reads answers with them. A new version may add a field, and never takes one away.

import { z } from 'zod'
import { states } from '../core/row.ts'

const text = z.string()
const count = z.int().min(0)
const instant = z.iso.datetime()
const date = z.iso.date()
const amount = z.string().meta({ examples: ['121.00'] })
const maybeText = text.nullable()
const next = maybeText.describe('The `cursor` of the next page; null on the last.')

export const FieldProblem = z.object({ field: text, message: text })

export const Actor = z.object({
  by: maybeText.describe('As they call themselves.'),
  via: z.enum(['page', 'api', 'command line']),
  from: text.describe('Their address.')
})

/** How a tool describes a customer, on an invoice and by itself. */
const contact = {
  emails: z.array(text),
  name: maybeText,
  address: maybeText,
  zipCode: maybeText,
  city: maybeText,
  countryCode: maybeText
}

const howLinked = z.enum(['person', 'email', 'created'])

export const Draft = z.object({
  customerId: maybeText.describe('Null: the customer is created first.'),
  newCustomer: maybeText.describe('The name of the customer that would be created.'),
  invoiceNumber: text,
  issuedAt: date,
  amount,
  paidAt: maybeText.describe("In the portal's notation."),
  sendNotification: z.boolean()
})

export type Invoice = z.infer<typeof Invoice>
export const Invoice = z.object({
  invoiceNumber: text,
  tool: text,
  state: z.enum(states),
  code: maybeText.describe('Why it needs something. docs/errors.md lists all codes.'),
  advice: z.object({ what: text, operator: text }).nullable().describe('What is the matter, and what to do about it.'),
  customer: z.object({ ref: text, portalId: maybeText, ...contact }),
  amount,
  currency: text,
  issuedAt: date,
  dueAt: date.nullable(),
  paidAt: instant.nullable(),
  portalId: maybeText,
  receivedAt: instant,
  deliveredAt: instant.nullable(),
  nextAttemptAt: instant.nullable(),
  attempts: count,
  notify: z.boolean().describe('Whether the portal mails the customer.'),
  test: z.boolean(),
  wouldSend: Draft.nullable().optional().describe('In review: exactly what would be sent.')
})

export type Facts = z.infer<typeof Facts>
export const Facts = z
  .object({
    from: text.describe("A tool, or the portal's id of an invoice."),
    customer: maybeText,
    amount: amount.nullable(),
    currency: maybeText,
    issuedAt: maybeText
  })
  .describe('What two events with one number may differ in.')

export type HistoryEntry = z.infer<typeof HistoryEntry>
export const HistoryEntry = z.looseObject({ at: instant, event: text })

export type WholeInvoice = z.infer<typeof WholeInvoice>
export const WholeInvoice = Invoice.extend({
  detail: maybeText.describe('The last failure in its own words.'),
  unmade: z.boolean().describe('The portal did not make its customer, and is asked once more by `deliver`.'),
  paused: maybeText.describe('Why nothing that waits is sent now.'),
  portalCustomer: z
    .object({
      id: text,
      name: maybeText.describe('As the portal calls it.'),
      how: z.enum(['invoice', ...howLinked.options]).nullable()
    })
    .nullable(),
  pdf: z.object({ bytes: count.nullable(), url: maybeText, byPerson: z.boolean().describe('A person put it there.') }),
  sent: Draft.nullable().describe('What was sent last; null where nothing was, or it is forgotten.'),
  conflict: Facts.nullable().describe('The other facts under its number.'),
  history: z.array(HistoryEntry)
})

export const Pdf = z.string().meta({ contentMediaType: 'application/pdf' })

export type ActedInvoice = z.infer<typeof ActedInvoice>
export const ActedInvoice = Invoice.extend({
  changed: z.boolean().describe('False: there was nothing to do.'),
  decided: z
    .object({ won: Facts, lost: z.array(Facts) })
    .nullable()
    .describe('Where several sets of facts had come under its number: which of them win.')
})

export type DoneForAll = z.infer<typeof DoneForAll>
export const DoneForAll = z.object({
  matching: count.describe('How many invoices this is about.'),
  leftOut: z
    .object({
      conflict: count.describe('They are in conflict with other facts.'),
      sent: count.describe('They were sent once, and may be in the portal.'),
      rule: count.describe('A rule other than REVIEW holds them, or they are tests.'),
      state: count.describe('There is nothing to do about them.')
    })
    .describe('How many match, and are left to a person, one by one.'),
  seen: text.describe('Stands for the very invoices that match: to be said with `expected`.'),
  done: count.describe('How many it was done to.')
})

export const Invoices = z.object({ invoices: z.array(Invoice), next })

export type Warning = z.infer<typeof Warning>
export const Warning = z.object({ check: text, tool: maybeText, output: text })

export type Summary = z.infer<typeof Summary>
export const Summary = z.object({
  waiting: count,
  sending: count,
  delivered: count,
  held: count,
  dismissed: count,
  attention: count.describe('Held, or delivered with a code.'),
  attentionTo: z
    .array(z.object({ state: z.enum(['held', 'delivered']), code: text, invoices: count }))
    .describe('What these are, most first.'),
  oldestWaitingAt: instant.nullable(),
  oldestSendingAt: instant.nullable(),
  portal: z.object({
    url: text,
    state: z.enum(['open', 'down', 'refused']),
    since: instant,
    tokenRefused: z.boolean(),
    filling: z
      .object({ pages: count, stillMs: z.number() })
      .nullable()
      .describe('While the portal is read for the first time: how far that is.'),
    budget: z.object({
      perMinute: count,
      taken: count,
      waiting: z.record(text, count),
      pausedForMs: z.number().describe('For how long the portal asked for a pause; 0 for none.')
    }),
    backlogMinutes: count
  }),
  review: z
    .object({ on: z.boolean(), since: instant })
    .describe('Whether invoices wait for a person before they are sent, and for how long that has been so.'),
  tools: z.array(z.object({ name: text, on: z.boolean(), missingSecret: maybeText, address: maybeText })),
  warnings: z.array(Warning).describe('What health warns of.')
})

export type Tool = z.infer<typeof Tool>
export const Tool = z.object({
  name: text,
  on: z.boolean(),
  missingSecret: maybeText.describe('The variable without which its webhooks cannot be believed, where it is not set.'),
  address: maybeText.describe('Of its webhooks; null where it sends none, and is only asked.'),
  canBeAsked: z.boolean().describe('Whether it can be asked what was missed.'),
  canFetch: z.boolean().describe('Whether it can be asked for one invoice.'),
  canTest: z.boolean().describe('Whether there is a test of it.'),
  settings: z.array(z.object({ name: text, isSet: z.boolean() })),
  lastInvoiceAt: instant.nullable().describe('When its last invoice came.'),
  askedTo: instant.nullable().describe('Up to when it was asked what its webhooks missed.')
})

export const Tools = z.object({ tools: z.array(Tool) })

export const Findings = z.object({
  findings: z.array(z.object({ ok: z.boolean(), what: text, found: text }))
})

export const Fetched = z.object({
  result: z.enum(['accepted', 'duplicate', 'conflict', 'ignored']),
  invoiceNumber: text
})

export const Sent = z.object({ invoiceNumber: text })

export type Deliveries = z.infer<typeof Deliveries>
export const Deliveries = z.object({
  days: z
    .array(z.object({ day: date, invoices: count }))
    .describe("Thirty days in the portal's time zone, today last."),
  took: z
    .object({
      halfWithinMs: z.number().nullable().describe('Half of them took at most this long.'),
      mostWithinMs: z.number().nullable().describe('95 of 100 took at most this long.')
    })
    .nullable()
    .describe('From when they came in until they were in the portal; null within: more than a week.')
})

export const CaughtUp = z.object({
  accepted: count,
  duplicate: count,
  conflict: count,
  ignored: count,
  unreadable: count.describe('Held as EVENT_UNREADABLE.'),
  running: z.literal(true).optional().describe('With 202 only.')
})

export type Customer = z.infer<typeof Customer>
export const Customer = z.object({
  tool: text,
  ref: text,
  ...contact,
  link: z
    .object({
      portalId: text,
      name: maybeText.describe('As the portal calls it; null where the bridge has not seen it there.'),
      how: howLinked,
      at: instant,
      by: Actor.nullable().describe('Who linked it, if a person did.')
    })
    .nullable(),
  unlinked: z
    .object({ portalId: text, name: maybeText, at: instant, by: Actor.nullable() })
    .nullable()
    .describe('The last link that a person removed.')
})

export const Links = z.string().meta({ contentMediaType: 'text/csv' })

export const LinksDone = z.object({ links: count, changed: count.describe('How many of them are new.') })

export const Customers = z.object({ customers: z.array(Customer), next })

export type PortalCustomer = z.infer<typeof PortalCustomer>
export const PortalCustomer = z.object({
  id: text,
  companyName: maybeText,
  primaryEmail: maybeText,
  city: maybeText,
  integration: maybeText.describe('The bookkeeping that the portal itself links it to.')
})

export const PortalCustomers = z.object({ customers: z.array(PortalCustomer) })

export type PortalInvoice = z.infer<typeof PortalInvoice>
export const PortalInvoice = z.object({
  id: text,
  customerId: maybeText,
  invoiceNumber: maybeText,
  issuedAt: maybeText,
  amount: amount.nullable(),
  currency: maybeText,
  paidAt: instant.nullable(),
  createdAt: instant.nullable(),
  paymentLink: maybeText.describe('Where its customer pays it, if the portal can take payments, which it does not say.')
})

export type Bill = z.infer<typeof Bill>
export const Bill = z.object({
  id: text,
  invoiceNumber: maybeText,
  issuedAt: maybeText.describe('As the portal writes it: a date, or an instant.'),
  currency: maybeText,
  subtotalAmount: maybeText,
  vatAmount: maybeText,
  totalAmount: maybeText,
  isPaid: z.boolean().nullable().describe('Null: the portal does not say.')
})

export const Bills = z.object({ bills: z.array(Bill), more: z.boolean().describe('There may be another page.') })

export type Refused = z.infer<typeof Refused>
export const Refused = z
  .object({
    at: instant.describe('The last one.'),
    since: instant.describe('The first of those that are alike.'),
    requests: count.describe('How many were alike.'),
    tool: text,
    address: text.describe('An IPv4 address, or the /64 of an IPv6 address.'),
    authentic: z.boolean().describe('Its sender was proven: what it brought is missing.'),
    code: text,
    invoiceNumber: maybeText.describe('Of an authentic one, if it could be read.'),
    problems: z.array(FieldProblem)
  })
  .describe('A request that was refused: what was wrong with it, never what was in it.')

export const RefusedRequests = z.object({ refused: z.array(Refused), next })

const status = z.enum(['pass', 'warn', 'fail'])

export type Health = z.infer<typeof Health>
export const Health = z.object({
  status,
  version: text,
  checks: z.record(
    text,
    z.array(
      z.object({
        componentId: text.optional().describe('The tool that it is about.'),
        status,
        observedValue: z.union([z.number(), text]).optional(),
        observedUnit: text.optional(),
        output: text.optional()
      })
    )
  )
})

export type Problem = z.infer<typeof Problem>
export const Problem = z.object({
  type: text,
  title: text,
  status: z.int(),
  code: text.describe('docs/errors.md says what each one asks for.'),
  detail: text,
  problems: z.array(FieldProblem).optional(),
  requestId: text.optional().describe('With UNEXPECTED: it is in the log, too.')
})
