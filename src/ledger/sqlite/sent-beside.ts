// How many creates were let go, in a file beside the database and synced before each of them: a database that was put
// back alone knows of fewer. If both were put back, other signs show it (portal/recognise.ts).

import { type FileHandle, open } from 'node:fs/promises'
import { BridgeError } from '../../core/errors.ts'
import type { SentBeside } from '../driver.ts'

// A fixed width, so that a single write replaces the number before.
const digits = 16

export const openSentBeside = (path: string): SentBeside => {
  let handle: FileHandle | undefined
  let wanted = 0
  let written = 0
  let writing: Promise<void> = Promise.resolve()

  const write = async (): Promise<void> => {
    const count = wanted
    if (written >= count) return
    try {
      handle ??= await open(path, 'r+').catch(() => open(path, 'w+'))
      await handle.write(String(count).padStart(digits, '0'), 0)
      await handle.sync()
    } catch (cause) {
      throw new BridgeError('LEDGER_UNAVAILABLE', undefined, { cause })
    }
    written = count
  }

  return {
    async read() {
      const file = await open(path, 'r').catch(() => null)
      if (!file) return null
      try {
        const { bytesRead, buffer } = await file.read(Buffer.alloc(digits), 0, digits, 0)
        const text = buffer.toString('latin1', 0, bytesRead)
        return /^\d{16}$/.test(text) ? Number(text) : null
      } finally {
        await file.close()
      }
    },
    raise(count) {
      wanted = Math.max(wanted, count)
      // A write that fails rejects for its own callers; the next one tries again.
      writing = writing.then(write, write)
      return writing
    },
    async close() {
      await writing.catch(() => {})
      await handle?.close()
    }
  }
}
