// Settles doubts by looking into the portal: rows for which a create went out, or may have, and whose answer is not
// known. It adopts what it finds, or gives it to a person. To conclude that something is absent takes two readings that
// agree.

import type { Clock, Instant } from '../core/clock.ts'
import { BridgeError } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import { createLoop } from '../core/loop.ts'
import type { PortalInvoice } from '../core/portal-entry.ts'
import type { Decision, Doubt } from '../core/row.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { confirm, judgeFound, overruledOf } from './match.ts'
import type { Begun, Reader, Untold } from './reader.ts'
import { contestedWords } from './reader.ts'
import { agree, type Reading, skewMs } from './reading.ts'

export type LookOptions = {
  ledger: Ledger
  reader: Reader
  clock: Clock
  log: Log
  /** How long after a doubt was first seen the bridge can believe that its invoice is absent. */
  settleMs: number
  /** The same for what another process sent. */
  settleInheritedMs: number
  /** After this long without a believable reading, invoices in doubt are held for a person. */
  unclearAfterMs: number
  /** Whether this is the process that looks for all of them. */
  isOurs: () => Promise<boolean>
  /** Whether the copy is filled. Before that there is nothing to compare with. */
  isReady: () => boolean
  /** What to do about a doubt whose invoice is not in the portal. */
  absent: (doubt: Doubt) => Decision
  settled: (doubt: Doubt, decision: Decision) => void
  heard: (error: BridgeError | null) => void
}

export interface Look {
  start: () => void
  stop: () => Promise<void>
  /** There may be a new doubt. */
  wake: () => void
}

// A portal that never stands still for two readings is asked again later.
const readingsMax = 6

// How many of the bridge's latest creates a reading is checked for.
const ownMax = 100

// Each question that is not answered may take as long as a request may. After so many of them a look asks no more.
const unansweredMax = 3

const doubtsAtOnce = 200
const idleMs = 5000
const retryFirstMs = 5000
const retryLongestMs = 60_000

// A reading that could not be believed is repeated after this pause; each one costs as much as the first.
const unclearEveryMs = 5 * 60_000

/** On the monotonic clock. */
type Seen = {
  /** When this process first saw the doubt. */
  at: number
  /** Since when the portal does not say what stands under its number. */
  untoldAt?: number
}

/** A doubt that the portal does not settle, and why. */
type Left = Untold & { doubt: Doubt }

