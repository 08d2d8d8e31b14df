// What goes round in the background until it is stopped. Between turns it naps, which anybody may end; after one that
// failed it pauses, which only the stop ends.

import type { Clock } from './clock.ts'
import { BridgeError } from './errors.ts'

export type LoopOptions = {
  clock: Clock
  /** After a turn that failed; in a row twice as long each time, up to the longest, or for as long as the failure asks. */
  retryFirstMs: number
  retryLongestMs: number
}

export interface Loop {
  /** Once; what comes again, or after a stop, does nothing. `failed` is told what a turn rejects with. */
  start: (turn: () => Promise<void>, failed: (error: unknown) => void) => void
  /** Within a turn; where somebody woke it since it began there is none. */
  nap: (ms: number) => Promise<void>
  wake: () => void
  /** Resolves when the turn that runs has ended. */
  stop: () => Promise<void>
  /** Aborted by the stop: for what a turn waits for elsewhere. */
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
        const asked = error instanceof BridgeError ? (error.retryAfterMs ?? 0) : 0
        await clock.sleep(Math.max(pause, asked), stopping.signal)
        pause = Math.min(pause * 2, retryLongestMs)
      }
    }
  }

  // With a reason of its own: without one an error is made, with its stack, each time.
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
