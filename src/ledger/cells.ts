// How the ledger's types stand in a row: read from its cells, and written into them.

import type { Instant } from '../core/clock.ts'
import type { Code } from '../core/codes.ts'
import type { Invoice } from '../core/invoice.ts'
import type {
  Arrival,
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
import { refKey } from './claims.ts'
import type { Cell, Cells } from './driver.ts'
import { fingerprint, refPrint } from './fingerprint.ts'
import { dueOf, type Kept } from './states.ts'

/** Of a row of invoices. */
export type InvoiceCells = Cells & { id: number }

/** What a query answers as `at`; null when it finds nothing, or nothing is there. */
export const instantOf = (cells: Cells | undefined): Instant | null => (cells?.at ?? null) as Instant | null

export const overridesOf = (cells: Cells): Override[] => JSON.parse(cells.overrides as string) as Override[]

const documentOf = (cells: Cells): Document | null =>
  cells.document_file === null
    ? null
    : {
        file: cells.document_file as string,
        bytes: cells.document_bytes as number,
        sha256: cells.document_sha256 as string
      }

export const keptOf = (cells: Cells): Kept => ({
  state: cells.state as State,
  code: cells.code as Code | null,
  tool: cells.tool as string,
  invoice: JSON.parse(cells.invoice as string) as Invoice,
  document: documentOf(cells),
  everSent: cells.ever_sent === 1,
  sentTo: sentToOf(cells)
})

/** The portal's customer that it was sent to: as the portal told, or else as it was asked for. */
const sentToOf = (cells: Cells): string | null => {
  if (cells.portal_customer_id !== null) return cells.portal_customer_id as string
  return cells.unproven === 1 ? (JSON.parse(cells.sent_body as string) as CreateBody).customerId : null
}

export const loanOf = (cells: Cells, owner: string): Loan => ({
  id: cells.id as number,
  attempt: cells.attempt as number,
  tool: cells.tool as string,
  invoice: JSON.parse(cells.invoice as string) as Invoice,
  document: documentOf(cells),
  notify: cells.notify === 1,
  test: cells.test === 1,
  overrides: overridesOf(cells),
  released: cells.released === null ? null : (JSON.parse(cells.released as string) as Released),
  documentVersion: cells.document_version as number,
  work: cells.state === 'delivered' ? 'pay' : 'create',
  portalId: cells.portal_id as string | null,
  unread: cells.unread ? Buffer.from(cells.unread as Uint8Array) : null,
  paying: cells.paying === 1,
  inherited: cells.sent_by !== owner,
  failures: cells.failures as number,
  triedMs: cells.tried_ms as number,
  unproven: cells.unproven === 1
})

export const doubtOf = (cells: Cells, owner: string): Doubt => ({
  id: cells.id as number,
  attempt: cells.attempt as number,
  body: JSON.parse(cells.body as string) as CreateBody,
  sent: JSON.parse(cells.sent_body as string) as CreateBody,
  told: cells.told as number,
  sentAt: cells.sending_at as Instant,
  inherited: cells.sent_by !== owner,
  failures: cells.failures as number,
  triedMs: cells.tried_ms as number,
  overridden: overridesOf(cells).includes('INVOICE_CONFLICT')
})

export const rowOf = (cells: Cells): Row => {
  const invoice = JSON.parse(cells.invoice as string) as Invoice
  return {
    invoiceNumber: invoice.invoiceNumber,
    tool: cells.tool as string,
    state: cells.state as State,
    code: cells.code as Code | null,
    customer: invoice.customer,
    amountCents: invoice.amountCents,
    currency: invoice.currency,
    issuedAt: invoice.issuedAt,
    dueAt: invoice.dueAt,
    paidAt: invoice.paidAt,
    portalId: cells.portal_id as string | null,
    receivedAt: cells.received_at as Instant,
    deliveredAt: cells.delivered_at as Instant | null,
    nextAttemptAt: cells.next_attempt_at as Instant | null,
    attempts: cells.attempt as number,
    notify: cells.notify === 1,
    test: cells.test === 1,
    body: cells.body === null ? null : (JSON.parse(cells.body as string) as CreateBody),
    draft: shownIn(cells)?.draft ?? null,
    pdf: { bytes: cells.document_bytes as number | null, url: invoice.pdfUrl }
  }
}

/** What is put up for review, with the PDF that stands beside it then. */
export const draftCells = (draft: Draft, { document_version }: Cells): Cells => ({
  draft: JSON.stringify({ ...draft, documentVersion: document_version })
})

/** What a person sees in review. An earlier version did not keep which PDF that was. */
export const shownIn = ({ draft: kept, document_version }: Cells): Released | null => {
  if (kept === null) return null
  const { documentVersion = Number(document_version), ...draft } = JSON.parse(kept as string) as Draft &
    Partial<Released>
  return { draft, documentVersion }
}

export const historyOf = (cells: Cells): HistoryEntry => ({
  ...(JSON.parse(cells.detail as string) as object),
  at: cells.at as Instant,
  event: cells.event as string
})

/** What makes a set of facts another one. */
export type Facts = {
  tool: string
  sourceId: string | null
  customer: string
  amountCents: number
  currency: string
  issuedAt: string
}

export const factsOf = ({ tool, invoice }: Pick<Arrival, 'tool' | 'invoice'>): Facts => ({
  tool,
  sourceId: invoice.sourceId,
  customer: invoice.customer.portalId ?? refKey(invoice.customer.ref),
  amountCents: invoice.amountCents,
  currency: invoice.currency,
  issuedAt: invoice.issuedAt
})

/** Under which a set of facts is kept once, for ever: the tool's customer is not to be read from it. */
export const factsPrint = ({ customer, ...facts }: Facts): string =>
  fingerprint(JSON.stringify({ ...facts, customer: isPortals(customer) ? customer : refPrint(customer) }))

/** The portal's id of a customer, and no reference of a tool. */
const isPortals = (customer: string): boolean => customer.startsWith('cst_')

/** An invoice that nobody has judged yet. */
export const arrivalCells = (arrival: Arrival, now: Instant): Cells => ({
  tool: arrival.tool,
  invoice: JSON.stringify(arrival.invoice),
  source_id: arrival.invoice.sourceId,
  customer_ref: refPrint(arrival.invoice.customer.ref),
  ...documentCells(arrival.document),
  notify: Number(arrival.notify),
  test: Number(arrival.test),
  overrides: '[]',
  released: null,
  draft: null,
  body: null,
  voided: 0,
  ...waitingCells(dueOf(arrival, now))
})

export const documentCells = (document: Document | null): Cells => ({
  document_file: document?.file ?? null,
  document_bytes: document?.bytes ?? null,
  document_sha256: document?.sha256 ?? null
})

/** Whoever has it on loan may no longer write. */
export const endCells = { loan_until: null, next_attempt_at: null, sending_at: null }

/** To be judged anew and delivered, with a fresh count. */
export const waitingCells = (due: Instant): Cells => ({
  ...endCells,
  state: 'waiting',
  code: null,
  since: due,
  next_attempt_at: due,
  finished_at: null,
  forgotten: 0,
  failures: 0,
  tried_ms: 0
})

export const heldCells = (code: Code): Cells => ({
  ...endCells,
  state: 'held',
  code,
  finished_at: null,
  forgotten: 0
})

export const dismissedCells = (code: Code, now: Instant): Cells => ({
  ...endCells,
  state: 'dismissed',
  code,
  finished_at: now
})

/** Wanted against known: what is left to do about being paid. */
export const payingCells = (wanted: Instant | null, known: Cell | undefined, now: Instant): Cells =>
  wanted !== null && known === null ? { next_attempt_at: now, failures: 0, tried_ms: 0, forgotten: 0 } : {}
