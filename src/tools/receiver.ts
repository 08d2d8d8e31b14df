// What happens to an event between its address and the ledger's answer: it is judged by date and stage, kept and
// logged, and the worker is woken.

import { createHash } from 'node:crypto'
import type { Instant } from '../core/clock.ts'
import type { Code } from '../core/codes.ts'
import { isCode } from '../core/errors.ts'
import { dateOf, isBlank } from '../core/invoice.ts'
import type { Log } from '../core/log.ts'
import type { Arrival, Document, Received } from '../core/row.ts'
import { createThrottle } from '../core/throttle.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { DraftingSpool } from '../ledger/spool.ts'
import type { ToolInvoice, UnreadEvent } from './tool.ts'

export type ReceiverOptions = {
  ledger: Ledger
  spool: Pick<DraftingSpool, 'draft' | 'remove' | 'unanswered'>
  log: Log
  wake: () => void
  alert: (code: Code, invoiceNumber: string) => void
  rules: ReceiverRules
  /** The tools that bring the invoices of other tools. */
  secondHand?: readonly string[]
  /** The tools that may make final again what they voided. */
  restoring?: readonly string[]
  received?: (tool: string, result: Result) => void
}

export type ReceiverRules = {
  /** Whether the portal mails the customer about an invoice from a tool. */
  sendNotification: boolean
  /** An invoice issued more than this many days before catch-up first saw it is created without a mail. */
  notifyWithinDays: number
  timeZone: string
}

export type Result = Received['result'] | 'ignored'

export type Kept = { result: Received['result'] } | { result: 'ignored'; reason: string }

/** How the bridge learned of it. `caughtUp`: by asking the tool. `anyAge`: a person asked for older ones, too. */
export type Heard = { now: Instant; test?: boolean; caughtUp?: boolean; anyAge?: boolean }

export interface Receiver {
  /** An event that speaks for itself: the generic intake. */
  receive: (arrival: Arrival, now: Instant) => Promise<Received['result']>
  /** One invoice as a tool has it. */
  receiveFromTool: (tool: string, toolInvoice: ToolInvoice, heard: Heard) => Promise<Kept & { changed: boolean }>
  /** The tool no longer holds this invoice. */
  gone: (tool: string, sourceId: string, now: Instant) => Promise<Kept>
  /** An authentic event that could not be read: kept, for a person, and to be read again after an upgrade. */
  keepUnreadable: (tool: string, event: UnreadEvent, now: Instant) => Promise<void>
  /** An event that the bridge does nothing about. The answer tells the sender why; here the log does. */
  ignore: (tool: string, reason: string, now: Instant) => void
}

const day = 24 * 3_600_000

// How long a tool has to collect the money that it says it will collect itself.
const collectingMs = day

// A tool may send each change of everything it has, and anybody may post to an address without a secret.
const ignoredEveryMs = 3_600_000

