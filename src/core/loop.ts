// Work that repeats in the background until it is stopped. Between turns the loop naps, and any caller may wake it.
// After a failed turn it pauses, and only `stop` cuts the pause short.

import type { Clock } from './clock.ts'
import { BridgeError, isCode } from './errors.ts'

// The ledger is this bridge's own, so it may be asked often: everything goes on as soon as it is back.
const ledgerPauseMsMax = 4000

export type LoopOptions = {
  clock: Clock
  /** After a failed turn; doubles with each failure in a row, up to the longest, unless the failure asks for more. */
  retryFirstMs: number
  retryLongestMs: number
}

export interface Loop {
  /** Works once: a second start, or one after a stop, does nothing. `failed` gets what a turn rejects with. */
  start: (turn: () => Promise<void>, failed: (error: unknown) => void) => void
  /** For a turn to call. Returns at once if the loop was woken since the turn began. */
  nap: (ms: number) => Promise<void>
  wake: () => void
  /** Resolves when the current turn has ended. */
  stop: () => Promise<void>
  /** Aborted by the stop, so that a turn can end its waits elsewhere. */
  stopping: AbortSignal
}

export const createLoop = ({ clock, retryFirstMs, retryLongestMs }: LoopOptions): Loop => {
  const stopping = new AbortController()
  let napping = new AbortController()
  let running: Promise<void> | undefined

  const keepTurning = async (turn: () => Promise<void>, failed: (error: unknown) => void): Promise<void> => {
    let pause = retryFirstMs
    while (!stopping.signal.aborted) {
      napping = new AbortController()
      try {
        await turn()
        pause = retryFirstMs
      } catch (error) {
        failed(error)
        if (isCode(error, 'LEDGER_UNAVAILABLE')) {
          await clock.sleep(Math.min(pause, ledgerPauseMsMax), stopping.signal)
          continue
        }
        const asked = error instanceof BridgeError ? (error.retryAfterMs ?? 0) : 0
        await clock.sleep(Math.max(pause, asked), stopping.signal)
        pause = Math.min(pause * 2, retryLongestMs)
      }
    }
  }

  // Passes a reason: without one, each abort makes an error with its stack.
  const wake = (): void => napping.abort('woken')

  return {
    start(turn, failed) {
      running ??= keepTurning(turn, failed)
    },
    nap: ms => clock.sleep(ms, napping.signal),
    wake,
    async stop() {
      stopping.abort()
      wake()
      await running
    },
    stopping: stopping.signal
  }
}
