// Checks whether everything in the shop is as the bridge needs it. Asks for little, changes nothing, and goes on with
// the other questions when one gets a wrong answer.

import { bad, type Finding, type Found, good, lookAt } from '../../../src/tools/finding.ts'
import { ask, listIn, pdfAddress } from './api.ts'
import { isActive, listWebhooks, topics } from './connect.ts'
import { parseInvoice } from './invoice.ts'
import type { Connection } from './settings.ts'

// How many of the latest orders are searched for one with an invoice.
const ordersLookedAt = 20

export const check = async (address: string | null, connection: Connection): Promise<Finding[]> => {
  let orders: object[] = []
  const key = await lookAt('API key', async () => {
    orders = listIn(await ask(connection, 'orders', { query: { per_page: String(ordersLookedAt) } }), 'orders')
    return good('reads the orders of the shop')
  })
  const findings = [key]
  if (address !== null) findings.push(await lookAt('webhook', () => checkWebhooks(address, connection)))
  if (key.ok) findings.push(...(await checkInvoice(orders, connection)))
  return findings
}

const checkWebhooks = async (address: string, connection: Connection): Promise<Found> => {
  const here = (await listWebhooks(connection)).filter(({ delivery_url: url }) => url === address)
  const wrong = (found: string) => bad(`${found}: run \`factuurbrug connect woocommerce\``)
  const missing = topics.find(topic => !here.some(webhook => webhook.topic === topic))
  if (missing !== undefined) return wrong(`none for ${missing} is registered at ${address}`)
  if (connection.settings.WOOCOMMERCE_WEBHOOK_SECRET === undefined)
    return wrong('registered, but WOOCOMMERCE_WEBHOOK_SECRET is not set')
  const off = topics.find(topic => !here.some(webhook => webhook.topic === topic && isActive(webhook)))
  if (off !== undefined) return wrong(`the one for ${off} is switched off, as happens after several failures in a row`)
  return good('registered and switched on')
}

const checkInvoice = async (orders: object[], connection: Connection): Promise<Finding[]> => {
  const order = orders.find(one => (one as Record<string, unknown>).wpo_wcpdf_invoice_number)
  if (order === undefined) {
    const found =
      orders.length === 0
        ? 'there is no order yet'
        : `none of the last ${orders.length} orders has one: the plugin makes them when the customer is mailed, or when asked`
    return [{ ok: true, note: true, what: 'invoice', found }]
  }
  const reading = parseInvoice(order, connection)
  if ('problem' in reading) return [{ ok: false, what: 'invoice', found: reading.problem }]
  const invoice: Finding = { ok: true, what: 'invoice', found: `${reading.invoice.invoiceNumber} can be read` }
  return [invoice, await lookAt('PDF', () => checkPdf(order, connection))]
}

const checkPdf = async (order: object, connection: Connection): Promise<Found> => {
  const address = pdfAddress(order, connection.settings)
  if (address === null) return bad('the order has no key that opens it')
  const { headers } = await connection.api.ask({ ...address, headers: {}, plain: () => true })
  if (headers['content-type']?.startsWith('application/pdf')) return good('opens with the key of its order')
  return bad(
    'the shop shows a page instead: set WooCommerce > PDF Invoices > Advanced > Document link access type to Full; a firewall may also keep data centres out'
  )
}