export const createReceiver = (options: ReceiverOptions): Receiver => {
  const { ledger, spool, log, wake, alert, rules, secondHand = [], restoring = [], received } = options
  const mayLog = createThrottle(ignoredEveryMs)

  /** `again`: a tool without webhooks brings all it has again and again. Nothing is logged about what is known. */
  const receive = async (arrival: Arrival, now: Instant, again = false): Promise<Received> => {
    const { invoiceNumber } = arrival.invoice
    const outcome = await ledger.receive(secondHand.length > 0 ? { ...arrival, secondHand } : arrival, now)
    const { result, changed, unused } = outcome
    if (again && result === 'duplicate' && !changed) return outcome
    log.info({ tool: arrival.tool, invoiceNumber, result }, 'invoice received')
    received?.(arrival.tool, result)
    if (result === 'conflict' && changed) alert('INVOICE_CONFLICT', invoiceNumber)
    if (result !== 'conflict') wake()
    // The event is kept. A file that stays is left to the next sweep, and is no reason to have the event sent again.
    const removed = await Promise.allSettled(unused.map(document => spool.remove(document)))
    for (const { reason: err } of removed.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[])
      log.error({ err }, 'an unused PDF could not be removed')
    return outcome
  }

  /**
   * Puts the PDF on the disk before a row names it. Null if it cannot be kept: the invoice is kept all the same, and
   * held for it.
   */
  const keepPdf = async (pdf: NonNullable<ToolInvoice['pdf']>): Promise<Document | null> => {
    try {
      return await (await spool.draft(pdf)).keep()
    } catch (error) {
      if (isCode(error, 'PDF_NOT_A_PDF') || isCode(error, 'PDF_TOO_LARGE')) return null
      throw error
    }
  }

  const receiveWith = async (document: Document | null, keep: () => Promise<Received>): Promise<Received> => {
    try {
      return await keep()
    } catch (error) {
      // The ledger did not confirm that it kept the event, but a row may name the PDF all the same. If none does, the
      // spool or the next sweep removes it.
      if (document && isCode(error, 'LEDGER_UNAVAILABLE')) await spool.unanswered(document)
      throw error
    }
  }

  // Once set, a start stays.
  const starts = new Map<string, Instant>()
  const startOf = async (tool: string): Promise<Instant | null> => {
    const start = starts.get(tool) ?? (await ledger.toolStart(tool))
    if (start !== null) starts.set(tool, start)
    return start
  }

  const isBeforeStart = async (tool: string, { invoice, finalisedAt }: ToolInvoice): Promise<boolean> => {
    const start = await startOf(tool)
    if (start === null) return false
    return finalisedAt === null ? invoice.issuedAt < dateOf(start, rules.timeZone) : finalisedAt < wholeSecond(start)
  }

  const isOld = async (tool: string, toolInvoice: ToolInvoice, { test, anyAge }: Heard): Promise<boolean> =>
    !test && !anyAge && (await isBeforeStart(tool, toolInvoice))

  /** Why an invoice is none of the bridge's business; null when it is. The ledger is asked only if that matters. */
  const reasonToIgnore = async (tool: string, toolInvoice: ToolInvoice, heard: Heard) => {
    const reason = (await isOld(tool, toolInvoice, heard)) ? 'BEFORE_START' : null
    return reason !== null && (await ledger.isKnown(toolInvoice.invoice.invoiceNumber)) ? null : reason
  }

  /**
   * Whether what is voided concerns an invoice that the bridge knows, or that may come by another way or be restored:
   * then its facts are needed, and not only its id.
   */
  const concerns = async (tool: string, toolInvoice: ToolInvoice, heard: Heard): Promise<boolean> => {
    const { invoice } = toolInvoice
    if (await ledger.isKnown(invoice.invoiceNumber)) return true
    const mayFollow = secondHand.length > 0 || restoring.includes(tool)
    return mayFollow && !isBlank(invoice) && !(await isOld(tool, toolInvoice, heard))
  }

  const isLate = ({ invoice }: ToolInvoice, { now, caughtUp }: Heard): boolean =>
    caughtUp === true && invoice.issuedAt < dateOf(now - rules.notifyWithinDays * day, rules.timeZone)

  return {
    receive: async (arrival, now) => (await receive(arrival, now)).result,

    async receiveFromTool(tool, toolInvoice, heard) {
      const { invoice, stage } = toolInvoice
      if (stage === 'draft') return ignored(tool, 'not final yet')
      if (stage === 'voided' && !(await concerns(tool, toolInvoice, heard))) {
        // By its id it may be known under another number; if not, the ledger remembers it.
        const isKnown = invoice.sourceId !== null && (await ledger.voidSource(tool, invoice.sourceId, heard.now))
        return isKnown ? { result: 'accepted', changed: true } : ignored(tool, 'VOIDED_IN_TOOL')
      }
      const reason = stage === 'voided' ? null : await reasonToIgnore(tool, toolInvoice, heard)
      if (reason !== null) return ignored(tool, reason, heard)
      const document = toolInvoice.pdf ? await keepPdf(toolInvoice.pdf) : null
      const arrival: Arrival = {
        tool,
        invoice,
        document,
        notify: rules.sendNotification && !isLate(toolInvoice, heard),
        test: heard.test ?? false,
        voided: stage === 'voided',
        restores: restoring.includes(tool),
        notBefore:
          toolInvoice.collectsItself && invoice.paidAt === null
            ? (toolInvoice.finalisedAt ?? heard.now) + collectingMs
            : null
      }
      const { result, changed } = await receiveWith(document, () => receive(arrival, heard.now, heard.caughtUp))
      return { result, changed }
    },

    async gone(tool, sourceId, now) {
      if (!(await ledger.voidSource(tool, sourceId, now))) return ignored(tool, 'VOIDED_IN_TOOL')
      received?.(tool, 'accepted')
      return { result: 'accepted' }
    },

    async keepUnreadable(tool, { body, problem, sourceId, again }, now) {
      const digest = createHash('sha256').update(sourceId ?? body)
      const invoiceNumber = `${tool}-event-${digest.digest('hex').slice(0, 12)}`
      const isKnown = again && (await ledger.isKnown(invoiceNumber))
      const kept = !isKnown && (await ledger.keepUnreadable({ tool, invoiceNumber, body, problem }, now))
      received?.(tool, kept ? 'accepted' : 'duplicate')
      // Every redelivery brings it again, and so does each catch-up.
      if (!kept) return
      log.warn({ tool, invoiceNumber }, 'event could not be read')
      alert('EVENT_UNREADABLE', invoiceNumber)
    },

    ignore(tool, reason, now) {
      if (mayLog(`${tool}: ${reason}`, now)) log.info({ tool, reason }, 'event ignored')
    }
  }

  function ignored(tool: string, reason: string, { now, caughtUp = false }: Partial<Heard> = {}) {
    const isSaid = !caughtUp || mayLog(`caught up ${tool}: ${reason}`, now ?? 0)
    if (isSaid) log.info({ tool, reason }, 'invoice ignored')
    received?.(tool, 'ignored')
    return { result: 'ignored', reason, changed: false } as const
  }
}

/** Tools tell times only to the second, so what became final in the very second of the start is not older. */
const wholeSecond = (at: Instant): Instant => at - (at % 1000)
