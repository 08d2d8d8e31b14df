// Whether incoming invoices wait for a person before they are sent, and since when. The ledger remembers it, because an
// owner who switches it on for a week forgets that it is on.

import type { Clock, Instant } from '../core/clock.ts'
import type { Holdings } from '../ledger/holdings.ts'

export type Review = { on: boolean; since: Instant }

export const recogniseReview = async (
  { memory, remember }: Pick<Holdings, 'memory' | 'remember'>,
  on: boolean,
  clock: Pick<Clock, 'now'>
): Promise<Review> => {
  const { review: known } = await memory()
  if (known?.on === on) return known
  const review = { on, since: clock.now() }
  await remember({ review })
  return review
}
