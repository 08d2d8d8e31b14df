// Virtual time: a queue of what is going to happen. After each event, everything that follows from it at once is
// drained before the next one begins, so that the order of events is all that chance decides.

import { setImmediate } from 'node:timers/promises'
import type { Random } from './random.ts'

/** Whose event it is. A dead owner never sees its events; a frozen one sees them when it thaws. */
export type Owner = { alive: boolean; frozenUntil: number; within?: Owner }

export type Timer = { cancel: () => void }

export interface Scheduler {
  /** Milliseconds since the simulated world began. */
  now: () => number
  at: (time: number, run: () => void, owner?: Owner) => Timer
  after: (ms: number, run: () => void, owner?: Owner) => Timer
  /** Until `ended` says so (asked after each event), or nothing is left before `limit`. */
  run: (limit: number, ended?: () => boolean) => Promise<'ended' | 'limit'>
  events: () => number
}

type Event = { time: number; tie: number; run: (() => void) | undefined; owner: Owner | undefined }

export const isAlive = (owner: Owner): boolean => owner.alive && (!owner.within || isAlive(owner.within))

const frozenUntil = (owner: Owner): number =>
  owner.within ? Math.max(owner.frozenUntil, frozenUntil(owner.within)) : owner.frozenUntil

const isBefore = (a: Event, b: Event): boolean => a.time < b.time || (a.time === b.time && a.tie < b.tie)

export const createScheduler = (random: Random): Scheduler => {
  const queue = createHeap<Event>(isBefore)
  let now = 0
  let events = 0

  const at = (time: number, run: () => void, owner?: Owner): Timer => {
    const event: Event = { time: Math.max(time, now), tie: random.next(), run, owner }
    queue.push(event)
    return {
      cancel: () => {
        event.run = undefined
      }
    }
  }

  return {
    now: () => now,
    at,
    after: (ms, run, owner) => at(now + ms, run, owner),
    events: () => events,
    async run(limit, ended = () => false) {
      for (;;) {
        const event = queue.peek()
        if (event === undefined || event.time > limit) {
          now = Math.max(now, limit)
          return 'limit'
        }
        queue.pop()
        const { run, owner } = event
        if (run === undefined || (owner && !isAlive(owner))) continue
        const thaw = owner ? frozenUntil(owner) : 0
        if (thaw > event.time) {
          event.time = thaw
          event.tie = random.next()
          queue.push(event)
          continue
        }
        now = event.time
        events += 1
        run()
        await setImmediate()
        if (ended()) return 'ended'
      }
    }
  }
}

type Heap<T> = { push: (item: T) => void; pop: () => T | undefined; peek: () => T | undefined }

const createHeap = <T>(isBefore: (a: T, b: T) => boolean): Heap<T> => {
  const items: T[] = []
  const swap = (a: number, b: number) => {
    const held = items[a]!
    items[a] = items[b]!
    items[b] = held
  }
  const rise = (at: number) => {
    for (let child = at; child > 0; ) {
      const parent = (child - 1) >> 1
      if (!isBefore(items[child]!, items[parent]!)) return
      swap(child, parent)
      child = parent
    }
  }
  const sink = () => {
    for (let parent = 0; ; ) {
      let least = parent
      for (const child of [2 * parent + 1, 2 * parent + 2])
        if (child < items.length && isBefore(items[child]!, items[least]!)) least = child
      if (least === parent) return
      swap(parent, least)
      parent = least
    }
  }
  return {
    peek: () => items[0],
    push(item) {
      items.push(item)
      rise(items.length - 1)
    },
    pop() {
      const first = items[0]
      const last = items.pop()
      if (items.length > 0 && last !== undefined) {
        items[0] = last
        sink()
      }
      return first
    }
  }
}
