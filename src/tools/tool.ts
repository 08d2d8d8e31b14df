// What an accounting tool has to be: a folder in plugins/tools, whose name is the tool's. The listing of that folder is
// the registry; shared code never names a tool.
//
// A tool is a table of functions. `verify` and `read` are pure: bytes in, words out. The others ask the tool's API and
// keep nothing. A tool without `sample` brings no invoices by itself: `missed` is the only way in. If it has no
// `verify` either, it has no address; if it has one, its webhooks are hints. Functions that ask throw a BridgeError:
// TOOL_UNAUTHORIZED (the token is refused), TOOL_BUSY (with the pause that the tool asks for) or TOOL_UNREACHABLE.

import type { IncomingHttpHeaders } from 'node:http'
import type { z } from 'zod'
import type { Clock, Instant } from '../core/clock.ts'
import type { Invoice } from '../core/invoice.ts'
import type { Locate, ToolApi } from './api.ts'
import type { Finding } from './finding.ts'
import type { Source } from './source.ts'

/** What is not proven yet is parsed only up to this size: a stranger's body must not block the event loop. */
export const unprovenBytesMax = 64 * 1024

/** A webhook's body. An invoice with all its lines takes a tenth of it. */
export const largeBytesMax = 1024 * 1024

/** A webhook as it came in. */
export type Delivery = { body: Buffer; headers: IncomingHttpHeaders; receivedAt: Instant }

/** One invoice, as the tool has it at this moment. */
export type ToolInvoice = {
  /** `sourceId` is the tool's own id: always there, and never used for another invoice. */
  invoice: Invoice
  /** `draft`: not final yet, so not to be delivered. `voided`: cancelled after it was final. */
  stage: 'draft' | 'final' | 'voided'
  /** When it became final; null if the tool knows only the date of issue. */
  finalisedAt: Instant | null
  /**
   * The tool is about to collect the money itself (direct debit, a card on file). The customer must not be offered a
   * payment link for what is being debited, so the invoice waits until it is paid or a day has passed.
   */
  collectsItself: boolean
  /** The PDF that came along, read once, while the invoice is taken in. */
  pdf?: AsyncIterable<Uint8Array>
}

export type EventReading =
  | { kind: 'invoices'; invoices: ToolInvoice[] }
  /** The tool does not hold this invoice any more: voided, whatever its number was. */
  | { kind: 'gone'; sourceId: string }
  /**
   * Authentic, and it says only that there is something to ask for: the bridge asks the tool soon. It is not kept,
   * because a later question gets the same answer. `sourceId`: the invoice that it names, if any.
   */
  | { kind: 'hint'; sourceId: string | null }
  /**
   * Authentic, and nothing that the bridge acts on. The reason is shown to the sender: a code or a few words, no data.
   */
  | { kind: 'ignored'; reason: string }
  /**
   * Authentic, and about an invoice, but not readable. The problem names the field and what was expected, never what
   * stood there. If the invoice's id can be read, it is held once, however many events there are about it.
   */
  | ({ kind: 'unreadable' } & Unreadable)

export type Unreadable = { problem: string; sourceId: string | null }

/**
 * An event that could not be read, kept for `read` after an upgrade. `missed` writes it as a webhook would bring it.
 */
export type UnreadEvent = Unreadable & {
  body: Buffer
  /** The tool has told it before: it is kept only if the ledger does not know it. */
  again?: true
}

/** An answer that is not about an invoice, and is not kept. The reason is for the log: a few words, no data. */
export type NoInvoice = { reason: string }

/** What `read` may know besides the bytes. */
export type ReadContext<Settings> = { settings: Settings; timeZone: string }

/** What a tool needs to ask its API. */
export type ToolConnection<Settings> = {
  settings: Settings
  /** The portal's: instants become dates in it. */
  timeZone: string
  clock: Clock
  api: ToolApi
  locate: Locate
}

/**
 * Where the bytes of a PDF are, now. Never stored: such addresses live for seconds. Credentials go to this host only.
 * `failsAsJson`: if there is no PDF (yet), the vendor answers JSON, with a status that does not show it.
 */
export type PdfAddress = { url: string; headers?: Record<string, string>; failsAsJson?: true }

/** The PDF itself, from a vendor that has no address for it. */
export type PdfBytes = { bytes: Buffer }

export type Registration = {
  /** What was done or found, for the person who ran the command. */
  lines: string[]
  /** Shown once, as the line that sets them: the variable and its value. */
  secrets: Record<string, string>
}

