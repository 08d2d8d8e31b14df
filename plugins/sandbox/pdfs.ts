// The bytes of uploaded PDFs: the latest ones, up to a total. Each is served by a link that is valid for five minutes,
// like the portal's other downloads.

import { createHmac, randomBytes } from 'node:crypto'
import type { Clock, Instant } from '../../src/core/clock.ts'

// Enough for the demo to show what it just sent, and little enough for a small machine that runs the bench.
export const keptBytesMax = 32 * 1024 * 1024

export const linkMs = 5 * 60_000

export type Link = { path: string; expiresAt: Instant }

export const createPdfs = (clock: Clock) => {
  const kept = new Map<string, Buffer>()
  const key = randomBytes(32)
  let keptBytes = 0

  const sign = (id: string, expires: string) => createHmac('sha256', key).update(`${id} ${expires}`).digest('base64url')

  const drop = (id: string) => {
    keptBytes -= kept.get(id)?.length ?? 0
    kept.delete(id)
  }

  return {
    /** Drops the oldest until the total fits. */
    keep(id: string, content: Buffer) {
      kept.set(id, content)
      keptBytes += content.length
      for (const oldest of kept.keys()) {
        if (keptBytes <= keptBytesMax) break
        drop(oldest)
      }
    },

    get: (id: string): Buffer | undefined => kept.get(id),

    drop,

    link(id: string): Link {
      const expiresAt = clock.now() + linkMs
      return { path: `/${id}?expires=${expiresAt}&signature=${sign(id, String(expiresAt))}`, expiresAt }
    },

    /** Whether these are the parts of a link that was handed out and is still valid. */
    holds: (id: string, { expires, signature }: { expires: string; signature: string }): boolean =>
      signature === sign(id, expires) && clock.now() < Number(expires)
  }
}

export type Pdfs = ReturnType<typeof createPdfs>
