// The part of Moneybird's API that the bridge uses. https://developer.moneybird.com

import type { IncomingHttpHeaders } from 'node:http'
import type { Instant } from '../../../src/core/clock.ts'
import { BridgeError } from '../../../src/core/errors.ts'
import type { Invoice } from '../../../src/core/invoice.ts'
import { type Answer, type Asked, unreachable } from '../../../src/tools/api.ts'
import type { ToolInvoice } from '../../../src/tools/tool.ts'
import { numbersMatter, parseInvoice } from './invoice.ts'
import type { Connection, Settings } from './settings.ts'

// Moneybird's own maximum.
const pageSize = 100

const finalStates = 'open|pending_payment|reminded|late|paid|uncollectible'

type Addressed = { url: string; headers: Record<string, string> }

/** Throws TOOL_UNAUTHORIZED without a token. */
const addressOf = (path: string, settings: Settings): Addressed => {
  const { MONEYBIRD_API_TOKEN: token, MONEYBIRD_ADMINISTRATION_ID: administration, MONEYBIRD_API_URL: base } = settings
  if (token === undefined || administration === undefined)
    throw new BridgeError('TOOL_UNAUTHORIZED', 'MONEYBIRD_API_TOKEN is not set')
  return { url: `${base}/${administration}/${path}`, headers: { authorization: `Bearer ${token}` } }
}

type Question = Pick<Asked, 'method' | 'json'> & { query?: Record<string, string> }

export const ask = async (connection: Connection, path: string, { query, ...asked }: Question = {}) => {
  const { url, headers } = addressOf(path, connection.settings)
  const search = query === undefined ? '' : `?${new URLSearchParams(query)}`
  const needs = `the scope ${path.startsWith('webhooks') ? 'settings' : 'sales_invoices'}`
  const variable = 'MONEYBIRD_API_TOKEN'
  return connection.api.ask({ ...asked, url: `${url}${search}`, headers, variable, needs, plain, pauseMs })
}

const plain = (json: unknown): boolean => ![json].flat().some(numbersMatter)

/** Moneybird names the moment, in seconds since 1970, not the duration. */
const pauseMs = ({ 'retry-after': at = '' }: IncomingHttpHeaders, now: Instant): number | undefined =>
  /^\d{10,11}$/.test(at) ? Number(at) * 1000 - now : undefined

const pathOf = (id: string): string => `sales_invoices/${encodeURIComponent(id)}`

export const load = async (id: string, connection: Connection): Promise<ToolInvoice | null> => {
  const { status, json } = await ask(connection, `${pathOf(id)}.json`)
  if (status === 404) return null
  const current = parseInvoice(json, connection)
  if ('problem' in current) throw unreachable(`an invoice cannot be read: ${current.problem}`)
  return current
}

export const idOf = async (invoiceNumber: string, connection: Connection): Promise<string | null> => {
  const { status, json } = await ask(
    connection,
    `sales_invoices/find_by_invoice_id/${encodeURIComponent(invoiceNumber)}.json`
  )
  const { id } = (json ?? {}) as { id?: unknown }
  return status === 404 || typeof id !== 'string' ? null : id
}

/** It redirects (302) to a store whose link lives for 30 seconds: it has to be followed at once and never kept. */
export const pdf = async (
  { sourceId }: Pick<Invoice, 'sourceId'>,
  { settings }: Pick<Connection, 'settings'>
): Promise<Addressed | null> =>
  sourceId === null ? null : addressOf(`${pathOf(sourceId)}/download_pdf.json`, settings)

/** Whether there is a PDF; it is not fetched. */
export const hasPdf = async (id: string, connection: Connection): Promise<boolean> => {
  const { status, headers } = await ask(connection, `${pathOf(id)}/download_pdf.json`)
  return status >= 300 && status < 400 && headers.location !== undefined
}

/**
 * One page of final invoices. Any filter replaces all defaults, one of which is the current year: only an explicit
 * period crosses New Year.
 */
export const pageOfInvoices = async (
  connection: Connection,
  { page = 1, perPage = pageSize, since }: { page?: number; perPage?: number; since?: Instant } = {}
): Promise<{ invoices: unknown[]; isLast: boolean }> => {
  const nextYear = Temporal.Instant.fromEpochMilliseconds(connection.clock.now()).toZonedDateTimeISO('UTC').year + 1
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

/** The filter leaves out the very second that it names. */
const secondBefore = (since: Instant): string =>
  Temporal.Instant.fromEpochMilliseconds((Math.floor(Math.max(since, 0) / 1000) - 1) * 1000).toString()

export const listIn = ({ status, json }: Answer, what: string): unknown[] => {
  if (status === 404)
    throw unreachable(`${what} answered 404: MONEYBIRD_ADMINISTRATION_ID is somebody else's, or wrong`)
  if (!Array.isArray(json)) throw unreachable(`${what} answered ${status}, without a list`)
  return json
}