export const createLook = (options: LookOptions): Look => {
  const { ledger, clock, log, settleMs, settleInheritedMs, unclearAfterMs, isReady, heard } = options
  const { holdings } = ledger
  const loop = createLoop({ clock, retryFirstMs, retryLongestMs })
  const reader = options.reader.until(loop.stopping)
  // By row and attempt.
  let seen = new Map<string, Seen>()
  // Whether the look that runs has read anything.
  let hasRead = false
  // By the same key: those about which the portal did not answer in this look.
  const unanswered = new Map<string, Left>()

  const settle = async (doubt: Doubt, decision: Decision): Promise<void> => {
    const kept = await ledger.settle(doubt, decision, clock.now())
    if (!kept) return
    log.info({ invoiceNumber: doubt.body.invoiceNumber, to: kept.to }, 'doubt settled')
    options.settled(doubt, kept)
  }

  const seenOf = (doubt: Doubt): Seen => seen.get(keyOf(doubt)) ?? { at: clock.monotonic() }

  /** Doubts that are old enough, and how long until the next is. */
  const ripe = async (): Promise<{ doubts: Doubt[]; waitMs: number }> => {
    const now = clock.monotonic()
    const doubts = await ledger.doubts(clock.now(), doubtsAtOnce)
    seen = new Map(doubts.map(doubt => [keyOf(doubt), seenOf(doubt)]))
    const leftOf = (doubt: Doubt) => (doubt.inherited ? settleInheritedMs : settleMs) - (now - seenOf(doubt).at)
    const old = doubts.filter(doubt => leftOf(doubt) <= 0)
    const young = doubts.map(leftOf).filter(left => left > 0)
    return { doubts: old, waitMs: Math.min(idleMs, ...young) }
  }

  /** Each entry as the portal shows it now. What is untold keeps no other doubt open. */
  const confirmed = async (doubt: Doubt, entries: PortalInvoice[]): Promise<PortalInvoice[] | Untold> => {
    const before = unanswered.get(keyOf(doubt))
    if (before !== undefined || entries.length === 0) return before ?? []
    if (unanswered.size >= unansweredMax) return { untold: asNoMore() }
    const asked = await reader.answerTo('doubt', () => confirm(reader, entries, 'doubt'))
    if ('untold' in asked) {
      unanswered.set(keyOf(doubt), { ...asked, doubt })
      return asked
    }
    return asked.answer === 'contested' ? { untold: contestedWords(entries) } : asked.answer
  }

  const asNoMore = (): string =>
    `the portal does not answer for single invoices: ${[...unanswered.values()].at(-1)?.untold}`

  /** What follows from everything that the copy holds under its number, once the portal has confirmed it. */
  const verdictOn = async (doubt: Doubt, entries: PortalInvoice[]): Promise<Decision | Untold | null> => {
    const { body, sentAfter, overridden } = doubt
    const found = await confirmed(doubt, entries)
    if ('untold' in found) return found
    if (!overridden) return judgeFound(found, body)
    // The person saw what stood there before. What came since may be what was sent, with facts told differently.
    const since = await holdings.byNumber(body.invoiceNumber, sentAfter)
    const isAll = since.every(({ id }) => entries.some(entry => entry.id === id))
    // The copy learned of more while the portal was asked.
    if (!isAll) return verdictOn(doubt, await holdings.byNumber(body.invoiceNumber))
    return judgeFound(found, body, overruledOf(found, since))
  }

  /** Adopts what stands there, and notes whether what was sent may also stand there under another spelling. */
  const takeOver = async (doubt: Doubt, verdict: Delivered): Promise<void> => {
    const isAlone = (await strangersTo(doubt)).length === 0
    await settle(doubt, isAlone ? verdict : { ...verdict, code: 'PORTAL_DUPLICATE' })
  }

  /**
   * Adopts what the copy now holds, and answers the doubts that are left. Another invoice under the number does not end
   * a doubt, because what was sent may stand beside it. What was untold before is asked for again.
   */
  const adopt = async (doubts: Doubt[]): Promise<Doubt[]> => {
    const left: Doubt[] = []
    for (const doubt of doubts) {
      const entries = await holdings.byNumber(doubt.body.invoiceNumber)
      const isThere = judgeFound(entries, doubt.body)?.to === 'delivered'
      const isUntold = seenOf(doubt).untoldAt !== undefined
      const verdict = isThere || isUntold ? await verdictOn(doubt, entries) : null
      if (isDelivered(verdict)) await takeOver(doubt, verdict)
      else left.push(doubt)
    }
    return left
  }

  /**
   * What was sent is not in the portal. The invoice waits again; or it waits for a person if another invoice stands
   * under its number, or one that may be the same under another spelling.
   */
  const settleAbsent = async (doubts: Doubt[]): Promise<void> => {
    const left: Left[] = []
    for (const doubt of doubts) {
      const entries = await holdings.byNumber(doubt.body.invoiceNumber)
      const verdict = await verdictOn(doubt, entries)
      if (isDelivered(verdict)) await takeOver(doubt, verdict)
      else if (verdict !== null && 'untold' in verdict) left.push({ ...verdict, doubt })
      else
        await settle(
          doubt,
          (await strangerTo(doubt)) ?? verdict ?? takesNoSecond(doubt, entries) ?? options.absent(doubt)
        )
    }
    await leave(left)
  }

  /** They wait on, or after a long time for a person. */
  const leave = async (left: Left[]): Promise<void> => {
    const waiting: Left[] = []
    for (const one of left)
      if (isUntoldForLong(one.doubt)) await holdAs(one.doubt, one.untold)
      else waiting.push(one)
    const [first] = waiting
    if (first) throw await unclear(first.untold, waiting.some(({ doubt }) => isOpen(doubt)) ? unclearEveryMs : 0)
  }

  /** A reading may tell more of it. */
  const isOpen = (doubt: Doubt): boolean => !unanswered.has(keyOf(doubt))

  /** One answer that fails is not enough: after a long stop of the bridge or the portal, the first look comes late. */
  const isUntoldForLong = (doubt: Doubt): boolean => {
    const found = seenOf(doubt)
    found.untoldAt ??= clock.monotonic()
    const isOld = clock.now() - doubt.sentAt >= unclearAfterMs
    return isOld && clock.monotonic() - found.untoldAt >= unclearEveryMs
  }

  /** Entries under unknown numbers that may be what was sent, or what would be sent now. */
  const strangersTo = async ({ body, sent, sentAfter }: Doubt): Promise<PortalInvoice[]> => {
    const strangers = [...(await holdings.strangers(sent, sentAfter)), ...(await holdings.strangers(body, sentAfter))]
    return [...new Map(strangers.map(entry => [entry.id, entry])).values()]
  }

  const strangerTo = async (doubt: Doubt): Promise<Decision | null> => {
    const strangers = await strangersTo(doubt)
    if (strangers.length === 0) return null
    const found = strangers.map(({ id, invoiceNumber }) => `${id} (${invoiceNumber ?? 'without a number'})`)
    const detail = `since then the portal shows ${found.join(', ')}, with the same customer, amount and date`
    return { to: 'held', code: 'PORTAL_UNCLEAR', detail }
  }

  const readFor = async (doubts: Doubt[]): Promise<(Reading & Begun) | null> => {
    const { order, orderSeen } = await holdings.copy()
    const known = await holdings.newest(Math.min(...doubts.map(({ sentAfter }) => sentAfter)))
    // An entry dated in the future stands before whatever was sent after it, so it does not tell where that is.
    const isDated = known !== null && known <= clock.now()
    if (order === 'unknown' || !isDated) return readAll()
    const since: Instant = Math.min(known, ...doubts.map(({ sentAt }) => sentAt)) - skewMs
    const own = orderSeen ? [] : await holdings.ownSince(since, ownMax)
    if (!orderSeen && own.length === 0) return readAll()
    const reading = await reader.since(since, order, 'doubt', goOn)
    if (loop.stopping.aborted) return null
    // Unless a sweep has shown the order, this reading must: one of our own creates stands at the end where it should.
    const shown = orderSeen || reading?.entries.some(({ id }) => own.includes(id))
    if (reading && shown && (await reader.doubtOn(reading, 'doubt')) === null) {
      if (!orderSeen) await holdings.setCopy({ orderSeen: true })
      return reading
    }
    log.warn({}, 'the portal does not list in the order it seemed to; everything is read')
    await holdings.setCopy({ order: 'unknown', orderSeen: false })
    return readAll()
  }

  const readAll = () => reader.all('doubt', goOn)

  const unclear = async (why: string, retryAfterMs = unclearEveryMs): Promise<BridgeError> => {
    const { unclear: before } = await holdings.copy()
    await holdings.setCopy({ unclear: { since: before?.since ?? clock.now(), why } })
    return new BridgeError('PORTAL_UNREACHABLE', why, { retryAfterMs })
  }

  /** Nothing that the portal showed could be believed for a long time, so only a person can find out. */
  const holdUnclear = async (doubts: Doubt[]): Promise<void> => {
    const { unclear: found } = await holdings.copy()
    if (found === null) return
    for (const doubt of doubts) {
      const since = Math.max(found.since, doubt.sentAt)
      if (clock.now() - since >= unclearAfterMs) await holdAs(doubt, found.why)
    }
  }

  const holdAs = (doubt: Doubt, detail: string): Promise<void> =>
    settle(doubt, { to: 'held', code: 'PORTAL_UNCLEAR', detail })

  const goOn = () => !loop.stopping.aborted

  const look = async (ripened: Doubt[]): Promise<void> => {
    unanswered.clear()
    hasRead = false
    // What the copy already tells (a late answer, a sweep) needs no reading.
    let doubts = await adopt(ripened)
    let before: Reading | null = null
    for (let readings = 1; doubts.some(isOpen) && readings <= readingsMax; readings += 1) {
      const reading = await readFor(doubts)
      if (reading === null) return
      hasRead = true
      doubts = await adopt(doubts)
      if (before !== null && sameRange(before, reading) && agree(before, reading)) {
        // What it lacks may be the very invoice that is looked for.
        const why = await reader.doubtOn(reading, 'doubt', { isAgreed: true })
        if (why !== null) throw await unclear(why)
        await holdings.setCopy({ unclear: null })
        // What was not answered before may be answered now.
        unanswered.clear()
        return settleAbsent(doubts)
      }
      before = reading
    }
    if (doubts.some(isOpen)) throw await unclear('the list keeps changing while it is read')
    await leave([...unanswered.values()])
  }

  const turn = async (): Promise<void> => {
    if (!(await options.isOurs())) {
      // A process that begins to look measures from when it first saw the doubt itself.
      seen = new Map()
      return loop.nap(idleMs)
    }
    const { doubts, waitMs } = await ripe()
    if (doubts.length > 0) {
      if (isReady()) {
        await look(doubts).catch(async error => {
          // A list that can be read once, and not twice, settles nothing either.
          if (hasRead && error instanceof BridgeError && error.code === 'PORTAL_UNREACHABLE')
            await unclear(error.message)
          await holdUnclear(doubts)
          throw error
        })
        heard(null)
      } else await holdUnclear(doubts)
    }
    await loop.nap(waitMs)
  }

  const failed = (error: unknown): void => {
    // A look that a stop interrupted is not a failure.
    if (loop.stopping.aborted) return
    if (error instanceof BridgeError) log.warn({ code: error.code, err: error }, 'a doubt could not be settled')
    else log.error({ err: error }, 'a doubt could not be settled')
    heard(error instanceof BridgeError ? error : new BridgeError('UNEXPECTED'))
  }

  return { start: () => loop.start(turn, failed), stop: loop.stop, wake: loop.wake }
}

type Delivered = Extract<Decision, { to: 'delivered' }>

const isDelivered = (verdict: Decision | Untold | null): verdict is Delivered =>
  verdict !== null && 'to' in verdict && verdict.to === 'delivered'

const keyOf = ({ id, attempt }: Doubt): string => `${id}:${attempt}`

// How many times a create that a person insisted on may fail.
const secondsTried = 3

/** A person had it sent although another invoice has its number, and the portal never created it. */
const takesNoSecond = ({ overridden, failures }: Doubt, entries: PortalInvoice[]): Decision | null =>
  overridden && entries.length > 0 && failures >= secondsTried
    ? {
        to: 'held',
        code: 'INVOICE_CONFLICT',
        detail: 'the portal does not accept it in addition to the one that it holds'
      }
    : null

/** Two readings can agree about a doubt only if both looked as far back as it may be. */
const sameRange = (before: Reading, after: Reading): boolean =>
  before.since === null || (after.since !== null && before.since <= after.since)
