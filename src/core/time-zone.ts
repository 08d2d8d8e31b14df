// A zone's offset from UTC. Asking Temporal takes longer than reading a whole webhook, so the stretches between two
// clock changes are remembered.

import type { Instant } from './clock.ts'

type Stretch = { from: Instant; to: Instant; offsetMs: number }

// For each zone. A stretch is half a year; dates are a few years apart, unless a sender means harm.
const stretchesMax = 64

const known = new Map<string, Stretch[]>()

export const offsetMsAt = (at: Instant, timeZone: string): number => {
  const stretches = known.get(timeZone) ?? []
  const found = stretches.find(({ from, to }) => from <= at && at < to)
  if (found) return found.offsetMs
  const stretch = stretchAt(at, timeZone)
  known.set(timeZone, [...stretches.slice(-stretchesMax + 1), stretch])
  return stretch.offsetMs
}

const stretchAt = (at: Instant, timeZone: string): Stretch => {
  const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone)
  // The last change before the next nanosecond: a change at this very instant begins the stretch.
  const from = local.add({ nanoseconds: 1 }).getTimeZoneTransition('previous')
  return {
    from: from?.epochMilliseconds ?? Number.NEGATIVE_INFINITY,
    to: local.getTimeZoneTransition('next')?.epochMilliseconds ?? Number.POSITIVE_INFINITY,
    offsetMs: local.offsetNanoseconds / 1_000_000
  }
}