export type Tool<Schema extends z.ZodObject = z.ZodObject, Settings = z.output<Schema>> = Source<Schema, Settings> & {
  /**
   * The variable that switches the vendor's test mode on, refused while the portal is the real one. Null: it is off.
   */
  testMode?: (settings: Settings) => string | null
  /**
   * Throws NOT_AUTHENTIC. Looks at bytes only: nothing is believed before it returns, and nothing larger than
   * `unprovenBytesMax` is parsed.
   */
  verify?: (delivery: Delivery, settings: Settings) => void
  /**
   * Whether this is an unsigned request by which the vendor checks the address: answered 200, nothing is kept. Parses
   * nothing larger than `unprovenBytesMax`.
   */
  isRegistrationCheck?: (delivery: Delivery, settings: Settings) => boolean
  /**
   * Pure, and the same for the same bytes: an event that was kept is read again after an upgrade. If the tool sends
   * nothing, they are what `missed` wrote.
   */
  read: (body: Buffer, context: ReadContext<Settings>) => EventReading
  /** Whether its API can be asked: then an invoice is read again before it is delivered. */
  canAsk: (settings: Settings) => boolean
  /** The invoice as it is now; null when the tool does not hold it (any more). */
  load?: (sourceId: string, connection: ToolConnection<Settings>) => Promise<ToolInvoice | null>
  /** The tool's own id of the invoice with this number; null: it holds none. */
  idOf?: (invoiceNumber: string, connection: ToolConnection<Settings>) => Promise<string | null>
  /** Null: not made yet, ask later. Without it `invoice.pdfUrl` serves. */
  pdf?: (invoice: Invoice, connection: ToolConnection<Settings>) => Promise<PdfAddress | PdfBytes | null>
  /**
   * What became final, was paid or was voided since, oldest first as far as the tool can tell. Too many do no harm, too
   * few do. Asked page by page, within the tool's own limits. `stopped` ends every wait: it rejects with the signal's
   * reason. The caller keeps each one before it asks for the next: if the tool is a queue, the next question may take
   * off it what was answered before.
   */
  missed?: (
    since: Instant,
    connection: ToolConnection<Settings>,
    stopped: AbortSignal
  ) => AsyncIterable<ToolInvoice | UnreadEvent | NoInvoice>
  /** Resolves as soon as there may be something new to ask for; or rejects, at the latest when `stopped` says so. */
  news?: (connection: ToolConnection<Settings>, stopped: AbortSignal) => Promise<void>
  /** It brings the invoices of another tool, which may be set up itself. */
  isSecondHand?: true
  /** It may make final again what it voided. The revisions of its invoices then sort by time. */
  restores?: true
  /** Registers the webhook by API, or repairs what is registered. */
  connect?: (address: string, connection: ToolConnection<Settings>) => Promise<Registration>
  /**
   * Whether the token is valid, the last invoice can be read, its PDF can be fetched, and the webhook is registered,
   * enabled and can be believed: one finding for all of the webhook. Null: no tool reaches the address, so the webhook
   * gets no finding.
   */
  check?: (address: string | null, connection: ToolConnection<Settings>) => Promise<Finding[]>
}

/** A tool that sends something: invoices, or hints. */
export type HeardTool<Schema extends z.ZodObject = z.ZodObject> = Tool<Schema> & Required<Pick<Tool<Schema>, 'verify'>>

/** A tool whose webhooks bring invoices. */
export type SendingTool<Schema extends z.ZodObject = z.ZodObject> = Tool<Schema> &
  Required<Pick<Tool<Schema>, 'verify' | 'sample'>>

/** Identity; exists so that `settings` types the others. */
export function defineTool<Schema extends z.ZodObject>(tool: SendingTool<Schema>): SendingTool<Schema>
export function defineTool<Schema extends z.ZodObject>(tool: Tool<Schema>): Tool<Schema>
export function defineTool<Schema extends z.ZodObject>(tool: Tool<Schema>): Tool<Schema> {
  return tool
}

export const isHeard = (tool: Tool): tool is HeardTool => tool.verify !== undefined

/** Whether anything is sent to the bridge. */
export const hasAddress = (source: Source | Tool): boolean =>
  source.sample !== undefined || ('verify' in source && source.verify !== undefined)

export const isSending = (tool: Tool): tool is SendingTool => tool.verify !== undefined && tool.sample !== undefined
