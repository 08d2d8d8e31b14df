// The bridge's copy of what the portal holds: filled before the first create, kept up by own creates and by sweeps. It
// answers "is it there already?" without a request, so that an invoice costs one. See DESIGN.md for why absence is absence.

import type { Clock, Instant } from '../clock.ts'
import { BridgeError } from '../errors.ts'
import type { CopyState, Holdings } from '../ledger/holdings.ts'
import type { Log } from '../log.ts'
import { createLoop } from '../loop.ts'
import type { Errand } from './pace.ts'
import type { Begun, Reader } from './reader.ts'
import { agree, orderOf, type Reading } from './reading.ts'

export type CopyOptions = {
  holdings: Holdings
  reader: Reader
  clock: Clock
  log: Log
  /** How far back a sweep reads behind what the last one saw: creates may become visible late. */
  lateMs: number
  /** How long after it was sent a create can stay invisible. */
  settleMs: number
  /** Whether this is the portal that the ledger knows; false when it cannot be asked. */
  recognise: () => Promise<boolean>
  /** Whether something waits for a customer that may be new in the portal. */
  areCustomersAwaited: () => Promise<boolean>
  /** Told when deliveries may begin. */
  filled: () => void
  /** Told how the last read went; for health. */
  heard: (error: BridgeError | null) => void
}

export interface Copy {
  start: () => void
  stop: () => Promise<void>
  /** Sweep soon: something waits for what may be new in the portal. */
  hurry: () => void
  /** Whether deliveries may rely on it. */
  isFilled: () => boolean
  /** Of the first read: pages so far; null when it is done. */
  progress: () => { pages: number } | null
}

const minute = 60_000
const sweepEveryMs = 15 * minute
// Sooner, while an invoice waits for a customer that somebody may just be entering in the portal.
const awaitedEveryMs = 4 * minute
const fullEveryMs = 24 * 60 * minute

// Between tries when the portal does not answer.
const retryFirstMs = 5000
const retryLongestMs = minute

// A sweep that has to read everything rests ten times as long as it took: others may spend from the same token.
const restFactor = 10

// How many of its latest creates are looked for at the end of a sweep.
const ownMax = 100

// How many missing ids are asked for after one read; the rest is asked after the next.
const missingMax = 100

