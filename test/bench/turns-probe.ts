// Loaded into the bridge before anything else: how much processor time the longest turn of its event loop takes.
// Processor time, not the clock, because a busy machine takes the core away. Written to a file whenever a longer one is
// seen.

import { writeFileSync } from 'node:fs'

const file = process.env.TURNS_FILE ?? ''
const used = (): number => {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}
let before = used()
let longest = 0

// What starting takes does not count: each signal begins a new longest one.
process.on('SIGUSR2', () => {
  longest = 0
  writeFileSync(file, '0')
})

const turn = (): void => {
  const ms = used() - before
  if (ms > longest) {
    longest = ms
    writeFileSync(file, String(ms))
  }
  before = used()
  setImmediate(turn)
}
turn()
