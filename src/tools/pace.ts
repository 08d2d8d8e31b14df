// How fast a tool is asked one question after another. A pause that it asks for is taken in place, because starting
// over would cost every page before this one again.

import type { Clock } from '../core/clock.ts'
import { isCode } from '../core/errors.ts'

/** Asks, after the rest that is due since the last question. */
export type Pace = <T>(ask: () => Promise<T>) => Promise<T>

export type PaceOptions = {
  clock: Pick<Clock, 'sleep'>
  /** Between two questions. */
  everyMs: number
  /** Ends every wait: it rejects with the signal's reason. */
  stopped: AbortSignal
}

// For one question, in a row. Limits are counted over minutes, so one pause should do.
const pausesMax = 3

export const createPace = ({ clock, everyMs, stopped }: PaceOptions): Pace => {
  let isFirst = true

  const rest = async (ms: number): Promise<void> => {
    await clock.sleep(ms, stopped)
    stopped.throwIfAborted()
  }

  return async ask => {
    if (!isFirst) await rest(everyMs)
    isFirst = false
    for (let pauses = 0; pauses < pausesMax; pauses += 1) {
      try {
        return await ask()
      } catch (error) {
        if (!isCode(error, 'TOOL_BUSY')) throw error
        await rest(error.retryAfterMs ?? 0)
      }
    }
    return ask()
  }
}
