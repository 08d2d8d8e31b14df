// Which processes live, when the others died, and how long each has been awake: by the names that the ledger knows.

import type { Scheduler } from './scheduler.ts'

export interface Life {
  began: (name: string) => void
  died: (name: string) => void
  froze: (name: string, until: number) => void
  /** Since when this process has been dead; null: it is not. */
  deadSince: (name: string) => number | null
  /** How long the process that has been awake longest has been so. */
  awakeForMs: () => number
}

export const createLife = ({ now }: Pick<Scheduler, 'now'>): Life => {
  const awakeSince = new Map<string, number>()
  const diedAt = new Map<string, number>()
  return {
    began: name => void awakeSince.set(name, now()),
    died(name) {
      awakeSince.delete(name)
      diedAt.set(name, now())
    },
    froze(name, until) {
      if (awakeSince.has(name)) awakeSince.set(name, until)
    },
    deadSince: name => diedAt.get(name) ?? null,
    awakeForMs: () => now() - Math.min(now(), ...awakeSince.values())
  }
}
