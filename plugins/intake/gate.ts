// How many PDFs are written at once. Whoever comes later waits with the body unread, which costs a socket and no
// memory; a queue that is full refuses, so that neither disk nor sockets run out.

import { BridgeError } from '../../src/errors.ts'

export type Gate = { pass: <T>(step: () => Promise<T>) => Promise<T> }

export const openGate = ({ places, waitingMax }: { places: number; waitingMax: number }): Gate => {
  const waiting: (() => void)[] = []
  let taken = 0

  return {
    async pass(step) {
      if (taken < places) taken++
      else if (waiting.length < waitingMax) await new Promise<void>(enter => waiting.push(enter))
      else throw new BridgeError('INTAKE_BUSY')
      try {
        return await step()
      } finally {
        // A place is handed over rather than freed, so that nobody overtakes.
        const enter = waiting.shift()
        if (enter) enter()
        else taken--
      }
    }
  }
}
