// What comes in, on SQLite: the row of its number is loaded, the table of states judges (states.ts), and what it says is
// written.

import { type Instant, isoInstant } from '../core/clock.ts'
import { type Invoice, mayBeOne } from '../core/invoice.ts'
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
import type { Database } from './database.ts'
import { refPrint } from './fingerprint.ts'
import type { SqliteConflicts } from './sqlite-conflicts.ts'
import type { SqliteRows } from './sqlite-rows.ts'
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

type Around = { rows: SqliteRows; conflicts: SqliteConflicts }

export const createArrivals = ({ one, all, run }: Database, { rows, conflicts }: Around) => {
  const { byNumber, set, note } = rows

  const insert = (arrival: Arrival, now: Instant): number => {
    const { tool, invoice, notify } = arrival
    const due = dueOf(arrival, now)
    const id = rows.insert(invoice.invoiceNumber, { received_at: now, ...arrivalCells(arrival, now) })
    note(id, now, 'received', { tool, notify, ...(due > now ? { notBefore: due } : {}) })
    return id
  }

  /** The row that the tool told the same invoice under before. */
  const firstOf = ({ tool, invoice: { sourceId } }: Arrival, id: number): InvoiceCells | undefined =>
    sourceId === null
      ? undefined
      : rows.find('tool = ? AND source_id = ? AND id < ? ORDER BY id LIMIT 1', tool, sourceId, id)

  /** A number that is new. What the tool said of the same invoice before may stand against it. */
  const enter = (arrival: Arrival, now: Instant): Received => {
    const { tool, invoice } = arrival
    const id = insert(arrival, now)
    const first = firstOf(arrival, id)
    if (first) {
      const { invoiceNumber } = keptOf(first).invoice
      set(id, heldCells('INVOICE_CONFLICT'))
      note(id, now, 'told under another number', { code: 'INVOICE_CONFLICT', before: invoiceNumber })
      return { result: 'conflict', changed: true, unused: [] }
    }
    if (invoice.sourceId !== null && isVoided(tool, invoice.sourceId)) {
      set(id, dismissedCells('VOIDED_IN_TOOL', now))
      note(id, now, 'voided in the tool')
    }
    return { result: 'accepted', changed: true, unused: [] }
  }

  const isVoided = (tool: string, sourceId: string): boolean =>
    one('SELECT 1 FROM voided_source WHERE tool = ? AND source_id = ?', tool, sourceId) !== undefined

  const merge = ({ row, kept }: Known, arrival: Arrival, merged: Merge, now: Instant): Received => {
    const { id, state } = row
    const { invoice, document, released } = merged
    const isPdfNew = document !== kept.document || isPdfAnother(kept.invoice, invoice)
    const isPaidNow = kept.invoice.paidAt === null && invoice.paidAt !== null
    set(id, {
      invoice: JSON.stringify(invoice),
      ...documentCells(document),
      ...(isPdfNew ? { document_version: Number(row.document_version) + 1 } : {}),
      // Whoever has it on loan knows less: it is lent again with all there is.
      ...(state === 'waiting' ? { loan_until: null } : {}),
      // It waited to be collected: now it is paid.
      ...(state === 'waiting' && isPaidNow
        ? { next_attempt_at: now, since: Math.min(Number(row.since), now) }
        : {}),
      ...(state === 'delivered' ? payingCells(invoice.paidAt, row.known_paid_at, now) : {}),
      ...(released ? waitingCells(now) : {})
    })
    note(id, now, 'merged', released ? { released: row.code } : {})
    return {
      result: 'duplicate',
      changed: true,
      unused: dropped([arrival.document, kept.document], document)
    }
  }

  /** Puts other facts into a row that is not in the portal. */
  const replace = ({ row, kept }: Known, arrival: Arrival, now: Instant): Received => {
    const { id } = row
    set(id, { ...arrivalCells(arrival, now), document_version: Number(row.document_version) + 1 })
    if (conflicts.isOpen(id) || firstOf(arrival, id)) set(id, heldCells('INVOICE_CONFLICT'))
    note(id, now, 'corrected', { notify: arrival.notify, replaced: factsOf(kept) })
    return { result: 'accepted', changed: true, unused: documents(kept.document) }
  }

  const enterConflict = ({ row: { id, state }, kept }: Known, arrival: Arrival, now: Instant): Received => {
    conflicts.keep(id, arrival, now)
    note(id, now, 'conflict received', { tool: arrival.tool, facts: tellingFacts(arrival, kept) })
    // What comes beside a row that was emptied is personal again.
    if (state === 'delivered') set(id, { code: 'INVOICE_CONFLICT', forgotten: 0 })
    else if (state !== 'sending') set(id, heldCells('INVOICE_CONFLICT'))
    return { result: 'conflict', changed: true, unused: [] }
  }

  /** Other facts that are known: a person has decided about them, or is going to. Null when they are not. */
  const repeatConflict = ({ id }: InvoiceCells, arrival: Arrival, now: Instant): Received | null => {
    const known = conflicts.find(id, arrival)
    if (!known) return null
    if (known.isSettled) return { result: 'conflict', changed: false, unused: documents(arrival.document) }
    const merged = mergeArrival(known.kept, arrival)
    conflicts.keep(id, merged, now)
    return { result: 'conflict', changed: false, unused: dropped([arrival.document], merged.document) }
  }

  const voidRow = ({ id }: InvoiceCells, how: How, now: Instant): void => {
    if (how === 'dismiss') set(id, dismissedCells('VOIDED_IN_TOOL', now))
    else if (how === 'note') set(id, { code: 'VOIDED_IN_TOOL', forgotten: 0 })
    else set(id, { voided: 1 })
    note(id, now, 'voided in the tool')
  }

  /** It is one invoice, under however many numbers it was told. */
  const ofSource = (tool: string, sourceId: string): InvoiceCells[] =>
    all(
      'SELECT * FROM invoice WHERE tool = ? AND source_id = ? ORDER BY id',
      tool,
      sourceId
    ) as InvoiceCells[]

  /** Whether that changed any. */
  const voidAll = (found: InvoiceCells[], now: Instant): boolean => {
    const judged = found.map(row => ({ row, voiding: judgeVoided(keptOf(row)) }))
    for (const { row, voiding } of judged) if (voiding.kind === 'void') voidRow(row, voiding.now, now)
    return judged.some(({ voiding }) => voiding.kind === 'void')
  }

  /** Without an id of the tool's, the number is all that says which it is. */
  const receiveVoided = ({ tool, invoice, document }: Arrival, now: Instant): Received => {
    const { invoiceNumber, sourceId } = invoice
    const named = [byNumber(invoiceNumber)].filter(row => row?.tool === tool && row.source_id === null)
    const found = sourceId === null ? (named as InvoiceCells[]) : ofSource(tool, sourceId)
    const changed = voidAll(found, now)
    return { result: changed ? 'accepted' : 'duplicate', changed, unused: documents(document) }
  }

  const receive = (arrival: Arrival, now: Instant): Received => {
    if (arrival.voided) return receiveVoided(arrival, now)
    const row = byNumber(arrival.invoice.invoiceNumber)
    if (!row) return enter(arrival, now)
    const kept = keptOf(row)
    const judgement = judge(kept, asKept(arrival, kept))
    switch (judgement.kind) {
      case 'nothing':
        return { result: 'duplicate', changed: false, unused: documents(arrival.document) }
      case 'merge':
        return merge({ row, kept }, arrival, judgement, now)
      case 'replace':
        return repeatConflict(row, arrival, now) ?? replace({ row, kept }, arrival, now)
      case 'conflict':
        return repeatConflict(row, arrival, now) ?? enterConflict({ row, kept }, arrival, now)
    }
  }

  const voidSource = (tool: string, sourceId: string, now: Instant): boolean => {
    const found = ofSource(tool, sourceId)
    voidAll(found, now)
    if (found.length > 0) return true
    run('INSERT INTO voided_source VALUES (?, ?, ?) ON CONFLICT DO NOTHING', tool, sourceId, now)
    return false
  }

  const keepUnreadable = ({ tool, invoiceNumber, body, problem }: Unreadable, now: Instant): boolean => {
    const known = byNumber(invoiceNumber)
    const isNews = known === undefined || tellOtherwise(known.id, body)
    // What waits for a person goes on waiting, with the latest that was told.
    if (!isNews || (known && known.state !== 'dismissed')) return false
    const invoice = unknownInvoice(invoiceNumber, now)
    const id = known?.id ?? insert({ tool, invoice, document: null, notify: false, test: false }, now)
    if (!known) run('INSERT INTO event VALUES (?, ?)', id, body)
    set(id, heldCells('EVENT_UNREADABLE'))
    note(id, now, 'held', { code: 'EVENT_UNREADABLE', detail: problem })
    return true
  }

  /** False where the bytes are the same, or forgotten: senders redeliver for days. */
  const tellOtherwise = (invoiceId: number, body: Buffer): boolean => {
    const kept = one('SELECT body FROM event WHERE invoice_id = ?', invoiceId)?.body as Uint8Array | undefined
    if (kept === undefined || body.equals(kept)) return false
    run('UPDATE event SET body = ? WHERE invoice_id = ?', body, invoiceId)
    return true
  }

  return { receive, voidSource, keepUnreadable }
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
  invoiceNumber,
  sourceId: null,
  customer: {
    ref: 'unknown',
    portalId: null,
    emails: [],
    name: null,
    address: null,
    zipCode: null,
    city: null,
    countryCode: null
  },
  amountCents: 0,
  currency: 'EUR',
  issuedAt: isoInstant(now).slice(0, 10),
  dueAt: null,
  paidAt: null,
  pdfUrl: null
})
