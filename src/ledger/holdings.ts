// What the portal holds, as far as the bridge has seen: the ledger's other half. It is in the same database, so that
// one transaction can ask both. It is never more than a copy: whatever it says of a single invoice is confirmed by
// asking for that invoice.

import type { Instant } from '../core/clock.ts'
import type { MatchRules } from '../core/customer.ts'
import type { PortalCustomer, PortalInvoice } from '../core/portal-entry.ts'
import type { CreateBody } from '../core/row.ts'

/** The order in which the portal lists invoices; `unknown` until it is proven, and again once it proves wrong. */
export type ListOrder = 'unknown' | 'newest' | 'oldest'

export type CopyState = {
  /** Two full readings in a row agreed since this ledger began or was last distrusted. Before, nothing is created. */
  filled: boolean
  /**
   * This ledger may have been rolled back, and the copy was not filled since: only the portal knows what was sent last.
   */
  rolledBack: boolean
  order: ListOrder
  /** The bridge's own creates were seen at the end where `order` puts them: only then is absence concluded there. */
  orderSeen: boolean
  /** The latest creation that a completed reading has seen: the next sweep reads back to it. */
  sweptTo: Instant | null
  sweptAt: Instant | null
  fullAt: Instant | null
  /**
   * The last sign of life before the processes that work with this ledger now. Perhaps only the portal knows what was
   * sent since, so it is read back to this before anything is created. Null once that is done.
   */
  backTo: Instant | null
  /** Since when no reading could be believed, and why the last one was not; null while readings are believed. */
  unclear: { since: Instant; why: string } | null
}

export const emptyCopy: CopyState = {
  filled: false,
  rolledBack: false,
  order: 'unknown',
  orderSeen: false,
  sweptTo: null,
  sweptAt: null,
  fullAt: null,
  backTo: null,
  unclear: null
}

/** What the bridge remembers about itself and about those it works with. */
export type Memory = {
  /** Identifies the files this ledger lives in; a copy of them has another identity. */
  identity: string
  /** The portal's address, and a fingerprint of the token. */
  portal: { url: string; token: string }
  /** Customers that the portal links to a bookkeeping, and of which the operator was told. */
  integrationsTold: string[]
  /** Whether what comes in waits for a person, and since when that has been so. */
  review: { on: boolean; since: Instant }
  /** How customers are found. */
  matching: MatchRules
  /** The day of the last summary that was mailed. */
  summarised: string
  /** How many creates were let go. */
  sent: number
  /** By tool, the first of its senders, whose invoices and references are kept under the tool's own name. */
  firstSenders: Record<string, string>
}

/** `requestMsMax`: the longest time from taking a slot until its request is answered or given up. */
export type SlotLimits = { perMinute: number; requestMsMax: number }

export interface Holdings {
  copy(): Promise<CopyState>
  setCopy(change: Partial<CopyState>): Promise<void>

  /**
   * Enters what the portal said. `read` is the number of the reading that saw it, null for the answer to a single call.
   * If a row was delivered as another id with the same number, it gets PORTAL_DUPLICATE; if the portal says that a
   * delivered invoice is paid, that is known from now on.
   */
  learn(entries: readonly PortalInvoice[], read: number | null, now: Instant): Promise<void>

  /** Neither listed nor there when asked for: leaves the copy; a row delivered as it gets DELETED_IN_PORTAL. */
  lose(id: string, now: Instant): Promise<void>

  /** Which of these were delivered at `since` or later: what the portal has just answered cannot be gone already. */
  deliveredSince(ids: string[], since: Instant): Promise<string[]>

  /** Whether the copy has this id. */
  has(id: string): Promise<boolean>

  /**
   * Asked for this id, the portal said that it does not hold it. Answers the entry if a reading that began after an
   * earlier such answer has listed it all the same: then the list counts. Null: not known until the list is read again.
   */
  unfound(id: string): Promise<PortalInvoice | null>

  /** The earliest creation of those that wait for a reading to tell. Undefined: none wait. Null: one has no date. */
  unfoundSince(): Promise<Instant | null | undefined>

  /**
   * All that the copy holds under a number, except what another row was delivered as. `after`: only what the copy
   * first learned of after that ordinal.
   */
  byNumber(invoiceNumber: string, after?: number): Promise<PortalInvoice[]>

  /**
   * What may be the invoice that was sent, with its customer, amount and date. Either under a number that is spelled
   * differently: the copy first learned of it after that ordinal, no row was delivered as it, and no row that is not in
   * the portal has its number. Or under its own number, with an id that another row was delivered as before.
   */
  strangers(body: CreateBody, after: number): Promise<PortalInvoice[]>

  /** A new number for a reading, and the copy's last ordinal when it began. */
  beginRead(): Promise<{ read: number; ordinal: number }>

  /** Ids known before the reading began that it did not see; created at `since` or later, if given. At most `limit`. */
  unseen(begun: { read: number; ordinal: number }, since: Instant | null, limit: number): Promise<string[]>

  /** The latest creation among what the copy knew up to that ordinal; null if there is none. */
  newest(upTo?: number): Promise<Instant | null>

  /** The bridge's own creates of `since` or later, latest first. */
  ownSince(since: Instant | null, limit: number): Promise<string[]>

  /** Ids that the copy learned of last. */
  latest(limit: number): Promise<string[]>

  size(): Promise<number>

  /**
   * All that a whole reading saw, at once: half a list would show one customer where there are two. A customer that it
   * did not see leaves the copy, unless the bridge had it made in the last ten minutes. What is held because of an
   * e-mail address that a portal customer gained or lost waits again.
   */
  learnCustomers(customers: readonly PortalCustomer[], read: number, now: Instant): Promise<void>
  /** The answer to a single call. No reading that is under way takes the customer for gone. */
  learnCustomer(customer: PortalCustomer, now: Instant): Promise<void>
  customer(id: string): Promise<PortalCustomer | null>
  customersSize(): Promise<number>
  customerIds(): Promise<string[]>
  /** Ids of those that the portal itself links to a bookkeeping, which may bring the same invoices. */
  customersIntegrated(): Promise<string[]>
  /** By a part of the name or e-mail address, or the whole id, in any case. At most `limit`. */
  searchCustomers(q: string, limit: number): Promise<PortalCustomer[]>

  /** The last sign of life, before this process began. */
  lastBeat(): Promise<Instant | null>
  memory(): Promise<Partial<Memory>>
  remember(memory: Partial<Memory>): Promise<void>

  /**
   * Slots of the budget that still count: all but those whose request ended a minute or more before the last one was
   * taken.
   */
  slotsTaken(): Promise<number>
  /**
   * `at`: on this process's monotonic clock. Answers the slot's id; null if all processes together have taken as many
   * as `limits` allows within the last minute, or if the portal asked for a pause.
   */
  takeSlot(at: number, limits: SlotLimits, now: Instant): Promise<number | null>
  /** The slot rests from now on; one that was not used is free at once. */
  endSlot(id: number, isUsed: boolean, now: Instant): Promise<void>
  /** For all processes: none takes a slot for this long. */
  pauseSlots(ms: number, now: Instant): Promise<void>
}
