// A thread that runs seeds for as long as it is asked to.

import { parentPort } from 'node:worker_threads'
import { mutations } from './mutations.ts'
import type { Chunk, Failed, Ran } from './seeds.ts'
import { simulate } from './storm.ts'

// Every aborted wait makes an error that no one reads. A replay has its stacks.
Error.stackTraceLimit = 0

parentPort?.on('message', async ({ seeds, mutation, way, machines }: Chunk) => {
  const chosen = mutations.find(({ name }) => name === mutation) ?? null
  const failed: Failed[] = []
  let events = 0
  for (const seed of seeds) {
    const result = await simulate(seed, { mutation: chosen, way, machines })
    events += result.events
    if (result.failures.length > 0) failed.push({ seed, failures: result.failures })
  }
  parentPort?.postMessage({ seeds: seeds.length, events, failed } satisfies Ran)
})
