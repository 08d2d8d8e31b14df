// What e-Boekhouden holds by date of invoice: the only way in. Each invoice comes by in every question that covers its
// date, and what is known by then costs nothing more. Its customer is asked for before it is delivered.

import type { Instant } from '../../../src/core/clock.ts'
import { unreachable } from '../../../src/tools/api.ts'
import { firstDateSince } from '../../../src/tools/by-date.ts'
import { createPace } from '../../../src/tools/pace.ts'
import { unreadEvent } from '../../../src/tools/seen.ts'
import type { ToolInvoice, UnreadEvent } from '../../../src/tools/tool.ts'
import { pageOfInvoices } from './api.ts'
import { parseInvoice } from './invoice.ts'
import type { Connection } from './settings.ts'

// A hundred thousand invoices; an answer that leads in circles ends here too.
const pagesMax = 200
// e-Boekhouden does not say what it allows. A person who turns pages is no faster.
const pageEveryMs = 1000

export async function* missed(
  since: Instant,
  connection: Connection,
  stopped: AbortSignal
): AsyncGenerator<ToolInvoice | UnreadEvent> {
  const { clock } = connection
  const from = firstDateSince(since, connection)
  const inPace = createPace({ clock, everyMs: pageEveryMs, stopped })
  let offset = 0
  for (let page = 1; page <= pagesMax; page += 1) {
    const { invoices, isLast } = await inPace(() => pageOfInvoices(connection, { from, offset }))
    offset += invoices.length
    for (const entity of invoices) {
      const invoice = parseInvoice(entity)
      if ('problem' in invoice) yield unreadEvent(entity, invoice, clock.now())
      else if (invoice.stage !== 'draft') yield invoice
    }
    if (isLast) return
  }
  throw unreachable(`the list of invoices has more than ${pagesMax} pages`)
}
