// What Rompslomp holds, by date of invoice: there is no other way to ask. Each invoice comes up in every question that
// covers its date; one that is known by then costs nothing more.

import type { Instant } from '../../../src/core/clock.ts'
import { unreachable } from '../../../src/tools/api.ts'
import { firstDateSince } from '../../../src/tools/by-date.ts'
import { createPace } from '../../../src/tools/pace.ts'
import { unreadEvent } from '../../../src/tools/seen.ts'
import type { ToolInvoice, UnreadEvent } from '../../../src/tools/tool.ts'
import { pageOfInvoices } from './api.ts'
import { parseInvoice } from './invoice.ts'
import type { Connection } from './settings.ts'

// A hundred thousand invoices; a list that runs in circles ends here, too.
const pagesMax = 1000
// Rompslomp does not say how many requests it allows. This is no faster than a person turning pages.
const pageEveryMs = 1000

export async function* missed(
  since: Instant,
  connection: Connection,
  stopped: AbortSignal
): AsyncGenerator<ToolInvoice | UnreadEvent> {
  const { clock, timeZone } = connection
  const from = firstDateSince(since, connection)
  const inPace = createPace({ clock, everyMs: pageEveryMs, stopped })
  for (let page = 1; page <= pagesMax; page += 1) {
    const { invoices, isLast } = await inPace(() => pageOfInvoices(connection, { from, page }))
    const seenAt = clock.now()
    for (const entity of invoices) {
      const invoice = parseInvoice(entity, { timeZone, seenAt })
      if ('problem' in invoice) yield unreadEvent(entity, invoice, seenAt)
      else if (invoice.stage !== 'draft') yield invoice
    }
    if (isLast) return
  }
  throw unreachable(`sales_invoices has more than ${pagesMax} pages`)
}
