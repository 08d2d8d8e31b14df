// Asks each tool what its webhooks missed: at the start, at intervals, and when a person says so. Every tool loses
// webhooks; this finds what they would have brought. A tool without webhooks has no other way to tell, so it is asked
// more often. A tool's start is fixed when it is first set up: what is older stays out.

import type { Clock, Instant } from '../core/clock.ts'
import { BridgeError } from '../core/errors.ts'
import { dateOf, type PlainDate } from '../core/invoice.ts'
import type { Log } from '../core/log.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { OpenTool, ToolClient } from './client.ts'
import { createInquiries, type Asked as Inquired } from './inquiries.ts'
import type { Receiver, Result } from './receiver.ts'
import { isHeard, isSending, type NoInvoice, type ToolInvoice, type UnreadEvent } from './tool.ts'

export type CatchUpOptions = {
  ledger: Ledger
  toolClient: ToolClient
  receiver: Pick<Receiver, 'receiveFromTool' | 'keepUnreadable' | 'ignore'>
  clock: Clock
  log: Log
  /** 0: only when a person asks. Undefined: as each tool needs. */
  everyMinutes: number | undefined
}

/** What cannot be read is held, for a person. */
export type Found = Record<Result | 'unreadable', number>
export type Asked = Inquired<Found>

export interface CatchUp {
  /** Fixes the start of new tools, before the bridge takes in anything of theirs. */
  prepare: () => Promise<void>
  start: () => void
  stop: () => Promise<void>
  /**
   * Asks now, also for what is older than the tool's start. Answers what was found, or what was found so far if that
   * takes long. A second question about the same time waits for the first.
   */
  ask: (tool: string, since: Instant) => Promise<Asked>
  /**
   * A webhook said that there is something to ask for, and perhaps about which invoice. If another process asks this
   * tool, this one asks for that invoice only.
   */
  hint: (tool: string, sourceId?: string | null) => void
  /** How the last question is going, or how it ended. Rejects with NOT_FOUND when nobody asked since the start. */
  asked: (tool: string) => Promise<Asked>
  /** For each tool that the bridge asks by itself: how often, and why the last try failed; null if it did not. */
  states: () => CatchUpState[]
}

export type CatchUpState = { tool: string; everyMs: number; failure: string | null }

const minute = 60_000

// Webhooks bring nearly everything. A tool without them is asked as often as people expect an invoice to appear, and as
// all tools allow: one question is a few requests, paced by the tool's own limits.
const everyMinutesDefault = { sending: 60, asked: 5 }

// Each question goes back a little before the end of the last one: a tool may date an invoice, or show it, too late.
const overlapMs = 60 * minute

// After a clock is set back, an older cursor counts again: four days of them, asked every hour. Without one, the tool
// is asked from its start.
const cursorsMax = 100

// Between tries of a tool that does not answer, or asks for a pause.
const retryMs = 5 * minute

// News seldom comes alone, and a tool that reports news when there is none must not be asked at full speed.
const newsMs = 2000

// Five hundred invoices bring five hundred hints, and each question may be several requests.
const hintMs = 15_000

// How long the stop waits for an answer on its way: a silent tool must not outlast the deliveries.
const answerMs = 2000

