// `npm run simulate -- --seed N` replays one seed with its trace; `-- --seeds N [--from N] [--workers N]` runs many.

import { parseArgs } from 'node:util'
import { mutations } from './mutations.ts'
import { simulate } from './storm.ts'

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    seeds: { type: 'string', default: '2000' },
    from: { type: 'string', default: '1' },
    workers: { type: 'string', default: '2' },
    mutation: { type: 'string' }
  }
})

const mutation = mutations.find(({ name }) => name === values.mutation) ?? null

if (values.seed !== undefined) {
  const result = await simulate(Number(values.seed), { traced: true, mutation })
  console.log(result.trace.join('\n'))
  console.log(result.failures.length === 0 ? 'all is well' : result.failures.join('\n'))
  process.exitCode = result.failures.length === 0 ? 0 : 1
} else {
  const t = performance.now()
  let bad = 0
  let events = 0
  const kinds = new Map<string, number[]>()
  for (let seed = Number(values.from); seed < Number(values.from) + Number(values.seeds); seed += 1) {
    const result = await simulate(seed, { mutation })
    events += result.events
    if (result.failures.length) {
      bad += 1
      const kind = result.failures[0]!.replace(/F2026-\d+|inv_\w+|\d+/gi, '#').slice(0, 150)
      kinds.set(kind, [...(kinds.get(kind) ?? []), seed])
    }
  }
  console.log({ bad, events, ms: performance.now() - t })
  for (const [kind, seeds] of kinds) console.log(seeds.length, kind, seeds.slice(0, 8).join(' '))
}
