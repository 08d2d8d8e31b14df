// The portal's budget: how many requests a minute everything that uses this token may make. A slot is taken before a
// request and is free again a minute after its answer, so that no minute, wherever it begins, holds more than allowed.
//
// Slots are measured on the monotonic clock, and the ledger remembers them: after a restart those that were taken
// shortly before count for another minute, whatever the wall clock did in between.

import type { Clock } from '../core/clock.ts'
import { BridgeError } from '../core/errors.ts'

/**
 * What a slot is for. Deliveries come first, doubts always get a share, and reading what the portal holds gets the
 * rest.
 */
export type Errand = 'delivery' | 'doubt' | 'sweep'

export type Slot = {
  /** The request was answered, or given up: the slot is free a minute from now. */
  done: () => void
  /** No request was made. */
  unused: () => void
}

export type BudgetState = {
  perMinute: number
  /** Slots that are in use or rest. */
  taken: number
  waiting: Record<Errand, number>
  /** How long the portal still asks everybody to pause; 0 for no pause. */
  pausedForMs: number
}

export interface Budget {
  /** Waits for a slot. Null when none came within `withinMs`, or the signal was aborted. */
  slot: (errand: Errand, options?: { withinMs?: number; signal?: AbortSignal }) => Promise<Slot | null>
  /** Called with every answer of the portal: others may use the same token, and it may ask for a pause. */
  heard: (answer: { remaining: number | null; pauseMs: number | null }) => void
  /** How long until a slot is free, as far as is known; 0 when one is. */
  freeInMs: () => number
  state: () => BudgetState
}

/** Makes the call once there is a slot. Rejects with PORTAL_BUSY if none came in time. */
export const inSlot = async <T>(
  budget: Pick<Budget, 'slot' | 'freeInMs'>,
  errand: Errand,
  limits: Parameters<Budget['slot']>[1],
  call: () => Promise<T>
): Promise<T> => {
  const slot = await budget.slot(errand, limits)
  if (!slot) throw new BridgeError('PORTAL_BUSY', undefined, { retryAfterMs: budget.freeInMs() })
  try {
    return await call()
  } finally {
    slot.done()
  }
}

export type BudgetOptions = {
  perMinute: number
  clock: Clock
  /** Slots that may still be taken from before this process began. */
  takenBefore: number
  /**
   * Records durably that a slot was taken. The request may leave only after this resolves. Null: other processes have
   * taken all slots.
   */
  keep: () => Promise<KeptSlot | null>
  /** The portal asked everybody to pause. */
  paused?: (ms: number) => void
}

/** `end`: the slot rests from now on; if it was not used, it is free at once. */
export type KeptSlot = { end: (isUsed: boolean) => void }

const minute = 60_000

/** An invoice that waits longer for a slot is better put back than kept on loan. */
export const deliverySlotWithinMs = 75_000

// If a process froze while the ledger recorded its slot, others may have taken that slot since.
const keptWithinMs = 5000

// Other processes have taken all slots: this one does not know when the first is free again.
const othersMs = 1000

// After this many slots for others in a row, a waiting doubt comes first.
const turnsBeforeDoubt = 19

// Reading leaves this much of the budget to deliveries, so that an invoice is sent at once while everything is read.
const deliveriesShare = 0.1

// Reading starts quickly and goes on evenly. Otherwise it would take a minute's worth in seconds and leave nothing.
const readingBurstShare = 1 / 6

type Waiting = { errand: Errand; give: () => void }

