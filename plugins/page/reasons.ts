// Why an invoice waits, and which buttons a person may press: what src/view/explain.ts says on the command line.

import type { Action } from '../../src/core/row.ts'
import type { Facts, Invoice, WholeInvoice } from '../../src/view/answers.ts'
import { rulingOn } from '../../src/view/explain.ts'
import type { Words } from '../../src/words/words.ts'

export type Reason = { what: string; do: string }

/** Null: nothing is wrong. A whole invoice gives a more exact reason. */
export const reasonOf = (invoice: Invoice & Partial<WholeInvoice>, { codes }: Words): Reason | null => {
  const { state, code, advice, customer, unmade } = invoice
  const { ofInvoice, special } = codes
  if (code === null) {
    if (state === 'sending') return special.inDoubt
    // The tool collects the payment itself: nothing else waits without a code and has advice.
    return state === 'waiting' && advice !== null ? special.collected : null
  }
  const known = ofInvoice[code as keyof typeof ofInvoice]
  if (!known) return { what: code, do: '' }
  if (rulingOn(invoice) !== null) return { ...known, do: special.byRule }
  if (code === 'CUSTOMER_UNKNOWN' && customer.portalId !== null) return { ...known, what: special.idUnknown }
  if (unmade) return special.unmade
  if (code === 'INVOICE_CONFLICT') return conflictIn(invoice, special) ?? known
  return known
}

const conflictIn = (
  { state, conflict }: Invoice & Partial<WholeInvoice>,
  special: Words['codes']['special']
): Reason | null => {
  if (conflict === undefined) return null
  const isPortals = conflict !== null && isInPortal(conflict)
  if (state === 'delivered') return conflict === null || isPortals ? special.toldOtherwise : special.conflictDelivered
  if (conflict === null) return special.toldBefore
  return isPortals ? special.conflictInPortal : special.conflictCame
}

/** Whether the other facts are the portal's, and not another message's. */
export const isInPortal = ({ from }: Facts): boolean => from.startsWith('inv_')

export type Button = {
  action: Action
  label: string
  /** Its consequence, in a sentence. */
  hint: string
  isMain?: boolean
  /** Cannot be undone, or may reach a customer twice. */
  isGrave?: boolean
  body?: Record<string, string>
}

/** What a person may decide about the invoice, the likeliest first. */
export const buttonsOf = (invoice: WholeInvoice, { actions }: Words): Button[] => {
  const { state, code, conflict } = invoice
  const button = (action: Action, label: keyof typeof actions, more: Partial<Button> = {}): Button => ({
    action,
    label: actions[label] as string,
    hint: actions[`${label}Hint` as keyof typeof actions] as string,
    ...more
  })
  const main = { isMain: true }
  const dismiss = button('dismiss', 'dismiss')
  const isContested = conflict !== null && !isInPortal(conflict)
  const choice = [button('keep', 'keep', main), button('take', 'take')]
  switch (state) {
    case 'sending':
      return []
    case 'waiting':
      return [...(invoice.advice === null ? [] : [button('deliver', 'now')]), dismiss]
    case 'dismissed':
      return isContested ? choice : [button('deliver', 'back')]
    case 'delivered':
      if (code === null) return []
      return [isContested ? button('keep', 'clear', main) : button('dismiss', 'clear', main)]
    case 'held':
      break
  }
  if (isContested) return [...choice, dismiss]
  switch (code) {
    case 'REVIEW':
      return invoice.test
        ? [{ ...dismiss, ...main }, button('deliver', 'release', { isGrave: true, hint: actions.releaseTestHint })]
        : [button('deliver', 'release', main), dismiss]
    case 'PORTAL_UNCLEAR':
      return [
        button('deliver', 'look', main),
        dismiss,
        button('deliver', 'absent', { isGrave: true, body: { absent: 'true' } })
      ]
    case 'CREDIT_NOTE':
    case 'ZERO_AMOUNT':
    case 'DATE_IMPLAUSIBLE':
      return [button('deliver', 'back', { ...main, hint: actions.deliverHint }), dismiss]
    case 'INVOICE_CONFLICT':
      return [button('deliver', 'back', { hint: actions.deliverHint, isGrave: true }), { ...dismiss, isMain: true }]
    case 'CURRENCY_UNSUPPORTED':
      return [{ ...dismiss, isMain: true }]
    case 'CUSTOMER_UNKNOWN':
    case 'CUSTOMER_AMBIGUOUS':
      return [button('deliver', 'again'), dismiss]
    default:
      return [button('deliver', 'again', main), dismiss]
  }
}
