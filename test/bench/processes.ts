// The processes of a bench: where they run, what processor time they took, and the servers of the bench's own.

import { type ChildProcess, fork, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { freePort } from '../../src/commands/free-port.ts'
import type { Disposable } from '../end-to-end/bridge-process.ts'

/** What is measured has a core to itself, and its load has another. */
export const measuredCore = 0
export const loadCore = 1

/** All threads of a process, those that it has now. On a machine with one core all of them share it. */
export const pin = (pid: number, core: number): void => {
  if (availableParallelism() > core) spawnSync('taskset', ['-acp', String(core), String(pid)])
}

// The kernel counts in hundredths of a second.
const tickMs = 10

/** Processor time of another process so far, its kernel time and all its threads included. */
export const cpuMs = (pid: number): number => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const [user = 0, system = 0] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
    .map(Number)
  return (user + system) * tickMs
}

export const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

/** Starts a reference server beside this file, which says when it listens. */
export const startReference = async (t: Disposable, file: string, env: Record<string, string>) => {
  const port = await freePort()
  const child: ChildProcess = spawn(process.execPath, [new URL(file, import.meta.url).pathname], {
    env: { ...process.env, PORT: String(port), ...env },
    stdio: ['ignore', 'pipe', 'inherit']
  })
  t.teardown(() => child.kill('SIGKILL'))
  await once(child.stdout!, 'data')
  return { url: `http://127.0.0.1:${port}`, pid: child.pid ?? 0 }
}

export type Load = {
  port: number
  path: string
  secret: string
  connections: number
  /** Ends after this many seconds, or this many events. */
  seconds?: number
  events?: number
  /** The first of the numbers: events of several runs are different invoices. */
  first: number
  /** Where the PDFs are. */
  pdfUrl?: string
  /** Whose they are in the portal. */
  customerId?: string
}

/** `busy`: the share of a core that the load itself took. */
export type Loaded = { events: number; seconds: number; p50: number; p99: number; busy: number }

/** Sends signed events from a process of its own. */
export const load = async (t: Disposable, options: Load): Promise<Loaded> => {
  const child = fork(new URL('load-process.ts', import.meta.url), [JSON.stringify(options)])
  t.teardown(() => child.kill('SIGKILL'))
  pin(child.pid ?? 0, loadCore)
  const [loaded] = (await once(child, 'message')) as [Loaded | string]
  if (typeof loaded === 'string') throw new Error(loaded)
  return loaded
}

// A load that needs more of its core than that may be what limits the figure.
const busyMax = 0.85

export const limitOf = (busy: number[]): string =>
  median(busy) > busyMax
    ? `; THE LOAD IS THE LIMIT (${Math.round(median(busy) * 100)} % of its core)`
    : `; the load took ${Math.round(median(busy) * 100)} % of its core`