export const createBudget = ({ perMinute, clock, takenBefore, keep, paused }: BudgetOptions): Budget => {
  // Until when each slot rests, on the monotonic clock; all rest equally long, so the first to end comes first.
  const resting: number[] = Array.from({ length: Math.min(takenBefore, perMinute) }, () => clock.monotonic() + minute)
  let running = 0
  let pausedUntil = Number.NEGATIVE_INFINITY
  // Until when other processes are assumed to hold all slots.
  let othersUntil = Number.NEGATIVE_INFINITY
  let turns = 0
  let alarm: AbortController | undefined
  const queues: Record<Errand, Waiting[]> = { delivery: [], doubt: [], sweep: [] }

  const reserved = Math.floor(perMinute * deliveriesShare)
  const evenMs = minute / Math.max(1, perMinute - reserved)
  const burstMs = evenMs * Math.max(1, perMinute * readingBurstShare)
  // When the reads so far would end at an even pace; at most a burst ahead of now.
  let readUntil = Number.NEGATIVE_INFINITY

  /** How long until another page may be read; deliveries never wait for this. */
  const readingInMs = (): number => {
    const now = clock.monotonic()
    const taken = running + resting.length
    const isLeft = taken < perMinute - reserved
    const untilFree = isLeft ? 0 : (resting[taken - perMinute + reserved] ?? now + minute) - now
    return Math.max(0, untilFree, readUntil - burstMs - now)
  }

  const free = (): boolean => {
    const now = clock.monotonic()
    const still = resting.findIndex(until => until > now)
    resting.splice(0, still === -1 ? resting.length : still)
    return now >= Math.max(pausedUntil, othersUntil) && running + resting.length < perMinute
  }

  const freeInMs = (): number => {
    const now = clock.monotonic()
    if (free()) return 0
    const pause = Math.max(0, pausedUntil - now, othersUntil - now)
    if (running + resting.length < perMinute) return pause
    // While requests run, it is not known when the first of them will rest.
    return Math.max(pause, (resting[0] ?? now + minute) - now)
  }

  const next = (): Waiting | undefined => {
    const { delivery, doubt, sweep } = queues
    const mayRead = readingInMs() === 0
    // Doubts get their share even when deliveries would take everything.
    const doubtsTurn = turns >= turnsBeforeDoubt && doubt.length > 0
    const reading = doubt.length > 0 ? doubt : sweep
    const queue = doubtsTurn ? doubt : delivery.length > 0 ? delivery : mayRead ? reading : []
    const chosen = queue.shift()
    if (!chosen) return undefined
    turns = chosen.errand === 'doubt' ? 0 : turns + 1
    if (chosen.errand !== 'delivery') readUntil = Math.max(readUntil, clock.monotonic()) + evenMs
    return chosen
  }

  const give = (): void => {
    while (free()) {
      const chosen = next()
      if (!chosen) break
      running += 1
      chosen.give()
    }
    if (isAwaited()) ring()
  }

  const isAwaited = (): boolean => Object.values(queues).some(queue => queue.length > 0)

  /** Tries again when a slot may be free. */
  const ring = (): void => {
    if (alarm) return
    alarm = new AbortController()
    const inMs = queues.delivery.length > 0 ? freeInMs() : Math.max(freeInMs(), readingInMs())
    void clock.sleep(Math.max(1, inMs), alarm.signal).then(() => {
      alarm = undefined
      give()
    })
  }

  const rest = (): void => {
    running -= 1
    resting.push(clock.monotonic() + minute)
    alarm?.abort()
    give()
  }

  const unused = (): void => {
    running -= 1
    give()
  }

  const open = (kept: KeptSlot): Slot => {
    let ended = false
    const end = (isUsed: boolean, how: () => void) => () => {
      if (ended) return
      ended = true
      kept.end(isUsed)
      how()
    }
    return { done: end(true, rest), unused: end(false, unused) }
  }

  const wait = (errand: Errand, withinMs: number, signal: AbortSignal | undefined): Promise<boolean> =>
    new Promise(resolve => {
      if (signal?.aborted) return resolve(false)
      const over = new AbortController()
      const waiting: Waiting = {
        errand,
        give: () => {
          over.abort()
          resolve(true)
        }
      }
      queues[errand].push(waiting)
      const giveUp = () => {
        const at = queues[errand].indexOf(waiting)
        if (at === -1) return
        queues[errand].splice(at, 1)
        // Once no request waits, the alarm would only keep the process from ending.
        if (!isAwaited()) alarm?.abort()
        resolve(false)
      }
      signal?.addEventListener('abort', () => over.abort(), { once: true, signal: over.signal })
      if (withinMs !== Number.POSITIVE_INFINITY || signal)
        void clock.sleep(Math.min(withinMs, 2 ** 31 - 1), over.signal).then(giveUp)
      give()
    })

  return {
    async slot(errand, { withinMs = Number.POSITIVE_INFINITY, signal } = {}) {
      const until = clock.monotonic() + withinMs
      while (await wait(errand, until - clock.monotonic(), signal)) {
        const askedAt = clock.monotonic()
        let kept: KeptSlot | null
        try {
          kept = await keep()
        } catch (error) {
          unused()
          throw error
        }
        const isStale = clock.monotonic() - askedAt > keptWithinMs
        if (kept && !isStale) return open(kept)
        if (kept) kept.end(false)
        else othersUntil = clock.monotonic() + othersMs
        unused()
      }
      return null
    },

    heard({ remaining, pauseMs }) {
      const now = clock.monotonic()
      // The portal itself says how long the budget stays spent, so the bridge need not guess a minute.
      if (pauseMs !== null) {
        pausedUntil = Math.max(pausedUntil, now + pauseMs)
        paused?.(pauseMs)
      }
      if (pauseMs !== null || remaining === null) return
      // Requests that the portal counts and we do not were made by others. It does not say when their slots are free
      // again, so assume a minute.
      free()
      const others = perMinute - remaining - running - resting.length
      for (let spent = 0; spent < others; spent += 1) resting.push(now + minute)
    },

    freeInMs,

    state: () => {
      free()
      return {
        perMinute,
        taken: running + resting.length,
        waiting: { delivery: queues.delivery.length, doubt: queues.doubt.length, sweep: queues.sweep.length },
        pausedForMs: Math.max(0, pausedUntil - clock.monotonic())
      }
    }
  }
}
