// What comes in: the row of its number is loaded, the table of states judges (states.ts), and what it says is written.

import { type Instant, isoInstant } from '../core/clock.ts'
import { blankInvoice, formerKey, type Invoice, mayBeOne, numberKey } from '../core/invoice.ts'
import type { Arrival, Document, Received, Unreadable } from '../core/row.ts'
import {
  arrivalCells,
  dismissedCells,
  documentCells,
  type Facts,
  factsOf,
  heldCells,
  type InvoiceCells,
  keptOf,
  payingCells,
  waitingCells
} from './cells.ts'
import { findConflict, hasOpenConflict, keepConflict } from './conflicts.ts'
import type { Cells, Tx } from './driver.ts'
import { refPrint } from './fingerprint.ts'
import { findRow, insertRow, note, rowOfNumber, setRow } from './rows.ts'
import {
  dueOf,
  isPdfAnother,
  type Judgement,
  judge,
  judgeVoided,
  type Kept,
  mergeArrival,
  type Voiding
} from './states.ts'

type Merge = Extract<Judgement, { kind: 'merge' }>
type How = Extract<Voiding, { kind: 'void' }>['now']

/** A row, read once: which of its documents is still needed is told by identity. */
type Known = { row: InvoiceCells; kept: Kept }

const insert = (tx: Tx, arrival: Arrival, outcome: Cells = {}): Promise<number> => {
  const { tool, invoice, notify } = arrival
  const due = dueOf(arrival, tx.now)
  return insertRow(tx, invoice.invoiceNumber, {
    received_at: tx.now,
    received: JSON.stringify({ tool, notify, ...(due > tx.now ? { notBefore: due } : {}) }),
    ...arrivalCells(arrival, tx.now),
    ...outcome
  })
}

/** What stands against taking an event for a new invoice, asked at once: most are new, and nothing does. */
const lookUp = async (
  tx: Tx,
  { tool, invoice: { invoiceNumber, sourceId } }: Arrival
): Promise<{ isKnown: boolean; firstId: number | null; isVoided: boolean }> => {
  const found = (await tx.one(
    `SELECT (SELECT id FROM invoice WHERE key IN (?, ?) LIMIT 1) AS known,
      (SELECT id FROM invoice WHERE tool = ? AND source_id = ? ORDER BY id LIMIT 1) AS first,
      (SELECT at FROM voided_source WHERE tool = ? AND source_id = ?) AS voided`,
    numberKey(invoiceNumber),
    formerKey(invoiceNumber),
    tool,
    sourceId,
    tool,
    sourceId
  )) as Cells
  return {
    isKnown: found.known !== null,
    firstId: found.first as number | null,
    isVoided: found.voided !== null
  }
}

/** A number that is new. What the tool said of the same invoice before may stand against it. */
const enter = async (
  tx: Tx,
  arrival: Arrival,
  { firstId, isVoided }: { firstId: number | null; isVoided: boolean }
): Promise<Received> => {
  if (firstId !== null) {
    const id = await insert(tx, arrival, heldCells('INVOICE_CONFLICT'))
    const first = (await findRow(tx, 'id = ?', firstId)) as InvoiceCells
    const { invoiceNumber } = keptOf(first).invoice
    await note(tx, id, 'told under another number', { code: 'INVOICE_CONFLICT', before: invoiceNumber })
    return { result: 'conflict', changed: true, unused: [] }
  }
  const id = await insert(tx, arrival, isVoided ? dismissedCells('VOIDED_IN_TOOL', tx.now) : {})
  if (isVoided) await note(tx, id, 'voided in the tool')
  return { result: 'accepted', changed: true, unused: [] }
}

const merge = async (tx: Tx, { row, kept }: Known, arrival: Arrival, merged: Merge): Promise<Received> => {
  const { id, state } = row
  const { invoice, document, released } = merged
  const isPdfNew = document !== kept.document || isPdfAnother(kept.invoice, invoice)
  const isPaidNow = kept.invoice.paidAt === null && invoice.paidAt !== null
  await setRow(tx, id, {
    invoice: JSON.stringify(invoice),
    ...documentCells(document),
    ...(isPdfNew ? { document_version: Number(row.document_version) + 1 } : {}),
    // Whoever has it on loan knows less: it is lent again with all there is.
    ...(state === 'waiting' ? { loan_until: null } : {}),
    // It waited to be collected: now it is paid.
    ...(state === 'waiting' && isPaidNow
      ? { next_attempt_at: tx.now, since: Math.min(Number(row.since), tx.now) }
      : {}),
    ...(state === 'delivered' ? payingCells(invoice.paidAt, row.known_paid_at, tx.now) : {}),
    ...(released ? waitingCells(tx.now) : {})
  })
  await note(tx, id, 'merged', released ? { released: row.code } : {})
  return { result: 'duplicate', changed: true, unused: dropped([arrival.document, kept.document], document) }
}