export const createCopy = (options: CopyOptions): Copy => {
  const { holdings, clock, log, lateMs, heard } = options
  const loop = createLoop({ clock, retryFirstMs, retryLongestMs })
  const reader = options.reader.until(loop.stopping)
  let recognised = false
  let startedAt = 0
  let isFilled = false
  let pages = 0
  let hurried = false

  const goOn = (): boolean => {
    pages += 1
    return !loop.stopping.aborted
  }

  /** Asks for each id that should have been seen: the portal's answer tells whether it is gone. True when all are. */
  const askForMissing = async (begun: Begun, since: Instant | null, errand: Errand): Promise<boolean> => {
    let allGone = true
    for (const id of await holdings.unseen(begun, since, missingMax)) {
      if ((await reader.one(id, errand)) !== null) allGone = false
    }
    return allGone
  }

  const keepFull = async (reading: Reading & Begun, errand: Errand): Promise<void> => {
    const before = await holdings.copy()
    const order = orderOf(reading.entries)
    await askForMissing(reading, null, errand)
    const now = clock.now()
    await holdings.setCopy({
      order,
      orderSeen: order === before.order && before.orderSeen,
      sweptTo: latest(reading),
      sweptAt: now,
      fullAt: now
    })
  }

  /**
   * Reads everything until two readings in a row agree. Not at once where the ledger was rolled back: what was sent just
   * before, only the portal knows of, and it may not show it yet. A new ledger need not wait: see DESIGN.md.
   */
  const fill = async (): Promise<boolean> => {
    const { rolledBack } = await holdings.copy()
    if (!(await reader.customers('delivery', goOn))) return false
    const waitMs = startedAt + options.settleMs - clock.monotonic()
    if (rolledBack && waitMs > 0) await clock.sleep(waitMs, loop.stopping)
    let before = await reader.all('delivery', goOn)
    while (before !== null) {
      const reading = await reader.all('delivery', goOn)
      if (reading !== null && agree(before, reading)) {
        await keepFull(reading, 'delivery')
        await holdings.setCopy({ filled: true, rolledBack: false })
        return true
      }
      before = reading
    }
    return false
  }

  const full = async (): Promise<void> => {
    if (!(await reader.customers('sweep', goOn))) return
    const reading = await reader.all('sweep', goOn)
    if (reading) await keepFull(reading, 'sweep')
  }

  const sweep = async ({ order, sweptTo, orderSeen }: CopyState): Promise<void> => {
    if (order === 'unknown' || sweptTo === null) return full()
    const since = sweptTo - lateMs
    const reading = await reader.since(since, order, 'sweep', goOn)
    if (loop.stopping.aborted) return
    // What is known to stand in this range and was not seen there is gone, or the order is not what it seemed.
    if (reading === null || !(await askForMissing(reading, since, 'sweep'))) {
      await holdings.setCopy({ order: 'unknown', orderSeen: false })
      return full()
    }
    // One that was made while it was read may not have been seen, and shows nothing.
    const seen = new Set(reading.entries.map(({ id }) => id))
    const own = await holdings.ownSince(since, ownMax)
    await holdings.setCopy({
      sweptTo: Math.max(latest(reading) ?? sweptTo, sweptTo),
      sweptAt: clock.now(),
      // All that is known was seen at that end; with an own create among it, the order is shown by our own doing.
      orderSeen: orderSeen || own.some(id => seen.has(id))
    })
  }

  const open = (): void => {
    if (isFilled) return
    isFilled = true
    options.filled()
  }

  const sleepUntilDue = async (tookMs: number): Promise<void> => {
    const { order } = await holdings.copy()
    const rest = order === 'unknown' ? Math.max(sweepEveryMs, tookMs * restFactor) : sweepEveryMs
    const dueAt = clock.monotonic() + rest
    for (;;) {
      const left = dueAt - clock.monotonic()
      if (hurried || loop.stopping.aborted || left <= 0) break
      await loop.nap(Math.min(left, awaitedEveryMs))
      if (!loop.stopping.aborted && (await options.areCustomersAwaited()))
        await reader.customers('sweep', goOn)
    }
    hurried = false
  }

  const turn = async (): Promise<void> => {
    recognised ||= await options.recognise()
    if (!recognised)
      throw new BridgeError('PORTAL_UNREACHABLE', 'whether this is the same portal cannot be asked')
    const state = await holdings.copy()
    const startedAt = clock.monotonic()
    pages = 0
    // Filled by an earlier process: deliveries need not wait for this one's first sweep.
    if (state.filled) open()
    if (!state.filled) {
      if (!(await fill())) return
      log.info(
        { invoices: await holdings.size(), tookMs: Math.round(clock.monotonic() - startedAt) },
        'portal copied'
      )
    } else if (state.fullAt === null || clock.now() - state.fullAt >= fullEveryMs) await full()
    else await sweep(state)
    heard(null)
    open()
    await sleepUntilDue(clock.monotonic() - startedAt)
  }

  const failed = (error: unknown): void => {
    // A reading that a stop broke off is no failure.
    if (loop.stopping.aborted) return
    if (error instanceof BridgeError)
      log.warn({ code: error.code, err: error }, 'the portal could not be read')
    else log.error({ err: error }, 'the portal could not be read')
    heard(error instanceof BridgeError ? error : new BridgeError('UNEXPECTED'))
  }

  return {
    start() {
      startedAt = clock.monotonic()
      loop.start(turn, failed)
    },
    stop: loop.stop,
    hurry() {
      hurried = true
      loop.wake()
    },
    isFilled: () => isFilled,
    progress: () => (isFilled ? null : { pages })
  }
}

/**
 * What the next sweep reads back to. Never later than when the reading began: beyond one entry that is dated in the
 * future no sweep would see anything.
 */
const latest = ({ entries, at }: Reading & Begun): Instant | null =>
  entries.reduce<Instant | null>(
    (found, { createdAt }) =>
      createdAt === null ? found : Math.max(found ?? Number.NEGATIVE_INFINITY, Math.min(createdAt, at)),
    null
  )
