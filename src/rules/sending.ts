// Whether a row on loan may be sent. Asked at the last moment, and no byte may leave before.

import type { Instant } from '../core/clock.ts'
import type { CreateBody } from '../core/row.ts'
import type { Change, Kept } from './kept.ts'

/**
 * `isThere`: the copy of the portal has its number, beside what a person overruled. `ordinal`: the copy's last one
 * by now.
 */
export type Known = { isThere: boolean; ordinal: number; owner: string; now: Instant }

/** What makes the row `sending`, or why it may not be sent. */
export const send = (
  { state, unproven, overrides }: Kept,
  body: CreateBody,
  { isThere, ordinal, owner, now }: Known
): Change | 'lost' | 'known' | 'unproven' => {
  if (state !== 'waiting') return 'lost'
  if (unproven && !overrides.includes('PORTAL_UNCLEAR')) return 'unproven'
  if (isThere) return 'known'
  return {
    state: 'sending',
    code: null,
    body,
    sentBody: body,
    // A person's word that it is absent covers only what was sent before this.
    overrides: overrides.filter(override => override !== 'PORTAL_UNCLEAR'),
    everSent: true,
    unproven: true,
    sentBy: owner,
    sentAfter: ordinal,
    nextAttemptAt: null,
    sendingAt: now
  }
}
