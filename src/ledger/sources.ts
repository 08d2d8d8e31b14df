// By which ids of which tools an invoice is known, and which of them a tool voided.

import type { Arrival, State } from '../core/row.ts'
import { type KeptRow, keptOf } from './cells.ts'
import { insert, type Tx } from './driver.ts'

/** It is one invoice, under however many numbers the tool brought it, and even if another tool was first. */
export const rowsOfSource = async (tx: Tx, tool: string, sourceId: string): Promise<KeptRow[]> => {
  const found = await tx.all(
    `SELECT * FROM invoice WHERE tool = ? AND source_id = ?
      OR id IN (SELECT invoice_id FROM copied_source WHERE tool = ? AND source_id = ?)`,
    ...[tool, sourceId],
    ...[tool, sourceId]
  )
  return found.map(keptOf).sort((a, b) => a.id - b.id)
}

/** Another tool brought it first. From now on it is also known by this one's id. Answers whether that was news. */
export const rememberCopy = async (tx: Tx, { id, tool }: KeptRow, { tool: by, invoice }: Arrival): Promise<boolean> => {
  const { sourceId } = invoice
  if (tool === by || sourceId === null) return false
  const cells = { tool: by, source_id: sourceId, invoice_id: id }
  return (await insert(tx, 'copied_source', cells, 'ON CONFLICT DO NOTHING RETURNING invoice_id')) !== undefined
}

// What a row in one of these states says of an invoice, the portal has, or will have.
const counting: readonly State[] = ['waiting', 'sending', 'delivered']

/** The tool's other number for the same invoice: which it told before, or which is sent. Null: it has no other. */
export const toldBefore = async (
  tx: Tx,
  { id, tool, sourceId }: { id: number; tool: string; sourceId: string | null }
): Promise<string | null> => {
  if (sourceId === null) return null
  const others = (await rowsOfSource(tx, tool, sourceId)).filter(row => row.id !== id)
  return others.find(row => row.id < id || counting.includes(row.state))?.invoice.invoiceNumber ?? null
}

/** Answers whether that was news. */
export const rememberVoid = async (tx: Tx, tool: string, sourceId: string): Promise<boolean> => {
  const cells = { tool, source_id: sourceId, at: tx.now }
  return (await insert(tx, 'voided_source', cells, 'ON CONFLICT DO NOTHING RETURNING at')) !== undefined
}

/** Of a tool that dates its words: the latest one counts. */
export const rememberDatedVoid = (tx: Tx, tool: string, sourceId: string, revision: string): Promise<unknown> =>
  insert(
    tx,
    'dated_void',
    { tool, source_id: sourceId, revision, at: tx.now },
    `ON CONFLICT (tool, source_id) DO UPDATE SET revision = excluded.revision, at = excluded.at
      WHERE excluded.revision > dated_void.revision`
  )

/** How late the void is that is remembered; null: none, or undated. */
export const datedVoid = async (tx: Tx, tool: string, sourceId: string | null): Promise<string | null> => {
  const found = await tx.one('SELECT revision FROM dated_void WHERE tool = ? AND source_id = ?', tool, sourceId)
  return (found?.revision as string | undefined) ?? null
}
