// The part that the bridge uses of the API that WeFact and HostFact share. Everything is a POST to one address, and
// failures come with status 200: `status` says so, and `errors` says why in Dutch sentences.
// https://developer.wefact.com

import { BridgeError } from '../../src/core/errors.ts'
import type { Invoice } from '../../src/core/invoice.ts'
import { unreachable } from '../../src/tools/api.ts'
import type { PdfBytes, ToolConnection, ToolInvoice } from '../../src/tools/tool.ts'
import { vendorWords } from '../../src/tools/vendor-words.ts'
import { createGate, type Gate } from './gate.ts'
import { parseInvoice } from './invoice.ts'

/** What opens the API. Always the same object in one bridge: its gate is tied to it. */
export type Access = { vendor: string; key: string | undefined; url: string | undefined; variable: string }

export type Connection = ToolConnection<Access>

const gates = new WeakMap<Access, Gate>()

type Question = { action: 'list' | 'show' | 'download'; form: Record<string, string>; plain?: boolean }
type Said = { json: Record<string, unknown>; errors: string[] }

/** `errors`: what the vendor says is wrong; empty when it says "success". */
export const ask = async ({ settings, clock, api }: Connection, { action, form, plain }: Question): Promise<Said> => {
  const { vendor, key, url, variable } = settings
  if (key === undefined || url === undefined) throw new BridgeError('TOOL_UNAUTHORIZED', `${variable} is not set`)
  const gate = gates.getOrInsertComputed(settings, () => createGate({ clock, host: new URL(url).host }))
  const asked = {
    url,
    method: 'POST' as const,
    headers: {},
    form: { api_key: key, controller: 'invoice', action, ...form },
    variable,
    // An answer with a PDF of megabytes has no digits that matter.
    ...(plain ? { plain: () => true } : {})
  }
  const answer = await gate.through(() => api.ask(asked))
  const json = recordOf(answer.json)
  const errors = [json.errors].flat().filter(error => typeof error === 'string')
  if (json.status === 'success') return { json, errors: [] }
  if (json.status !== 'error') throw unreachable(`${vendor} answered ${answer.status}, without a status`)
  const words = vendorWords(JSON.stringify({ message: errors[0] ?? null }), key)
  const said = words === null ? '' : `: ${words}`
  // The API has no error codes.
  if (errors.some(error => /api[_ -]?key|\bapi\b|sleutel|toegang|access/i.test(error)))
    throw new BridgeError('TOOL_UNAUTHORIZED', `${vendor} refuses ${variable}, or the address of this machine${said}`)
  if (!errors.some(isAboutNothing)) throw unreachable(`${vendor} answered with an error${said}`)
  return { json, errors }
}

const isAboutNothing = (error: string): boolean =>
  /niet gevonden|bestaat niet|not found|does not exist|(ongeldig|invalid)\S* identifier/i.test(error)

/** With what a list leaves out. Null: there is no such invoice. */
export const show = async (id: string, connection: Connection): Promise<unknown> => {
  const { json, errors } = await ask(connection, { action: 'show', form: { Identifier: id } })
  return errors.length > 0 ? null : json.invoice
}

export const load = async (id: string, connection: Connection): Promise<ToolInvoice | null> => {
  const entity = await show(id, connection)
  if (entity === null) return null
  const current = parseInvoice(entity, connection)
  if ('problem' in current) throw unreachable(`an invoice cannot be read: ${current.problem}`)
  return current
}

/** The API finds an invoice by its number, too. */
export const idOf = async (invoiceNumber: string, connection: Connection): Promise<string | null> => {
  const { json, errors } = await ask(connection, { action: 'show', form: { InvoiceCode: invoiceNumber } })
  const { Identifier: id } = recordOf(json.invoice)
  return errors.length > 0 || id === undefined ? null : String(id)
}

export const pdf = async ({ sourceId }: Invoice, connection: Connection): Promise<PdfBytes | null> => {
  if (sourceId === null) return null
  const { json } = await ask(connection, { action: 'download', form: { Identifier: sourceId }, plain: true })
  const { Base64: base64 } = recordOf(json.invoice)
  return typeof base64 === 'string' && base64 !== '' ? { bytes: Buffer.from(base64, 'base64') } : null
}

// A quarter of its maximum: an answer of some hundred kilobytes.
const pageSize = 250

export type Page = { invoices: unknown[]; isLast: boolean }
/** `from` and `to`: as the vendor writes a time. */
export type Wanted = { status: string; from?: string; to?: string; offset?: number; limit?: number }

/** Of one status, changed between two moments, oldest first. */
export const pageOfInvoices = async (
  connection: Connection,
  { status, from, to, offset = 0, limit = pageSize }: Wanted
): Promise<Page> => {
  const { settings } = connection
  const modified: Record<string, string> =
    from === undefined || to === undefined ? {} : { 'modified[from]': from, 'modified[to]': to }
  const paging = {
    sort: 'Modified',
    order: from === undefined ? 'DESC' : 'ASC',
    offset: `${offset}`,
    limit: `${limit}`
  }
  const { json } = await ask(connection, { action: 'list', form: { status, ...modified, ...paging } })
  const total = Number(json.totalresults ?? Number.NaN)
  // An empty list has no key at all.
  const invoices = json.invoices ?? (total === 0 || Number(json.currentresults) === 0 ? [] : undefined)
  if (!Array.isArray(invoices)) throw unreachable(`${settings.vendor} answered without a list`)
  return { invoices, isLast: invoices.length === 0 || offset + invoices.length >= total }
}

const recordOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
