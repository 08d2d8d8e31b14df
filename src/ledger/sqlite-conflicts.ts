// Other facts under a known number, on SQLite: kept beside its row, once per set of facts. What a person has decided stays,
// because senders redeliver for days.

import type { Instant } from '../core/clock.ts'
import { mayBeOne } from '../core/invoice.ts'
import type { Arrival, Document } from '../core/row.ts'
import { type Cells, factsOf, factsPrint } from './cells.ts'
import type { Database } from './database.ts'

export const createConflicts = ({ one, all, run }: Database) => {
  /** Whether a person is still to decide. */
  const isOpen = (invoiceId: number): boolean =>
    one('SELECT 1 FROM conflict WHERE invoice_id = ? AND settled = 0', invoiceId) !== undefined

  /** Of one print may be several companies: by a reference alone they look alike. */
  const alike = (invoiceId: number, arrival: Arrival): Cells[] =>
    all(
      'SELECT facts, arrival, settled FROM conflict WHERE invoice_id = ? AND facts GLOB ?',
      invoiceId,
      `${printOf(arrival)}*`
    )

  /** The same facts, as they are kept. */
  const find = (invoiceId: number, arrival: Arrival): { kept: Arrival; isSettled: boolean } | undefined => {
    const cells = alike(invoiceId, arrival).find(cells => isSame(cells, arrival))
    return cells && { kept: arrivalIn(cells), isSettled: cells.settled === 1 }
  }

  /** Facts that are kept already take in what is newer. */
  const keep = (invoiceId: number, arrival: Arrival, now: Instant): void => {
    const kept = alike(invoiceId, arrival)
    const same = kept.find(cells => isSame(cells, arrival))
    run(
      `INSERT INTO conflict (invoice_id, facts, arrival, received_at) VALUES (?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET arrival = excluded.arrival`,
      invoiceId,
      same ? (same.facts as string) : `${printOf(arrival)}${kept.length > 0 ? ` ${kept.length}` : ''}`,
      JSON.stringify(arrival),
      now
    )
  }

  /** Of those that wait for a person. */
  const latest = (invoiceId: number): Arrival =>
    arrivalIn(
      one(
        'SELECT arrival FROM conflict WHERE invoice_id = ? AND settled = 0 ORDER BY id DESC',
        invoiceId
      ) as Cells
    )

  const settle = (invoiceId: number): void =>
    run('UPDATE conflict SET settled = 1 WHERE invoice_id = ?', invoiceId)

  /** Answers the documents that came with them. */
  const empty = (invoiceId: number): (Document | null)[] => {
    const found = all('SELECT arrival FROM conflict WHERE invoice_id = ?', invoiceId)
    run(`UPDATE conflict SET arrival = '{}', settled = 1 WHERE invoice_id = ?`, invoiceId)
    return found.map(cells => (arrivalIn(cells) as Partial<Arrival>).document ?? null)
  }

  return { isOpen, find, keep, latest, settle, empty }
}

export type SqliteConflicts = ReturnType<typeof createConflicts>

const printOf = (arrival: Arrival): string => factsPrint(factsOf(arrival))

const arrivalIn = (cells: Cells): Arrival => JSON.parse(cells.arrival as string) as Arrival

/** Of two with one print. What was emptied since tells nothing against it. */
const isSame = (cells: Cells, { invoice: { sourceId, customer } }: Arrival): boolean => {
  const { invoice: kept } = arrivalIn(cells) as Partial<Arrival>
  return (
    kept === undefined || sourceId !== null || customer.portalId !== null || mayBeOne(kept.customer, customer)
  )
}
