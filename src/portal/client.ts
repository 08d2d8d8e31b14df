// The portal's documented calls, one function each. Nothing is retried and no redirect followed; what an answer means
// is decided in verdict.ts, and whether a request left at all in exchange.ts.

import { z } from 'zod'
import type { Clock, Instant } from '../core/clock.ts'
import { BridgeError } from '../core/errors.ts'
import { formatPaidAt } from '../core/invoice.ts'
import type { CustomerFields, LinkedInvoice, PortalCustomer, PortalInvoice } from '../core/portal-entry.ts'
import type { CreateBody } from '../core/row.ts'
import { isLoopback } from '../network/http.ts'
import { type Call, createExchanger, type Exchange, type OnAnswer } from './exchange.ts'
import { formOf, pdfName } from './form.ts'
import {
  customerEntry,
  indented,
  invoiceEntry,
  linkedInvoiceEntry,
  type Page,
  PortalBill,
  pageOf,
  readWritten
} from './schemas.ts'
import {
  customerIn,
  isAbout,
  readable,
  readableOne,
  type Shape,
  shapeOf,
  type Write,
  type Written,
  written
} from './verdict.ts'

export type { OnAnswer } from './exchange.ts'
export type { Page } from './schemas.ts'
export type { Written } from './verdict.ts'

/**
 * On the monotonic clock. Unless the connection stands by `startBy`, nothing is sent; by `endBy` the call is given up.
 */
export type Limits = { startBy?: number; endBy?: number }

/** Reads reject with PORTAL_UNREACHABLE, PORTAL_BUSY or PORTAL_UNAUTHORIZED; writes never reject. */
export interface Portal {
  /**
   * PORTAL_FORM_CHANGED: from now on `sendNotification` goes out in its other form, so the same create can be sent
   * again, but only after a look: the portal may complain about the mail after it has kept the invoice.
   */
  createInvoice(body: CreateBody, pdf: Blob, limits?: Limits): Promise<Written<PortalInvoice>>
  markPaid(id: string, paidAt: Instant, limits?: Limits): Promise<Written<PortalInvoice>>
  createCustomer(fields: CustomerFields, limits?: Limits): Promise<Written<PortalCustomer>>
  /**
   * How this portal says that it holds no such invoice, learned with an id that no invoice has. Null: not in words of
   * its own; then no answer of the portal means that. Rejects if the portal did not answer the question itself.
   */
  learnMissing(): Promise<Shape | null>
  /** Null: the portal says that it holds no such entry; for invoices, in the words that were learned. */
  invoice(id: string): Promise<PortalInvoice | null>
  /** Null alone ends nothing: see customerIn in verdict.ts. */
  customer(id: string): Promise<PortalCustomer | null>
  invoicesPage(page: number): Promise<Page<PortalInvoice>>
  customersPage(page: number): Promise<Page<PortalCustomer>>
  /** Resets what is under way. */
  close(): void
}

/** And what only people ask for. */
export type PortalAsTold = Portal & {
  billsPage(page: number): Promise<Page<PortalBill>>
  /** As `invoice`, with the address at which its customer pays. */
  linkedInvoice(id: string): Promise<LinkedInvoice | null>
  /**
   * All that the portal says of it, as indented JSON, whether or not the bridge understands it. Null: it answered
   * 404.
   */
  invoiceAsTold(id: string): Promise<string | null>
}

export type PortalOptions = {
  url: string
  token: string
  /** For a whole call, from the DNS query to the last byte of the answer. */
  timeoutMs: number
  timeZone: string
  clock: Clock
  userAgent?: string
  onAnswer?: OnAnswer
}

