// How customers are found is a setting. When it changes, what waits for its customer is judged again: an owner who has
// the bridge create customers means those that wait, too.

import { isDeepStrictEqual } from 'node:util'
import type { Clock } from '../core/clock.ts'
import type { MatchRules } from '../core/customer.ts'
import type { Ledger } from '../ledger/ledger.ts'

/** Answers how many wait no longer. */
export const recogniseMatching = async (
  { holdings, customers }: Pick<Ledger, 'holdings' | 'customers'>,
  matching: MatchRules,
  clock: Pick<Clock, 'now'>
): Promise<number> => {
  const { matching: known } = await holdings.memory()
  if (isDeepStrictEqual(known, matching)) return 0
  const released = known ? await customers.releaseWaiting(clock.now()) : 0
  await holdings.remember({ matching })
  return released
}
