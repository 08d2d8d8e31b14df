// The part of Stripe's API that the bridge uses. The version is pinned per request, so that the account's own setting
// changes nothing. https://docs.stripe.com/api

import { z } from 'zod'
import { BridgeError } from '../../../src/core/errors.ts'
import type { Invoice } from '../../../src/core/invoice.ts'
import { unreachable } from '../../../src/tools/api.ts'
import type { PdfAddress, ToolInvoice } from '../../../src/tools/tool.ts'
import { parseInvoice, portalIdIn } from './invoice.ts'
import { type Connection, canAsk } from './settings.ts'

export const apiVersion = '2026-07-29.dahlia'

// Stripe's own maximum.
const pageSize = 100
// A hundred thousand objects in one window of time; a list that runs in circles ends here, too.
const pagesMax = 1000

/**
 * Rights of a restricted key, as the Dashboard calls them. Registering writes webhook endpoints, so reading them asks
 * for the same right.
 */
const rights: Record<string, string> = {
  invoices: 'read rights on Invoices',
  events: 'read rights on Events',
  customers: 'read rights on Customers',
  webhook_endpoints: 'write rights on Webhook Endpoints'
}

export type Query = readonly (readonly [name: string, value: string])[]

/** Null: Stripe holds no such object. */
export const ask = async (
  { api, settings }: Connection,
  path: string,
  { query = [], form }: { query?: Query; form?: Record<string, string> } = {}
): Promise<unknown> => {
  const { STRIPE_API_KEY, STRIPE_API_URL } = settings
  if (STRIPE_API_KEY === undefined) throw new BridgeError('TOOL_UNAUTHORIZED', 'STRIPE_API_KEY is not set')
  const search = query.length === 0 ? '' : `?${new URLSearchParams(query.map(([...pair]) => pair))}`
  const { status, json } = await api.ask({
    url: `${STRIPE_API_URL}/v1/${path}${search}`,
    headers: { authorization: `Bearer ${STRIPE_API_KEY}`, 'stripe-version': apiVersion },
    variable: 'STRIPE_API_KEY',
    needs: rights[kindOf(path)] ?? 'more rights',
    // Minor units and seconds are whole and small.
    plain: () => true,
    ...(form ? { method: 'POST', form } : {})
  })
  if (status === 404) return null
  if (status >= 300 || json === undefined) throw unreachable(`/v1/${kindOf(path)} answered ${status}, without JSON`)
  return json
}

const List = z.object({ data: z.array(z.looseObject({ id: z.string() })), has_more: z.boolean() })

/** Newest first, as Stripe lists. */
export async function* list(connection: Connection, path: string, query: Query = []) {
  let after: string | undefined
  for (let page = 1; page <= pagesMax; page += 1) {
    const cursor: Query = after === undefined ? [] : [['starting_after', after]]
    const asked = [...query, ['limit', String(pageSize)] as const, ...cursor]
    const { data: answer } = List.safeParse(await ask(connection, path, { query: asked }))
    if (answer === undefined) throw unreachable(`/v1/${path} answered without a list`)
    yield* answer.data
    if (!answer.has_more) return
    after = answer.data.at(-1)?.id
    if (after === undefined) throw unreachable(`/v1/${path} answered with an empty page that is not the last`)
  }
  throw unreachable(`/v1/${path} has more than ${pagesMax} pages`)
}

const getInvoice = async (id: string, connection: Connection): Promise<ToolInvoice | null> => {
  const json = await ask(connection, `invoices/${encodeURIComponent(id)}`)
  if (json === null) return null
  const current = parseInvoice(json, seenNow(connection))
  if ('problem' in current) throw unreachable(`an invoice cannot be read: ${current.problem}`)
  return current
}

// From Stripe's search, which may miss what was made within the last minute.
const Found = z.object({ data: z.array(z.looseObject({ id: z.string() })) })

export const idOf = async (invoiceNumber: string, connection: Connection): Promise<string | null> => {
  const quoted = JSON.stringify(invoiceNumber)
  const json = await ask(connection, 'invoices/search', { query: [['query', `number:${quoted}`]] })
  return Found.safeParse(json).data?.data[0]?.id ?? null
}

/** In whole seconds: the portal's notation of an instant has nothing finer. */
export const seenNow = ({ clock, timeZone }: Connection) => ({
  timeZone,
  seenAt: Math.floor(clock.now() / 1000) * 1000
})

/** With the portal's id of its customer, if one more question finds it. */
export const load = async (sourceId: string, connection: Connection): Promise<ToolInvoice | null> => {
  const current = await getInvoice(sourceId, connection)
  if (current?.stage !== 'final' || current.invoice.customer.portalId !== null) return current
  const { customer } = current.invoice
  const portalId = await portalIdOf(customer.ref, connection)
  return { ...current, invoice: { ...current.invoice, customer: { ...customer, portalId } } }
}

/** Links expire, after a month at the earliest; one that was just asked for is valid for days. */
export const pdf = async ({ sourceId, pdfUrl }: Invoice, connection: Connection): Promise<PdfAddress | null> => {
  const current = canAsk(connection.settings) && sourceId ? await getInvoice(sourceId, connection) : null
  const url = current?.invoice.pdfUrl ?? pdfUrl
  return url === null ? null : { url }
}

/** The portal's id, from the metadata that a person gave to Stripe's customer. */
const portalIdOf = async (customerRef: string, connection: Connection): Promise<string | null> => {
  if (!customerRef.startsWith('cus_')) return null
  const customer = await ask(connection, `customers/${encodeURIComponent(customerRef)}`)
  return portalIdIn((customer as { metadata?: unknown } | null)?.metadata)
}

/** The path without the id. */
const kindOf = (path: string): string => path.split('/')[0] ?? ''
