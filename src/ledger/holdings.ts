// What the portal holds, as far as the bridge has seen: the ledger's other half. Kept in the same database, so that one
// transaction can ask both; never more than a copy: whatever it says of a single invoice is confirmed by asking for it.

import type { Instant } from '../core/clock.ts'
import type { PortalCustomer, PortalInvoice } from '../core/portal-entry.ts'
import type { CreateBody } from '../core/row.ts'

/** In which order the portal lists invoices; `unknown` until it is proven, and again once it proves wrong. */
export type ListOrder = 'unknown' | 'newest' | 'oldest'

export type CopyState = {
  /** Two full reads in a row agreed, since this ledger began or was last distrusted. Before that nothing is created. */
  filled: boolean
  /** It may have been rolled back, and was not filled since: what was sent last only the portal knows. */
  rolledBack: boolean
  order: ListOrder
  /** The bridge's own creates were seen at the end where `order` says they appear: only then is absence concluded there. */
  orderSeen: boolean
  /** The latest creation that a completed read has seen: what the next sweep reads back to. */
  sweptTo: Instant | null
  sweptAt: Instant | null
  fullAt: Instant | null
  /**
   * The last sign of life before those who work with this ledger now. What was sent since only the portal may know: it is
   * read back to this before anything is created. Null once that is done.
   */
  backTo: Instant | null
  /** Since when no reading could be believed, and why the last one was not; null while they are. */
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

/** What the bridge remembers of itself and of whom it speaks with. */
export type Memory = {
  /** The files this ledger lives in; a copy of them is another one. */
  identity: string
  /** Of the portal: its address, and a fingerprint of the token. */
  portal: { url: string; token: string }
  /** Customers linked to a bookkeeping that the operator was told of. */
  integrationsTold: string[]
  /** Whether what comes in waits for a person, and since when that has been so. */
  review: { on: boolean; since: Instant }
  /** The day of the last summary that was mailed. */
  summarised: string
  /** How many creates were let go. */
  sent: number
  /** By tool, the first of its senders: its invoices and references stand under the tool's own name. */
  firstSenders: Record<string, string>
}

/** `requestMsMax`: from when a slot is taken until its request is answered or given up. */
export type SlotLimits = { perMinute: number; requestMsMax: number }

export interface Holdings {
  copy(): Promise<CopyState>
  setCopy(change: Partial<CopyState>): Promise<void>

  /**
   * Enters what the portal said. `read` is the number of the read that saw it, null for the answer to a single call.
   * Where a row was delivered as another id of the same number, it gets PORTAL_DUPLICATE; where the portal says that a
   * delivered invoice is paid, that is known from now on.
   */
  learn(entries: readonly PortalInvoice[], read: number | null, now: Instant): Promise<void>

  /**
   * Neither listed nor there when asked for: out of the copy; a row that was delivered as it gets DELETED_IN_PORTAL.
   */
  lose(id: string, now: Instant): Promise<void>

  /** Which of these were delivered at `since` or later: what a portal answered just now cannot be gone already. */
  deliveredSince(ids: string[], since: Instant): Promise<string[]>

  /** Whether the copy has this id. */
  has(id: string): Promise<boolean>

  /**
   * Asked for by its id, the portal said that it does not hold it. Answers the entry where a reading that began after an
   * earlier such answer has listed it all the same: then the list's word counts. Null: nobody knows until it is read again.
   */
  unfound(id: string): Promise<PortalInvoice | null>

  /** Of those that wait for a reading to tell: the earliest creation; undefined: there are none. Null: one tells none. */
  unfoundSince(): Promise<Instant | null | undefined>

  /** All that the copy holds under a number, but what another row was delivered as. */
  byNumber(invoiceNumber: string): Promise<PortalInvoice[]>

  /**
   * What may be the invoice that was sent, with its customer, amount and date. Under a number spelled otherwise: the copy was
   * first told of it after `told`, no row was delivered as it, and none that is not in the portal has its number. Or under
   * its own number, and an id that another row was delivered as before.
   */
  strangers(body: CreateBody, told: number): Promise<PortalInvoice[]>

  /** A new number for a read, and how far the copy had been told when it began. */
  beginRead(): Promise<{ read: number; told: number }>

  /** Ids told before the read began that it did not see; created at `since` or later, if given. At most `limit`. */
  unseen(begun: { read: number; told: number }, since: Instant | null, limit: number): Promise<string[]>

  /** The latest creation among what the copy had been told by then; null when it tells none. */
  newest(told?: number): Promise<Instant | null>

  /** Own creates, latest first, that are `since` or later. */
  ownSince(since: Instant | null, limit: number): Promise<string[]>

  /** Ids that the copy was told of last. */
  latest(limit: number): Promise<string[]>

  size(): Promise<number>

  /**
   * All that a whole read saw, at once: half a list would show one customer where there are two. Whom it did not see is
   * out of the copy. What is held because of an e-mail address that came to, or left, a portal customer waits again.
   */
  learnCustomers(customers: readonly PortalCustomer[], read: number, now: Instant): Promise<void>
  /** The answer to a single call. No read that is under way takes it for gone. */
  learnCustomer(customer: PortalCustomer, now: Instant): Promise<void>
  customer(id: string): Promise<PortalCustomer | null>
  customersSize(): Promise<number>
  customerIds(): Promise<string[]>
  /** Ids of those that the portal itself links to a bookkeeping, which may bring the same invoices. */
  customersIntegrated(): Promise<string[]>
  /** By a part of the name or address, or the whole id, in any case. At most `limit`. */
  searchCustomers(q: string, limit: number): Promise<PortalCustomer[]>

  /** The last sign of life, before this process began. */
  lastBeat(): Promise<Instant | null>
  memory(): Promise<Partial<Memory>>
  remember(memory: Partial<Memory>): Promise<void>

  /** Slots of the budget that were taken in the minute and a half before the last sign of life. */
  slotsTaken(): Promise<number>
  /**
   * `at`: on this process's monotonic clock. Answers which slot it is; null where all processes together have taken as many
   * within the last minute, or the portal asked for a pause.
   */
  takeSlot(at: number, limits: SlotLimits, now: Instant): Promise<number | null>
  /** It rests from now on; one that was not used is free at once. */
  endSlot(id: number, isUsed: boolean, now: Instant): Promise<void>
  /** For all processes: nobody takes a slot for so long. */
  pauseSlots(ms: number, now: Instant): Promise<void>
}