/** Whether the tool told the same invoice before, in another row than this. */
const isToldBefore = async (tx: Tx, { tool, invoice: { sourceId } }: Arrival, id: number): Promise<boolean> =>
  sourceId !== null &&
  (await tx.one(
    'SELECT 1 AS found FROM invoice WHERE tool = ? AND source_id = ? AND id < ? LIMIT 1',
    tool,
    sourceId,
    id
  )) !== undefined

/** Puts other facts into a row that is not in the portal. */
const replace = async (tx: Tx, { row, kept }: Known, arrival: Arrival): Promise<Received> => {
  const { id } = row
  const isHeld = (await hasOpenConflict(tx, id)) || (await isToldBefore(tx, arrival, id))
  await setRow(tx, id, {
    ...arrivalCells(arrival, tx.now),
    document_version: Number(row.document_version) + 1,
    ...(isHeld ? heldCells('INVOICE_CONFLICT') : {})
  })
  await note(tx, id, 'corrected', { notify: arrival.notify, replaced: factsOf(kept) })
  return { result: 'accepted', changed: true, unused: documents(kept.document) }
}

const enterConflict = async (tx: Tx, { row, kept }: Known, arrival: Arrival): Promise<Received> => {
  const { id, state } = row
  await keepConflict(tx, id, arrival)
  await note(tx, id, 'conflict received', { tool: arrival.tool, facts: tellingFacts(arrival, kept) })
  // What comes beside a row that was emptied is personal again.
  if (state === 'delivered') await setRow(tx, id, { code: 'INVOICE_CONFLICT', forgotten: 0 })
  else if (state !== 'sending') await setRow(tx, id, heldCells('INVOICE_CONFLICT'))
  return { result: 'conflict', changed: true, unused: [] }
}

/** Other facts that are known: a person has decided about them, or is going to. Null when they are not. */
const repeatConflict = async (tx: Tx, { id }: InvoiceCells, arrival: Arrival): Promise<Received | null> => {
  const known = await findConflict(tx, id, arrival)
  if (!known) return null
  if (known.isSettled) return { result: 'conflict', changed: false, unused: documents(arrival.document) }
  const merged = mergeArrival(known.kept, arrival)
  await keepConflict(tx, id, merged)
  return { result: 'conflict', changed: false, unused: dropped([arrival.document], merged.document) }
}

const voidRow = async (tx: Tx, { id }: InvoiceCells, how: How): Promise<void> => {
  if (how === 'dismiss') await setRow(tx, id, dismissedCells('VOIDED_IN_TOOL', tx.now))
  else if (how === 'note') await setRow(tx, id, { code: 'VOIDED_IN_TOOL', forgotten: 0 })
  else await setRow(tx, id, { voided: 1 })
  await note(tx, id, 'voided in the tool')
}

/** It is one invoice, under however many numbers it was told. */
const rowsOfSource = async (tx: Tx, tool: string, sourceId: string): Promise<InvoiceCells[]> =>
  (await tx.all(
    'SELECT * FROM invoice WHERE tool = ? AND source_id = ? ORDER BY id',
    tool,
    sourceId
  )) as InvoiceCells[]

/** Whether that changed any. */
const voidAll = async (tx: Tx, found: InvoiceCells[]): Promise<boolean> => {
  let changed = false
  for (const row of found) {
    const voiding = judgeVoided(keptOf(row))
    if (voiding.kind !== 'void') continue
    await voidRow(tx, row, voiding.now)
    changed = true
  }
  return changed
}

/** Without an id of the tool's, the number is all that says which it is. */
const receiveVoided = async (tx: Tx, { tool, invoice, document }: Arrival): Promise<Received> => {
  const { invoiceNumber, sourceId } = invoice
  const named = async () => {
    const row = await rowOfNumber(tx, invoiceNumber)
    return row?.tool === tool && row.source_id === null ? [row] : []
  }
  const found = sourceId === null ? await named() : await rowsOfSource(tx, tool, sourceId)
  const changed = await voidAll(tx, found)
  return { result: changed ? 'accepted' : 'duplicate', changed, unused: documents(document) }
}

