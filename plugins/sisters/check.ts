// Checks whether everything is as the bridge needs it. Asks for little, changes nothing.

import { bad, type Finding, good, lookAt } from '../../src/tools/finding.ts'
import { type Connection, pageOfInvoices, pdf } from './api.ts'
import { parseInvoice } from './invoice.ts'

const sent = '2'

export const check = async (_address: string | null, connection: Connection): Promise<Finding[]> => {
  let invoices: unknown[] = []
  const key = await lookAt('API key', async () => {
    invoices = (await pageOfInvoices(connection, { status: sent, limit: 1 })).invoices
    return good('reads the invoices, from this address')
  })
  return key.ok ? [key, ...(await checkInvoice(invoices[0], connection))] : [key]
}

const checkInvoice = async (entity: unknown, connection: Connection): Promise<Finding[]> => {
  if (entity === undefined) return [{ ok: true, what: 'invoice', found: 'there is none that was sent and not paid' }]
  const reading = parseInvoice(entity, connection)
  if ('problem' in reading) return [{ ok: false, what: 'invoice', found: reading.problem }]
  const found = await lookAt('PDF', async () => {
    const file = await pdf(reading.invoice, connection)
    return file?.bytes.subarray(0, 5).toString() === '%PDF-' ? good('comes with the answer') : bad('is not a PDF')
  })
  return [{ ok: true, what: 'invoice', found: `${reading.invoice.invoiceNumber} can be read` }, found]
}
