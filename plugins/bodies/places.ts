// How many bodies are taken in at once, and how many from one client. Whoever comes later waits with the body unread,
// which costs a socket and no memory. A full queue refuses, so that neither disk nor sockets run out. Nobody waits for
// a client that holds more places: the client with most loses its oldest body.

import { BridgeError } from '../../src/core/errors.ts'

export type PlacesOptions = {
  places: number
  waitingMax: number
  /** Of the places, and of those who wait as many in proportion. Without it one client may have all. */
  perClient?: number
}

/** Whose body it is, and by what it is ended: then its step rejects, and its place is free. */
export type Guest = { client: string; ended: AbortController }

export type Places = {
  pass: <T>(step: () => Promise<T>, guest?: Guest) => Promise<T>
  /** All places are taken. */
  isFull: () => boolean
}

type Waiting = { guest: Guest; enter: () => void }

// Where clients are not counted, none holds more than another.
const anybody = (): Guest => ({ client: '', ended: new AbortController() })

export const openPlaces = ({ places, waitingMax, perClient = places }: PlacesOptions): Places => {
  const waitingPerClient = Math.floor((waitingMax * perClient) / places)
  const waiting = new Set<Waiting>()
  // The one that came first stands first.
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

  /** Whoever holds most has one less, where that is more than the newcomer has, or is about to have. */
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
      // Whoever has room need not wait: all who do wait have none.
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

/** Whoever holds least, and of those the one that came first: a crowd from one address keeps nobody else waiting. */
const nextOf = (waiting: Waiting[], heldBy: (client: string) => number): Waiting | undefined => {
  const least = Math.min(...waiting.map(({ guest }) => heldBy(guest.client)))
  return waiting.find(({ guest }) => heldBy(guest.client) === least)
}

const guestsOf = (waiting: Iterable<Waiting>): Guest[] => [...waiting].map(({ guest }) => guest)

const countOf = (guests: Iterable<Guest>, client: string): number =>
  [...guests].filter(guest => guest.client === client).length

/** With how many its client has; those that were ended are on their way out. */
const oldestOfMost = (inside: Iterable<Guest>): [Guest | undefined, number] => {
  const staying = [...inside].filter(({ ended }) => !ended.signal.aborted)
  const byClient = [...Map.groupBy(staying, ({ client }) => client).values()]
  const most = byClient.reduce<Guest[]>((most, own) => (own.length > most.length ? own : most), [])
  return [most[0], most.length]
}
