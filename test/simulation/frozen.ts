// A machine that freezes for ten minutes at each place of a run, one run for each: before and after each commit, each request
// and each answer. Others go on meanwhile; then it wakes.

import { simulate } from './storm.ts'

const tenMinutes = 600_000

export type FrozenRuns = { runs: number; failures: string[] }

/** `every`: at one place of so many. */
export const freezeEverywhere = async (seed: number, { machines = 2, every = 1 } = {}): Promise<FrozenRuns> => {
  const failures: string[] = []
  for (let runs = 0; ; runs += 1) {
    const place = 1 + runs * every
    const run = await simulate(seed, { machines, frozen: { left: place, forMs: tenMinutes } })
    if (!run.hasFrozen) return { runs, failures }
    for (const failure of run.failures) failures.push(`seed ${seed}, frozen at place ${place}: ${failure}`)
  }
}
