// What a word to many may do to each invoice: less than a word to one alone, because nobody has looked at each.

import { type ActionForAll, type LeftOut, overrides } from '../core/row.ts'
import type { Kept } from './kept.ts'

/** Null: it may be acted on. */
export const leftOutOf = (
  { state, code, everSent }: Pick<Kept, 'state' | 'code' | 'everSent'>,
  action: ActionForAll,
  hasConflict: boolean
): LeftOut | null => {
  if (!isOpenTo(action, state, code)) return 'state'
  if (hasConflict || code === 'INVOICE_CONFLICT') return 'conflict'
  if (everSent && state !== 'delivered') return 'sent'
  return action === 'deliver' && code !== 'REVIEW' && overrides.some(override => override === code) ? 'rule' : null
}

/** Delivered: its note is cleared. */
const isOpenTo = (action: ActionForAll, state: Kept['state'], code: Kept['code']): boolean =>
  state === 'held' || (action === 'dismiss' && (state === 'waiting' || (state === 'delivered' && code !== null)))