export const createPortal = (options: PortalOptions): PortalAsTold => {
  const { token, clock, timeZone, userAgent = 'factuurbrug', onAnswer = () => {} } = options
  const { exchange, close } = createExchanger({
    clock,
    timeoutMs: options.timeoutMs,
    headers: { accept: 'application/json', authorization: `Bearer ${token}`, 'user-agent': userAgent },
    onAnswer
  })
  const base = options.url.endsWith('/') ? options.url : `${options.url}/`
  const at = (path: string) => new URL(path, base)

  /** The reason with the portal's address; and if nothing listens there on this machine, what may be missing. */
  const placed = (reason: string, { kind }: Exchange): string => {
    const url = at('')
    const isRefused = kind === 'unsent' && reason === 'ECONNREFUSED'
    const hint = isRefused && isLoopback(url) ? '; the sandbox may not be running: `npm run sandbox` starts it' : ''
    return `${reason} (${url.origin}${url.pathname.replace(/\/$/, '')}${hint})`
  }

  /** What `reading` makes of it. What it throws names the portal's address. */
  const placing = <T>(exchanged: Exchange, reading: () => T): T => {
    try {
      return reading()
    } catch (error) {
      if (!(error instanceof BridgeError) || error.code !== 'PORTAL_UNREACHABLE') throw error
      throw new BridgeError(error.code, placed(error.message, exchanged))
    }
  }

  const readingOf = <T extends z.ZodType>(exchanged: Exchange, schema: T): z.output<T> =>
    placing(exchanged, () => readable(exchanged, schema, clock.now()))

  const writtenOf = <T extends { id: string }>(exchanged: Exchange, write: Omit<Write<T>, 'now'>): Written<T> => {
    const result = written(exchanged, { ...write, now: clock.now() })
    if (isAnothers(exchanged))
      return { outcome: 'unknown', detail: 'something other than the portal answered 404', answered: false }
    const isUnreached = result.outcome === 'not-done' && result.code === 'PORTAL_UNREACHABLE'
    return isUnreached ? { ...result, detail: placed(result.detail, exchanged) } : result
  }

  let missing: Shape | null | undefined

  /** A gateway may answer 404 in JSON, too, but not with the fields of the portal's own 404. */
  const isAnothers = (exchanged: Exchange): boolean => {
    if (exchanged.kind !== 'answer' || exchanged.status !== 404 || missing?.status !== 404) return false
    const shape = shapeOf(exchanged, '')
    return shape !== null && shape.fields !== missing.fields
  }

  const invoiceCall = (id: string) =>
    exchange({ name: 'invoice', method: 'GET', url: at(`customer-invoices/${segment(id)}`) })

  const learnMissing = async (): Promise<Shape | null> => {
    const exchanged = await invoiceCall(nobodysId)
    if (exchanged.kind !== 'answer' || unlearned.has(exchanged.status)) readingOf(exchanged, z.unknown())
    missing = exchanged.kind === 'answer' ? shapeOf(exchanged, nobodysId) : null
    return missing
  }

  /**
   * Before it was learned, for callers that only show the invoice: the usual words. If the portal refused the id that
   * no invoice has for its form (422), it does not refuse ids that once were there: for those it answers 404, in its
   * own words.
   */
  const isMissing = ({ status, fields, words }: Shape): boolean =>
    (status === 404 && missing !== null && missing?.status !== 404) ||
    (status === missing?.status && fields === missing.fields && words === missing.words)

  const invoiceRead = async <T extends z.ZodType<{ id: string }>>(
    id: string,
    entry: T
  ): Promise<z.output<T> | null> => {
    const exchanged = await invoiceCall(id)
    const shape = exchanged.kind === 'answer' ? shapeOf(exchanged, id) : null
    if (shape && isMissing(shape)) return null
    return placing(exchanged, () => readableOne(exchanged, entry, { id, now: clock.now() }))
  }

  const list = async <T extends z.ZodType>(name: string, path: string, page: number, entry: T) => {
    const exchanged = await exchange({ name, method: 'GET', url: at(`${path}?page=${page}`) })
    return readingOf(exchanged, pageOf(entry))
  }

  const send = (call: Omit<Call, 'url' | 'body' | 'headers'>, path: string, body: object) =>
    exchange({ ...call, url: at(path), headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })

  // A form has no booleans. The vendor's example sends the words; the framework that the portal seems to be built on
  // takes only digits.
  let inWords = true

  return {
    async createInvoice(body, pdf, limits) {
      const sentInWords = inWords
      const form = formOf(fieldsOf(body, sentInWords), {
        name: 'pdf',
        fileName: pdfName(body.invoiceNumber),
        content: pdf
      })
      const call: Call = { name: 'createInvoice', method: 'POST', url: at('customer-invoices'), ...form, ...limits }
      const exchanged = await exchange(call)
      const result = writtenOf(exchanged, { valueIn: answer => readWritten(invoiceEntry, answer), taken: /num[bm]er/i })
      const refused = result.outcome === 'not-done' && result.code === 'PORTAL_REJECTED'
      if (!refused || !sentInWords || !isAbout(exchanged, /send[_ ]?notification/i)) return result
      inWords = false
      return { ...result, code: 'PORTAL_FORM_CHANGED' }
    },

    async markPaid(id, paidAt, limits) {
      const call = { name: 'markPaid', method: 'PATCH', ...limits } as const
      const body = { paidAt: formatPaidAt(paidAt, timeZone) }
      const exchanged = await send(call, `customer-invoices/${segment(id)}`, body)
      return writtenOf(exchanged, { id, valueIn: answer => readWritten(invoiceEntry, answer) })
    },

    async createCustomer(fields, limits) {
      const call = { name: 'createCustomer', method: 'POST', ...limits } as const
      const exchanged = await send(call, 'customers', fields)
      return writtenOf(exchanged, { valueIn: answer => readWritten(customerEntry, answer), taken: /e-?mail/i })
    },

    async invoiceAsTold(id) {
      const exchanged = await invoiceCall(id)
      if (exchanged.kind === 'answer' && exchanged.status === 404) return null
      readingOf(exchanged, z.unknown())
      return exchanged.kind === 'answer' && exchanged.body !== null ? indented(exchanged.body) : null
    },

    learnMissing,
    invoice: id => invoiceRead(id, invoiceEntry),
    linkedInvoice: id => invoiceRead(id, linkedInvoiceEntry),
    async customer(id) {
      const exchanged = await exchange({ name: 'customer', method: 'GET', url: at(`customers/${segment(id)}`) })
      return placing(exchanged, () => customerIn(exchanged, id, clock.now()))
    },
    invoicesPage: page => list('invoicesPage', 'customer-invoices', page, invoiceEntry),
    customersPage: page => list('customersPage', 'customers', page, customerEntry),
    billsPage: page => list('billsPage', 'invoices', page, PortalBill),
    close
  }
}

