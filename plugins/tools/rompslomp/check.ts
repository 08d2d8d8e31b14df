// Checks whether everything at Rompslomp is as the bridge needs it. Asks for little, changes nothing.

import { bad, type Finding, good, lookAt } from '../../../src/tools/finding.ts'
import { hasPdf, pageOfInvoices } from './api.ts'
import { parseInvoice } from './invoice.ts'
import type { Connection } from './settings.ts'

export const check = async (_address: null | string, connection: Connection): Promise<Finding[]> => {
  let invoices: unknown[] = []
  const token = await lookAt('API token', async () => {
    invoices = (await pageOfInvoices(connection, { perPage: 1 })).invoices
    return good('reads the invoices of the company')
  })
  return token.ok ? [token, ...(await checkInvoice(invoices[0], connection))] : [token]
}

const checkInvoice = async (entity: unknown, connection: Connection): Promise<Finding[]> => {
  if (entity === undefined) return [{ ok: true, what: 'invoice', found: 'there is no published one yet' }]
  const reading = parseInvoice(entity, { timeZone: connection.timeZone, seenAt: connection.clock.now() })
  if ('problem' in reading) return [{ ok: false, what: 'invoice', found: reading.problem }]
  const { sourceId, invoiceNumber } = reading.invoice
  const pdf = await lookAt('PDF', async () =>
    (await hasPdf(sourceId ?? '', connection))
      ? good('Rompslomp answers with one')
      : bad('Rompslomp answers without a PDF')
  )
  return [{ ok: true, what: 'invoice', found: `${invoiceNumber} can be read` }, pdf]
}
