// Bodies whose sender is not proven yet: how many are taken in at once, how many from one client, how fast they have to
// come, and how much room they get. All addresses share this. A sender proven by its headers never comes here, and so
// never waits behind strangers.

import type { FastifyRequest } from 'fastify'
import type { Clock } from '../../src/core/clock.ts'
import type { Log } from '../../src/core/log.ts'
import { createThrottle } from '../../src/core/throttle.ts'
import { largeBytesMax, unprovenBytesMax } from '../../src/tools/tool.ts'
import type { ClientOf } from '../client.ts'
import { createPatience, type Wait } from './patience.ts'
import { openPlaces } from './places.ts'
import { openQuota } from './quota.ts'

// A body that comes slowly costs little, so there are many places. Together with all that wait they are fewer than the
// connections that the bridge has room for (plugins/connections.ts).
const allSizesOptions = { places: 160, perClient: 120, waitingMax: 80 }

// A body that says it is small is in within a moment and takes hardly any memory. Most webhooks are small, and so never
// wait behind bodies that are large or do not say.
const smallOptions = { places: 80, perClient: 60, waitingMax: 70 }

// Each has a buffer that is reused: new ones would pile up faster than the garbage collector frees them.
const largeOptions = { places: 8, perClient: 6, waitingMax: allSizesOptions.places }

// Times PDF_BYTES_MAX: a third of a volume of 1 GB.
const pdfsOnDiskMax = 16

// Strangers come and go by the second. Health warns for this long after the places were full, and the log warns no more
// often than this.
const minute = 60_000

/** What an unproven body takes. */
export type Hosted = {
  /** Waits for its next bytes; rejects with INTAKE_BUSY when its place has gone to another client. */
  wait: Wait
  /**
   * Lends memory for a body larger than `unprovenBytesMax`, for as long as the step lasts. The memory holds
   * `largeBytesMax`. A few bodies are read at a time; the others wait, with the rest of them unread.
   */
  large: <T>(step: (memory: Buffer) => Promise<T>) => Promise<T>
  /** Throws INTAKE_BUSY when there is no room for so many bytes. */
  onDisk: (bytes: number) => void
}

export interface Strangers {
  /** Gives a body a place while the step lasts. Rejects with INTAKE_BUSY when too many wait, or others hold less. */
  host: <T>(request: FastifyRequest, step: (hosted: Hosted) => Promise<T>) => Promise<T>
  /** For a body that is proven by its headers. */
  patience: () => Wait
}

export type StrangersOptions = {
  clientOf: ClientOf
  clock: Pick<Clock, 'monotonic' | 'sleep'>
  pdfBytesMax: number
  log: Pick<Log, 'warn'>
}

/** Also says whether there were so many bodies lately that some had to wait or were ended. */
export type HostedStrangers = Strangers & { areMany: () => boolean }

export const createStrangers = ({ clientOf, clock, pdfBytesMax, log }: StrangersOptions): HostedStrangers => {
  const allSizes = openPlaces(allSizesOptions)
  const small = openPlaces(smallOptions)
  const large = openPlaces(largeOptions)
  const free: Buffer[] = []
  const patience = createPatience(clock)
  const disk = openQuota({ bytesMax: pdfsOnDiskMax * pdfBytesMax })

  let fullAt = Number.NEGATIVE_INFINITY
  const mayWarn = createThrottle(minute)

  const noteFull = (): void => {
    fullAt = clock.monotonic()
    if (mayWarn('full', fullAt)) log.warn({ code: 'INTAKE_BUSY' }, 'bodies of strangers take all places')
  }

  const inMemory = async <T>(step: (memory: Buffer) => Promise<T>): Promise<T> => {
    const memory = free.pop() ?? Buffer.allocUnsafeSlow(largeBytesMax)
    try {
      return await step(memory)
    } finally {
      free.push(memory)
    }
  }

  return {
    areMany: () => allSizes.isFull() || small.isFull() || clock.monotonic() - fullAt < minute,
    patience: () => patience(),

    host(request, step) {
      const client = clientOf(request)
      const guest = { client, ended: new AbortController() }
      const places = isSmall(request) ? small : allSizes
      const hosted = places.pass(async () => {
        const share = disk.open(client)
        try {
          return await step({
            wait: patience(guest.ended.signal),
            large: step => large.pass(() => inMemory(step), guest),
            onDisk: share.take
          })
        } finally {
          share.release()
        }
      }, guest)
      // Full with this body, or before it.
      if (places.isFull()) noteFull()
      return hosted
    }
  }
}

/** By its own content-length, which Node enforces. */
const isSmall = ({ headers }: FastifyRequest): boolean =>
  headers['content-length'] !== undefined && Number(headers['content-length']) <= unprovenBytesMax
