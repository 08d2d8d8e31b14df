// Who lives, who died when, and who has been awake for how long: each process by the name that it has in the ledger.

import type { Scheduler } from './scheduler.ts'

export interface Life {
  began: (name: string) => void
  died: (name: string) => void
  froze: (name: string, until: number) => void
  /** Since when this process is dead; null: it is not. */
  deadSince: (name: string) => number | null
  /** For how long the one that has been awake longest is. */
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
