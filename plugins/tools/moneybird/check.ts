// Checks whether everything at Moneybird is as the bridge needs it. Asks for little, changes nothing, and goes on with
// the other questions when one gets a wrong answer.

import { bad, type Finding, type Found, good, lookAt } from '../../../src/tools/finding.ts'
import { hasPdf, pageOfInvoices } from './api.ts'
import { isAt, isComplete, isOn, listWebhooks } from './connect.ts'
import { parseInvoice } from './invoice.ts'
import type { Connection } from './settings.ts'

export const check = async (address: string | null, connection: Connection): Promise<Finding[]> => {
  let invoices: unknown[] = []
  const token = await lookAt('API token', async () => {
    invoices = (await pageOfInvoices(connection, { perPage: 1 })).invoices
    return good('reads the invoices of the administration')
  })
  const findings = [token]
  if (address !== null) findings.push(await lookAt('webhook', () => checkWebhook(address, connection)))
  if (token.ok) findings.push(...(await checkInvoice(invoices[0], connection)))
  return findings
}

const checkWebhook = async (address: string, connection: Connection): Promise<Found> => {
  const here = (await listWebhooks(connection)).filter(({ url }) => isAt(url, address))
  const webhook = here.find(one => isOn(one) && isComplete(one)) ?? here.find(isOn) ?? here[0]
  const wrong = (found: string) => bad(`${found}: run \`factuurbrug connect moneybird\``)
  if (!webhook) return wrong(`none is registered at ${address}`)
  if (connection.settings.MONEYBIRD_WEBHOOK_SECRET === undefined)
    return wrong('registered, but MONEYBIRD_WEBHOOK_SECRET is not set')
  if (!isOn(webhook)) return wrong('it is switched off')
  if (!isComplete(webhook)) return wrong('it sends other events than the bridge takes')
  const { last_http_status: status } = webhook
  if (!status) return good('registered and switched on; nothing was sent yet')
  return { ok: status === '200', found: `registered and switched on; we last answered ${status}` }
}

const checkInvoice = async (invoice: unknown, connection: Connection): Promise<Finding[]> => {
  if (invoice === undefined) return [{ ok: true, what: 'invoice', found: 'there is no final one yet' }]
  const reading = parseInvoice(invoice, connection)
  if ('problem' in reading) return [{ ok: false, what: 'invoice', found: reading.problem }]
  const { sourceId, invoiceNumber } = reading.invoice
  const pdf = await lookAt('PDF', async () =>
    (await hasPdf(sourceId ?? '', connection))
      ? good('Moneybird answers with a link to it')
      : bad('Moneybird gives no link to it')
  )
  return [{ ok: true, what: 'invoice', found: `${invoiceNumber} can be read` }, pdf]
}
