// The command line, in a folder without a .env, and without the settings of the person who runs the tests: in this
// process, or in its own, as a person meets it.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { runTyped } from '../src/command-line.ts'
import type { Terminal } from '../src/commands/command.ts'
import { systemClock } from '../src/core/clock.ts'
import { type Disposable, operatorToken, secret } from './end-to-end/bridge-process.ts'

export const bin = fileURLToPath(new URL('../bin/factuurbrug.js', import.meta.url))

export type Surroundings = { env?: Record<string, string>; folder?: string }

export type Ended = { code: number | null; stdout: string; stderr: string }

/**
 * Runs it to its end, in this process: that takes a tenth of the time. Nobody is there to stop it, or to answer unless
 * the test does.
 */
export const factuurbrug = async (
  args: string[],
  { env = {}, folder = tmpdir(), confirm = async () => null }: Surroundings & Partial<Pick<Terminal, 'confirm'>> = {}
): Promise<Ended> => {
  const said = { stdout: '', stderr: '' }
  const code = await runTyped(args, {
    env: { ...env },
    folder,
    clock: systemClock,
    random: Math.random,
    print: text => {
      said.stdout += `${text}\n`
    },
    complain: text => {
      said.stderr += `${text}\n`
    },
    confirm,
    stopped: () => new Promise(() => {})
  })
  return { code, ...said }
}

/** `uid`: as this user, if the person who runs the tests may. */
type ProcessSurroundings = Surroundings & { uid?: number }

const open = (args: string[], { env = {}, folder = tmpdir(), uid }: ProcessSurroundings): ChildProcess =>
  spawn(process.execPath, [bin, ...args], {
    cwd: folder,
    ...(uid === undefined ? {} : { uid, gid: uid }),
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe']
  })

/**
 * Runs it to its end, in a process of its own: for what only a process has, and for `serve`, whose log is its output.
 */
export const factuurbrugProcess = async (args: string[], surroundings: ProcessSurroundings = {}): Promise<Ended> => {
  const child = open(args, surroundings)
  const said = { stdout: '', stderr: '' }
  child.stdout?.on('data', chunk => {
    said.stdout += chunk
  })
  child.stderr?.on('data', chunk => {
    said.stderr += chunk
  })
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, ...said }
}

/** One that stays up. Resolves once what it printed matches; ends with the test. */
export const factuurbrugUp = async (
  t: Disposable,
  args: string[],
  { ready, ...surroundings }: Surroundings & { ready: RegExp }
) => {
  const child = open(args, surroundings)
  const closed = once(child, 'close') as Promise<[number | null, string | null]>
  let output = ''
  const isReady = new Promise<void>(resolve => {
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', chunk => {
        output += chunk
        if (ready.test(output)) resolve()
      })
  })
  t.teardown(async () => {
    child.kill('SIGKILL')
    await closed
  })
  await Promise.race([isReady, closed])
  return {
    output: () => output,
    /** Answers the exit code; null when the signal itself ended it. */
    end: async (signal: NodeJS.Signals): Promise<number | null> => {
      child.kill(signal)
      return (await closed)[0]
    }
  }
}

/** The settings of a person who asks this bridge. */
export const asking = (url: string): Surroundings => ({
  env: { FACTUURBRUG_URL: url, OPERATOR_TOKEN: operatorToken, INTAKE_SECRET: secret }
})
