// Marks an invoice in the portal as paid, after asking the portal for it.

import type { PortalInvoice } from '../core/portal-entry.ts'
import type { Loan } from '../core/row.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Portal } from '../portal/client.ts'
import { contested } from '../portal/match.ts'
import type { Reader } from '../portal/reader.ts'
import { busy, failed, failedBy, type Outcome } from '../rules/decide.ts'
import {
  failureOf,
  type Settling,
  type SettlingOptions,
  type Speaking,
  writeBeforeSpeak
} from './write-before-speak.ts'

export type Paying = Speaking &
  SettlingOptions & {
    ledger: Ledger
    portal: Pick<Portal, 'markPaid'>
    reader: Pick<Reader, 'one' | 'ask'>
  }

/**
 * The date of payment is set only once. A mark can ripple into a connected bookkeeping, and a date that somebody else
 * has set must stay, so the bridge asks the portal first.
 */
export const markPaid = async (loan: Loan, delivery: Paying, settling: Settling): Promise<Outcome | null> => {
  const { ledger, portal, reader, clock } = delivery
  const { id, portalId, paying } = loan
  const { paidAt, invoiceNumber } = loan.invoice
  if (portalId === null || paidAt === null) throw new Error('bug: nothing to mark as paid')
  const settlesInMs = settling.endsAt(id, paying && loan.inherited) - clock.monotonic()
  if (settlesInMs > 0) return busy(settlesInMs)
  try {
    // The list may be older than a mark that was sent, so the portal is asked for this invoice.
    const found = paying ? await askAgain(portalId, delivery) : await reader.one(portalId, 'delivery')
    if (found === 'contested') return contested([{ id: portalId }])
    if (found === null) {
      // The row gets its note, which ends the loan.
      await ledger.holdings.lose(portalId, clock.now())
      return null
    }
    if (found.paidAt !== null) return { kind: 'paid', holding: found, marked: paying }
  } catch (error) {
    return failedBy(error)
  }
  const said = await writeBeforeSpeak(
    delivery,
    () => ledger.paying(loan, clock.now()),
    (isPermitted, limits) => (isPermitted ? portal.markPaid(portalId, paidAt, limits) : null)
  )
  if ('kind' in said) return said
  if (said.written === null) return null
  if (said.written.outcome === 'unknown') settling.lost(id)
  else settling.over(id)
  return said.written.outcome === 'done'
    ? marked(said.written.value, invoiceNumber)
    : failureOf(said.written, delivery.portalSettleMs)
}

const askAgain = async (id: string, { ledger, reader }: Paying): Promise<PortalInvoice | 'contested' | null> => {
  const found = await reader.ask(id, 'delivery')
  return found ?? ((await ledger.holdings.has(id)) ? 'contested' : null)
}

/** The answer may hold no more than the id. What it does hold counts, because another mark might ripple once more. */
const marked = (answer: PortalInvoice, invoiceNumber: string): Outcome => {
  const isWhole = answer.customerId !== null && answer.amountCents !== null
  if (isWhole && answer.paidAt === null)
    return failed('PORTAL_REJECTED', 'the portal accepted the date of payment but does not show it')
  return { kind: 'paid', holding: { ...answer, invoiceNumber: answer.invoiceNumber ?? invoiceNumber }, marked: true }
}
