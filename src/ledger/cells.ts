// How the ledger's types are stored in a row: read from its cells, and written into them.

import type { Instant } from '../core/clock.ts'
import type { Code } from '../core/codes.ts'
import { refPrint } from '../core/fingerprint.ts'
import type { Invoice } from '../core/invoice.ts'
import type {
  CreateBody,
  Document,
  Doubt,
  Draft,
  HistoryEntry,
  Loan,
  Override,
  Released,
  Row,
  State
} from '../core/row.ts'
import type { Change, Kept } from '../rules/kept.ts'
import type { Cell, Cells } from './driver.ts'

/** The cells of a row. */
export type InvoiceCells = Cells & { id: number }

/** A row, as rules see it. */
export type KeptRow = Kept & { id: number; key: string; attempt: number }

/** What a query answers as `at`; null when it finds no row, or no value. */
export const instantOf = (cells: Cells | undefined): Instant | null => (cells?.at ?? null) as Instant | null

const parsed = <T>(cell: Cell | undefined): T | null => (typeof cell === 'string' ? (JSON.parse(cell) as T) : null)

export const overridesOf = (cells: Cells): Override[] => parsed<Override[]>(cells.overrides) ?? []

const documentOf = (cells: Cells): Document | null =>
  cells.document_file === null
    ? null
    : {
        file: cells.document_file as string,
        bytes: cells.document_bytes as number,
        sha256: cells.document_sha256 as string
      }

/** What a person sees in review. An earlier version did not keep which PDF came with it. */
const draftOf = ({ draft: kept, document_version }: Cells): Released | null => {
  const known = parsed<Draft & Partial<Released>>(kept)
  if (known === null) return null
  const { documentVersion = Number(document_version), ...draft } = known
  return { draft, documentVersion }
}

export const keptOf = (cells: Cells): KeptRow => ({
  id: cells.id as number,
  key: cells.key as string,
  attempt: cells.attempt as number,
  state: cells.state as State,
  code: cells.code as Code | null,
  tool: cells.tool as string,
  invoice: JSON.parse(cells.invoice as string) as Invoice,
  document: documentOf(cells),
  documentVersion: Number(cells.document_version),
  pdfByPerson: cells.pdf_by_person === 1,
  notify: cells.notify === 1,
  test: cells.test === 1,
  overrides: overridesOf(cells),
  draft: draftOf(cells),
  released: parsed<Released>(cells.released),
  body: parsed<CreateBody>(cells.body),
  sentBody: parsed<CreateBody>(cells.sent_body),
  everSent: cells.ever_sent === 1,
  unproven: cells.unproven === 1,
  sentBy: cells.sent_by as string | null,
  sentAfter: cells.told as number | null,
  sendingAt: cells.sending_at as Instant | null,
  portalId: cells.portal_id as string | null,
  portalCustomerId: cells.portal_customer_id as string | null,
  deliveredAt: cells.delivered_at as Instant | null,
  finishedAt: cells.finished_at as Instant | null,
  knownPaidAt: cells.known_paid_at as Instant | null,
  paying: cells.paying === 1,
  since: Number(cells.since),
  nextAttemptAt: cells.next_attempt_at as Instant | null,
  loanUntil: cells.loan_until as Instant | null,
  failures: Number(cells.failures),
  triedMs: Number(cells.tried_ms),
  voided: cells.voided === 1,
  forgotten: cells.forgotten === 1
})

const json = (value: unknown): Cell => (value === null ? null : JSON.stringify(value))

// For changes that are not stored in one cell as they are.
const written: { [Name in keyof Kept]?: (value: Kept[Name]) => Cells } = {
  invoice: invoice => ({
    invoice: json(invoice),
    source_id: invoice.sourceId,
    customer_ref: refPrint(invoice.customer.ref)
  }),
  document: document => ({
    document_file: document?.file ?? null,
    document_bytes: document?.bytes ?? null,
    document_sha256: document?.sha256 ?? null
  }),
  overrides: overrides => ({ overrides: json(overrides) }),
  draft: shown => ({ draft: json(shown && { ...shown.draft, documentVersion: shown.documentVersion }) }),
  released: released => ({ released: json(released) }),
  body: body => ({ body: json(body) }),
  sentBody: body => ({ sent_body: json(body) }),
  sentAfter: ordinal => ({ told: ordinal })
}

const columns = new Map<string, string>()

const columnOf = (name: string): string =>
  columns.getOrInsertComputed(name, () => name.replaceAll(/[A-Z]/g, capital => `_${capital.toLowerCase()}`))

export const cellsOf = (change: Change): Cells => {
  const cells: Cells = {}
  for (const [name, value] of Object.entries(change)) {
    const write = written[name as keyof Kept] as ((value: unknown) => Cells) | undefined
    if (write) Object.assign(cells, write(value))
    else cells[columnOf(name)] = typeof value === 'boolean' ? Number(value) : (value as Cell)
  }
  return cells
}

export const loanOf = (cells: Cells, owner: string): Loan => {
  const kept = keptOf(cells)
  return {
    id: kept.id,
    attempt: kept.attempt,
    tool: kept.tool,
    invoice: kept.invoice,
    document: kept.document,
    notify: kept.notify,
    test: kept.test,
    overrides: kept.overrides,
    released: kept.released,
    documentVersion: kept.documentVersion,
    pdfByPerson: kept.pdfByPerson,
    work: kept.state === 'delivered' ? 'pay' : 'create',
    portalId: kept.portalId,
    unread: cells.unread ? Buffer.from(cells.unread as Uint8Array) : null,
    paying: kept.paying,
    inherited: kept.sentBy !== owner,
    failures: kept.failures,
    triedMs: kept.triedMs,
    unproven: kept.unproven,
    sentAfter: kept.sentAfter
  }
}

export const doubtOf = (cells: Cells, owner: string): Doubt => {
  const { id, attempt, body, sentBody, sentAfter, sendingAt, sentBy, failures, triedMs, overrides } = keptOf(cells)
  return {
    id,
    attempt,
    body: body as CreateBody,
    sent: sentBody as CreateBody,
    sentAfter: sentAfter as number,
    sentAt: sendingAt as Instant,
    inherited: sentBy !== owner,
    failures,
    triedMs,
    overridden: overrides.includes('INVOICE_CONFLICT')
  }
}

export const rowOf = (cells: Cells): Row => {
  const { invoice, document, draft, ...kept } = keptOf(cells)
  return {
    invoiceNumber: invoice.invoiceNumber,
    tool: kept.tool,
    state: kept.state,
    code: kept.code,
    customer: invoice.customer,
    amountCents: invoice.amountCents,
    currency: invoice.currency,
    issuedAt: invoice.issuedAt,
    dueAt: invoice.dueAt,
    paidAt: invoice.paidAt,
    portalId: kept.portalId,
    receivedAt: cells.received_at as Instant,
    deliveredAt: kept.deliveredAt,
    nextAttemptAt: kept.nextAttemptAt,
    attempts: kept.attempt,
    notify: kept.notify,
    test: kept.test,
    body: kept.body,
    draft: draft?.draft ?? null,
    pdf: { bytes: document?.bytes ?? null, url: invoice.pdfUrl, byPerson: kept.pdfByPerson }
  }
}

export const historyOf = (cells: Cells): HistoryEntry => ({
  ...(JSON.parse(cells.detail as string) as object),
  at: cells.at as Instant,
  event: cells.event as string
})
