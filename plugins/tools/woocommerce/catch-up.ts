// The orders that changed in the shop since a moment, whatever the change. WooCommerce sends an event once, and
// silently switches a webhook off after some failures in a row: each catch-up checks whether it did, and switches it
// on.

import type { IncomingHttpHeaders } from 'node:http'
import type { Instant } from '../../../src/core/clock.ts'
import { isoInstant } from '../../../src/core/clock.ts'
import { isCode } from '../../../src/core/errors.ts'
import { dateOf } from '../../../src/core/invoice.ts'
import { textIn, unreachable } from '../../../src/tools/api.ts'
import { createPace } from '../../../src/tools/pace.ts'
import type { ToolInvoice, UnreadEvent } from '../../../src/tools/tool.ts'
import { ask, listIn } from './api.ts'
import { isActive, isBridges, listWebhooks, mend } from './connect.ts'
import { idIn } from './event.ts'
import { parseInvoice } from './invoice.ts'
import type { Connection } from './settings.ts'

// WooCommerce's own maximum.
const pageSize = 100
// A hundred thousand orders; a list that runs in circles ends here, too.
const pagesMax = 1000
// A small shop on a shared host takes seconds to build a page of orders.
const pageEveryMs = 2000

// If orders are stored as posts, one does not count as changed when the plugin gives it an invoice. So the first
// question of a day goes back this much further. People make invoices by hand at the end of a month, at the latest.
const unchangedMs = 31 * 24 * 3_600_000

export async function* missed(
  since: Instant,
  connection: Connection,
  stopped: AbortSignal
): AsyncGenerator<ToolInvoice | UnreadEvent> {
  stopped.throwIfAborted()
  const { clock, timeZone } = connection
  const inPace = createPace({ clock, everyMs: pageEveryMs, stopped })
  const date = dateOf(since, timeZone)
  const from = date === dateOf(clock.now(), timeZone) ? since : since - unchangedMs
  for (let page = 1; page <= pagesMax; page += 1) {
    const answer = await inPace(() => ask(connection, 'orders', { query: queryFor(from, page) }))
    const orders = listIn(answer, 'orders')
    for (const order of orders) {
      const invoice = parseInvoice(order, connection)
      const isNew = isChanged(order, since) || ('invoice' in invoice && invoice.invoice.issuedAt >= date)
      if (!isNew) continue
      if ('problem' in invoice)
        yield { body: Buffer.from(JSON.stringify(order)), problem: invoice.problem, sourceId: idIn(order) }
      else if (invoice.stage !== 'draft') yield invoice
    }
    if (isLast(answer.headers, { page, orders: orders.length })) return switchOn(connection)
  }
  throw unreachable(`orders has more than ${pagesMax} pages`)
}

/** The shop takes off a page what the key must not see, or what is no order any more: a short page may have a next. */
const isLast = (headers: IncomingHttpHeaders, { page, orders }: { page: number; orders: number }): boolean => {
  const { 'x-wp-totalpages': pages = '' } = headers
  return /^\d+$/.test(String(pages)) ? page >= Number(pages) : orders < pageSize
}

/**
 * Ordered by id, and without an end: an order that changes meanwhile joins the list and moves others to later pages, so
 * the bridge may meet one twice. With an end it would leave the list, and the bridge would never meet an order that
 * moved to an earlier page.
 */
const queryFor = (since: Instant, page: number): Record<string, string> => ({
  modified_after: secondBefore(since),
  dates_are_gmt: 'true',
  status: 'any',
  orderby: 'id',
  order: 'asc',
  per_page: String(pageSize),
  page: String(page)
})

/** The filter leaves out the very second that it names. */
const secondBefore = (since: Instant): string => isoInstant(Math.max(since, 1000) - 1000).slice(0, 19)

const isChanged = (order: object, since: Instant): boolean => {
  const at = textIn(order, 'date_modified_gmt')
  return at === '' || at > secondBefore(since)
}

/** A key that may only read catches up, too: `check` then says that the webhook is off. */
const switchOn = async (connection: Connection): Promise<void> => {
  try {
    for (const webhook of await listWebhooks(connection))
      if (isBridges(webhook) && !isActive(webhook)) await mend(webhook, { status: 'active' }, connection)
  } catch (error) {
    if (!isCode(error, 'TOOL_UNAUTHORIZED')) throw error
  }
}