// In the portal's own notation, and of a length that none of its ids has.
const nobodysId = 'inv_0factuurbrug0asks0for0what0nobody0has'

// A refused token or a pause does not answer this question. A portal that only breaks on it can still be read.
const unlearned: ReadonlySet<number> = new Set([401, 408, 429])

const fieldsOf = (body: CreateBody, inWords: boolean): Record<string, string> => {
  const { customerId, invoiceNumber, issuedAt, amount, paidAt, sendNotification } = body
  const notify = inWords ? String(sendNotification) : String(Number(sendNotification))
  const unpaid = { customerId, invoiceNumber, issuedAt, amount, sendNotification: notify }
  return paidAt === null ? unpaid : { ...unpaid, paidAt }
}

/**
 * One part of a path. Without a character other than a dot it would make another call, such as that for the whole list.
 */
const segment = (id: string): string => {
  if (!/[^.]/.test(id)) throw new BridgeError('FIELDS_INVALID', 'the id is empty')
  return encodeURIComponent(id)
}

/** Every entry of a list. More pages than `pagesMax` are an error, never an end. */
export async function* allPages<T>(fetchPage: (page: number) => Promise<Page<T>>, pagesMax: number) {
  for (let page = 1; page <= pagesMax; page++) {
    const { items, more } = await fetchPage(page)
    yield* items
    if (!more) return
  }
  throw new BridgeError('PORTAL_UNREACHABLE', `the list has more than ${pagesMax} pages`)
}
