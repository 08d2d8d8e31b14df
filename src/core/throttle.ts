// Whether a thing may be told again, so that what happens often, or at a stranger's will, does not fill the log.

/** Each key once in so long. */
export type Throttle = (key: string, at: number) => boolean

// Some keys are other people's words. Forgotten ones are told of once more, and that is all.
const keysMax = 100

export const createThrottle = (everyMs: number): Throttle => {
  const toldAt = new Map<string, number>()
  return (key, at) => {
    if (at - (toldAt.get(key) ?? Number.NEGATIVE_INFINITY) < everyMs) return false
    if (toldAt.size >= keysMax) toldAt.clear()
    toldAt.set(key, at)
    return true
  }
}
