// The bridge's copy of what the portal holds: filled before the first create, kept current by the bridge's own creates
// and by sweeps. It answers "is it there already?" without a request, so that delivering an invoice costs only one.
// DESIGN.md says why what the copy lacks is absent.

import type { Clock, Instant } from '../core/clock.ts'
import type { Code } from '../core/codes.ts'
import { BridgeError } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import { createLoop } from '../core/loop.ts'
import type { CopyState, Holdings, ListOrder } from '../ledger/holdings.ts'
import type { Begun, Reader } from './reader.ts'
import { agree, orderOf, type Reading, skewMs } from './reading.ts'

export type CopyOptions = {
  holdings: Holdings
  reader: Reader
  clock: Clock
  log: Log
  /** How far back a sweep reads behind the last one, because creates may become visible late. */
  lateMs: number
  /** How long a create may still arrive after its process died, because its machine goes on sending. */
  settleInheritedMs: number
  /** After this long without a believable reading, a person decides about invoices in doubt, and the others go on. */
  unclearAfterMs: number
  /** Whether this is the process that sweeps for all of them. */
  isOurs: () => Promise<boolean>
  /** True: this is the portal that the ledger knows. Otherwise: why the portal cannot be asked. */
  recognise: () => Promise<true | BridgeError>
  /** Whether an invoice waits for a customer that may be new in the portal. */
  areCustomersAwaited: () => Promise<boolean>
  /** Called when deliveries may begin. */
  filled: () => void
  /** Called with how the last read went; for health. */
  heard: (error: BridgeError | null) => void
}

export interface Copy {
  start: () => void
  stop: () => Promise<void>
  /** Sweep soon: something waits for what may be new in the portal. */
  hurry: () => void
  /** Whether deliveries may rely on it. */
  isFilled: () => boolean
  /** How reading goes. */
  state: () => ReadingState
}

export type ReadingState = {
  /** The first reading: pages so far, and how long ago the last one came; null when it is done. */
  filling: { pages: number; stillMs: number } | null
  /** How often it sweeps at present. */
  everyMs: number
  /** Why the portal cannot be read, and for how long; null while it can be. */
  failure: { code: Code; message: string; forMs: number } | null
}

const minute = 60_000
const sweepEveryMs = 15 * minute
// More often while an invoice waits for a customer that a person may be entering in the portal right now.
const awaitedEveryMs = 4 * minute

// Another process reads for this one as well. Deliveries wait for its first reading; after that it only has to be
// alive.
const followEveryMs = { filling: 1000, filled: minute }
const fullEveryMs = 24 * 60 * minute

// Between tries when the portal does not answer.
const retryFirstMs = 5000
const retryLongestMs = minute

// A sweep that has to read everything rests ten times as long as it took, because others may use the same token.
const restFactor = 10

// How many of the bridge's latest creates a sweep looks for in what it has read.
const ownMax = 100

// The bridge asks for what a reading lacked, a few at a time, because others may use the same token.
const askedEveryMs = minute
const askedAtOnce = 5

// A reading that could not be believed is repeated after this pause; each one costs as much as the first.
const unclearEveryMs = 5 * minute

