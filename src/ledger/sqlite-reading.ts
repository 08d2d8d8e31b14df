// What the page, the health check and the commands ask of the ledger, on SQLite: each by an index, however many rows there
// are.

import type { SQLInputValue } from 'node:sqlite'
import type { Code } from '../core/codes.ts'
import { numberKey } from '../core/invoice.ts'
import type { HistoryEntry, Row, State } from '../core/row.ts'
import { historyOf, instantOf, rowOf } from './cells.ts'
import { withMentions } from './claims.ts'
import { contactIn } from './customer-cells.ts'
import type { Database } from './database.ts'
import { refPrint } from './fingerprint.ts'
import type { Filter, Summary, Tally } from './ledger.ts'
import type { SqliteRows } from './sqlite-rows.ts'

export const createReading = ({ one, all }: Database, { rows }: { rows: SqliteRows }) => {
  const find = (invoiceNumber: string): (Row & { history: HistoryEntry[] }) | null => {
    const row = rows.byNumber(invoiceNumber)
    if (!row) return null
    const history = all('SELECT at, event, detail FROM history WHERE invoice_id = ? ORDER BY id', row.id)
    return { ...rowOf(row), history: history.map(historyOf).map(named) }
  }

  const named = ({ detail, ...entry }: HistoryEntry): HistoryEntry =>
    typeof detail === 'string'
      ? { ...entry, detail: withMentions(detail, whoIs) }
      : { ...entry, ...(detail === undefined ? {} : { detail }) }

  const whoIs = (id: number): string => {
    const row = one('SELECT ref, contact FROM customer WHERE id = ?', id)
    if (!row) return 'which is not known'
    const { name } = contactIn(row)
    return name === null ? String(row.ref) : `${row.ref} (${name})`
  }

  const list = ({ state, code, tool, q, limit, cursor }: Filter): { rows: Row[]; next: string | null } => {
    const where: string[] = []
    const values: SQLInputValue[] = []
    const also = (condition: string, ...more: SQLInputValue[]) => {
      where.push(condition)
      values.push(...more)
    }
    // The narrowest filter leads to the rows; the plus keeps SQLite from walking a wider one's index instead.
    const wide = q || code ? '+' : ''
    if (state) also(`${wide}state = ?`, state)
    if (code) also(q ? '+code = ?' : 'code = ?', code)
    if (tool) also(`${wide}tool = ?`, tool)
    if (q)
      also(
        `id IN (SELECT id FROM invoice WHERE key >= ? AND key < ?
          UNION ALL SELECT id FROM invoice WHERE customer_ref = ?)`,
        numberKey(q),
        `${numberKey(q)}\u{10ffff}`,
        refPrint(q)
      )
    if (cursor) also('id < ?', Number(cursor))
    const found = all(
      `SELECT * FROM invoice ${where.length > 0 ? `WHERE ${where.join(' AND ')}` : ''} ORDER BY id DESC LIMIT ?`,
      ...values,
      limit + 1
    )
    const page = found.slice(0, limit)
    return { rows: page.map(rowOf), next: found.length > limit ? String(page.at(-1)?.id) : null }
  }

  /** Told once by the migration that made them alike; over with what retention takes. */
  const numbersAlike = (): string[] => {
    const told = one(`SELECT value FROM fact WHERE name = 'numbersAlike'`)
    const numbers = told ? (JSON.parse(told.value as string) as string[]) : []
    return numbers.filter(number => rows.byNumber(number)?.forgotten === 0)
  }

  const tally = (): Tally[] =>
    all('SELECT tool, state, code, invoices FROM tally WHERE invoices > 0').map(cells => ({
      tool: cells.tool as string,
      state: cells.state as State,
      code: (cells.code as string) === '' ? null : (cells.code as Code),
      invoices: cells.invoices as number
    }))

  const summary = (): Summary => {
    const counts: Summary = {
      waiting: 0,
      sending: 0,
      delivered: 0,
      held: 0,
      dismissed: 0,
      attention: 0,
      oldestWaitingAt: instantOf(
        one(`SELECT min(since) AS at FROM invoice INDEXED BY invoice_waiting_since WHERE state = 'waiting'`)
      ),
      oldestSendingAt: instantOf(
        one(`SELECT min(sending_at) AS at FROM invoice INDEXED BY invoice_sending WHERE state = 'sending'`)
      )
    }
    for (const { state, code, invoices } of tally()) {
      counts[state] += invoices
      if (state === 'held' || (state === 'delivered' && code !== null)) counts.attention += invoices
    }
    return counts
  }

  return { find, list, numbersAlike, tally, summary }
}
