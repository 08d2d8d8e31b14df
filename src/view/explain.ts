// Explains one invoice to a person: what is the matter, and what to do about it, with commands ready to type. A pure
// function of the row, its history and the state of the portal. The sentences about codes stand in core/codes.ts.

import type { Instant } from '../core/clock.ts'
import { advice, type Code } from '../core/codes.ts'
import { formatPaidAt } from '../core/invoice.ts'
import type { HistoryEntry, Row, WholeRow } from '../core/row.ts'
import type { PortalState } from '../delivery/engine.ts'

export type Advice = { what: string; operator: string }

export type Around = {
  now: Instant
  timeZone: string
  /** How long after a lost answer the portal is believed. */
  settleMs: number
}

/** Null: nothing is the matter. With the history it can say more. */
export const explain = (row: Row & Partial<WholeRow>, around: Around): Advice | null => {
  const { state, code } = row
  if (code !== null) {
    const { what, operator } = { ...advice[code], ...inState(row, code) }
    return { what, operator: fillIn(operator, row) }
  }
  if (state === 'sending') return beingSent(around)
  return state === 'waiting' ? beingCollected(row, around) : null
}

/** Where the state or the history asks for something other than the code alone does. */
const inState = (row: Row & Partial<WholeRow>, code: Code): Partial<Advice> => {
  if (row.state === 'delivered') {
    if (code === 'INVOICE_CONFLICT') return deliveredConflict(row)
    if (code === 'VOIDED_IN_TOOL') return { operator: 'Correct it in the portal, then `dismiss` clears this note.' }
    return {}
  }
  const setting = rulingOn(row)
  if (setting !== null)
    return {
      operator: `So it is not sent. \`factuurbrug deliver <nr>\` sends it all the same. ${setting} sets the rule.`
    }
  if (code === 'CUSTOMER_UNKNOWN' && row.customer.portalId !== null)
    return {
      what: 'The portal holds no customer with the id that the invoice names.',
      operator:
        'Correct the id in the tool, then `factuurbrug deliver <nr>`. From a flow: send it again with the right customerId, then `factuurbrug take <nr>`.'
    }
  if (isUnmade(row))
    return {
      what: 'The bridge asked the portal for this new customer, and did not get it.',
      operator:
        'If it is there all the same, `factuurbrug link <tool> <ref> <cst_…>`. Otherwise put right what the portal says, then `factuurbrug deliver <nr>`: the bridge asks once more. Once the customer is made, all its invoices go on by themselves.'
    }
  return code === 'INVOICE_CONFLICT' ? heldConflict(row) : {}
}

const rules: Record<string, string> = { CREDIT_NOTE: 'CREDIT_NOTES', ZERO_AMOUNT: 'ZERO_AMOUNTS' }

/** The setting of the rule that dismissed it, so that nothing is left to decide; null: no rule did. */
export const rulingOn = ({ state, code }: { state: string; code: string | null }): string | null =>
  state === 'dismissed' ? (rules[code ?? ''] ?? null) : null

const deliveredConflict = ({ conflicts }: Partial<WholeRow>): Partial<Advice> =>
  conflicts?.length === 0
    ? {
        what: 'The portal shows it differently from what was sent.',
        operator: 'Correct it in the portal, then `factuurbrug dismiss <nr>` clears this note.'
      }
    : { operator: 'Correct it in the portal if the later facts are right; then `keep` clears this note.' }

const heldConflict = ({ conflicts, toldBefore }: Partial<WholeRow>): Partial<Advice> => {
  if (!conflicts) return {}
  if (conflicts.length > 0)
    return {
      what: 'The same number came twice, with other facts.',
      operator: '`factuurbrug keep <nr>` for these facts, `factuurbrug take <nr>` for the other ones.'
    }
  if (toldBefore)
    return {
      what: `The tool reported this invoice before, as ${toldBefore}.`,
      operator:
        'Check which number is right. `factuurbrug dismiss <nr>` leaves it at the first; `factuurbrug deliver <nr>` sends this one, too.'
    }
  return {
    what: 'The portal holds this number with other facts.',
    operator:
      'Look at it in the portal. `factuurbrug dismiss <nr>` leaves it at that; `factuurbrug deliver <nr>` sends this one all the same.'
  }
}

const lastFailure = ({ state, code, history }: Row & Partial<WholeRow>): HistoryEntry | undefined =>
  history?.findLast(entry =>
    code === null ? state === 'sending' && entry.event === 'answer unknown' : entry.code === code
  )

/** The last failure, in the words of the side that refused or failed. */
export const detailOf = (row: WholeRow): string | null => {
  const detail = lastFailure(row)?.detail
  return typeof detail === 'string' ? detail : null
}

/** Whether the portal did not make its customer, and is asked again by `deliver`. For a test it is asked for nobody. */
export const isUnmade = (row: Row & Partial<WholeRow>): boolean => !row.test && lastFailure(row)?.unmade === true

/** Why nothing that waits is sent now; null while deliveries go on. */
export const pausedBy = ({ state }: Row, portal: Pick<PortalState, 'state' | 'filling'>): string | null => {
  if (state !== 'waiting') return null
  if (portal.filling) return `the portal is being read before anything is sent, ${portal.filling.pages} pages so far`
  if (portal.state === 'down') return 'the portal does not answer; it goes on by itself once it does'
  return portal.state === 'refused'
    ? 'the portal refuses the token; it goes on by itself once PORTAL_TOKEN is right'
    : null
}

const beingSent = ({ settleMs }: Around): Advice => ({
  what: 'It is being sent, or the answer was lost and it is being looked for in the portal.',
  operator: `Nothing: it settles by itself, about ${Math.ceil(settleMs / 1000)} seconds (PORTAL_SETTLE_MS) after the answer was lost.`
})

/** An invoice that waits for later without a code is one that the tool collects by itself. */
const beingCollected = ({ nextAttemptAt }: Row, { now, timeZone }: Around): Advice | null => {
  if (nextAttemptAt === null || nextAttemptAt <= now) return null
  const until = formatPaidAt(nextAttemptAt, timeZone)
  return {
    what: `The tool collects this invoice by itself: it waits until it is paid, or until ${until} (${timeZone}).`,
    operator: 'Nothing. `deliver` sends it now.'
  }
}

const fillIn = (operator: string, { tool, customer, invoiceNumber }: Row): string =>
  operator
    .replaceAll('<tool> <ref>', () => `${tool} ${quoted(customer.ref)}`)
    .replaceAll('<nr>', () => quoted(invoiceNumber))

/** Quoted for a shell. */
const quoted = (text: string): string =>
  /^[\w@%+=:,./][\w@%+=:,./-]*$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
