// An invoice that stands in the portal, and was paid: it is looked at, and marked.

import type { Clock } from '../core/clock.ts'
import type { PortalInvoice } from '../core/portal-entry.ts'
import type { Loan } from '../core/row.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Budget } from '../portal/budget.ts'
import type { Portal } from '../portal/client.ts'
import { contested } from '../portal/match.ts'
import type { Reader } from '../portal/reader.ts'
import { failed, failedBy, type Outcome } from '../rules/decide.ts'

export type Paying = {
  ledger: Ledger
  portal: Pick<Portal, 'markPaid'>
  reader: Pick<Reader, 'one' | 'ask'>
  pace: Budget
  clock: Clock
  /** How long after the death of who sent it a request may still arrive. */
  portalSettleInheritedMs: number
  /** When this process began, on the monotonic clock. */
  startedAt: number
}

// An invoice that waits longer for its turn is better put back than kept on loan.
export const slotWithinMs = 75_000

/**
 * Paid goes from nothing to a date once. Marking can ripple into a connected bookkeeping, and what somebody else has marked
 * is not to be changed: so it is looked at first.
 */
export const markPaid = async (loan: Loan, delivery: Paying): Promise<Outcome | null> => {
  const { ledger, portal, reader, pace, clock } = delivery
  const { portalId, paying } = loan
  const { paidAt, invoiceNumber } = loan.invoice
  if (portalId === null || paidAt === null) throw new Error('bug: nothing to mark as paid')
  const settledInMs = delivery.startedAt + delivery.portalSettleInheritedMs - clock.monotonic()
  if (paying && loan.inherited && settledInMs > 0)
    return { kind: 'failed', code: 'PORTAL_BUSY', detail: null, retryAfterMs: settledInMs }
  try {
    // What the list told before it was asked for says nothing of what came of that.
    const found = paying ? await askAgain(portalId, delivery) : await reader.one(portalId, 'delivery')
    if (found === 'contested') return { kind: 'failed', ...contested([{ id: portalId }]) }
    if (found === null) {
      // The row gets its note, and with it the loan ends.
      await ledger.holdings.lose(portalId, clock.now())
      return null
    }
    if (found.paidAt !== null) return { kind: 'paid', holding: found, marked: paying }
  } catch (error) {
    return failedBy(error)
  }
  const slot = await pace.slot('delivery', { withinMs: slotWithinMs })
  if (!slot) return { kind: 'failed', code: 'PORTAL_BUSY', detail: null, retryAfterMs: pace.freeInMs() }
  if (!(await ledger.paying(loan, clock.now()))) {
    slot.unused()
    return null
  }
  try {
    const written = await portal.markPaid(portalId, paidAt)
    if (written.outcome === 'done') return marked(written.value, invoiceNumber)
    // What is not known is looked at before it is asked again: that is a failure like another.
    return written.outcome === 'unknown'
      ? failed('PORTAL_UNREACHABLE', written.detail)
      : { kind: 'failed', code: written.code, detail: written.detail, retryAfterMs: written.retryAfterMs }
  } finally {
    slot.done()
  }
}

const askAgain = async (
  id: string,
  { ledger, reader }: Paying
): Promise<PortalInvoice | 'contested' | null> => {
  const found = await reader.ask(id, 'delivery')
  return found ?? ((await ledger.holdings.has(id)) ? 'contested' : null)
}

/** The answer may tell no more than the id; what it tells is compared, and asking again might ripple once more. */
const marked = (answer: PortalInvoice, invoiceNumber: string): Outcome => {
  const isWhole = answer.customerId !== null && answer.amountCents !== null
  if (isWhole && answer.paidAt === null)
    return failed('PORTAL_REJECTED', 'the portal took the date of payment, and does not show it')
  return {
    kind: 'paid',
    holding: { ...answer, invoiceNumber: answer.invoiceNumber ?? invoiceNumber },
    marked: true
  }
}
