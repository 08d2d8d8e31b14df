// `npm run simulate -- --seed N` replays one seed with its trace; `-- --seeds N [--from N] [--workers N]` runs many.
// With `--engines 2`, or 3, that many machines share one ledger; with `--frozen` one freezes for ten minutes, at each
// place.

import { parseArgs } from 'node:util'
import { freezeEverywhere } from './frozen.ts'
import { mutations } from './mutations.ts'
import { runSeeds } from './seeds.ts'
import { simulate } from './storm.ts'
import { wayNamed } from './ways.ts'

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    seeds: { type: 'string', default: '2000' },
    from: { type: 'string', default: '1' },
    workers: { type: 'string', default: '2' },
    /** One of the deliberate mistakes. */
    mutation: { type: 'string' },
    /** How many, each on a machine of its own, share the ledger. */
    engines: { type: 'string', default: '1' },
    /** Each seed once for each place where a machine can freeze. */
    frozen: { type: 'boolean', default: false },
    /** One of the ways in which a portal can be different, in every seed. */
    way: { type: 'string' }
  }
})

// This many failures are enough to look at.
const failuresMax = 20

// So that a long run shows that it is alive.
const reportEvery = 10_000

const way = wayNamed(values.way)
const machines = Number(values.engines)

const replay = async (seed: number): Promise<boolean> => {
  const mutation = mutations.find(({ name }) => name === values.mutation) ?? null
  const { trace, failures } = await simulate(seed, { mutation, way, machines, traced: true })
  console.log(trace.join('\n'))
  console.log(failures.length === 0 ? `seed ${seed}: all is well` : `seed ${seed}: ${failures.join('; ')}`)
  return failures.length === 0
}

const runMany = async (): Promise<boolean> => {
  const startedAt = performance.now()
  const { seeds, events, failed } = await runSeeds({
    from: Number(values.from),
    count: Number(values.seeds),
    workers: Number(values.workers),
    mutation: values.mutation ?? null,
    way,
    machines,
    failuresMax,
    ran({ seeds, failed }, news) {
      for (const { seed, failures } of news) console.log(`seed ${seed}: ${failures.join('; ')}`)
      if (seeds % reportEvery === 0) console.log(`${seeds} seeds: ${failed.length} failed`)
    }
  })
  const seconds = (performance.now() - startedAt) / 1000
  console.log(`${seeds} seeds, ${events} events, ${seconds.toFixed(1)} s: ${failed.length} failed`)
  if (failed[0]) console.log(`Replay one with: npm run simulate -- --seed ${failed[0].seed}`)
  return failed.length === 0
}

const freezeEach = async (): Promise<boolean> => {
  const from = Number(values.from)
  let failed = 0
  for (let seed = from; seed < from + Number(values.seeds); seed += 1) {
    const { runs, failures } = await freezeEverywhere(seed, { machines: Math.max(2, machines) })
    console.log(`seed ${seed}: frozen at each of ${runs} places, ${failures.length} failed`)
    for (const failure of failures) console.log(failure)
    failed += failures.length
  }
  return failed === 0
}

const isWell = values.frozen
  ? await freezeEach()
  : values.seed === undefined
    ? await runMany()
    : await replay(Number(values.seed))
process.exitCode = isWell ? 0 : 1
