// How a row of SQLite reads as the ledger's types.

import type { SQLInputValue } from 'node:sqlite'
import type { Instant } from '../clock.ts'
import type { Code } from '../errors.ts'
import type { Invoice } from '../invoice.ts'
import type { Document } from '../spool.ts'
import type { CreateBody, Doubt, HistoryEntry, Loan, Override, Row, State } from './ledger.ts'
import type { Kept } from './states.ts'

export type Cells = Record<string, SQLInputValue>

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
  everSent: cells.ever_sent === 1
})

export const loanOf = (cells: Cells): Loan => ({
  id: cells.id as number,
  attempt: cells.attempt as number,
  tool: cells.tool as string,
  invoice: JSON.parse(cells.invoice as string) as Invoice,
  document: documentOf(cells),
  notify: cells.notify === 1,
  test: cells.test === 1,
  overrides: JSON.parse(cells.overrides as string) as Override[],
  work: cells.state === 'delivered' ? 'pay' : 'create',
  portalId: cells.portal_id as string | null,
  unread: cells.unread ? Buffer.from(cells.unread as Uint8Array) : null,
  paying: cells.paying === 1,
  failures: cells.failures as number,
  triedMs: cells.tried_ms as number
})

export const doubtOf = (cells: Cells): Doubt => ({
  id: cells.id as number,
  attempt: cells.attempt as number,
  body: JSON.parse(cells.body as string) as CreateBody,
  told: cells.told as number,
  sentAt: cells.sending_at as Instant,
  failures: cells.failures as number,
  triedMs: cells.tried_ms as number,
  overridden: (JSON.parse(cells.overrides as string) as Override[]).includes('INVOICE_CONFLICT')
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
    pdf: { bytes: cells.document_bytes as number | null, url: invoice.pdfUrl }
  }
}

export const historyOf = (cells: Cells): HistoryEntry => ({
  ...(JSON.parse(cells.detail as string) as object),
  at: cells.at as Instant,
  event: cells.event as string
})
