// Proof that the simulation bites: each of these mistakes, put into the bridge on purpose, is found.

import t from 'tap'
import { mutations } from './mutations.ts'
import { runSeeds } from './seeds.ts'

const seedsMax = 2000

t.setTimeout(580_000)

for (const { name, seed: from = 1, machines = 1, way = null } of mutations) {
  t.test(`it is found out: ${name}`, async t => {
    const { failed } = await runSeeds({
      from,
      count: seedsMax,
      workers: 1,
      mutation: name,
      way,
      machines,
      failuresMax: 1
    })

    const [first] = failed
    t.ok(first, `nothing went wrong in ${seedsMax} seeds`)
    t.comment(`seed ${first?.seed}: ${first?.failures[0]}`)
  })
}
