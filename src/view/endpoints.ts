// The operations of the API: what each takes, and what it answers. The routes, the OpenAPI document and the questions
// of the command line are made from this table.

import { z } from 'zod'
import { states } from '../core/row.ts'
import { languages } from '../words/words.ts'
import {
  ActedInvoice,
  Bills,
  CaughtUp,
  Customer,
  Customers,
  Deliveries,
  DoneForAll,
  Fetched,
  Findings,
  Health,
  Invoice,
  Invoices,
  Links,
  LinksDone,
  Pdf,
  PortalCustomers,
  PortalInvoice,
  RefusedRequests,
  Sent,
  Summary,
  Tools,
  WholeInvoice
} from './answers.ts'

export type Endpoint = {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  path: string
  summary: string
  query?: z.ZodObject
  body?: z.ZodObject
  /** The content type of a body that is read as it comes. */
  upload?: string
  /** With status 200. */
  answer: z.ZodType
  /** Other statuses of the same answer, and what each means. */
  also?: Record<number, string>
  /** Statuses of refusals, besides those that the login brings. */
  refusals: readonly number[]
  /** Anybody may ask. */
  isPublic?: true
  contentType?: string
}

/** The user agent of the command line. */
export const commandLineAgent = 'factuurbrug command line'

const pageSizeMax = 200

/** The longest text that may be searched for. */
export const searchedMax = 200

const billsPagesMax = 10_000

const limit = z.coerce
  .number('expected a number')
  .int()
  .min(1)
  .max(pageSizeMax, `expected at most ${pageSizeMax}`)
  .default(50)
  .describe('How many.')

const cursor = z
  .string()
  .regex(/^\d{1,15}$/, 'expected the `next` of an earlier answer')
  .optional()
  .describe('The `next` of the page before.')

const yesOrNo = z
  .enum(['true', 'false'], 'expected true or false')
  .transform(text => text === 'true')
  .optional()

const action = <const Name extends string, Body extends z.ZodObject>(name: Name, summary: string, body: Body) => ({
  method: 'POST' as const,
  path: `/api/invoices/{invoiceNumber}/${name}` as const,
  summary,
  body,
  answer: ActedInvoice,
  refusals: [404, 409, 413, 422] as const
})

const date = z.iso.date('expected a date such as 2026-11-20')

const invoiceFilter = {
  state: z
    .enum(states, `expected one of ${states.join(', ')}`)
    .optional()
    .describe('Of one state.'),
  code: z.string().max(100).optional().describe('Of one code.'),
  tool: z.string().max(100).optional().describe('Of one tool.'),
  q: z
    .string()
    .max(searchedMax)
    .optional()
    .describe(
      "Three characters or more: a part of the number, or of the customer's name or e-mail address. Also the beginning of a number, and the whole of a customer's reference."
    ),
  amount: z
    .string()
    .regex(/^-?\d{1,12}([.,]\d{1,3})?$/, 'expected an amount such as 121.00')
    .optional()
    .describe('Of exactly this amount, whatever its currency: `121`, `121.00` or `121,00`.'),
  since: date.optional().describe('Received on this day or later.'),
  until: date.optional().describe('Received on this day or earlier.')
}

const forAll = <const Name extends string>(name: Name, summary: string) => ({
  method: 'POST' as const,
  path: `/api/invoices/${name}` as const,
  summary,
  body: z.strictObject({
    filter: z
      .strictObject(invoiceFilter, 'expected a filter')
      .describe('Of those that are held, unless `state` says otherwise.'),
    expected: z
      .int('expected a whole number')
      .min(0)
      .optional()
      .describe(
        'To how many invoices this is to be done; if the number differs, nothing is done. If left out, they are only counted.'
      ),
    seen: z
      .string()
      .max(100)
      .optional()
      .describe('The `seen` of the count. If other invoices match now, even as many, nothing is done (409).')
  }),
  answer: DoneForAll,
  refusals: [409, 413, 422] as const
})

const nothing = z.strictObject({})

/** What anybody who decides about one invoice may say. */
const decision = z.strictObject({
  seen: z
    .string()
    .max(100)
    .optional()
    .describe(
      'Its state and code as they were seen, such as "held REVIEW". Of one that is held or delivered also "held REVIEW 4", with the number of lines of its history. If that has changed, nothing is done (409).'
    )
})

