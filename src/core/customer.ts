// A tool's customer, and whose it is in the portal: what is told of it, and what is known.

import type { Instant } from './clock.ts'
import type { Customer } from './invoice.ts'
import type { CustomerFields } from './portal-entry.ts'
import type { Actor } from './row.ts'

/** `email`: matched by the bridge, which is no person's word. `created`: the bridge made it for this customer. */
export type How = 'person' | 'email' | 'created'

export type Contact = Omit<Customer, 'ref' | 'portalId'>

/** `by`: the person who said so, if one did. */
export type Link = { portalId: string; how: How; at: Instant; by: Actor | null }

/** The last link that a person removed. */
export type Unlinked = { portalId: string; at: Instant; by: Actor | null }

/** A line of a table of links. */
export type LinkLine = { line: number; tool: string; ref: string; portalId: string }

export type ToolCustomer = Contact & {
  id: number
  tool: string
  ref: string
  link: Link | null
  unlinked: Unlinked | null
}

export type MatchRules = { match: 'email' | 'off'; create: boolean }

/** What an invoice tells of its customer. */
export type Sighting = {
  invoiceId: number
  tool: string
  customer: Customer
  /** A test: nothing of it is kept. */
  test: boolean
}

/** A customer that the portal was asked to create, with an answer that is not known. */
export type Creation = {
  id: number
  fields: CustomerFields
  /** The portal's words, where it answered with something that was not understood. */
  answer: string | null
}

export type Verdict =
  | { kind: 'is'; portalId: string }
  /** By the copy, which may be a day old, its address is that of this one alone: ask for it, then `confirmMatch`. */
  | { kind: 'match'; portalId: string }
  /** Linked to one that the copy does not hold (any more): ask for it, then `lost` or `holdings.learnCustomer`. */
  | { kind: 'confirm'; portalId: string }
  /** Nothing is known to be there: `beginCreate`. */
  | { kind: 'create'; fields: CustomerFields }
  | { kind: 'creating'; creation: Creation }
  | { kind: 'unknown' | 'ambiguous'; why: string }

export type CustomerFilter = {
  /** False: those that need a link; where the invoices themselves name the portal's id, none is missing. */
  linked?: boolean | undefined
  /** A part of the reference, the name, an e-mail address or the portal's id, among the latest ten thousand. */
  q?: string | undefined
  limit: number
  cursor?: string | undefined
}
