// What changed since a moment: sent, paid, credited, voided. One question for each status, and one for each further
// page.

import { attempt } from '../../src/core/attempt.ts'
import type { Instant } from '../../src/core/clock.ts'
import { formatPaidAt } from '../../src/core/invoice.ts'
import { fieldIn, textIn, unreachable } from '../../src/tools/api.ts'
import { createPace, type Pace } from '../../src/tools/pace.ts'
import { unreadEvent } from '../../src/tools/seen.ts'
import type { ToolInvoice, UnreadEvent } from '../../src/tools/tool.ts'
import { type Access, type Connection, pageOfInvoices, show } from './api.ts'
import { lacksPayDate, parseInvoice, statuses } from './invoice.ts'

// Fifty thousand invoices of one status; a list that runs in circles ends here, too.
const pagesMax = 200
// Not much more than half of the bridge's own share: the rest is for deliveries.
const questionEveryMs = 1000
// One for each payment: the first question after a month's payments were booked may take hundreds.
const payDateEveryMs = 4000
// Questions overlap by some hours, and so do the payments in them.
const payDatesMax = 5000
// Its times have no zone. If they are not the portal's, they are hours off.
const zoneMs = 3 * 3_600_000
const dayMs = 24 * 3_600_000

export async function* missed(
  since: Instant,
  connection: Connection,
  stopped: AbortSignal
): AsyncGenerator<ToolInvoice | UnreadEvent> {
  const { clock, timeZone } = connection
  const inPace = createPace({ clock, everyMs: questionEveryMs, stopped })
  const oneByOne = createPace({ clock, everyMs: payDateEveryMs, stopped })
  // Its times are taken to be in the portal's zone.
  const first = formatPaidAt(since - zoneMs, timeZone)
  const to = formatPaidAt(clock.now() + dayMs, timeZone)
  for (const status of statuses) {
    let isLast = false
    let at: Position = { from: first, offset: 0 }
    for (let page = 1; !isLast; page += 1) {
      if (page > pagesMax) throw unreachable(`the list of invoices has more than ${pagesMax} pages`)
      const answer = await inPace(() => pageOfInvoices(connection, { status, to, ...at }))
      isLast = answer.isLast
      at = behind(answer.invoices, at)
      for (const listed of answer.invoices) {
        const entity = lacksPayDate(listed) ? await withPayDate(listed, connection, oneByOne) : listed
        const invoice = parseInvoice(entity, connection)
        if ('problem' in invoice) yield unreadEvent(entity, invoice, clock.now())
        else if (invoice.stage !== 'draft') yield invoice
      }
    }
  }
}

/** By invoice and change, so that each is asked for once. */
const payDates = new WeakMap<Access, Map<string, unknown>>()

/** A list may leave it out, and a day that is guessed would stay in the portal for good. */
const withPayDate = async (listed: unknown, connection: Connection, inPace: Pace): Promise<unknown> => {
  const id = textIn(listed, 'Identifier')
  const change = `${id} ${textIn(listed, 'Modified')}`
  const known = payDates.getOrInsertComputed(connection.settings, () => new Map())
  if (!known.has(change)) {
    const whole = await inPace(() => show(id, connection))
    if (known.size >= payDatesMax) known.clear()
    known.set(change, fieldIn(whole, 'PayDate'))
  }
  return { ...(listed as object), PayDate: known.get(change) }
}

type Position = { from: string; offset: number }

/**
 * Where the next page begins. An invoice that changes meanwhile leaves its place, and whatever stood behind it moves up:
 * by its place, the bridge would never meet the one that moved to an earlier page. So it goes on by time, from the
 * second before the last one that it met; by place only among invoices of one second, or in a list without order.
 */
const behind = (invoices: unknown[], { from, offset }: Position): Position => {
  const times = invoices.map(invoice => textIn(invoice, 'Modified'))
  const isOrdered = times.every((time, index) => index === 0 || time >= times[index - 1]!)
  const before = secondBefore(times.at(-1) ?? '')
  return isOrdered && before !== undefined && before > times[0]!
    ? { from: before, offset: 0 }
    : { from, offset: offset + invoices.length }
}

const secondBefore = (time: string): string | undefined =>
  attempt(() =>
    Temporal.PlainDateTime.from(time).subtract({ seconds: 1 }).toString({ smallestUnit: 'second' }).replace('T', ' ')
  )
