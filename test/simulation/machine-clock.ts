// Time as one simulated process sees it: the monotonic clock goes on while it is frozen, the wall clock can be set, and
// timers are never early, but late when that does not matter.

import type { Clock } from '../../src/core/clock.ts'
import { epoch } from './portal.ts'
import type { Owner } from './scheduler.ts'
import type { World } from './world.ts'

/** How far the machine's wall clock is off. */
export type Wall = { offMs: number }

// After the storm, timers of a second and more fire on the minute only: a quiet hour must not cost a second. Where
// others wait for signs of life, they fire before those would take a process for dead.
const restGridMs = { alone: 60_000, among: 5000 }

export const createMachineClock = (world: World, owner: Owner, wall: Wall): Clock => {
  const { scheduler, random, storm } = world
  const grid = world.machines > 1 ? restGridMs.among : restGridMs.alone
  const bornAt = scheduler.now() - random.int(0, 1_000_000)

  const dueAt = (ms: number): number => {
    const at = scheduler.now() + Math.max(1, Math.ceil(ms))
    return storm.rages || ms < 1000 ? at : Math.ceil(at / grid) * grid
  }

  return {
    now: () => Math.floor(epoch + scheduler.now() + wall.offMs),
    monotonic: () => scheduler.now() - bornAt,
    sleep: (ms, signal) =>
      new Promise(resolve => {
        if (signal?.aborted) return resolve()
        const done = () => {
          timer.cancel()
          signal?.removeEventListener('abort', done)
          resolve()
        }
        const timer = scheduler.at(dueAt(ms), done, owner)
        signal?.addEventListener('abort', done)
      })
  }
}
