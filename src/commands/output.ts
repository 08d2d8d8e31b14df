// Where the log goes: standard output, which may be a full disk, a pipe that nobody reads, or one whose reader left.
// None of that stops the bridge, or keeps it from ending: what cannot be written waits for the next line, and what is
// too much is lost. A full pipe says so instead of blocking, because main.ts has touched process.stdout, which makes
// Node set pipes that way.

import { writeSync } from 'node:fs'

export type Output = { write: (line: string) => void }

// Several thousand lines. A full disk must not become a full memory.
const waitingBytesMax = 1_000_000

/** `write` takes some of the bytes, and answers how many; or throws. */
export const openOutput = (write: (bytes: Buffer) => number = bytes => writeSync(1, bytes)): Output => {
  let waiting: Buffer = Buffer.alloc(0)

  const flush = (): void => {
    try {
      while (waiting.length > 0) waiting = waiting.subarray(write(waiting))
    } catch {
      // No room (ENOSPC), nobody reads now (EAGAIN) or ever (EPIPE): there is no other place to complain.
    }
  }

  return {
    write(line) {
      flush()
      const isStuck = waiting.length > 0
      const bytes = Buffer.from(line)
      // Only whole lines are left out: if half a line was written, its other half follows.
      if (waiting.length + bytes.length <= waitingBytesMax) waiting = Buffer.concat([waiting, bytes])
      if (!isStuck) flush()
    }
  }
}
