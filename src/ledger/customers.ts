// The tools' customers and their portal customers: a part of the ledger, in the same database, because whether an
// invoice may leave and whom it is for must not be answered from two states of the world. This file is the contract;
// every implementation runs test/src/ledger/contract/customers.ts.
//
// Every method is one transaction, as in ledger.ts. A tool's customer is known by (tool, reference), compared trimmed
// and in lower case, for ever. What ends a claim that an invoice on loan may rest on (a link that is set or removed,
// another customer that turns up with the same address) ends that loan in the same transaction: `sending` then says
// `lost`.

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
   * Enters what the invoice says about its customer, and answers whose it is. It judges what it has entered, and a link
   * that holds learns what is new in the same transaction. An older invoice takes no newer facts away. A changed
   * address or name releases what waited for it; if it brings a rival claim, loans that rest on the other claim end.
   */
  judge(sighting: Sighting, rules: MatchRules, now: Instant): Promise<Verdict>

  /**
   * Enters what the portal says about a customer now, and judges again. If it is still the only match, the same
   * transaction keeps that as a link.
   */
  confirmMatch(sighting: Sighting, found: PortalCustomer, rules: MatchRules, now: Instant): Promise<Verdict>

  /**
   * Write before you speak: judges again, and only if the verdict is still `create` keeps the fields that are about to
   * be sent, once per customer and once per e-mail address. Null: another call has done so, or the customer is known
   * now: judge again. Or the invoice that wants it no longer waits.
   */
  beginCreate(sighting: Sighting, rules: MatchRules, now: Instant): Promise<Creation | null>
  /**
   * The portal made it: enters it into the copy, links it, releases what waits for it, and ends the creation. Unless
   * the answer, with no more in it than the portal said, may be about another customer: then it says why, keeps that as
   * `answered` does, and the creation goes on. No link changes that a person made or removed since.
   */
  created(creation: Creation, answer: PortalCustomer, now: Instant): Promise<string | null>
  /** Certainly not made: the creation is over. */
  notCreated(creation: Creation): Promise<void>
  /** The portal answered, but not clearly. The creation goes on. */
  answered(creation: Creation, answer: string): Promise<void>
  /**
   * Ends a creation after a look, unless another call has: if the copy now has exactly one customer with the address
   * and name that were sent, that is the one, and is linked as by `created`. Otherwise nothing was made; if there is
   * none, and the portal had answered, that is kept, and nobody asks for exactly the same fields again until a person
   * says `deliver` of an invoice of that customer. Judge again.
   */
  settleCreation(creation: Creation, now: Instant): Promise<void>

  /**
   * A person's word. A customer that no invoice has described yet can be linked, too. Releases what waited for it. If
   * that is of several companies (no name and no address in common), the link is for the one that agrees with the
   * portal customer, or with what an earlier link to that was made for: only that one is released and learned. Rejects
   * with STATE_CONFLICT if none of them agrees, or more than one.
   */
  link(who: { tool: string; ref: string }, portalId: string, now: Instant, actor?: Actor): Promise<ToolCustomer>
  /**
   * Many links, all or none, to customers that the copy holds. Rejects with FIELDS_INVALID, with a problem for each
   * line. Answers how many are new.
   */
  linkAll(lines: readonly LinkLine[], now: Instant, actor?: Actor): Promise<number>
  /** Removes the link; the bridge does not match the two by itself again. Null: no such customer is known. */
  unlink(who: { tool: string; ref: string }, now: Instant, actor?: Actor): Promise<ToolCustomer | null>

  /** Neither listed by the portal nor there when asked for: leaves the copy, and all links to it go. */
  lost(portalId: string, now: Instant): Promise<void>

  /**
   * What is held because its customer is not known, or may be one of several, waits again and is judged again, oldest
   * first. Answers how many.
   */
  releaseWaiting(now: Instant): Promise<number>

  find(who: { tool: string; ref: string }): Promise<ToolCustomer | null>

  /** Newest first, by when the ledger first knew them. `next` is the cursor of the following page, null on the last. */
  list(filter: CustomerFilter): Promise<{ customers: ToolCustomer[]; next: string | null }>
}
