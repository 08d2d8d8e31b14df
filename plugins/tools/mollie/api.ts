// The part of Mollie's API that the bridge uses. https://docs.mollie.com/reference/sales-invoices-api

import { BridgeError } from '../../../src/core/errors.ts'
import type { Invoice } from '../../../src/core/invoice.ts'
import { type Answer, type Asked, fieldIn, unreachable } from '../../../src/tools/api.ts'
import type { Pace } from '../../../src/tools/pace.ts'
import type { PdfAddress, ToolInvoice } from '../../../src/tools/tool.ts'
import { parseInvoice } from './invoice.ts'
import { type Connection, isApiKey, type Settings } from './settings.ts'

type Question = Pick<Asked, 'method' | 'json'> & { query?: Record<string, string> }

/** Throws TOOL_UNAUTHORIZED without a key. */
const authorization = ({ MOLLIE_API_KEY: key }: Settings): Record<string, string> => {
  if (key === undefined) throw new BridgeError('TOOL_UNAUTHORIZED', 'MOLLIE_API_KEY is not set')
  return { authorization: `Bearer ${key}` }
}

/** With an access token, which is for both modes, a request has to say which. With an API key it must not. */
export const modeOf = ({ MOLLIE_API_KEY: key, MOLLIE_TEST_MODE: isTest }: Settings): { testmode?: true } =>
  isTest && !isApiKey(key) ? { testmode: true } : {}

export const ask = (
  { settings, api }: Connection,
  path: string,
  { method = 'GET', json, query = {} }: Question = {}
): Promise<Answer> => {
  const mode = method === 'GET' && modeOf(settings).testmode ? { testmode: 'true' } : {}
  const search = new URLSearchParams({ ...query, ...mode })
  const right = path.startsWith('webhooks') ? `webhooks.${method === 'GET' ? 'read' : 'write'}` : 'sales-invoices.read'
  return api.ask({
    url: `${settings.MOLLIE_API_URL}/v2/${path}${search.size > 0 ? `?${search}` : ''}`,
    method,
    headers: authorization(settings),
    variable: 'MOLLIE_API_KEY',
    needs: `the permission ${right}`,
    // Amounts are text.
    plain: () => true,
    ...(json === undefined ? {} : { json })
  })
}

// Mollie's own maximum.
const pageSize = 250
// A quarter of a million invoices; a list that runs in circles ends here, too.
const pagesMax = 1000

type Listed = 'sales-invoices' | 'webhooks'

/** Page by page. `inPace`: waits until it is time to ask. */
export async function* pagesOf(
  what: Listed,
  connection: Connection,
  { limit = pageSize, inPace = ask => ask() }: { limit?: number; inPace?: Pace } = {}
): AsyncGenerator<unknown[]> {
  let from: string | null = null
  for (let page = 1; page <= pagesMax; page += 1) {
    const query: Record<string, string> = { limit: String(limit), ...(from === null ? {} : { from }) }
    const { status, json }: Answer = await inPace(() => ask(connection, what, { query }))
    const entities = fieldIn(fieldIn(json, '_embedded'), what.replace('-', '_'))
    if (!Array.isArray(entities)) throw unreachable(`${what} answered ${status}, without a list`)
    yield entities
    from = fromIn(fieldIn(fieldIn(fieldIn(json, '_links'), 'next'), 'href'))
    if (from === null) return
  }
  throw unreachable(`${what} has more than ${pagesMax} pages`)
}

/** Takes only the id from the next page's address, so that the key does not go wherever that leads. */
const fromIn = (url: unknown): string | null =>
  typeof url === 'string' ? (URL.parse(url)?.searchParams.get('from') ?? null) : null

const entityOf = async (id: string, connection: Connection): Promise<unknown> => {
  const { status, json } = await ask(connection, `sales-invoices/${encodeURIComponent(id)}`)
  return status === 404 ? null : json
}

export const seenNow = ({ clock, timeZone }: Connection) => ({
  timeZone,
  seenAt: Math.floor(clock.now() / 1000) * 1000
})

export const load = async (id: string, connection: Connection): Promise<ToolInvoice | null> => {
  const entity = await entityOf(id, connection)
  if (entity === null) return null
  const current = parseInvoice(entity, seenNow(connection))
  if ('problem' in current) throw unreachable(`an invoice cannot be read: ${current.problem}`)
  return current
}

export const pdf = async (
  { sourceId }: Pick<Invoice, 'sourceId'>,
  connection: Connection
): Promise<PdfAddress | null> =>
  sourceId === null ? null : pdfAddress(await entityOf(sourceId, connection), connection.settings)

/** Null: not made yet. The key goes only to the API's host. */
export const pdfAddress = (entity: unknown, settings: Settings): PdfAddress | null => {
  const url = fieldIn(fieldIn(fieldIn(entity, '_links'), 'pdfLink'), 'href')
  if (typeof url !== 'string') return null
  const isApis = URL.parse(url)?.origin === new URL(settings.MOLLIE_API_URL).origin
  return { url, headers: isApis ? authorization(settings) : {}, failsAsJson: true }
}
