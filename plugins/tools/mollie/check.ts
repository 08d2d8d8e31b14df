// Checks whether everything at Mollie is as the bridge needs it. Asks for little, changes nothing, and goes on with the
// other questions when one gets a wrong answer.

import { bad, type Finding, type Found, good, lookAt } from '../../../src/tools/finding.ts'
import { pagesOf, pdfAddress, seenNow } from './api.ts'
import { mistakesIn, ours, readWebhooks, where } from './connect.ts'
import { parseInvoice } from './invoice.ts'
import { type Connection, isApiKey } from './settings.ts'

// How many invoices at the beginning of the list are searched for a final one.
const invoicesLookedAt = 20

export const check = async (address: string | null, connection: Connection): Promise<Finding[]> => {
  let entities: unknown[] = []
  const key = await lookAt('API key', async () => {
    const { value } = await pagesOf('sales-invoices', connection, { limit: invoicesLookedAt }).next()
    entities = value ?? []
    return good('reads the sales invoices')
  })
  const findings = key.ok ? [key, ...(await checkInvoice(entities, connection))] : [key]
  return address === null ? findings : [...findings, await lookAt('webhook', () => checkWebhook(address, connection))]
}

const checkInvoice = async (entities: unknown[], connection: Connection): Promise<Finding[]> => {
  const read = entities.map(entity => ({ entity, reading: parseInvoice(entity, seenNow(connection)) }))
  const problem = read.map(({ reading }) => reading).find(reading => 'problem' in reading)
  if (problem) return [{ ok: false, what: 'invoice', found: problem.problem }]
  const final = read.find(({ reading }) => 'stage' in reading && reading.stage === 'final')
  if (!final || 'problem' in final.reading)
    return [{ ok: true, note: true, what: 'invoice', found: 'none of the first in the list is final' }]
  const { invoiceNumber } = final.reading.invoice
  const invoice: Finding = { ok: true, what: 'invoice', found: `${invoiceNumber} can be read` }
  return [invoice, await lookAt('PDF', () => checkPdf(final.entity, connection))]
}

const checkPdf = async (entity: unknown, { api, settings }: Connection): Promise<Found> => {
  const address = pdfAddress(entity, settings)
  if (address === null) return { ok: true, note: true, found: 'Mollie has not made it yet' }
  const { status, headers } = await api.ask({ url: address.url, headers: { ...address.headers, range: 'bytes=0-3' } })
  if (status === 404) return bad('its address answers 404')
  const type = headers['content-type'] ?? ''
  return /json|html/.test(type)
    ? bad(`its address answers with ${/json/.test(type) ? 'JSON' : 'a page'}`)
    : good('can be fetched')
}

const checkWebhook = async (address: string, connection: Connection): Promise<Found> => {
  const { MOLLIE_API_KEY: key, MOLLIE_WEBHOOK_SECRET: secret } = connection.settings
  if (isApiKey(key))
    return { ok: true, note: true, found: `not looked at, as an API key sees none: look under ${where}` }
  const connect = 'run `factuurbrug connect mollie`'
  const [webhook] = ours(await readWebhooks(connection), address)
  if (webhook === undefined) return bad(`none is registered for ${address}: ${connect}`)
  const mistakes = mistakesIn(webhook, address)
  if (mistakes.length > 0) return bad(`${mistakes.join(', ')}: ${connect}`)
  return secret ? good('registered and enabled') : bad(`registered, but MOLLIE_WEBHOOK_SECRET is not set: ${connect}`)
}
