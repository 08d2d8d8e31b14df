// How many bytes of strangers are on disk. Nothing waits for room: a body that does not fit is refused, and its sender
// tries again.

import { BridgeError } from '../../src/core/errors.ts'

export type Quota = {
  /** One body's share of the quota. */
  open: (client: string) => Share
}

export type Share = {
  /** Throws INTAKE_BUSY when there is no room left. */
  take: (bytes: number) => void
  /** Gives back the whole share. */
  release: () => void
}

// One client leaves a quarter for the others.
const perClient = 0.75

export const openQuota = ({ bytesMax }: { bytesMax: number }): Quota => {
  const held = new Map<string, number>()
  let taken = 0

  return {
    open(client) {
      let own = 0
      return {
        take(bytes) {
          const ofClient = (held.get(client) ?? 0) + bytes
          if (taken + bytes > bytesMax || ofClient > bytesMax * perClient) throw new BridgeError('INTAKE_BUSY')
          taken += bytes
          own += bytes
          held.set(client, ofClient)
        },
        release() {
          const left = (held.get(client) ?? 0) - own
          if (left > 0) held.set(client, left)
          else held.delete(client)
          taken -= own
          own = 0
        }
      }
    }
  }
}
