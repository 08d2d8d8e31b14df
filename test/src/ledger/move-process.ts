// A move in a process that is killed before its n-th step: `node move-process.ts <folder> <url> <n>`.

import { move } from '../../../src/ledger/move.ts'

const [, , folder = '', to = '', n] = process.argv
let step = 0

await move({
  folder,
  to,
  progress() {
    step += 1
    if (step === Number(n)) process.kill(process.pid, 'SIGKILL')
  }
})
