// How many bodies are taken in at once, and how many of one client. Whoever comes later waits with the body unread, which
// costs a socket and no memory; a queue that is full refuses, so that neither disk nor sockets run out.

import { BridgeError } from '../../src/errors.ts'

export type GateOptions = {
  places: number
  waitingMax: number
  /** Of the places, and of those who wait as many in proportion. Without it one client may have all. */
  perClient?: number
}

export type Gate = { pass: <T>(step: () => Promise<T>, client?: string) => Promise<T> }

type Waiting = { client: string; enter: () => void }

export const openGate = ({ places, waitingMax, perClient = places }: GateOptions): Gate => {
  const waitingPerClient = Math.floor((waitingMax * perClient) / places)
  const waiting: Waiting[] = []
  const held = new Map<string, number>()
  let taken = 0

  const heldBy = (client: string): number => held.get(client) ?? 0
  const hasRoom = (client: string): boolean => taken < places && heldBy(client) < perClient

  const take = (client: string): void => {
    taken += 1
    held.set(client, heldBy(client) + 1)
  }

  const free = (client: string): void => {
    taken -= 1
    if (heldBy(client) === 1) held.delete(client)
    else held.set(client, heldBy(client) - 1)
    const next = nextOf(
      waiting.filter(({ client }) => hasRoom(client)),
      heldBy
    )
    if (!next) return
    waiting.splice(waiting.indexOf(next), 1)
    take(next.client)
    next.enter()
  }

  const wait = (client: string): Promise<void> => {
    const own = waiting.filter(one => one.client === client).length
    if (waiting.length >= waitingMax || own >= waitingPerClient) throw new BridgeError('INTAKE_BUSY')
    return new Promise(enter => waiting.push({ client, enter }))
  }

  return {
    async pass(step, client = '') {
      // Whoever has room need not wait: all who do wait have none.
      if (hasRoom(client)) take(client)
      else await wait(client)
      try {
        return await step()
      } finally {
        free(client)
      }
    }
  }
}

/** Whoever holds least, and of those the one that came first: a crowd from one address keeps nobody else waiting. */
const nextOf = (waiting: Waiting[], heldBy: (client: string) => number): Waiting | undefined => {
  const least = Math.min(...waiting.map(({ client }) => heldBy(client)))
  return waiting.find(({ client }) => heldBy(client) === least)
}
