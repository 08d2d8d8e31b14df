// What Mollie's webhooks missed. Its list has no filter and promises no order, and a draft may become final long after
// it was made. So the bridge reads the list from its beginning, as far back as drafts may go, and to its end if it is
// in another order.

import type { Instant } from '../../../src/core/clock.ts'
import { textIn } from '../../../src/tools/api.ts'
import { firstDateSince } from '../../../src/tools/by-date.ts'
import { createPace } from '../../../src/tools/pace.ts'
import type { ToolInvoice, UnreadEvent } from '../../../src/tools/tool.ts'
import { pagesOf, seenNow } from './api.ts'
import { unreadEvent } from './event.ts'
import { parseInvoice } from './invoice.ts'
import type { Connection } from './settings.ts'

// Mollie does not say how many requests it allows. This is no faster than a person turning pages.
const pageEveryMs = 1000

// Only the first question of a day reaches old drafts: so what became final since the one a day before counts, too.
const farEveryMs = 25 * 3_600_000

export async function* missed(
  since: Instant,
  connection: Connection,
  stopped: AbortSignal
): AsyncGenerator<ToolInvoice | UnreadEvent> {
  const { clock } = connection
  const first = Date.parse(firstDateSince(since, connection))
  const finalSince = since - farEveryMs
  const inPace = createPace({ clock, everyMs: pageEveryMs, stopped })
  let oldest = Number.POSITIVE_INFINITY
  let isNewestFirst = true
  for await (const entities of pagesOf('sales-invoices', connection, { inPace })) {
    for (const entity of entities) {
      const createdAt = Date.parse(textIn(entity, 'createdAt'))
      isNewestFirst &&= createdAt <= oldest
      oldest = createdAt
      const found = foundIn(entity, finalSince, connection)
      if (found !== null) yield found
    }
    if (isNewestFirst && oldest < first) return
  }
}

/** Null: a draft, or an invoice that has been known for longer. */
const foundIn = (entity: unknown, since: Instant, connection: Connection): ToolInvoice | UnreadEvent | null => {
  const context = seenNow(connection)
  const invoice = parseInvoice(entity, context)
  if ('problem' in invoice) return unreadEvent(entity, invoice.problem, context.seenAt)
  const { stage, finalisedAt, invoice: facts } = invoice
  // A cancelled invoice does not say when it was cancelled.
  const isRecent = stage === 'voided' || Math.max(finalisedAt ?? 0, facts.paidAt ?? 0) >= since
  return isRecent ? invoice : null
}
