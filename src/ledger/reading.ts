// What the page, the health check and the commands ask of the ledger, except for its lists: each by an index, however
// many rows there are.

import type { Code } from '../core/codes.ts'
import type { HistoryEntry, State, WholeRow } from '../core/row.ts'
import { mentionedIn, withMentions } from '../rules/claims.ts'
import { historyOf, type InvoiceCells, instantOf, keptOf, rowOf } from './cells.ts'
import { openConflicts } from './conflicts.ts'
import { contactIn } from './customer-cells.ts'
import type { Tx } from './driver.ts'
import { factOf } from './facts.ts'
import type { Summary, Tally } from './ledger.ts'
import { cellsOfNumber, rowOfNumber } from './rows.ts'
import { toldBefore } from './sources.ts'

export const find = async (tx: Tx, invoiceNumber: string): Promise<WholeRow | null> => {
  const cells = await cellsOfNumber(tx, invoiceNumber)
  if (!cells) return null
  const history: HistoryEntry[] = []
  for (const entry of await historyOfRow(tx, cells)) history.push(await mentioning(tx, entry))
  const kept = keptOf(cells)
  const conflicts = await openConflicts(tx, kept)
  const row = { id: kept.id, tool: kept.tool, sourceId: kept.invoice.sourceId }
  return { ...rowOf(cells), history, conflicts, toldBefore: toldBeforeIn(history, await toldBefore(tx, row)) }
}

/** As its history says it was held for that, and not for something else since; `otherwise`, once that is forgotten. */
const toldBeforeIn = (history: HistoryEntry[], otherwise: string | null): string | null => {
  const contested = history.findLast(({ code }) => code === 'INVOICE_CONFLICT')
  return contested ? ((contested.before as string | undefined) ?? null) : otherwise
}

export const historyOfRow = async (tx: Tx, row: InvoiceCells): Promise<HistoryEntry[]> => {
  const noted = await tx.all('SELECT at, event, detail FROM history WHERE invoice_id = ? ORDER BY id', row.id)
  const first = { at: row.received_at as number, event: 'received', detail: row.received ?? null }
  return [...(first.detail === null ? [] : [first]), ...noted].map(historyOf)
}

const mentioning = async (tx: Tx, { detail, ...entry }: HistoryEntry): Promise<HistoryEntry> => {
  if (typeof detail !== 'string') return { ...entry, ...(detail === undefined ? {} : { detail }) }
  const who = new Map<number, string>()
  for (const id of mentionedIn(detail)) who.set(id, await whoIs(tx, id))
  return { ...entry, detail: withMentions(detail, id => who.get(id) ?? '') }
}

const whoIs = async (tx: Tx, id: number): Promise<string> => {
  const row = await tx.one('SELECT ref, contact FROM customer WHERE id = ?', id)
  if (!row) return 'which is not known'
  const { name } = contactIn(row)
  return name === null ? String(row.ref) : `${row.ref} (${name})`
}

/** Recorded once by the migration that made them alike. Those that retention has taken no longer count. */
export const numbersAlike = async (tx: Tx): Promise<string[]> => {
  const alike: string[] = []
  for (const number of (await factOf<string[]>(tx, 'numbersAlike')) ?? [])
    if ((await rowOfNumber(tx, number))?.forgotten === false) alike.push(number)
  return alike
}

export const tally = async (tx: Tx): Promise<Tally[]> => {
  const counts = await tx.all(
    'SELECT tool, state, code, sum(invoices) AS invoices FROM tally GROUP BY tool, state, code'
  )
  return counts
    .filter(({ invoices }) => Number(invoices) > 0)
    .map(cells => ({
      tool: cells.tool as string,
      state: cells.state as State,
      code: (cells.code as string) === '' ? null : (cells.code as Code),
      invoices: Number(cells.invoices)
    }))
}

/** Both are ends of a primary key. */
export const mark = async (tx: Tx): Promise<string> => {
  const last = await tx.one('SELECT max(id) AS invoice, (SELECT max(id) FROM history) AS noted FROM invoice')
  return `${last?.invoice} ${last?.noted}`
}

export const summary = async (tx: Tx): Promise<Summary> => {
  const counts: Summary = {
    waiting: 0,
    sending: 0,
    delivered: 0,
    held: 0,
    dismissed: 0,
    attention: 0,
    oldestWaitingAt: instantOf(
      await tx.one(`SELECT since AS at FROM invoice WHERE state = 'waiting' ORDER BY since LIMIT 1`)
    ),
    oldestSendingAt: instantOf(
      await tx.one(`SELECT sending_at AS at FROM invoice WHERE state = 'sending' ORDER BY sending_at LIMIT 1`)
    )
  }
  for (const { state, code, invoices } of await tally(tx)) {
    counts[state] += invoices
    if (state === 'held' || (state === 'delivered' && code !== null)) counts.attention += invoices
  }
  return counts
}
