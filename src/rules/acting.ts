// What a person's word does to a row.

import type { Instant } from '../core/clock.ts'
import { type Action, type Arrival, type Override, overrides } from '../core/row.ts'
import { arrived, type Change, dismissed, type Kept, soughtFromStart, waiting } from './kept.ts'

export type Ruling =
  | { kind: 'nothing' }
  /** To `waiting`, due at once, with a fresh count of failures. */
  | { kind: 'release'; overrides: Override[] }
  | { kind: 'dismiss' }
  /** Clears the code of a delivered row. A conflict that another code hid shows then; one that showed is settled. */
  | { kind: 'clear' }
  /** Settles the conflicts beside a delivered row. */
  | { kind: 'settle' }
  /** To `waiting` with the other facts (`take`) or with its own (`keep`); the conflicts beside it are settled. */
  | { kind: 'take' }
  | { kind: 'keep' }

const unclear: Override[] = ['PORTAL_UNCLEAR']

/** What a person's word does; null where the state does not allow it. */
export const rule = (
  { state, code }: Pick<Kept, 'state' | 'code'>,
  action: Action,
  { hasConflict, absent = false }: { hasConflict: boolean; absent?: boolean | undefined }
): Ruling | null => {
  if (state === 'sending') return null
  switch (action) {
    case 'deliver':
      if (state === 'delivered') return null
      if (hasConflict) return { kind: 'keep' }
      return {
        kind: 'release',
        overrides: [...overrides.filter(override => override === code), ...(absent ? unclear : [])]
      }
    case 'dismiss':
      if (state === 'dismissed' || (state === 'delivered' && code === null)) return { kind: 'nothing' }
      return state === 'delivered' ? { kind: 'clear' } : { kind: 'dismiss' }
    case 'take':
      return hasConflict && (state === 'held' || state === 'dismissed') ? { kind: 'take' } : null
    case 'keep':
      if (!hasConflict || state === 'waiting') return null
      return state === 'delivered' ? { kind: 'settle' } : { kind: 'keep' }
  }
}

/** `settles`: a person has decided about the other facts beside it. */
export type Acting = { set: Change; settles: boolean }

/** What a ruling changes. `taken`: the other facts, where they win. `ordinal`: the copy's last one by now. */
export const obey = (
  kept: Kept,
  ruling: Exclude<Ruling, { kind: 'nothing' }>,
  { hasConflict, taken, ordinal }: { hasConflict: boolean; taken: Arrival | null; ordinal: number },
  now: Instant
): Acting => {
  switch (ruling.kind) {
    case 'release':
      return { set: release(kept, ruling.overrides, ordinal, now), settles: false }
    case 'dismiss':
      return { set: dismissed('BY_OPERATOR', now), settles: false }
    case 'clear':
      return kept.code !== 'INVOICE_CONFLICT' && hasConflict
        ? { set: { code: 'INVOICE_CONFLICT', ...pastVoid(kept) }, settles: false }
        : { set: { code: null, voided: false, ...pastVoid(kept) }, settles: true }
    case 'settle':
      return { set: kept.code === 'INVOICE_CONFLICT' ? { code: null } : {}, settles: true }
    case 'take':
      if (taken === null) throw new Error('bug: there is nothing to take')
      return { set: { ...arrived(taken, now), ...soughtFromStart(kept) }, settles: true }
    case 'keep':
      return { set: { ...waiting(now), ...pastVoid(kept) }, settles: true }
  }
}

/** The person knows of the void. Told again, it does not undo their word. */
const pastVoid = ({ code, overrides }: Kept): Change =>
  code === 'VOIDED_IN_TOOL' ? { overrides: [...new Set([...overrides, code])] } : {}

/** Releases what the person saw, not what came since. */
const release = (kept: Kept, more: Override[], ordinal: number, now: Instant): Change => {
  const overrides = [...new Set([...(pastVoid(kept).overrides ?? kept.overrides), ...more])]
  // If what was sent is to be looked for, that is done by what the copy knew before it was sent.
  const isLookedFor = kept.unproven && !overrides.includes('PORTAL_UNCLEAR')
  return {
    // A running loan goes on: the row is being delivered now.
    ...(kept.state === 'waiting' && kept.loanUntil !== null ? {} : waiting(now)),
    ...(kept.code === 'REVIEW' ? { released: kept.draft } : {}),
    overrides,
    // What the copy learns of from now on is not overruled.
    ...(more.includes('INVOICE_CONFLICT') && !isLookedFor ? { sentAfter: ordinal } : {})
  }
}

export const refusal = (action: Action, { state }: Pick<Kept, 'state'>): string => {
  if (state === 'sending') return 'it is in doubt whether this invoice was created; wait until that is settled'
  if (action === 'deliver') return 'it is delivered already'
  return `there is nothing to ${action} while it is ${state}`
}
