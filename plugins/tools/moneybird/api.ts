// Moneybird's API as far as the bridge asks it. https://developer.moneybird.com

import type { IncomingHttpHeaders } from 'node:http'
import type { Instant } from '../../../src/core/clock.ts'
import { BridgeError } from '../../../src/core/errors.ts'
import type { Answer, Asked } from '../../../src/tools/api.ts'
import type { PdfAddress, ToolInvoice, Unread } from '../../../src/tools/tool.ts'
import { numbersMatter, parseInvoice } from './invoice.ts'
import type { MoneybirdConnection, Settings } from './settings.ts'

// Moneybird's own maximum.
const pageSize = 100
// A hundred thousand invoices; an answer that leads in circles ends here too.
const pagesMax = 1000
// 150 requests are allowed in five minutes. Half of them is left to deliveries.
const pageEveryMs = 4000
// For one page, in a row. The limit is counted over five minutes, so that one pause should do.
const pausesMax = 3

const finalStates = 'open|pending_payment|reminded|late|paid|uncollectible'

/** Throws TOOL_UNAUTHORIZED without a token. */
const addressOf = (path: string, settings: Settings): Required<PdfAddress> => {
  const {
    MONEYBIRD_API_TOKEN: token,
    MONEYBIRD_ADMINISTRATION_ID: administration,
    MONEYBIRD_API_URL: base
  } = settings
  if (token === undefined || administration === undefined) {
    throw new BridgeError('TOOL_UNAUTHORIZED', 'MONEYBIRD_API_TOKEN is not set')
  }
  return { url: `${base}/${administration}/${path}`, headers: { authorization: `Bearer ${token}` } }
}

type Question = Pick<Asked, 'method' | 'json'> & { query?: Record<string, string> }

export const ask = async (
  connection: MoneybirdConnection,
  path: string,
  { query, ...asked }: Question = {}
) => {
  const { url, headers } = addressOf(path, connection.settings)
  const search = query === undefined ? '' : `?${new URLSearchParams(query)}`
  const needs = `the scope ${path.startsWith('webhooks') ? 'settings' : 'sales_invoices'}`
  const variable = 'MONEYBIRD_API_TOKEN'
  return connection.api.ask({ ...asked, url: `${url}${search}`, headers, variable, needs, plain, pauseMs })
}

const plain = (json: unknown): boolean => ![json].flat().some(numbersMatter)

/** Moneybird names the moment, in seconds since 1970, not how long. */
const pauseMs = ({ 'retry-after': at = '' }: IncomingHttpHeaders, now: Instant): number | undefined =>
  /^\d{10,11}$/.test(at) ? Number(at) * 1000 - now : undefined

const pathOf = (id: string): string => `sales_invoices/${encodeURIComponent(id)}`

/** The invoice as it is now; null when Moneybird does not hold it. */
export const getInvoice = async (
  id: string,
  connection: MoneybirdConnection
): Promise<ToolInvoice | null> => {
  const { status, json } = await ask(connection, `${pathOf(id)}.json`)
  if (status === 404) return null
  const current = parseInvoice(json, connection)
  if ('problem' in current) throw unreachable(`an invoice cannot be read: ${current.problem}`)
  return current.told
}

/** It answers 302 to a store whose link lives 30 seconds, so it is to be followed at once and never kept. */
export const pdfAddress = (
  id: string,
  { settings }: Pick<MoneybirdConnection, 'settings'>
): Required<PdfAddress> => addressOf(`${pathOf(id)}/download_pdf.json`, settings)

/** Whether a PDF would be found there; it is not fetched. */
export const hasPdf = async (id: string, connection: MoneybirdConnection): Promise<boolean> => {
  const { status, headers } = await ask(connection, `${pathOf(id)}/download_pdf.json`)
  return status >= 300 && status < 400 && headers.location !== undefined
}

/**
 * One page of final invoices. Any filter replaces all defaults, one of which is the running year: only a period that is
 * named crosses New Year.
 */
export const pageOfInvoices = async (
  connection: MoneybirdConnection,
  { page = 1, perPage = pageSize, since }: { page?: number; perPage?: number; since?: Instant } = {}
): Promise<{ invoices: unknown[]; isLast: boolean }> => {
  const nextYear =
    Temporal.Instant.fromEpochMilliseconds(connection.clock.now()).toZonedDateTimeISO('UTC').year + 1
  const filters = [`period:20000101..${nextYear}1231`, `state:${finalStates}`]
  if (since !== undefined) filters.push(`updated_after:${secondBefore(since)}`)
  const answer = await ask(connection, 'sales_invoices.json', {
    query: { filter: filters.join(','), page: String(page), per_page: String(perPage) }
  })
  const invoices = listIn(answer, 'sales_invoices.json')
  const { link } = answer.headers
  const isLast = link === undefined ? invoices.length < perPage : !/rel="?next\b/.test(String(link))
  return { invoices, isLast: isLast || invoices.length === 0 }
}

/** The filter leaves out the very second it names. */
const secondBefore = (since: Instant): string =>
  Temporal.Instant.fromEpochMilliseconds((Math.floor(Math.max(since, 0) / 1000) - 1) * 1000).toString()

/** What Moneybird changed since, whatever is changed by it: finalised, sent, paid. Deleted invoices leave no trace. */
export async function* missed(
  since: Instant,
  connection: MoneybirdConnection,
  stopped: AbortSignal
): AsyncGenerator<ToolInvoice | Unread> {
  const rest = async (ms: number) => {
    await connection.clock.sleep(ms, stopped)
    stopped.throwIfAborted()
  }
  for (let page = 1; page <= pagesMax; page += 1) {
    if (page > 1) await rest(pageEveryMs)
    const { invoices, isLast } = await withPauses(() => pageOfInvoices(connection, { page, since }), rest)
    for (const invoice of invoices) {
      const reading = parseInvoice(invoice, connection)
      if ('problem' in reading) yield unread(invoice, reading.problem, connection.settings)
      else if (reading.told.stage !== 'draft') yield reading.told
    }
    if (isLast) return
  }
  throw unreachable(`sales_invoices.json has more than ${pagesMax} pages`)
}

const unread = (entity: unknown, problem: string, settings: Settings): Unread => {
  const { id } = (entity ?? {}) as { id?: unknown }
  const sourceId = typeof id === 'string' ? id : null
  const event = {
    administration_id: settings.MONEYBIRD_ADMINISTRATION_ID,
    entity_type: 'SalesInvoice',
    entity_id: sourceId,
    entity
  }
  return { body: Buffer.from(JSON.stringify(event)), problem: `entity: ${problem}`, sourceId }
}

/** A pause that is asked for is taken in place: to begin anew would cost every page before this one again. */
const withPauses = async <T>(ask: () => Promise<T>, rest: (ms: number) => Promise<void>): Promise<T> => {
  for (let pauses = 0; pauses < pausesMax; pauses += 1) {
    try {
      return await ask()
    } catch (error) {
      if (!(error instanceof BridgeError) || error.code !== 'TOOL_BUSY') throw error
      await rest(error.retryAfterMs ?? 0)
    }
  }
  return ask()
}

export const listIn = ({ status, json }: Answer, what: string): unknown[] => {
  if (status === 404)
    throw unreachable(`${what} answered 404: MONEYBIRD_ADMINISTRATION_ID is another's, or wrong`)
  if (!Array.isArray(json)) throw unreachable(`${what} answered ${status}, without a list`)
  return json
}

export const unreachable = (message: string) => new BridgeError('TOOL_UNREACHABLE', message)
