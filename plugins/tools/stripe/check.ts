// Checks whether everything at Stripe is as the bridge needs it. Asks for little, changes nothing, and goes on with the
// other questions when one gets a wrong answer.

import { z } from 'zod'
import { BridgeError } from '../../../src/core/errors.ts'
import { bad, type Finding, type Found, good, lookAt } from '../../../src/tools/finding.ts'
import { ask, seenNow } from './api.ts'
import { mistakesIn, ours, readEndpoints, where } from './connect.ts'
import { parseInvoice } from './invoice.ts'
import type { Connection } from './settings.ts'

export const check = async (address: string | null, connection: Connection): Promise<Finding[]> => {
  /** Undefined: no invoice was read, so this is not known. */
  let pdfUrl: string | null | undefined
  const lastInvoice = async () => {
    const object = await findLastInvoice(connection)
    if (object === undefined) {
      pdfUrl = null
      return good('there is none yet')
    }
    const current = parseInvoice(object, seenNow(connection))
    if ('problem' in current) return bad(`cannot be read: ${current.problem}`)
    pdfUrl = current.invoice.pdfUrl
    return good(`${current.invoice.invoiceNumber} can be read`)
  }
  const findings = [
    await lookAt('last invoice', lastInvoice),
    await lookAt('PDF', () => findPdf(pdfUrl, connection)),
    await lookAt('event log', () => findAny('events', connection)),
    await lookAt('customers', () => findAny('customers', connection))
  ]
  return address === null ? findings : [...findings, await lookAt('webhook', () => findWebhook(address, connection))]
}

const List = z.object({ data: z.array(z.unknown()) })

const findAny = async (path: string, connection: Connection): Promise<Found> => {
  const { success } = List.safeParse(await ask(connection, path, { query: [['limit', '1']] }))
  return success ? good('can be read') : bad('cannot be read')
}

/** Never a draft: drafts have no number and no PDF. */
const findLastInvoice = async (connection: Connection): Promise<unknown> => {
  for (const status of ['open', 'paid']) {
    const query = [['status', status] as const, ['limit', '1'] as const]
    const { data } = List.safeParse(await ask(connection, 'invoices', { query }))
    if (data === undefined) throw new BridgeError('TOOL_UNREACHABLE', '/v1/invoices answered without a list')
    if (data.data.length > 0) return data.data[0]
  }
  return undefined
}

const findPdf = async (url: string | null | undefined, { api }: Connection): Promise<Found> => {
  if (url === undefined) return { ok: true, note: true, found: 'not looked at: no invoice could be read' }
  if (url === null) return good('there is none yet')
  // The first bytes will do; a redirect concerns only the delivery, which fetches the PDF. Public, so without the key.
  const { status } = await api.ask({ url, headers: { range: 'bytes=0-3' } })
  return status === 404 ? bad('its address answers 404') : good('its address answers')
}

const findWebhook = async (address: string, connection: Connection): Promise<Found> => {
  const endpoint = ours(await readEndpoints(connection), address)
  const connect = `run \`factuurbrug connect stripe\`, or see ${where}`
  if (endpoint === undefined) return bad(`none is registered for ${address}: ${connect}`)
  const mistakes = mistakesIn(endpoint, address)
  if (mistakes.length > 0) return bad(`${mistakes.join(', ')}: ${connect}`)
  return connection.settings.STRIPE_WEBHOOK_SECRET
    ? good('registered and enabled')
    : bad(`registered, but STRIPE_WEBHOOK_SECRET is not set: copy it from ${where}`)
}
