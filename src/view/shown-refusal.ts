// Shows a refused request to the operator.

import { isoInstant } from '../core/clock.ts'
import type { Refusal } from '../core/refusal.ts'
import type { Refused } from './answers.ts'

export const shownRefusal = ({ client, isAuthentic, since, at, problems, ...refusal }: Refusal): Refused => ({
  ...refusal,
  at: isoInstant(at),
  since: isoInstant(since),
  address: client,
  authentic: isAuthentic,
  problems: [...problems]
})
