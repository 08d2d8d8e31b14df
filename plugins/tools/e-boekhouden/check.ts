// Checks whether everything at e-Boekhouden is as the bridge needs it. Asks for little, changes nothing.

import { bad, type Finding, good, lookAt } from '../../../src/tools/finding.ts'
import { load, pageOfInvoices } from './api.ts'
import { parseInvoice } from './invoice.ts'
import type { Connection } from './settings.ts'

export const check = async (_address: string | null, connection: Connection): Promise<Finding[]> => {
  let invoices: unknown[] = []
  const token = await lookAt('API token', async () => {
    invoices = (await pageOfInvoices(connection, { limit: 1 })).invoices
    return good('reads the invoices of the administration')
  })
  return token.ok ? [token, ...(await checkInvoice(invoices[0], connection))] : [token]
}

const checkInvoice = async (entity: unknown, connection: Connection): Promise<Finding[]> => {
  if (entity === undefined) return [{ ok: true, what: 'invoice', found: 'there is none yet' }]
  const reading = parseInvoice(entity)
  if ('problem' in reading) return [{ ok: false, what: 'invoice', found: reading.problem }]
  if (reading.stage === 'draft') return [{ ok: true, what: 'invoice', found: 'the first has no number or no PDF yet' }]
  const { sourceId, invoiceNumber } = reading.invoice
  const invoice = await lookAt('invoice', async () =>
    (await load(sourceId ?? '', connection)) === null
      ? bad(`${invoiceNumber} is listed, but not held`)
      : good(`${invoiceNumber} and its relation can be read`)
  )
  return [invoice, { ok: true, what: 'PDF', found: 'e-Boekhouden gives its address; it is not fetched here' }]
}
