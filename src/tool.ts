// What an accounting tool has to be: one file in plugins/tools, whose name is the tool's. The folder's listing is the
// registry; shared code never names a tool.

import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import type { Clock } from './clock.ts'
import type { Receive } from './intake.ts'
import type { Spool } from './spool.ts'

/** What the bridge gives to every tool's plugin. */
export type ToolOptions<Settings = unknown> = {
  /** This tool's settings; null when none of them is set: then every event is answered 503. */
  settings: Settings | null
  /** Keeps an event durably; only after it resolved may the sender be answered 200. */
  receive: Receive
  spool: Spool
  clock: Clock
  /** Of the portal, for dates without a zone. */
  timeZone: string
  /** Whether the portal mails the customer, when the event does not say. */
  sendNotification: boolean
  pdfBytesMax: number
  /** Counts a refusal; true when this address has had too many: then 429 instead of 401. */
  refused: (request: FastifyRequest) => Promise<boolean>
}

export type Tool<Settings extends z.ZodObject = z.ZodObject> = {
  /** The last part of its address, and its name in the ledger, the log and the command line. */
  name: string
  /** This tool's share of the environment. Setting any of its variables switches the tool on. */
  settings: Settings
  /** Registers `POST /<name>`; mounted below `/webhooks`. */
  default: FastifyPluginAsync<ToolOptions<z.output<Settings>>>
}
