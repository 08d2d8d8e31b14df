// What an accounting tool has to be: one file in plugins/tools, whose name is the tool's. The folder's listing is the
// registry; shared code never names a tool.
//
// A tool is a table of functions. `verify` and `read` are pure: bytes in, words out. The others ask the tool's API and
// keep nothing; what they throw is a BridgeError: TOOL_UNAUTHORIZED (the token is refused), TOOL_BUSY (with the pause the
// tool asks for) or TOOL_UNREACHABLE.

import type { IncomingHttpHeaders } from 'node:http'
import type { z } from 'zod'
import type { Clock, Instant } from '../core/clock.ts'
import type { Invoice } from '../core/invoice.ts'
import type { ToolApi } from './api.ts'
import type { Senders } from './senders.ts'

/** What nobody has proven yet is parsed up to here: a stranger's body must not keep the event loop. */
export const unprovenBytesMax = 64 * 1024

/** A webhook's body. An invoice with all its lines takes a tenth of it. */
export const largeBytesMax = 1024 * 1024

/** A webhook as it came in. */
export type Delivery = { body: Buffer; headers: IncomingHttpHeaders; receivedAt: Instant }

/** One invoice, as the tool tells of it at this moment. */
export type ToolInvoice = {
  /** `sourceId` is the tool's own id: always there, and never used for another invoice. */
  invoice: Invoice
  /** `draft`: not final yet, so not to be delivered. `voided`: cancelled after it was final. */
  stage: 'draft' | 'final' | 'voided'
  /** When it became final, where the tool tells more than the date of issue. */
  finalisedAt: Instant | null
  /**
   * The tool is about to collect it by itself (direct debit, a card on file): nobody is to be offered a payment link for
   * what is being debited, so it waits until it is paid or a day has passed.
   */
  collectsItself: boolean
}

export type EventReading =
  | { kind: 'told'; told: ToolInvoice[] }
  /** The tool does not hold this invoice any more: voided, whatever its number was. */
  | { kind: 'gone'; sourceId: string }
  /** Authentic, and nothing that the bridge acts on. The reason is shown to the sender: a code or a few words, no data. */
  | { kind: 'ignored'; reason: string }
  /**
   * Authentic, and about an invoice, but not readable: which field, and what was expected; never what stood there. Where
   * the invoice's id can be read it is held once, however often it is told of.
   */
  | { kind: 'unreadable'; problem: string; sourceId: string | null }

/** What `missed` could not read, as the event by which a webhook tells of it: for `read`, after an upgrade. */
export type Unread = { body: Buffer; problem: string; sourceId: string | null }

/** What `read` may know beside the bytes. */
export type ReadContext<Settings> = { settings: Settings; timeZone: string }

/** What a tool needs to ask its API. */
export type ToolConnection<Settings> = {
  settings: Settings
  /** Of the portal: instants become dates in it. */
  timeZone: string
  clock: Clock
  api: ToolApi
}

/** Where the bytes of a PDF are, now. Never stored: such addresses live for seconds. Credentials go to this host only. */
export type PdfAddress = { url: string; headers?: Record<string, string> }

/** One line of what `check` proves. `note`: nothing is wrong, but a person should read it. */
export type Finding = { ok: boolean; note?: true; what: string; found: string }

export type Registration = {
  /** What was done or found, for the person who ran the command. */
  lines: string[]
  /** Shown once, as the line that sets them: the variable and its value. */
  secrets: Record<string, string>
}

export type Tool<Schema extends z.ZodObject = z.ZodObject, Settings = z.output<Schema>> = {
  /** The last part of its address, and its name in the ledger, the log and the command line. */
  name: string
  /** This tool's share of the environment. Setting any of its variables switches the tool on. */
  settings: Schema
  /** Who sends to it, where they are told apart: see senders.ts. */
  senders?: (settings: Settings) => Senders
  /** The variable without which its webhooks cannot be believed, when it is not set; else null. */
  missingSecret: (settings: Settings) => string | null
  /** The variable that makes it take the vendor's test mode: refused while the portal is the real one. Null: it is off. */
  testMode?: (settings: Settings) => string | null
  /**
   * Throws NOT_AUTHENTIC. Looks at bytes only: nothing is believed before this returned, and nothing parsed that is larger
   * than `unprovenBytesMax`.
   */
  verify: (delivery: Delivery, settings: Settings) => void
  /**
   * An unsigned request that the vendor makes to check the address: answered 200, nothing is kept. Parses nothing above
   * `unprovenBytesMax`.
   */
  isRegistrationCheck?: (delivery: Delivery, settings: Settings) => boolean
  /** Pure, and the same for the same bytes: an event that was kept is read again after an upgrade. */
  read: (body: Buffer, context: ReadContext<Settings>) => EventReading
  /** Whether its API can be asked: then an invoice is read again before it is delivered. */
  canAsk: (settings: Settings) => boolean
  /** The invoice as it is now; null when the tool does not hold it (any more). */
  load?: (sourceId: string, line: ToolConnection<Settings>) => Promise<ToolInvoice | null>
  /** Null: not made yet, ask later. Without it `invoice.pdfUrl` serves. */
  pdf?: (invoice: Invoice, line: ToolConnection<Settings>) => Promise<PdfAddress | null>
  /**
   * What became final, was paid or was voided since, oldest first as far as the tool can tell; more is no harm, less is.
   * Asked page by page, within the tool's own limits. `stopped` ends every wait: then it rejects with the signal's reason.
   */
  missed?: (
    since: Instant,
    line: ToolConnection<Settings>,
    stopped: AbortSignal
  ) => AsyncIterable<ToolInvoice | Unread>
  /** A signed sample event about an invoice of this number, for `send-test`. */
  sample: (settings: Settings, about: About) => Sample
  /** Registers the webhook by API, or repairs what is registered. */
  connect?: (address: string, line: ToolConnection<Settings>) => Promise<Registration>
  /**
   * Whether the token is valid, the last invoice readable, its PDF fetchable, and the webhook registered, enabled and to be
   * believed: all of the webhook in one finding. A null address is one that no tool reaches: then nothing is said of it.
   */
  check?: (address: string | null, line: ToolConnection<Settings>) => Promise<Finding[]>
}

/**
 * What a sample is about; its date is that of the zone. `sender`: by whom, where they are told apart; the first where it is
 * left out.
 */
export type About = {
  invoiceNumber: string
  customerId: string
  at: Instant
  timeZone: string
  sender?: string
}

export type Sample = { body: string; headers: Record<string, string> }

/** Identity; exists so that `settings` types the others. */
export const defineTool = <Schema extends z.ZodObject>(tool: Tool<Schema>): Tool<Schema> => tool
