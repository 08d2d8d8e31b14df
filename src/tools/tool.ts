// What an accounting tool has to be: one file in plugins/tools, whose name is the tool's. The folder's listing is the
// registry; shared code never names a tool.
//
// A tool is a table of functions. `verify` and `read` are pure: bytes in, words out. The others ask the tool's API and
// keep nothing; what they throw is a BridgeError: TOOL_UNAUTHORIZED (the token is refused), TOOL_BUSY (with the pause the
// tool asks for) or TOOL_UNREACHABLE.

import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import type { Clock, Instant } from '../core/clock.ts'
import type { Invoice } from '../core/invoice.ts'
import type { DraftingSpool } from '../ledger/spool.ts'
import type { ToolApi } from './api.ts'
import type { Intake } from './receiver.ts'
import type { Senders } from './senders.ts'
import type { TurnedDowns } from './unreadable-requests.ts'

/** What nobody has proven yet is parsed up to here: a stranger's body must not keep the event loop. */
export const unprovenBytesMax = 64 * 1024

/** A webhook's body. An invoice with all its lines takes a tenth of it. */
export const largeBytesMax = 1024 * 1024

/** A webhook as it came in. */
export type Delivery = { body: Buffer; headers: IncomingHttpHeaders; receivedAt: Instant }

/** One invoice, as the tool tells of it at this moment. */
export type Told = {
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

export type Reading =
  | { kind: 'told'; told: Told[] }
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
export type Line<Settings> = {
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
  read: (body: Buffer, context: ReadContext<Settings>) => Reading
  /** Whether its API can be asked: then an invoice is read again before it is delivered. */
  canAsk: (settings: Settings) => boolean
  /** The invoice as it is now; null when the tool does not hold it (any more). */
  load?: (sourceId: string, line: Line<Settings>) => Promise<Told | null>
  /** Null: not made yet, ask later. Without it `invoice.pdfUrl` serves. */
  pdf?: (invoice: Invoice, line: Line<Settings>) => Promise<PdfAddress | null>
  /**
   * What became final, was paid or was voided since, oldest first as far as the tool can tell; more is no harm, less is.
   * Asked page by page, within the tool's own limits. `stopped` ends every wait: then it rejects with the signal's reason.
   */
  missed?: (since: Instant, line: Line<Settings>, stopped: AbortSignal) => AsyncIterable<Told | Unread>
  /** A signed sample event about an invoice of this number, for `send-test`. */
  sample: (settings: Settings, about: About) => Sample
  /** Registers the webhook by API, or repairs what is registered. */
  connect?: (address: string, line: Line<Settings>) => Promise<Registration>
  /**
   * Whether the token is valid, the last invoice readable, its PDF fetchable, and the webhook registered, enabled and to be
   * believed: all of the webhook in one finding. A null address is one that no tool reaches: then nothing is said of it.
   */
  check?: (address: string | null, line: Line<Settings>) => Promise<Finding[]>
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

/** What an unproven body takes. */
export type Held = {
  /** How long its next bytes are waited for; rejects with INTAKE_BUSY when its place is somebody else's. */
  wait: Wait
  /**
   * What is more than `unprovenBytesMax` is read in here, a few at a time; the others wait with the rest unread. The memory
   * is for as long as the step lasts, and holds `largeBytesMax`.
   */
  large: <T>(step: (memory: Buffer) => Promise<T>) => Promise<T>
  /** Throws INTAKE_BUSY when there is no room for so many bytes. */
  onDisk: (bytes: number) => void
}

/** Passes on what `next` brings, which is so many bytes; rejects with BODY_TOO_SLOW when that takes too long. */
export type Wait = <T>(next: () => Promise<T>, bytesOf: (brought: T) => number) => Promise<T>

/** Bodies whose sender nobody has proven yet. */
export type Strangers = {
  /** Takes a place for as long as the step lasts; INTAKE_BUSY when too many wait for one, or others hold less. */
  host: <T>(request: FastifyRequest, step: (held: Held) => Promise<T>) => Promise<T>
  /** For one body that is proven: how long its next bytes are waited for. */
  patience: () => Wait
}

/** What the bridge gives to every tool's plugin. */
export type ToolOptions<Settings = unknown> = {
  /** This tool's settings; null when none of them is set: then every event is answered 503. */
  settings: Settings | null
  /** Keeps events durably; only after it resolved may the sender be answered 200. */
  intake: Intake
  spool: Pick<DraftingSpool, 'draft' | 'remove'>
  clock: Clock
  timeZone: string
  /** Whether the portal mails the customer, when the event does not say. */
  sendNotification: boolean
  pdfBytesMax: number
  strangers: Strangers
  /** Counts a refusal; true when this address has had too many: then 429 instead of 401. */
  refused: (request: FastifyRequest) => Promise<boolean>
  /** Told of each request that was proven. */
  believed: (request: FastifyRequest) => void
  /** An authentic request is refused all the same, for good. */
  turnedDown: TurnedDowns['note']
}

/** A file of plugins/tools. The generic intake reads streams, so it brings a plugin but only half a tool. */
export type ToolModule = {
  tool: Tool | Pick<Tool, 'name' | 'settings' | 'senders' | 'missingSecret' | 'sample'>
  /** Registers `POST /<name>`; mounted below `/webhooks`. */
  default: FastifyPluginAsync<ToolOptions>
}

export const isWhole = (tool: ToolModule['tool']): tool is Tool => 'verify' in tool
