// The process. This file alone touches it: arguments, environment, output, signals, exit code.

import { createInterface } from 'node:readline/promises'
import { runTyped, type Surroundings } from './command-line.ts'
import { systemClock } from './core/clock.ts'

const confirm: Surroundings['confirm'] = async question => {
  if (!process.stdin.isTTY) return null
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `)).trim())
  } finally {
    lines.close()
  }
}

const stopped: Surroundings['stopped'] = () =>
  new Promise(resolve => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve(signal))
  })

// Whether printed output could not be written, as on a full disk.
let isLost = false

/** The reader may leave early (`| head`): then no one is left to print for. */
process.stdout.on('error', error => {
  if ((error as NodeJS.ErrnoException).code === 'EPIPE') return
  isLost = true
  process.exitCode ||= 1
})

/** A complaint that no one can read is no reason to stop. */
process.stderr.on('error', () => {})

// Only the user who runs a command may read what it writes (ledger, PDFs, lock).
const umask = 0o077

export const main = async (): Promise<void> => {
  process.umask(umask)
  const code = await runTyped(process.argv.slice(2), {
    env: process.env,
    folder: process.cwd(),
    clock: systemClock,
    random: Math.random,
    print: text => process.stdout.write(`${text}\n`),
    complain: text => process.stderr.write(`${text}\n`),
    confirm,
    stopped
  })
  process.exitCode = code || Number(isLost)
}
