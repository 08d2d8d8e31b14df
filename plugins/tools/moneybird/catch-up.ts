// Invoices that changed since a moment, whatever the change: finalised, sent, paid. Deleted invoices leave no trace.

import type { Instant } from '../../../src/core/clock.ts'
import { unreachable } from '../../../src/tools/api.ts'
import { createPace } from '../../../src/tools/pace.ts'
import type { ToolInvoice, UnreadEvent } from '../../../src/tools/tool.ts'
import { pageOfInvoices } from './api.ts'
import { parseInvoice } from './invoice.ts'
import type { Connection, Settings } from './settings.ts'

// A hundred thousand invoices; a list that runs in circles ends here, too.
const pagesMax = 1000
// Moneybird allows 150 requests in five minutes. Half of them are left for deliveries.
const pageEveryMs = 4000

export async function* missed(
  since: Instant,
  connection: Connection,
  stopped: AbortSignal
): AsyncGenerator<ToolInvoice | UnreadEvent> {
  const inPace = createPace({ clock: connection.clock, everyMs: pageEveryMs, stopped })
  for (let page = 1; page <= pagesMax; page += 1) {
    const { invoices, isLast } = await inPace(() => pageOfInvoices(connection, { page, since }))
    for (const entity of invoices) {
      const invoice = parseInvoice(entity, connection)
      if ('problem' in invoice) yield unreadEvent(entity, invoice.problem, connection.settings)
      else if (invoice.stage !== 'draft') yield invoice
    }
    if (isLast) return
  }
  throw unreachable(`sales_invoices.json has more than ${pagesMax} pages`)
}

const unreadEvent = (entity: unknown, problem: string, settings: Settings): UnreadEvent => {
  const { id } = (entity ?? {}) as { id?: unknown }
  const sourceId = typeof id === 'string' ? id : null
  const event = {
    administration_id: settings.MONEYBIRD_ADMINISTRATION_ID,
    entity_type: 'SalesInvoice',
    entity_id: sourceId,
    entity
  }
  return { body: Buffer.from(JSON.stringify(event)), problem: `entity: ${problem}`, sourceId }
}
