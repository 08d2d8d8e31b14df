// What changed since a moment: sent, paid, credited, voided. One question for each status, and one for each further
// page.

import type { Instant } from '../../src/core/clock.ts'
import { unreachable } from '../../src/tools/api.ts'
import { createPace } from '../../src/tools/pace.ts'
import { unreadEvent } from '../../src/tools/seen.ts'
import type { ToolInvoice, UnreadEvent } from '../../src/tools/tool.ts'
import { type Connection, pageOfInvoices } from './api.ts'
import { parseInvoice, statuses } from './invoice.ts'

// Fifty thousand invoices of one status; a list that runs in circles ends here, too.
const pagesMax = 200
// Not much more than half of the bridge's own share: the rest is for deliveries.
const questionEveryMs = 1000
// Its times have no zone. If they are not the portal's, they are hours off.
const zoneMs = 3 * 3_600_000
const dayMs = 24 * 3_600_000

export async function* missed(
  since: Instant,
  connection: Connection,
  stopped: AbortSignal
): AsyncGenerator<ToolInvoice | UnreadEvent> {
  const { clock } = connection
  const inPace = createPace({ clock, everyMs: questionEveryMs, stopped })
  const window = { from: since - zoneMs, to: clock.now() + dayMs }
  for (const status of statuses) {
    let isLast = false
    let offset = 0
    for (let page = 1; !isLast; page += 1) {
      if (page > pagesMax) throw unreachable(`the list of invoices has more than ${pagesMax} pages`)
      const answer = await inPace(() => pageOfInvoices(connection, { status, ...window, offset }))
      isLast = answer.isLast
      offset += answer.invoices.length
      for (const entity of answer.invoices) {
        const invoice = parseInvoice(entity, connection)
        if ('problem' in invoice) yield unreadEvent(entity, invoice, clock.now())
        else if (invoice.stage !== 'draft') yield invoice
      }
    }
  }
}
