// The part of the shop's REST API that the bridge uses. https://woocommerce.github.io/woocommerce-rest-api-docs

import { BridgeError } from '../../../src/core/errors.ts'
import type { Invoice } from '../../../src/core/invoice.ts'
import { type Answer, type Asked, textIn, unreachable } from '../../../src/tools/api.ts'
import type { PdfAddress, ToolInvoice } from '../../../src/tools/tool.ts'
import { parseInvoice } from './invoice.ts'
import type { Connection, Settings } from './settings.ts'

/** Throws TOOL_UNAUTHORIZED without keys. */
const siteOf = (settings: Settings): { url: string; headers: Record<string, string> } => {
  const { WOOCOMMERCE_URL: url, WOOCOMMERCE_KEY: key, WOOCOMMERCE_SECRET: secret } = settings
  if (url === undefined || key === undefined || secret === undefined)
    throw new BridgeError('TOOL_UNAUTHORIZED', 'WOOCOMMERCE_KEY is not set')
  return { url, headers: { authorization: `Basic ${Buffer.from(`${key}:${secret}`).toString('base64')}` } }
}

type Question = Pick<Asked, 'json'> & { method?: 'GET' | 'POST'; query?: Record<string, string> }

/** Changes go by POST, which WooCommerce accepts for PUT: some shops' hosts let no other method in. */
export const ask = async (
  connection: Connection,
  path: string,
  { query, ...asked }: Question = {}
): Promise<Answer> => {
  const { url, headers } = siteOf(connection.settings)
  const search = query === undefined ? '' : `?${new URLSearchParams(query)}`
  const needs = `a key that may ${asked.method === 'POST' ? 'read and write' : 'read'}`
  // Amounts are text, and ids are small: floats are exact.
  const plain = () => true
  return connection.api.ask({
    ...asked,
    url: `${url}/wp-json/wc/v3/${path}${search}`,
    headers,
    variable: 'WOOCOMMERCE_KEY',
    needs,
    plain
  })
}

export const listIn = ({ status, json }: Answer, what: string): object[] => {
  if (status === 404) throw unreachable(`${what} answered 404: WOOCOMMERCE_URL is not a shop, or is somebody else's`)
  if (!Array.isArray(json)) throw unreachable(`${what} answered ${status}, without a list`)
  return json
}

/** Null: the shop says that it has no such order. While WooCommerce is being updated, it knows no orders at all (404). */
const orderOf = async (id: string, connection: Connection): Promise<unknown> => {
  const { status, json } = await ask(connection, `orders/${encodeURIComponent(id)}`)
  if (status !== 404) return json
  if (/_invalid_id$/.test(textIn(json, 'code'))) return null
  throw unreachable('the shop answered 404 for all orders: its shop plugin may be switched off')
}

export const load = async (id: string, connection: Connection): Promise<ToolInvoice | null> => {
  const order = await orderOf(id, connection)
  if (order === null) return null
  const current = parseInvoice(order, connection)
  if ('problem' in current) throw unreachable(`an order cannot be read: ${current.problem}`)
  return current
}

/**
 * By the key of the order, which opens the customer's invoice for ever: the bridge asks for it each time, and keeps it
 * nowhere. Without a number it does not ask: the plugin would make an invoice, and give it one.
 */
export const pdf = async (
  { sourceId }: Pick<Invoice, 'sourceId'>,
  connection: Connection
): Promise<PdfAddress | null> => {
  const order = sourceId === null ? null : await orderOf(sourceId, connection)
  return order === null ? null : pdfAddress(order, connection.settings)
}

export const pdfAddress = (order: unknown, settings: Settings): PdfAddress | null => {
  const { id, order_key: key, wpo_wcpdf_invoice_number: number } = (order ?? {}) as Record<string, unknown>
  if (typeof key !== 'string' || key === '' || !number) return null
  const query = new URLSearchParams({
    action: 'generate_wpo_wcpdf',
    document_type: 'invoice',
    order_ids: String(id),
    access_key: key
  })
  return { url: `${siteOf(settings).url}/wp-admin/admin-ajax.php?${query}` }
}
