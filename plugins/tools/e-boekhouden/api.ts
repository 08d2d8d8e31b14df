// The part of e-Boekhouden's REST API that the bridge uses. A token opens a session, which answers the questions; a
// session that has ended is replaced once. https://api.e-boekhouden.nl/swagger

import { BridgeError, isCode } from '../../../src/core/errors.ts'
import type { Invoice, PlainDate } from '../../../src/core/invoice.ts'
import { type Answer, fieldIn, unreachable } from '../../../src/tools/api.ts'
import type { PdfAddress, ToolInvoice } from '../../../src/tools/tool.ts'
import { parseInvoice, withRelation } from './invoice.ts'
import type { Connection, Settings } from './settings.ts'

// A quarter of its maximum: an answer of some hundred kilobytes.
const pageSize = 500

// Ten characters are allowed.
const source = 'Factuurbr'

// The bridge leaves a session before it expires.
const spareMs = 60_000

const variable = 'E_BOEKHOUDEN_TOKEN'

type Session = { token: string; until: number }

/** All questions share one session: opening one each time would be half of all requests. */
const sessions = new WeakMap<Settings, Session>()

const openSession = async ({ settings, clock, api }: Connection): Promise<Session> => {
  const { E_BOEKHOUDEN_TOKEN: accessToken, E_BOEKHOUDEN_API_URL: base } = settings
  if (accessToken === undefined) throw new BridgeError('TOOL_UNAUTHORIZED', `${variable} is not set`)
  const json = { accessToken, source }
  const answer = await api.ask({ url: `${base}/v1/session`, method: 'POST', headers: {}, json, variable })
  const token = fieldIn(answer.json, 'token')
  const seconds = Number(fieldIn(answer.json, 'expiresIn'))
  if (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token))
    throw unreachable(`e-Boekhouden answered ${answer.status} without a session`)
  const session = { token, until: clock.monotonic() + (seconds > 0 ? seconds * 1000 : 0) - spareMs }
  sessions.set(settings, session)
  return session
}

export const ask = async (connection: Connection, path: string): Promise<Answer> => {
  const { settings, clock, api } = connection
  const url = `${settings.E_BOEKHOUDEN_API_URL}/v1/${path}`
  const by = ({ token }: Session) => api.ask({ url, headers: { authorization: `Bearer ${token}` }, variable })
  const session = sessions.get(settings)
  if (session === undefined || session.until <= clock.monotonic()) return by(await openSession(connection))
  try {
    return await by(session)
  } catch (error) {
    if (!isCode(error, 'TOOL_UNAUTHORIZED')) throw error
    return by(await openSession(connection))
  }
}

const entityAt = async (path: string, connection: Connection): Promise<unknown> => {
  const { status, json } = await ask(connection, path)
  if (status === 404) return null
  if (fieldIn(json, 'id') === undefined) throw unreachable(`${path.split('/')[0]} answered ${status}, without an id`)
  return json
}

const pathOf = (id: string): string => `invoice/${encodeURIComponent(id)}`

export const load = async (id: string, connection: Connection): Promise<ToolInvoice | null> => {
  const entity = await entityAt(pathOf(id), connection)
  if (entity === null) return null
  const current = parseInvoice(entity)
  if ('problem' in current) throw unreachable(`an invoice cannot be read: ${current.problem}`)
  if (current.stage === 'draft') return current
  const { customer } = current.invoice
  const relation = await entityAt(`relation/${encodeURIComponent(customer.ref)}`, connection)
  const known = relation === null ? customer : withRelation(customer, relation)
  if (known === null) throw unreachable('a relation cannot be read')
  return { ...current, invoice: { ...current.invoice, customer: known } }
}

/** A number may have been used again: the latest invoice counts. */
export const idOf = async (invoiceNumber: string, connection: Connection): Promise<string | null> => {
  const { status, json } = await ask(connection, `invoice?${new URLSearchParams({ invoiceNumber, limit: '50' })}`)
  const found = fieldIn(json, 'items')
  if (!Array.isArray(found)) throw unreachable(`invoice answered ${status}, without a list`)
  const ids = found
    .filter(entity => fieldIn(entity, 'invoiceNumber') === invoiceNumber)
    .map(entity => Number(fieldIn(entity, 'id')))
  return ids.length === 0 ? null : String(Math.max(...ids))
}

/** A shareable address: no token goes there. */
export const pdf = async (
  { sourceId }: Pick<Invoice, 'sourceId'>,
  connection: Connection
): Promise<PdfAddress | null> => {
  const url = sourceId === null ? null : fieldIn(await entityAt(pathOf(sourceId), connection), 'urlPdfFile')
  return typeof url === 'string' && url !== '' ? { url } : null
}

export type Page = { invoices: unknown[]; isLast: boolean }

/** Invoices dated `from` or later. There is no filter for what changed. */
export const pageOfInvoices = async (
  connection: Connection,
  { from, offset = 0, limit = pageSize }: { from?: PlainDate; offset?: number; limit?: number }
): Promise<Page> => {
  const filter = from === undefined ? {} : { 'date[gte]': from }
  const query = new URLSearchParams({ limit: String(limit), offset: String(offset), ...filter })
  const { status, json } = await ask(connection, `invoice?${query}`)
  const invoices = fieldIn(json, 'items')
  if (!Array.isArray(invoices)) throw unreachable(`invoice answered ${status}, without a list`)
  // No document says whether `count` is for this page or for all.
  const isMore = invoices.length >= limit || Number(fieldIn(json, 'count')) > offset + invoices.length
  return { invoices, isLast: invoices.length === 0 || !isMore }
}
