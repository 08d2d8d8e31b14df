// Whether something may be logged again, so that frequent events, or those that a stranger can cause at will, do not
// fill the log.

/** True once per period for each key. */
export type Throttle = (key: string, at: number) => boolean

// Some keys come from strangers, so their number is limited. A forgotten key is logged once more, which does no harm.
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