export const receive = async (tx: Tx, arrival: Arrival): Promise<Received> => {
  if (arrival.voided) return receiveVoided(tx, arrival)
  const found = await lookUp(tx, arrival)
  if (!found.isKnown) return enter(tx, arrival, found)
  const row = (await rowOfNumber(tx, arrival.invoice.invoiceNumber)) as InvoiceCells
  const kept = keptOf(row)
  const judgement = judge(kept, asKept(arrival, kept))
  switch (judgement.kind) {
    case 'nothing':
      return { result: 'duplicate', changed: false, unused: documents(arrival.document) }
    case 'merge':
      return merge(tx, { row, kept }, arrival, judgement)
    case 'replace':
      return (await repeatConflict(tx, row, arrival)) ?? replace(tx, { row, kept }, arrival)
    case 'conflict':
      return (await repeatConflict(tx, row, arrival)) ?? enterConflict(tx, { row, kept }, arrival)
  }
}

export const voidSource = async (tx: Tx, tool: string, sourceId: string): Promise<boolean> => {
  const found = await rowsOfSource(tx, tool, sourceId)
  await voidAll(tx, found)
  if (found.length > 0) return true
  await tx.run(
    `INSERT INTO voided_source (tool, source_id, at) VALUES (?, ?, ?) ON CONFLICT (tool, source_id) DO NOTHING`,
    tool,
    sourceId,
    tx.now
  )
  return false
}

export const keepUnreadable = async (
  tx: Tx,
  { tool, invoiceNumber, body, problem }: Unreadable
): Promise<boolean> => {
  const known = await rowOfNumber(tx, invoiceNumber)
  const isNews = known === undefined || (await tellOtherwise(tx, known.id, body))
  // What waits for a person goes on waiting, with the latest that was told.
  if (!isNews || (known && known.state !== 'dismissed')) return false
  const held = heldCells('EVENT_UNREADABLE')
  const invoice = unknownInvoice(invoiceNumber, tx.now)
  const id =
    known?.id ?? (await insert(tx, { tool, invoice, document: null, notify: false, test: false }, held))
  if (known) await setRow(tx, id, held)
  else await tx.run('INSERT INTO event (invoice_id, body) VALUES (?, ?)', id, body)
  await note(tx, id, 'held', { code: 'EVENT_UNREADABLE', detail: problem })
  return true
}

/** False where the bytes are the same, or forgotten: senders redeliver for days. */
const tellOtherwise = async (tx: Tx, invoiceId: number, body: Buffer): Promise<boolean> => {
  const kept = (await tx.one('SELECT body FROM event WHERE invoice_id = ?', invoiceId))?.body as
    | Uint8Array
    | undefined
  if (kept === undefined || body.equals(kept)) return false
  await tx.run('UPDATE event SET body = ? WHERE invoice_id = ?', body, invoiceId)
  return true
}

/** With its reference as the row has it: where that is hidden it is the same one all the same. */
const asKept = (arrival: Arrival, { invoice: { customer: kept } }: Kept): Arrival => {
  const { invoice } = arrival
  return refPrint(invoice.customer.ref) === refPrint(kept.ref)
    ? { ...arrival, invoice: { ...invoice, customer: { ...invoice.customer, ref: kept.ref } } }
    : arrival
}

/** For a person, who would see no more than the reference that both have. */
const tellingFacts = (arrival: Arrival, kept: Kept): Facts => {
  const facts = factsOf(arrival)
  const { customer } = arrival.invoice
  if (customer.portalId !== null || mayBeOne(customer, kept.invoice.customer)) return facts
  const who = [customer.name, ...customer.emails].filter(text => text !== null)
  return { ...facts, customer: `${facts.customer} (${who.join(', ')})` }
}

const documents = (...found: (Document | null)[]): Document[] => found.filter(document => document !== null)

const dropped = (found: (Document | null)[], used: Document | null): Document[] =>
  documents(...found).filter(document => document !== used)

/** Of an event that could not be read nothing is known but its own number. */
const unknownInvoice = (invoiceNumber: string, now: Instant): Invoice => ({
  ...blankInvoice(invoiceNumber, 'unknown'),
  issuedAt: isoInstant(now).slice(0, 10)
})
