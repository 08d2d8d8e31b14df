// Other facts under a known number: kept beside its row, once per set of facts. Those that a person has decided on
// stay, because senders redeliver for days.

import { mayBeOne } from '../core/invoice.ts'
import type { Arrival, Document, OtherFacts } from '../core/row.ts'
import { tellingFacts } from '../rules/arriving.ts'
import { factsOf, factsPrint } from '../rules/kept.ts'
import type { KeptRow } from './cells.ts'
import { type Cells, insert, type Tx } from './driver.ts'

/** Whether a person still has to decide. */
export const hasOpenConflict = async (tx: Tx, invoiceId: number): Promise<boolean> =>
  (await tx.one('SELECT 1 AS found FROM conflict WHERE invoice_id = ? AND settled = 0', invoiceId)) !== undefined

/** Those that wait for a person, latest last, as a person sees them. */
export const openConflicts = async (tx: Tx, { id, invoice }: KeptRow): Promise<OtherFacts[]> => {
  const found = await tx.all('SELECT arrival FROM conflict WHERE invoice_id = ? AND settled = 0 ORDER BY id', id)
  return found.map(cells => {
    const { sourceId: _, ...facts } = tellingFacts(arrivalIn(cells), invoice)
    return facts
  })
}

/** Several companies may have one print: by a reference alone they look alike. */
const alike = (tx: Tx, invoiceId: number, arrival: Arrival): Promise<Cells[]> =>
  tx.all(
    'SELECT facts, arrival, settled FROM conflict WHERE invoice_id = ? AND facts >= ? AND facts < ?',
    invoiceId,
    printOf(arrival),
    // A print is hexadecimal, so this sorts after all that begins with it.
    `${printOf(arrival)}g`
  )

/** The same facts, as they are kept. */
export const findConflict = async (
  tx: Tx,
  invoiceId: number,
  arrival: Arrival
): Promise<{ kept: Arrival; isSettled: boolean } | undefined> => {
  const cells = (await alike(tx, invoiceId, arrival)).find(cells => isSame(cells, arrival))
  return cells && { kept: arrivalIn(cells), isSettled: cells.settled === 1 }
}

/** Facts that are already kept take in what is newer. */
export const keepConflict = async (tx: Tx, invoiceId: number, arrival: Arrival): Promise<void> => {
  const kept = await alike(tx, invoiceId, arrival)
  const same = kept.find(cells => isSame(cells, arrival))
  const facts = same ? (same.facts as string) : `${printOf(arrival)}${kept.length > 0 ? ` ${kept.length}` : ''}`
  const cells = { arrival: JSON.stringify(arrival), document_file: arrival.document?.file ?? null }
  await insert(
    tx,
    'conflict',
    { invoice_id: invoiceId, facts, ...cells, received_at: tx.now },
    `ON CONFLICT (invoice_id, facts) DO UPDATE
      SET arrival = excluded.arrival, document_file = excluded.document_file, settled = 0`
  )
}

/** The latest of those that wait for a person. */
export const latestConflict = async (tx: Tx, invoiceId: number): Promise<Arrival> =>
  arrivalIn(
    (await tx.one(
      'SELECT arrival FROM conflict WHERE invoice_id = ? AND settled = 0 ORDER BY id DESC LIMIT 1',
      invoiceId
    )) as Cells
  )

export const settleConflicts = (tx: Tx, invoiceId: number): Promise<void> =>
  tx.run('UPDATE conflict SET settled = 1 WHERE invoice_id = ?', invoiceId)

/** Answers the documents that came with them. */
export const emptyConflicts = async (tx: Tx, invoiceId: number): Promise<(Document | null)[]> => {
  const found = await tx.all('SELECT arrival FROM conflict WHERE invoice_id = ?', invoiceId)
  if (found.length > 0)
    await tx.run(
      `UPDATE conflict SET arrival = '{}', document_file = NULL, settled = 1 WHERE invoice_id = ?`,
      invoiceId
    )
  return found.map(cells => (arrivalIn(cells) as Partial<Arrival>).document ?? null)
}

const printOf = (arrival: Arrival): string => factsPrint(factsOf(arrival))

const arrivalIn = (cells: Cells): Arrival => JSON.parse(cells.arrival as string) as Arrival

/** For two with one print. One that was emptied since contradicts nothing. */
const isSame = (cells: Cells, { invoice: { sourceId, customer } }: Arrival): boolean => {
  const { invoice: kept } = arrivalIn(cells) as Partial<Arrival>
  return kept === undefined || sourceId !== null || customer.portalId !== null || mayBeOne(kept.customer, customer)
}