export const createCatchUp = (options: CatchUpOptions): CatchUp => {
  const { ledger, toolClient, receiver, clock, log, everyMinutes } = options
  const stopping = new AbortController()
  let loops: Promise<void>[] = []
  const turns = new Map<string, Promise<unknown>>()
  const failures = new Map<string, string>()
  const cursors = new Map<string, Instant[]>()
  const hints = new Map<string, PromiseWithResolvers<void>>()
  /** Ids that hints named, and that the tool has not brought yet. */
  const named = new Map<string, Set<string>>()
  const stopped = new Promise<void>(resolve => stopping.signal.addEventListener('abort', () => resolve()))

  /** No tool is asked by the clock. */
  const isOnlyHinted = everyMinutes === 0

  const everyMs = ({ tool }: OpenTool): number =>
    (everyMinutes ?? everyMinutesDefault[isSending(tool) ? 'sending' : 'asked']) * minute

  const canBeAsked = () => toolClient.tools().filter(({ tool, settings }) => tool.missed && tool.canAsk(settings))

  /** One question at a time: the limits of a tool's API hold for all of them together. */
  const inTurn = (open: OpenTool, question: () => Promise<void>): Promise<void> => {
    const { name } = open.tool
    const turn = (turns.get(name) ?? Promise.resolve()).then(question)
    const ended = turn.catch(() => {})
    turns.set(name, ended)
    return turn
  }

  const keep = async (
    { tool }: OpenTool,
    one: ToolInvoice | UnreadEvent | NoInvoice,
    anyAgeFrom: PlainDate | null
  ): Promise<keyof Found> => {
    const now = clock.now()
    if ('reason' in one) {
      receiver.ignore(tool.name, one.reason, now)
      return 'ignored'
    }
    if ('problem' in one) {
      await receiver.keepUnreadable(tool.name, one, now)
      return 'unreadable'
    }
    // What a tool without webhooks brings from before that date was not asked for.
    const anyAge = anyAgeFrom !== null && (isSending(tool) || one.invoice.issuedAt >= anyAgeFrom)
    return (await receiver.receiveFromTool(tool.name, one, { now, caughtUp: true, anyAge })).result
  }

  /** Keeps all that the tool answers, and counts it in `found`. */
  const take = async (open: OpenTool, since: Instant, found: Found, anyAge: boolean): Promise<void> => {
    stopping.signal.throwIfAborted()
    const connection = toolClient.connection(open)
    const missed = open.tool.missed?.(since, connection, stopping.signal)
    if (!missed) return
    const anyAgeFrom = anyAge ? dateOf(since, connection.timeZone) : null
    await toolClient.asking(open.tool.name, async () => {
      for await (const one of missed) {
        stopping.signal.throwIfAborted()
        found[await keep(open, one, anyAgeFrom)] += 1
        if ('invoice' in one && one.invoice.sourceId !== null) named.get(open.tool.name)?.delete(one.invoice.sourceId)
      }
    })
  }

  /**
   * A tool's list may lack what its webhook names, or have it too far back. One that fails does not stop the others.
   */
  const takeNamed = async (open: OpenTool): Promise<void> => {
    const { name, load } = open.tool
    const ids = named.get(name)
    if (!ids || !load) return
    let failure: unknown
    for (const id of ids)
      try {
        stopping.signal.throwIfAborted()
        const one = await toolClient.asking(name, () => load(id, toolClient.connection(open)))
        if (one) await keep(open, one, null)
        ids.delete(id)
      } catch (error) {
        failure ??= error
      }
    if (failure !== undefined) throw failure
  }

  const inquiries = createInquiries({
    clock,
    log,
    nothing,
    stopped: stopping.signal,
    ask: (name, since, found) => {
      const open = canBeAsked().find(({ tool }) => tool.name === name)
      if (open) return inTurn(open, () => take(open, since, found, true))
      throw new BridgeError('TOOL_CANNOT_BE_ASKED', `${name} has no API to ask, or its token is not set`)
    }
  })

  /**
   * Up to when the tool was asked. A cursor ahead of now came from a wrong clock: then the last one that is not ahead
   * counts, or else the tool's start.
   */
  const askedTo = async (tool: string, now: Instant): Promise<Instant | null> => {
    const cursor = await ledger.askedTo(tool)
    if (cursor === null || cursor <= now) return cursor
    return cursors.get(tool)?.findLast(at => at <= now) ?? (await ledger.toolStart(tool))
  }

  const setAskedTo = async (tool: string, from: Instant, to: Instant): Promise<void> => {
    await ledger.setAskedTo(tool, to)
    cursors.set(tool, [...(cursors.get(tool) ?? [from]), to].slice(-cursorsMax))
  }

  /** The cursor moves only after all that it covers was kept. */
  const catchUp = async (open: OpenTool): Promise<void> => {
    const { name } = open.tool
    const begun = clock.now()
    const from = await askedTo(name, begun)
    if (from === null) return
    const found = nothing()
    await inTurn(open, () => take(open, from - overlapMs, found, false))
    await setAskedTo(name, from, begun)
    if (found.accepted + found.conflict > 0) log.info({ tool: name, ...found }, 'caught up')
  }

  /** Also for a hint that comes while the tool is being asked: the answer may have been on its way already. */
  const nextHint = (tool: string) => hints.getOrInsertComputed(tool, () => Promise.withResolvers<void>())

  const hinted = (tool: string, signal: AbortSignal) => nextHint(tool).promise.then(() => clock.sleep(hintMs, signal))

  /** Until it is time to ask again, or the tool has news. */
  const rest = async (open: OpenTool, pause: number): Promise<void> => {
    const ended = new AbortController()
    const signal = AbortSignal.any([stopping.signal, ended.signal])
    const news = open.tool.news?.(toolClient.connection(open), signal).then(
      () => clock.sleep(newsMs, signal),
      // Why the tool gives no news shows when it is asked.
      () => clock.sleep(pause, signal)
    )
    await Promise.race([clock.sleep(pause, signal), hinted(open.tool.name, signal), ...(news ? [news] : [])])
    ended.abort()
  }

  const keepCatchingUp = async (open: OpenTool): Promise<void> => {
    const { name } = open.tool
    while (!stopping.signal.aborted) {
      if (isOnlyHinted) await Promise.race([hinted(name, stopping.signal), stopped])
      if (stopping.signal.aborted) return
      let pause = everyMs(open)
      let isOurs = false
      try {
        isOurs = await ledger.lease(`catch-up ${name}`, clock.now())
        // This question finds what was hinted at until now.
        hints.delete(name)
        if (isOurs) await catchUp(open)
        else pause = Math.min(pause, retryMs)
        await inTurn(open, () => takeNamed(open))
        failures.delete(name)
      } catch (error) {
        if (stopping.signal.aborted) return
        isOurs = false
        const known = error instanceof BridgeError
        failures.set(name, known ? `${error.code}: ${error.message}` : 'UNEXPECTED: a bug, look at the log')
        log.warn({ tool: name, code: known ? error.code : 'UNEXPECTED', err: error }, 'catch-up failed')
        pause = Math.max(Math.min(pause || retryMs, retryMs), known ? (error.retryAfterMs ?? 0) : 0)
        if (isOnlyHinted) nextHint(name).resolve()
      }
      await (isOurs && !isOnlyHinted ? rest(open, pause) : clock.sleep(pause, stopping.signal))
    }
  }

  return {
    async prepare() {
      for (const { tool } of toolClient.tools()) if (tool.missed) await ledger.startTool(tool.name, clock.now())
    },
    start() {
      if (loops.length > 0) return
      const asked = canBeAsked().filter(({ tool }) => !isOnlyHinted || isHeard(tool))
      // Such a tool does not repeat what it hinted at before the bridge ended, or while it was down.
      for (const { tool } of asked) if (isOnlyHinted && !isSending(tool)) nextHint(tool.name).resolve()
      loops = asked.map(keepCatchingUp)
    },
    async stop() {
      stopping.abort(new BridgeError('TOOL_UNREACHABLE', 'the bridge is stopping'))
      const ended = new AbortController()
      const all = Promise.all([...loops, ...turns.values()]).then(() => ended.abort())
      // Later answers are no longer kept.
      await Promise.race([all, clock.sleep(answerMs, ended.signal)])
    },
    hint(tool, sourceId = null) {
      if (sourceId !== null) named.getOrInsertComputed(tool, () => new Set()).add(sourceId)
      nextHint(tool).resolve()
    },
    ask: inquiries.ask,
    asked: inquiries.asked,
    states: () =>
      isOnlyHinted
        ? []
        : canBeAsked().map(open => ({
            tool: open.tool.name,
            everyMs: everyMs(open),
            failure: failures.get(open.tool.name) ?? null
          }))
  }
}

const nothing = (): Found => ({ accepted: 0, duplicate: 0, conflict: 0, ignored: 0, unreadable: 0 })
