// A machine that freezes for ten minutes at each place of a run, one run for each: before and after each commit, each
// request and each answer. The others go on meanwhile; then it wakes.

import type { Mutation } from './mutation.ts'
import { simulate } from './storm.ts'

const tenMinutes = 600_000

export type FrozenRuns = { runs: number; failures: string[] }

type FreezeOptions = {
  machines?: number
  /** At one place out of this many. */
  every?: number
  mutation?: Mutation | null
  /** Ends once there are this many. */
  failuresMax?: number
}

export const freezeEverywhere = async (
  seed: number,
  { machines = 2, every = 1, mutation = null, failuresMax = Number.POSITIVE_INFINITY }: FreezeOptions = {}
): Promise<FrozenRuns> => {
  const failures: string[] = []
  for (let runs = 0; ; runs += 1) {
    const place = 1 + runs * every
    const run = await simulate(seed, { machines, mutation, frozen: { left: place, forMs: tenMinutes } })
    if (!run.hasFrozen || failures.length >= failuresMax) return { runs, failures }
    for (const failure of run.failures) failures.push(`seed ${seed}, frozen at place ${place}: ${failure}`)
  }
}
