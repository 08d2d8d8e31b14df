// Shows one invoice to the operator: money as text, times as instants, nothing of how the ledger keeps it.

import { type Instant, isoInstant } from '../core/clock.ts'
import { refKey } from '../core/fingerprint.ts'
import { formatAmount } from '../core/invoice.ts'
import type { PortalInvoice } from '../core/portal-entry.ts'
import type { Decided, HistoryEntry, OtherFacts, Row, WholeRow } from '../core/row.ts'
import type { PortalState } from '../delivery/engine.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Facts, Invoice, WholeInvoice } from './answers.ts'
import { type Around, detailOf, explain, isUnmade, pausedBy } from './explain.ts'

export const iso = (at: Instant | null): string | null => (at === null ? null : isoInstant(at))

export const shown = (row: Row, around: Around): Invoice => ({
  invoiceNumber: row.invoiceNumber,
  tool: row.tool,
  state: row.state,
  code: row.code,
  advice: explain(row, around),
  customer: row.customer,
  amount: formatAmount(row.amountCents, row.currency),
  currency: row.currency,
  issuedAt: row.issuedAt,
  dueAt: row.dueAt,
  paidAt: iso(row.paidAt),
  portalId: row.portalId,
  receivedAt: isoInstant(row.receivedAt),
  deliveredAt: iso(row.deliveredAt),
  nextAttemptAt: iso(row.nextAttemptAt),
  attempts: row.attempts,
  notify: row.notify,
  test: row.test,
  ...(row.state === 'held' && row.code === 'REVIEW' ? { wouldSend: draftOf(row) } : {})
})

/** An earlier version never announced a new customer, and kept no field for one. */
const draftOf = ({ draft }: Row) => draft && { ...draft, newCustomer: draft.newCustomer ?? null }

/** With all that helps to judge it. Anybody who knows the address of a PDF can fetch it, so it is never logged. */
export const shownWhole = async (
  row: WholeRow,
  around: Around,
  { ledger, portal }: { ledger: Pick<Ledger, 'customers' | 'holdings'>; portal: PortalState }
): Promise<WholeInvoice> => ({
  ...shown(row, around),
  detail: detailOf(row),
  unmade: isUnmade(row),
  paused: pausedBy(row, portal),
  portalCustomer: await portalCustomerOf(row, ledger),
  pdf: row.pdf,
  sent: row.body && { newCustomer: null, ...row.body },
  conflict: await conflictOf(row, ledger),
  history: row.history.map(shownEntry)
})

/** Its customer in the portal, the name in the copy, and how the bridge found it; null if that link is gone. */
const portalCustomerOf = async (
  { tool, customer, body, draft }: Row,
  { customers, holdings }: Pick<Ledger, 'customers' | 'holdings'>
): Promise<WholeInvoice['portalCustomer']> => {
  const link = (await customers.find({ tool, ref: customer.ref }))?.link
  const id = (body ?? draft)?.customerId ?? customer.portalId ?? link?.portalId
  if (!id || draft?.newCustomer) return null
  return {
    id,
    name: (await holdings.customer(id))?.companyName ?? null,
    how: id === customer.portalId ? 'invoice' : id === link?.portalId ? link.how : null
  }
}

/** The other facts under its number: those that came, or else those that the portal holds. */
const conflictOf = async (
  { invoiceNumber, code, portalId, conflicts, customer: own }: WholeRow,
  { customers, holdings }: Pick<Ledger, 'customers' | 'holdings'>
): Promise<Facts | null> => {
  if (code !== 'INVOICE_CONFLICT') return null
  const came = conflicts.at(-1)
  if (came) return shownFacts({ ...came, customer: await asWritten(came, own.ref, customers) })
  // The latest: a person may have overruled the earlier ones.
  const there = (await holdings.byNumber(invoiceNumber)).findLast(({ id }) => id !== portalId)
  if (!there) return null
  const { id, customerId, amountCents, currency, issuedAt } = there
  const amount = amountCents === null ? null : formatAmount(amountCents, currency ?? 'EUR')
  return { from: id, customer: customerId, amount, currency, issuedAt }
}

/**
 * The other customer as its tool writes it, where the ledger knows it: facts are compared, and so kept, in lower case.
 * What the tool calls it may follow in brackets.
 */
const asWritten = async (
  { tool, customer }: OtherFacts,
  own: string,
  customers: Pick<Ledger['customers'], 'find'>
): Promise<string> => {
  const at = customer.indexOf(' (')
  for (const kept of at < 0 ? [customer] : [customer, customer.slice(0, at)]) {
    const ref = kept === refKey(own) ? own : (await customers.find({ tool, ref: kept }))?.ref
    if (ref !== undefined) return ref + customer.slice(kept.length)
  }
  return customer
}

const shownFacts = ({ tool, customer, amountCents, currency, issuedAt }: OtherFacts): Facts => ({
  from: tool,
  customer,
  amount: formatAmount(amountCents, currency),
  currency,
  issuedAt
})

export const shownDecided = (decided: Decided | null) =>
  decided && { won: shownFacts(decided.won), lost: decided.lost.map(shownFacts) }

const shownEntry = ({ at, event, spent: _, unmade: __, ...detail }: HistoryEntry) => ({
  at: isoInstant(at),
  event,
  ...Object.fromEntries(Object.entries(detail).map(([name, value]) => [name, shownValue(name, value)]))
})

const instants: readonly string[] = ['nextAttemptAt', 'notBefore']

const shownValue = (name: string, value: unknown): unknown => {
  if (typeof value === 'number' && instants.includes(name)) return isoInstant(value)
  if (typeof value !== 'object' || value === null || !('amountCents' in value)) return value
  const { amountCents, ...facts } = value as { amountCents: number; currency?: string }
  return { ...facts, amount: formatAmount(amountCents, facts.currency) }
}

/** As the portal shows it; a list of it has no payment link. */
export const shownPortalInvoice = <Entry extends PortalInvoice>({
  amountCents,
  currency,
  paidAt,
  createdAt,
  ...entry
}: Entry) => ({
  ...entry,
  currency,
  amount: amountCents === null ? null : formatAmount(amountCents, currency ?? 'EUR'),
  paidAt: iso(paidAt),
  createdAt: iso(createdAt)
})
