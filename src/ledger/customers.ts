// The tools' customers and whose they are in the portal: a part of the ledger, in the same database, because whether an
// invoice may leave and whom it is for must not be answered from two states of the world. This file is the contract;
// every implementation runs test/src/ledger/contract/customers.ts.
//
// Every method is one transaction, as in ledger.ts. A tool's customer is known by (tool, reference), compared trimmed and
// in lower case, for ever. What ends a claim that an invoice on loan may rest on (a link that is set or removed, another
// customer that turns up with the same address) ends that loan in the same transaction: `sending` then says `lost`.

import type { Instant } from '../core/clock.ts'
import type {
  Creation,
  CustomerFilter,
  LinkLine,
  MatchRules,
  Sighting,
  ToolCustomer,
  Verdict
} from '../core/customer.ts'
import type { PortalCustomer } from '../core/portal-entry.ts'
import type { Actor } from '../core/row.ts'

export interface LedgerCustomers {
  /**
   * Enters what the invoice tells of its customer, and answers whose it is: what is judged is what is entered, and a link
   * that holds learns what is new by the same transaction. An older invoice takes no newer facts away. A changed address or
   * name releases what waited for it; where it brings a rival claim, loans that rest on the other end.
   */
  judge(sighting: Sighting, rules: MatchRules, now: Instant): Promise<Verdict>

  /**
   * Enters what the portal tells of a customer now, and judges again. Where it still is the one match, that is remembered
   * as a link by the same transaction.
   */
  confirmMatch(sighting: Sighting, found: PortalCustomer, rules: MatchRules, now: Instant): Promise<Verdict>

  /**
   * Write before you speak: judges again, and only where the verdict is still `create` keeps the fields that are about to
   * be sent, once per customer and once per e-mail address. Null: somebody else has, or it is known now; judge again. Or the
   * invoice that wants it does not wait any more.
   */
  beginCreate(sighting: Sighting, rules: MatchRules, now: Instant): Promise<Creation | null>
  /** The portal made it: into the copy, linked, and released, and the creation is over. */
  created(creation: Creation, customer: PortalCustomer, now: Instant): Promise<void>
  /** Certainly not made: the creation is over. */
  notCreated(creation: Creation): Promise<void>
  /** The portal answered, and not clearly. The creation goes on. */
  answered(creation: Creation, answer: string): Promise<void>
  /**
   * Ends a creation after a look: where the copy now tells of exactly one customer with the address and name that were
   * sent, that is the one. Else nothing was made. Answers its id, or null.
   */
  settleCreation(creation: Creation, now: Instant): Promise<string | null>

  /**
   * A person's word. A customer that no invoice told of yet can be linked, too. Releases what waited for it. Where that is
   * of several companies (no name and no address in common) it is for the one that agrees with the portal's customer, or
   * with what an earlier link to that was made for: only that one is released and learned. Rejects with STATE_CONFLICT
   * where none or more than one does.
   */
  link(who: { tool: string; ref: string }, portalId: string, now: Instant, actor?: Actor): Promise<ToolCustomer>
  /**
   * Many links, all or none, to customers that the copy holds. Rejects with FIELDS_INVALID, with a problem for each line.
   * Answers how many are new.
   */
  linkAll(lines: readonly LinkLine[], now: Instant, actor?: Actor): Promise<number>
  /** The link goes, and is not matched by itself again. Null: no such customer is known. */
  unlink(who: { tool: string; ref: string }, now: Instant, actor?: Actor): Promise<ToolCustomer | null>

  /** Neither listed by the portal nor there when asked for: out of the copy, and all links to it go. */
  lost(portalId: string, now: Instant): Promise<void>

  /**
   * What is held because its customer is not known, or may be several, waits again and is judged anew, oldest first: of
   * one customer, or all. Answers how many.
   */
  releaseWaiting(who: { tool: string; ref: string } | 'all', now: Instant): Promise<number>

  find(who: { tool: string; ref: string }): Promise<ToolCustomer | null>

  /** Latest first told first. `next` is the cursor of the following page, null on the last. */
  list(filter: CustomerFilter): Promise<{ customers: ToolCustomer[]; next: string | null }>
}
