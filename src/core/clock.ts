// Time as an argument. Wall time dates things; monotonic time measures them, because a wall clock can jump.

/** Milliseconds since 1970, UTC. */
export type Instant = number

export type Clock = {
  now: () => Instant
  /** Milliseconds since some fixed moment of this process. Never jumps, never runs backwards. */
  monotonic: () => number
  /** Resolves after `ms`, or at once when the signal is aborted. Never rejects. */
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise(resolve => {
      if (signal?.aborted) return resolve()
      const done = () => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', done)
        resolve()
      }
      const timer = setTimeout(done, ms)
      signal?.addEventListener('abort', done)
    })
}

export const isoInstant = (at: Instant): string => Temporal.Instant.fromEpochMilliseconds(at).toString()