export const createCopy = (options: CopyOptions): Copy => {
  const { holdings, clock, log, lateMs, unclearAfterMs, heard } = options
  const loop = createLoop({ clock, retryFirstMs, retryLongestMs })
  const reader = options.reader.until(loop.stopping)
  let recognised = false
  // When the bridge last learned how the portal says that it holds no such invoice.
  let learnedAt = Number.NEGATIVE_INFINITY
  let startedAt = 0
  let isFilled = false
  /** The reading back to the last sign of life could not be believed. */
  let isBackUnclear = false
  /** A reading that lacked entries known to stand in its range. */
  let unaccounted: (Reading & Begun) | null = null
  let pages = 0
  let pageAt = 0
  let everyMs = sweepEveryMs
  let failure: { code: Code; message: string; at: number } | null = null
  let hurried = false

  const goOn = (): boolean => {
    pages += 1
    pageAt = clock.monotonic()
    return !loop.stopping.aborted
  }

  /** Whether a reading accounts for what is known. If not, the reason is kept, so that health can say it. */
  const isClear = async (reading: Reading & Begun, isAgreed = false): Promise<boolean> => {
    const why = await reader.doubtOn(reading, 'sweep', { isAgreed })
    await tellUnclear(why)
    unaccounted = why === null ? null : reading
    return why === null
  }

  const tellUnclear = async (why: string | null): Promise<void> => {
    const { unclear } = await holdings.copy()
    if (why !== null) await holdings.setCopy({ unclear: { since: unclear?.since ?? clock.now(), why } })
    else if (unclear !== null) await holdings.setCopy({ unclear: null })
  }

  const unbelieved = async (): Promise<never> => {
    const { unclear } = await holdings.copy()
    const why = unclear?.why ?? 'the list keeps changing while it is read'
    throw new BridgeError('PORTAL_UNREACHABLE', why, { retryAfterMs: unclearEveryMs })
  }

  const keepFull = async (reading: Reading & Begun): Promise<void> => {
    const before = await holdings.copy()
    const order = orderOf(reading.entries)
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
   * Reads everything. If the ledger was rolled back, it waits before it reads the invoices: only the portal knows what
   * was sent shortly before, and it may not show it yet. A new ledger need not wait: see DESIGN.md.
   */
  const fill = async (): Promise<boolean> => {
    const { rolledBack } = await holdings.copy()
    if (!(await reader.customers('sweep', goOn))) return false
    const waitMs = startedAt + options.settleInheritedMs - clock.monotonic()
    if (rolledBack && waitMs > 0) await clock.sleep(waitMs, loop.stopping)
    if (!(await readAll())) return false
    await holdings.setCopy({ filled: true, rolledBack: false, backTo: null })
    return true
  }

  /** Reads everything until two readings in a row agree. False when it was stopped. */
  const readAll = async (): Promise<boolean> => {
    let before = await reader.all('sweep', goOn)
    while (before !== null) {
      const reading = await reader.all('sweep', goOn)
      if (reading !== null && agree(before, reading)) {
        if (!(await isClear(reading, true))) await unbelieved()
        await keepFull(reading)
        return true
      }
      before = reading
    }
    return false
  }

  const full = async (): Promise<void> => {
    if (!(await reader.customers('sweep', goOn))) return
    const reading = await reader.all('sweep', goOn)
    if (reading === null) return
    if (await isClear(reading)) return keepFull(reading)
    // What it lacks may have moved between two pages. The next reading then shows it, and need not agree with this one.
    const again = await reader.all('sweep', goOn)
    if (again === null) return
    if (!(await isClear(again, agree(reading, again)))) await unbelieved()
    await keepFull(again)
  }

  /** What was created since then, if the list's order tells; otherwise null, and the caller reads everything. */
  const recent = async (since: Instant, order: ListOrder): Promise<(Reading & Begun) | null> => {
    if (order === 'unknown') return null
    const reading = await reader.since(since, order, 'sweep', goOn)
    if (loop.stopping.aborted || (reading !== null && (await isClear(reading)))) return reading
    // It lacks what is known to stand in this range, or the list is not in the order it seemed to be in.
    await holdings.setCopy({ order: 'unknown', orderSeen: false })
    return null
  }

  const sweep = async ({ order, sweptTo, orderSeen }: CopyState): Promise<void> => {
    const contested = await holdings.unfoundSince()
    if (sweptTo === null || contested === null) return full()
    const since = Math.min(sweptTo - lateMs, contested ?? Number.POSITIVE_INFINITY)
    const reading = await recent(since, order)
    if (loop.stopping.aborted) return
    if (reading === null) return full()
    // A create that was made during the reading may be missing from it, which proves nothing.
    const seen = new Set(reading.entries.map(({ id }) => id))
    const own = await holdings.ownSince(since, ownMax)
    await holdings.setCopy({
      sweptTo: Math.max(latest(reading) ?? sweptTo, sweptTo),
      sweptAt: clock.now(),
      // The reading saw all that is known at that end. With one of our own creates among it, the order is proven.
      orderSeen: orderSeen || own.some(id => seen.has(id))
    })
  }

  /**
   * If a copy of the ledger was put back unnoticed, only the portal knows what was sent after that copy was made. Where
   * the list's order tells where it would stand, the bridge reads back to the last sign of life until two readings in a
   * row agree. Where it cannot believe those, it reads everything. False when it was stopped.
   */
  const readBack = async ({ order, unclear }: CopyState, backTo: Instant): Promise<boolean> => {
    if (!isBackUnclear) {
      // Without a known order every start would have to read everything.
      if (order === 'unknown') return true
      const since = Math.min(backTo, clock.now()) - skewMs
      let before = await recent(since, order)
      while (before !== null && !loop.stopping.aborted) {
        const reading = await recent(since, order)
        if (reading !== null && agree(before, reading)) return true
        before = reading
      }
      if (loop.stopping.aborted) return false
      isBackUnclear = true
    }
    // The owner has known for a long time, and doubts wait for a person. The other invoices must not wait for ever.
    if (unclear !== null && clock.now() - unclear.since >= unclearAfterMs) return true
    return readAll()
  }

  const open = (): void => {
    if (isFilled) return
    isFilled = true
    options.filled()
  }

  /** If another process has begun to distrust the copy, this one does not rely on it either. */
  const judge = ({ filled, backTo }: CopyState): void => {
    if (filled && backTo === null) open()
    else isFilled = false
  }

  const sleepUntilDue = async (tookMs: number): Promise<void> => {
    const { order } = await holdings.copy()
    everyMs = order === 'unknown' ? Math.max(sweepEveryMs, tookMs * restFactor) : sweepEveryMs
    const dueAt = clock.monotonic() + everyMs
    for (;;) {
      const left = dueAt - clock.monotonic()
      if (hurried || loop.stopping.aborted || left <= 0) break
      await loop.nap(Math.min(left, awaitedEveryMs))
      if (!loop.stopping.aborted && (await options.areCustomersAwaited())) await reader.customers('sweep', goOn)
    }
    hurried = false
  }

  /** Asks for what a reading lacked, a few a minute, until each is found or gone. */
  const askForUnaccounted = async (): Promise<void> => {
    const reading = unaccounted
    // If the portal does not answer for one of them, the next turn reads again.
    unaccounted = null
    while (reading !== null && !loop.stopping.aborted) {
      const { isWhole, since, read } = reading
      const missing = await holdings.unseen(reading, isWhole ? null : since, askedAtOnce)
      if (missing.length === 0) break
      const gone: string[] = []
      for (const id of missing) {
        const found = await reader.ask(id, 'sweep')
        if (found) await holdings.learn([found], read, clock.now())
        else gone.push(id)
      }
      if ((await reader.lose(gone, reading, 'sweep')) !== null) break
      await loop.nap(askedEveryMs)
    }
  }

  /**
   * Once a day. An answer that cannot be understood may have come from something in between, so the bridge asks again.
   */
  const learnMissing = async (): Promise<void> => {
    if (clock.monotonic() - learnedAt < fullEveryMs) return
    if ((await reader.learnMissing('sweep')) !== null) learnedAt = clock.monotonic()
  }

  /** Another process reads for this one as well; but each asks for single invoices, and must understand the answers. */
  const followAnother = async (): Promise<void> => {
    judge(await holdings.copy())
    await learnMissing()
    failure = null
    await loop.nap(isFilled ? followEveryMs.filled : followEveryMs.filling)
  }

  const turn = async (): Promise<void> => {
    if (!recognised) {
      const known = await options.recognise()
      if (known !== true) throw known
      recognised = true
    }
    if (!(await options.isOurs())) return followAnother()
    const startedAt = clock.monotonic()
    pages = 0
    await learnMissing()
    await askForUnaccounted()
    const state = await holdings.copy()
    judge(state)
    if (!state.filled) {
      if (!(await fill())) return
      log.info({ invoices: await holdings.size(), tookMs: Math.round(clock.monotonic() - startedAt) }, 'portal copied')
    } else {
      // Filled by an earlier process: deliveries need not wait for this one's first sweep.
      if (state.backTo !== null) {
        if (!(await readBack(state, state.backTo)) || loop.stopping.aborted) return
        await holdings.setCopy({ backTo: null })
        open()
      }
      const after = await holdings.copy()
      const sinceFull = clock.now() - (after.fullAt ?? Number.NEGATIVE_INFINITY)
      // Negative: the clock was ahead when the time was noted.
      const isOld = sinceFull < 0 || sinceFull >= fullEveryMs
      await (isOld ? full() : sweep(after))
    }
    failure = null
    heard(null)
    open()
    await sleepUntilDue(clock.monotonic() - startedAt)
  }

  const failed = (error: unknown): void => {
    // A reading that a stop interrupted is not a failure.
    if (loop.stopping.aborted) return
    if (error instanceof BridgeError) log.warn({ code: error.code, err: error }, 'the portal could not be read')
    else log.error({ err: error }, 'the portal could not be read')
    const known = error instanceof BridgeError ? error : new BridgeError('UNEXPECTED')
    const { code, message } = known
    failure = { code, message, at: failure?.at ?? clock.monotonic() }
    heard(known)
  }

  return {
    start() {
      startedAt = clock.monotonic()
      pageAt = startedAt
      loop.start(turn, failed)
    },
    stop: loop.stop,
    hurry() {
      hurried = true
      loop.wake()
    },
    isFilled: () => isFilled,
    state: () => {
      const now = clock.monotonic()
      return {
        filling: isFilled ? null : { pages, stillMs: now - pageAt },
        everyMs,
        failure: failure && { code: failure.code, message: failure.message, forMs: now - failure.at }
      }
    }
  }
}

/**
 * How far the next sweep reads back. Never later than when the reading began: otherwise, after one entry dated in the
 * future, no sweep would see anything.
 */
const latest = ({ entries, at }: Reading & Begun): Instant | null =>
  entries.reduce<Instant | null>(
    (found, { createdAt }) =>
      createdAt === null ? found : Math.max(found ?? Number.NEGATIVE_INFINITY, Math.min(createdAt, at)),
    null
  )
