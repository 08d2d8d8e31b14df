// What a word to many may do to each invoice: less than a word to one alone, because nobody has looked at each.

import { type ActionForAll, type LeftOut, overrides, type State } from '../core/row.ts'

/** Null: it may be acted on. */
export const leftOutOf = (
  { state, code, everSent, test }: { state: State; code: string | null; everSent: boolean; test: boolean },
  action: ActionForAll,
  hasConflict: boolean
): LeftOut | null => {
  if (!isOpenTo(action, state, code)) return 'state'
  if (hasConflict || code === 'INVOICE_CONFLICT') return 'conflict'
  if (everSent && state !== 'delivered') return 'sent'
  if (action === 'dismiss') return null
  // A test is for a real customer: among many, nobody sees that it is one.
  return test || (code !== 'REVIEW' && overrides.some(override => override === code)) ? 'rule' : null
}

/** Delivered: its note is cleared. */
const isOpenTo = (action: ActionForAll, state: State, code: string | null): boolean =>
  state === 'held' || (action === 'dismiss' && (state === 'waiting' || (state === 'delivered' && code !== null)))
