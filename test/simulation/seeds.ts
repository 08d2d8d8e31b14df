// Many seeds, on as many threads as are given. A seed is the same on any thread, so the order does not matter.

import { Worker } from 'node:worker_threads'
import type { Way } from './ways.ts'

export type Run = {
  from: number
  count: number
  workers: number
  /** The name of a deliberate mistake; null for the bridge as it is. */
  mutation: string | null
  /** In every seed; null: as chance has it. */
  way?: Way | null
  /** How many share the ledger. */
  machines?: number
  /** Ends the run once this many seeds have failed. */
  failuresMax: number
  /** Called after each chunk: with all so far, and what failed in it. */
  ran?: (so: Ran, failed: Failed[]) => void
}

export type Failed = { seed: number; failures: string[] }

export type Ran = { seeds: number; events: number; failed: Failed[] }

/** What a thread is given, and what it answers. */
export type Chunk = { seeds: number[]; mutation: string | null; way: Way | null; machines: number }

// Small enough that the threads end together, and that a run that has found enough ends soon.
const chunkSeeds = 20

export const runSeeds = async ({
  from,
  count,
  workers,
  mutation,
  way = null,
  machines = 1,
  failuresMax,
  ran: report
}: Run): Promise<Ran> => {
  const ran: Ran = { seeds: 0, events: 0, failed: [] }
  let next = from

  const work = async (): Promise<void> => {
    const thread = new Worker(new URL('./seed-thread.ts', import.meta.url))
    try {
      while (next < from + count && ran.failed.length < failuresMax) {
        const seeds = Array.from({ length: Math.min(chunkSeeds, from + count - next) }, (_, at) => next + at)
        next += seeds.length
        const { events, failed } = await ask(thread, { seeds, mutation, way, machines })
        ran.seeds += seeds.length
        ran.events += events
        ran.failed.push(...failed)
        report?.(ran, failed)
      }
    } finally {
      await thread.terminate()
    }
  }

  await Promise.all(Array.from({ length: workers }, work))
  ran.failed.sort((a, b) => a.seed - b.seed)
  return ran
}

const ask = (thread: Worker, chunk: Chunk): Promise<Ran> =>
  new Promise((resolve, reject) => {
    const over = () => {
      thread.off('message', answered)
      thread.off('error', failed)
    }
    const answered = (ran: Ran) => {
      over()
      resolve(ran)
    }
    const failed = (error: unknown) => {
      over()
      reject(error)
    }
    thread.on('message', answered)
    thread.on('error', failed)
    thread.postMessage(chunk)
  })
