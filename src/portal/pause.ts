// How long a portal that answers 429 asks everybody to wait.

import type { IncomingHttpHeaders } from 'node:http'
import type { Instant } from '../core/clock.ts'
import { retryAfterMs } from '../network/http.ts'

// The documented window is a minute.
const pauseMs = 60_000

// A clock that is wrong, here or there, must not stop the bridge for a day; nor make it ask without a pause.
const pauseMsMax = 3_600_000
const pauseMsMin = 1000

export const pauseOf = (headers: IncomingHttpHeaders, now: Instant): number => {
  const reset = headers['x-ratelimit-reset']
  const untilReset = typeof reset === 'string' && /^\d{1,11}$/.test(reset) ? Number(reset) * 1000 - now : 0
  const pause = retryAfterMs(headers) ?? (untilReset > 0 ? untilReset : pauseMs)
  return Math.min(Math.max(pause, pauseMsMin), pauseMsMax)
}