const found = { answer: CaughtUp, also: { 202: 'So far: it takes long, and goes on. Ask how it is going.' } }

// The vendor's own examples have unexpected characters in ids, so only the prefix is checked.
const portalId = z
  .string("expected the portal's id of a customer, cst_…")
  .trim()
  .regex(/^cst_[^\s\0]{1,100}$/, "expected the portal's id of a customer, cst_…")
  .meta({ examples: ['cst_…'] })

/** By the name of the operation. */
export const endpoints = {
  summary: {
    method: 'GET',
    path: '/api/summary',
    summary: 'How many invoices are in each state',
    query: z.strictObject({
      language: z
        .enum(languages, `expected one of ${languages.join(', ')}`)
        .default('en')
        .describe('Of what health warns of.')
    }),
    answer: Summary,
    refusals: [422]
  },
  listInvoices: {
    method: 'GET',
    path: '/api/invoices',
    summary: 'Invoices, newest first',
    query: z.strictObject({
      ...invoiceFilter,
      limit,
      cursor
    }),
    answer: Invoices,
    refusals: [422]
  },
  getInvoice: {
    method: 'GET',
    path: '/api/invoices/{invoiceNumber}',
    summary: 'One invoice with its history',
    answer: WholeInvoice,
    refusals: [404, 422]
  },
  portalInvoice: {
    method: 'GET',
    path: '/api/invoices/{invoiceNumber}/portal',
    summary: 'What the portal holds of it, asked for now: it costs a request of the budget',
    answer: PortalInvoice,
    refusals: [404, 422, 502]
  },
  getPdf: {
    method: 'GET',
    path: '/api/invoices/{invoiceNumber}/pdf',
    summary: 'The PDF that is kept of an invoice',
    answer: Pdf,
    refusals: [404],
    contentType: 'application/pdf'
  },
  replacePdf: {
    method: 'PUT',
    path: '/api/invoices/{invoiceNumber}/pdf',
    summary: 'Another PDF in its place, while nothing was sent; what the source sends again does not take that back',
    upload: 'application/pdf',
    answer: Invoice,
    refusals: [404, 409, 413, 415, 422]
  },
  deliver: action(
    'deliver',
    'Delivers now, or releases what is held',
    decision.extend({
      absent: z
        .boolean('expected true or false')
        .optional()
        .describe(
          'True: what was sent before is not in the portal. The bridge does not look for it, and sends it once more. Where nobody can tell whether it is there (PORTAL_UNCLEAR), nothing else sends it.'
        )
    })
  ),
  dismiss: action('dismiss', 'Does not deliver it, or clears the note of a delivered one', decision),
  take: action('take', 'Conflict: takes the other facts', decision),
  keep: action('keep', 'Conflict: keeps these facts', decision),
  deliverAll: forAll('deliver', 'Delivers all that match: overrides REVIEW, and no other rule'),
  dismissAll: forAll('dismiss', 'Dismisses all that match, or clears their notes'),
  listCustomers: {
    method: 'GET',
    path: '/api/customers',
    summary: "The tools' customers with their links, latest first",
    query: z.strictObject({
      linked: yesOrNo.describe("Those that are linked; or that need it, as no invoice names the portal's id."),
      q: z
        .string()
        .max(searchedMax)
        .optional()
        .describe("A part of the reference, name, e-mail address, or the portal's id."),
      limit,
      cursor
    }),
    answer: Customers,
    refusals: [422]
  },
  exportLinks: {
    method: 'GET',
    path: '/api/links',
    summary: 'All links as a table (CSV)',
    answer: Links,
    refusals: [],
    contentType: 'text/csv'
  },
  importLinks: {
    method: 'PUT',
    path: '/api/links',
    summary: 'Links all customers of such a table, or none: bad lines are named',
    upload: 'text/csv',
    answer: LinksDone,
    refusals: [413, 415, 422]
  },
  linkCustomer: {
    method: 'PUT',
    path: '/api/customers/{tool}/{ref}',
    summary: 'Says whose it is in the portal, and releases what waited for it',
    body: z.strictObject({ portalId }),
    answer: Customer,
    refusals: [409, 413, 422, 502]
  },
  unlinkCustomer: {
    method: 'DELETE',
    path: '/api/customers/{tool}/{ref}',
    summary: 'Removes the link; the bridge does not match the two again by itself',
    answer: Customer,
    refusals: [404, 422]
  },
  searchPortalCustomers: {
    method: 'GET',
    path: '/api/portal/customers',
    summary: "The portal's customers, from the bridge's copy",
    query: z.strictObject({
      q: z.string().max(searchedMax).default('').describe('A part of the name or e-mail address, or the whole id.'),
      limit
    }),
    answer: PortalCustomers,
    refusals: [422]
  },
  listBills: {
    method: 'GET',
    path: '/api/portal/bills',
    summary: 'What the portal bills its owner, asked for now: it costs a request of the budget',
    query: z.strictObject({
      page: z.coerce.number('expected a number').int().min(1).max(billsPagesMax).default(1).describe('Of the list.')
    }),
    answer: Bills,
    refusals: [422, 502]
  },
  deliveries: {
    method: 'GET',
    path: '/api/deliveries',
    summary: 'How many invoices were delivered on each of thirty days, and how long it took',
    answer: Deliveries,
    refusals: []
  },
  listRefused: {
    method: 'GET',
    path: '/api/refused',
    summary: 'The last requests at the addresses of the tools that were refused, latest first',
    query: z.strictObject({
      q: z.string().min(1).max(searchedMax).optional().describe('A part of the invoice number.'),
      tool: z.string().max(100).optional().describe('Of one tool.'),
      authentic: yesOrNo.describe('Only those whose sender was proven, or was not.'),
      limit,
      cursor
    }),
    answer: RefusedRequests,
    refusals: [422]
  },
  catchUp: {
    method: 'POST',
    path: '/api/catch-up',
    summary: 'Asks a tool now what its webhooks missed',
    body: z.strictObject({
      tool: z.string('expected the name of a tool').max(100),
      since: date
    }),
    ...found,
    refusals: [413, 422, 502]
  },
  caughtUp: {
    method: 'GET',
    path: '/api/catch-up/{tool}',
    summary: 'How the last catch-up that was asked for is going, or what it found',
    ...found,
    refusals: [404, 422, 502]
  },
  listTools: {
    method: 'GET',
    path: '/api/tools',
    summary: 'Where invoices come from: what is set, and what was heard last',
    answer: Tools,
    refusals: []
  },
  checkTool: {
    method: 'POST',
    path: '/api/tools/{tool}/check',
    summary: 'Asks a tool whether its token, its invoices and its webhook are in order',
    body: nothing,
    answer: Findings,
    refusals: [413, 422, 502]
  },
  fetchInvoice: {
    method: 'POST',
    path: '/api/tools/{tool}/fetch',
    summary: 'Fetches one invoice from a tool, as if its webhook had come',
    body: z.strictObject({
      id: z.string("expected the number of the invoice, or the tool's own id of it").trim().min(1).max(200)
    }),
    answer: Fetched,
    refusals: [404, 413, 422, 502]
  },
  sendTest: {
    method: 'POST',
    path: '/api/tools/{tool}/test',
    summary: 'Sends a signed sample to the address of a tool; it ends in review',
    body: nothing,
    answer: Sent,
    refusals: [404, 409, 413, 422]
  },
  health: {
    method: 'GET',
    path: '/health',
    summary: 'Whether events can be kept, and what the bridge warns of',
    query: z.object({ fail: z.string().optional().describe('`warn`: a warning is answered 503, too.') }),
    answer: Health,
    also: { 503: 'Events cannot be kept; or, where that was asked for, there is a warning.' },
    refusals: [],
    isPublic: true,
    contentType: 'application/health+json'
  }
} as const satisfies Record<string, Endpoint>

export type Operation = keyof typeof endpoints
type Of<O extends Operation> = (typeof endpoints)[O]

export type Answer<O extends Operation> = z.output<Of<O>['answer']>

type NamesIn<Path> = Path extends `${string}{${infer Name}}${infer Rest}` ? Name | NamesIn<Rest> : never
export type Params<O extends Operation> = Record<NamesIn<Of<O>['path']>, string>

/** A query or a body after it was read. */
export type Read<O extends Operation, Part extends 'query' | 'body'> =
  Of<O> extends Record<Part, infer Schema extends z.ZodType> ? z.output<Schema> : undefined
