// How many bodies are taken in at once, and how many from one client. A request that comes later waits with its body
// unread, which costs a socket and no memory. A full queue refuses, so that neither disk nor sockets run out. No client
// waits for one that holds more places: the client with the most loses its oldest body.

import { BridgeError } from '../../src/core/errors.ts'

export type PlacesOptions = {
  places: number
  waitingMax: number
  /** How many places one client may hold, and in proportion how many may wait. Without it one client may have all. */
  perClient?: number
}

/** Whose body it is, and what ends it: its step then rejects, and its place is free. */
export type Guest = { client: string; ended: AbortController }

export type Places = {
  pass: <T>(step: () => Promise<T>, guest?: Guest) => Promise<T>
  /** Whether all places are taken. */
  isFull: () => boolean
}

type Waiting = { guest: Guest; enter: () => void }

// Where clients are not counted, all bodies belong to one, and none holds more than another.
const anybody = (): Guest => ({ client: '', ended: new AbortController() })

export const openPlaces = ({ places, waitingMax, perClient = places }: PlacesOptions): Places => {
  const waitingPerClient = Math.floor((waitingMax * perClient) / places)
  const waiting = new Set<Waiting>()
  // In order of arrival.
  const inside = new Set<Guest>()

  const heldBy = (client: string): number => countOf(inside, client)
  const hasRoom = ({ client }: Guest): boolean => inside.size < places && heldBy(client) < perClient

  const leave = (guest: Guest): void => {
    inside.delete(guest)
    const next = nextOf(
      [...waiting].filter(({ guest }) => hasRoom(guest)),
      heldBy
    )
    if (!next) return
    inside.add(next.guest)
    next.enter()
  }

  /** Ends a body of the client that holds most, if that is more than the newcomer's client holds and waits for. */
  const makesRoomFor = ({ client }: Guest): boolean => {
    if (inside.size < places) return false
    const [oldest, most] = oldestOfMost(inside)
    const own = heldBy(client) + countOf(guestsOf(waiting), client)
    if (oldest === undefined || most <= own) return false
    oldest.ended.abort(new BridgeError('INTAKE_BUSY'))
    return true
  }

  const wait = (guest: Guest): Promise<void> => {
    const own = countOf(guestsOf(waiting), guest.client)
    const isFull = waiting.size >= waitingMax || own >= waitingPerClient
    if (!makesRoomFor(guest) && isFull) throw new BridgeError('INTAKE_BUSY')
    const { signal } = guest.ended
    return new Promise((resolve, reject) => {
      const leaveQueue = () => {
        waiting.delete(one)
        signal.removeEventListener('abort', end)
      }
      const end = () => {
        leaveQueue()
        reject(signal.reason)
      }
      const enter = () => {
        leaveQueue()
        resolve()
      }
      const one = { guest, enter }
      waiting.add(one)
      signal.addEventListener('abort', end)
    })
  }

  return {
    isFull: () => inside.size >= places,

    async pass(step, guest = anybody()) {
      // A guest with room jumps no queue: those who wait have no room.
      if (hasRoom(guest)) inside.add(guest)
      else await wait(guest)
      try {
        return await step()
      } finally {
        leave(guest)
      }
    }
  }
}

/** The first to come from the client that holds least: a crowd from one address keeps no other client waiting. */
const nextOf = (waiting: Waiting[], heldBy: (client: string) => number): Waiting | undefined => {
  const least = Math.min(...waiting.map(({ guest }) => heldBy(guest.client)))
  return waiting.find(({ guest }) => heldBy(guest.client) === least)
}

const guestsOf = (waiting: Iterable<Waiting>): Guest[] => [...waiting].map(({ guest }) => guest)

const countOf = (guests: Iterable<Guest>, client: string): number =>
  [...guests].filter(guest => guest.client === client).length

/** And how many its client has. Bodies that were ended do not count: they are on their way out. */
const oldestOfMost = (inside: Iterable<Guest>): [Guest | undefined, number] => {
  const staying = [...inside].filter(({ ended }) => !ended.signal.aborted)
  const byClient = [...Map.groupBy(staying, ({ client }) => client).values()]
  const most = byClient.reduce<Guest[]>((most, own) => (own.length > most.length ? own : most), [])
  return [most[0], most.length]
}
