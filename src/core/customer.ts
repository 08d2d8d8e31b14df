// A tool's customer and its portal customer: what invoices say about it, and what the bridge knows.

import type { Instant } from './clock.ts'
import type { Customer } from './invoice.ts'
import type { CustomerFields } from './portal-entry.ts'
import type { Actor } from './row.ts'

/** `email`: the bridge matched it, no person did. `created`: the bridge made the portal customer for this customer. */
export type How = 'person' | 'email' | 'created'

export type Contact = Omit<Customer, 'ref' | 'portalId'>

/** `by`: the person who made it, if one did. */
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

/** What an invoice says about its customer. */
export type Sighting = {
  invoiceId: number
  tool: string
  customer: Customer
  /** A test: nothing of it is kept. */
  test: boolean
}

/** A customer that the bridge asked the portal to create; the answer is not known. */
export type Creation = {
  id: number
  fields: CustomerFields
  /** What the portal answered, if the bridge did not understand it. */
  answer: string | null
}

export type Verdict =
  | { kind: 'is'; portalId: string }
  /** In the copy, which may be a day old, only this one has its address: ask for it, then `confirmMatch`. */
  | { kind: 'match'; portalId: string }
  /** Linked to one that is not, or no longer, in the copy: ask for it, then `lost` or `holdings.learnCustomer`. */
  | { kind: 'confirm'; portalId: string }
  /** The bridge knows of none in the portal: `beginCreate`. */
  | { kind: 'create'; fields: CustomerFields }
  | { kind: 'creating'; creation: Creation }
  /** `unmade`: the portal was asked for it in vain, and is asked again only if a person says so. */
  | { kind: 'unknown' | 'ambiguous' | 'unmade'; why: string }

export type CustomerFilter = {
  /** False: those that need a link; one whose invoices name the portal's id themselves needs none. */
  linked?: boolean | undefined
  /** A part of the reference, the name, an e-mail address or the portal's id, among the latest ten thousand. */
  q?: string | undefined
  limit: number
  cursor?: string | undefined
}
