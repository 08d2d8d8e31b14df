// Where invoices come from: an accounting tool (tool.ts), or a sender that posts to the generic intake. Each has its
// own share of the environment, and an address, `/webhooks/<name>`, unless it is only asked.

import type { z } from 'zod'
import type { Instant } from '../core/clock.ts'

export type Source<Schema extends z.ZodObject = z.ZodObject, Settings = z.output<Schema>> = {
  /** The last part of its address, and its name in the ledger, the log and the command line. */
  name: string
  /** Its share of the environment. Setting any of its variables switches it on. */
  settings: Schema
  /** The variable without which its webhooks cannot be believed, if it is not set; otherwise null. */
  missingSecret: (settings: Settings) => string | null
  /** A signed sample event, for `send-test`. Without it the source sends no invoices to the bridge. */
  sample?: (settings: Settings, about: About) => Sample
}

/**
 * What a sample is about. Its date is that of the time zone. `sender`: who sends it, if senders are told apart; by
 * default the first.
 */
export type About = {
  invoiceNumber: string
  customerId: string
  at: Instant
  timeZone: string
  sender?: string
}

export type Sample = { body: string; headers: Record<string, string> }
