// Whether what comes in waits for a person before it is sent, and since when: remembered, because an owner who switched
// it on for a week forgets that it is on.

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
