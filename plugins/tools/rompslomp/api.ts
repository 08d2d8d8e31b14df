// The part of Rompslomp's API that the bridge uses. Its failures are JSON with a `message`, some with status 200.
// https://api.rompslomp.nl

import type { IncomingHttpHeaders } from 'node:http'
import { BridgeError } from '../../../src/core/errors.ts'
import type { Invoice, PlainDate } from '../../../src/core/invoice.ts'
import { type Answer, fieldIn, unreachable } from '../../../src/tools/api.ts'
import type { PdfAddress, ToolInvoice } from '../../../src/tools/tool.ts'
import { vendorWords } from '../../../src/tools/vendor-words.ts'
import { parseInvoice } from './invoice.ts'
import type { Connection, Settings } from './settings.ts'

// Rompslomp's own maximum.
const pageSize = 100

const needs = 'the right to read sales invoices, and another subscription than Gratis'

/** Throws TOOL_UNAUTHORIZED without a token. */
const addressOf = (path: string, settings: Settings) => {
  const { ROMPSLOMP_TOKEN: token, ROMPSLOMP_COMPANY_ID: company, ROMPSLOMP_API_URL: base } = settings
  if (token === undefined || company === undefined)
    throw new BridgeError('TOOL_UNAUTHORIZED', 'ROMPSLOMP_TOKEN is not set')
  return { url: `${base}/api/v1/companies/${company}/${path}`, headers: { authorization: `Bearer ${token}` } }
}

export const ask = (connection: Connection, path: string, query: Record<string, string> = {}): Promise<Answer> => {
  const { url, headers } = addressOf(path, connection.settings)
  const search = new URLSearchParams(query)
  const variable = 'ROMPSLOMP_TOKEN'
  return connection.api.ask({ url: search.size > 0 ? `${url}?${search}` : url, headers, variable, needs })
}

const pathOf = (id: string): string => `sales_invoices/${encodeURIComponent(id)}`

export const load = async (id: string, connection: Connection): Promise<ToolInvoice | null> => {
  const answer = await ask(connection, pathOf(id))
  if (answer.status === 404) return null
  const entity = fieldIn(answer.json, 'sales_invoice') ?? answer.json
  if (fieldIn(entity, 'id') === undefined) throw withoutList(answer, 'an invoice', connection)
  const current = parseInvoice(entity, { timeZone: connection.timeZone, seenAt: connection.clock.now() })
  if ('problem' in current) throw unreachable(`an invoice cannot be read: ${current.problem}`)
  return current
}

export const pdf = async (
  { sourceId }: Pick<Invoice, 'sourceId'>,
  { settings }: Pick<Connection, 'settings'>
): Promise<PdfAddress | null> =>
  sourceId === null ? null : { ...addressOf(`${pathOf(sourceId)}/pdf`, settings), failsAsJson: true }

/** Whether Rompslomp answers with a PDF; it is not kept. */
export const hasPdf = async (id: string, connection: Connection): Promise<boolean> => {
  const { status, headers } = await ask(connection, `${pathOf(id)}/pdf`)
  return status === 200 && /^application\/pdf\b/i.test(headers['content-type'] ?? '')
}

export type Page = { invoices: unknown[]; isLast: boolean }

/** Published invoices dated `from` or later. There is no filter for what changed. */
export const pageOfInvoices = async (
  connection: Connection,
  { from, page = 1, perPage = pageSize }: { from?: PlainDate; page?: number; perPage?: number }
): Promise<Page> => {
  const answer = await ask(connection, 'sales_invoices', {
    selection: 'published',
    ...(from === undefined ? {} : { 'search[from]': from }),
    page: String(page),
    per_page: String(perPage)
  })
  if (answer.status === 404)
    throw unreachable("sales_invoices answered 404: ROMPSLOMP_COMPANY_ID is somebody else's, or wrong")
  const invoices = fieldIn(answer.json, 'sales_invoices')
  if (!Array.isArray(invoices)) throw withoutList(answer, 'a list', connection)
  return { invoices, isLast: invoices.length === 0 || isLast(answer.headers) }
}

/** If Rompslomp does not say how many there are, an empty page follows the last one. */
const isLast = (headers: IncomingHttpHeaders): boolean => {
  const [page, perPage, total] = ['x-page', 'x-per-page', 'x-total'].map(name => Number(headers[name] ?? Number.NaN))
  return page! * perPage! >= total!
}

const withoutList = ({ status, json }: Answer, what: string, { settings }: Connection): BridgeError => {
  const words = vendorWords(JSON.stringify(json ?? null), settings.ROMPSLOMP_TOKEN)
  return unreachable(`Rompslomp answered ${status} without ${what}${words === null ? '' : `; it says: ${words}`}`)
}
