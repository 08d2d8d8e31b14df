// Reads all customers of the portal until two readings in a row show the same ones, so that a customer that is not
// listed is absent. There are few customers compared with invoices, so it reads the whole list each time.

import type { Clock } from '../core/clock.ts'
import { BridgeError } from '../core/errors.ts'
import type { Holdings } from '../ledger/holdings.ts'
import type { Reader } from './reader.ts'

export type CustomerListOptions = {
  holdings: Pick<Holdings, 'customerIds'>
  reader: Reader
  clock: Clock
}

export interface CustomerList {
  /**
   * Whether all customers were read by a look that began at `since` (monotonic) or later. Begins one if needed. If it
   * takes long, it goes on by itself, and the answer is false. Rejects when the portal cannot be read.
   */
  readSince: (since: number) => Promise<boolean>
  stop: () => Promise<void>
}

// A list that never stands still for two readings is asked again later.
const readingsMax = 6

// Longer than the list of a small portal takes, shorter than a loan.
const withinMs = 30_000

export const createCustomerList = ({ holdings, clock, ...options }: CustomerListOptions): CustomerList => {
  const stopping = new AbortController()
  const reader = options.reader.until(stopping.signal)
  let readFrom = Number.NEGATIVE_INFINITY
  let look: { from: number; done: Promise<void> } | undefined

  const read = async (from: number): Promise<void> => {
    let before: string | undefined
    for (let readings = 1; readings <= readingsMax; readings += 1) {
      const goOn = () => !stopping.signal.aborted
      if (!(await reader.customers('doubt', goOn))) throw new BridgeError('PORTAL_BUSY')
      const ids = (await holdings.customerIds()).join()
      if (ids === before) {
        readFrom = from
        return
      }
      before = ids
    }
    throw new BridgeError('PORTAL_UNREACHABLE', 'the list of customers keeps changing while it is read')
  }

  const begin = (): NonNullable<typeof look> => {
    const from = clock.monotonic()
    const done = read(from).finally(() => {
      look = undefined
    })
    // A caller that still waits gets the failure; if none does, the next caller begins another look.
    done.catch(() => {})
    look = { from, done }
    return look
  }

  /** Whether it ends by then. */
  const wait = async (done: Promise<void>, untilMs: number): Promise<boolean> => {
    const over = new AbortController()
    try {
      return await Promise.race([
        done.then(() => true),
        clock.sleep(Math.max(0, untilMs - clock.monotonic()), over.signal).then(() => false)
      ])
    } finally {
      over.abort()
    }
  }

  return {
    async readSince(asked) {
      // No look can have begun in the future.
      const since = Math.min(asked, clock.monotonic())
      const until = clock.monotonic() + withinMs
      while (readFrom < since) {
        const running: NonNullable<typeof look> = look ?? begin()
        // A look that began earlier proves nothing here, and its failure is not ours either.
        const done = running.from < since ? running.done.catch(() => {}) : running.done
        if (!(await wait(done, until))) return false
      }
      return true
    },
    async stop() {
      stopping.abort()
      await look?.done.catch(() => {})
    }
  }
}
