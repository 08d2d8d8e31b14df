// The durable ledger: what has been received, and what became of it. This file is the contract; every
// implementation runs test/src/ledger/contract.ts.
//
// Every method that writes does so in one transaction, takes its time from the caller, and leaves the process for
// nothing but its database. It resolves only after the write survives a power cut. If the write cannot be kept, it
// rejects with LEDGER_UNAVAILABLE. Then nothing of it has happened, with two exceptions: a database server may lose its
// answer to a COMMIT that it has carried out, and `sending` also rejects if the row is `sending` but the count beside
// the database cannot be raised. Writes that are asked for together may share a commit, but fail alone.
//
// One row per invoice number, for ever: the unique key is `numberKey(invoiceNumber)`, in the database, so that
// no code path can make a second. Rows are never deleted; `forget` empties what is personal.

import type { Instant } from '../core/clock.ts'
import type { Code } from '../core/codes.ts'
import type { KeptNotice, Notice } from '../core/notice.ts'
import type { Refusal, RefusalFilter, RefusalPage } from '../core/refusal.ts'
import type {
  Acted,
  Action,
  ActionForAll,
  Actor,
  Arrival,
  CreateBody,
  Decision,
  Document,
  Doubt,
  LeftOut,
  Loan,
  Received,
  Row,
  State,
  Unreadable,
  WholeRow,
  Words
} from '../core/row.ts'
import type { LedgerCustomers } from './customers.ts'
import type { Holdings } from './holdings.ts'
import type { Pace } from './pace.ts'

/** How many rows that never failed, and how many that did. */
export type Places = { untried: number; again: number }

/** Work that one process does for all of them. */
export type Task = 'sweep' | 'look' | 'forget' | 'search' | 'mail' | `catch-up ${string}` | `warn ${string}`

export type Filter = {
  state?: State | undefined
  code?: string | undefined
  tool?: string | undefined
  /**
   * Any part, of three characters or more, of the number, the customer's name or an e-mail address; or the beginning of
   * a number, or a customer's whole reference. Case and accents do not matter.
   */
  q?: string | undefined
  /** Exactly this much, whatever the currency: `121`, `121.00` or `121,00`. */
  amount?: string | undefined
  /** Received at `since` or later, and before `until`. */
  since?: Instant | undefined
  until?: Instant | undefined
  limit: number
  cursor?: string | undefined
}

/** Which invoices a word to many is about. */
export type FilterForAll = Omit<Filter, 'limit' | 'cursor'>

/** The invoices that a word to many would reach, and how many it leaves to a person. */
export type Picked = { ids: number[]; leftOut: Record<LeftOut, number> }

export type Summary = Record<State, number> & {
  /** Held, and delivered with a code. */
  attention: number
  /** Since when the invoice that waits longest should have been delivered. */
  oldestWaitingAt: Instant | null
  /** Since when the longest doubt has lasted. */
  oldestSendingAt: Instant | null
}

/** How many invoices there are of each kind; kept by the database, never counted over all rows. */
export type Tally = { tool: string; state: State; code: Code | null; invoices: number }

export interface Ledger {
  /**
   * Keeps an event. `accepted`: a new invoice, or a correction of one that was never sent. `duplicate`: known; newer
   * facts (paid, due) are merged into it. `conflict`: the number is known with other facts; these are kept beside the
   * row, once per set of facts, and the row is held for a person (a delivered row gets the code, a row in doubt is
   * judged when the doubt is settled); also if the tool brought the same invoice under another number before. A change
   * to a `waiting` row ends its loan, so that nothing is sent from older facts. An invoice that was voided before it
   * came is kept as dismissed. `voided` is judged in each of its rows, and in the one under its number if that is a copy
   * of it by another way; if there is none, it is kept as dismissed.
   * `restores`: of what was voided and what is final the later counts, by their revisions.
   */
  receive(arrival: Arrival, now: Instant): Promise<Received>

  /**
   * The tool voided the invoice with this id, or no longer has it: does the same as an arrival that is `voided`, for
   * all numbers under which it came. False: no row came from it yet; this is remembered, and one that comes later is
   * dismissed.
   */
  voidSource(tool: string, sourceId: string, now: Instant): Promise<boolean>

  /** Keeps an event that could not be read, as a held row with EVENT_UNREADABLE. False: it is kept already. */
  keepUnreadable(event: Unreadable, now: Instant): Promise<boolean>

  /**
   * Numbers that count as the same as another row's today, but that an earlier version kept apart; each is still found
   * under exactly its own spelling. Without those that retention has taken.
   */
  numbersAlike(): Promise<string[]>

  /** Whether there is a row with this number. */
  isKnown(invoiceNumber: string): Promise<boolean>

  /** When the tool was first set up; null when it never was. Once set it stays. */
  toolStart(tool: string): Promise<Instant | null>
  startTool(tool: string, at: Instant): Promise<void>
  /** Up to when the tool was asked what its webhooks missed, and all it answered was kept. */
  askedTo(tool: string): Promise<Instant | null>
  setAskedTo(tool: string, at: Instant): Promise<void>

  /**
   * Lends out at most `limit` rows that are due, longest due first, until `until`: those that are `waiting`, and
   * delivered ones that have to be marked paid. No two borrowers hold the same row. A row whose loan has run out is due
   * again. `most`: how many of each kind, so that neither takes all places of the other.
   */
  borrow(limit: number, now: Instant, until: Instant, most?: Places): Promise<Loan[]>

  /** When the next row is due, or the next loan runs out; null when nothing waits. For the worker's sleep. */
  nextDueAt(): Promise<Instant | null>

  /** Puts the fetched PDF on the row, for this and every later attempt. False when the loan had run out. */
  attach(loan: Loan, document: Document, now: Instant): Promise<boolean>

  /**
   * Write before you speak: checks again that the loan still holds and the row is still `waiting` (else `lost`), that
   * whatever was sent before is proven not to be in the portal (else `unproven`), and that the copy still has nothing
   * under its number (else `known`). If a check fails, nothing is changed. Otherwise stores the exact body, and makes
   * the row `sending`. Only after this has resolved `granted` may a byte leave. From here on only `record` with a clean
   * answer, or `settle` after a look into the portal, changes its state.
   */
  sending(loan: Loan, body: CreateBody, now: Instant): Promise<'granted' | 'lost' | 'known' | 'unproven'>

  /** Write before you speak, for marking paid. False when the loan had run out, or nothing is left to mark. */
  paying(loan: Loan, now: Instant): Promise<boolean>

  /**
   * Ends a loan. Answers what was recorded; null, with nothing changed, when the loan had run out. What the portal said
   * enters the copy. An answer with another row's id does not count: the row is then in doubt.
   */
  record(loan: Loan, decision: Decision, now: Instant): Promise<Decision | null>

  /** Rows in doubt whose loan has ended, longest in doubt first. */
  doubts(now: Instant, limit: number): Promise<Doubt[]>

  /** Ends a doubt after a look. Answers as `record`; null when the doubt has ended in another way meanwhile. */
  settle(doubt: Doubt, decision: Decision, now: Instant): Promise<Decision | null>

  /**
   * A person's decision, kept in the history with who made it. Rejects with INVOICE_NOT_FOUND, or STATE_CONFLICT when
   * the state does not allow it.
   */
  act(invoiceNumber: string, action: Action, now: Instant, words?: Words): Promise<Acted>

  /**
   * A PDF from a person, as long as nothing was sent; nothing that the source sends takes its place. Answers the row,
   * and the document that it no longer needs. Rejects as `act` does.
   */
  replaceDocument(
    invoiceNumber: string,
    document: Document,
    now: Instant,
    actor?: Actor
  ): Promise<{ row: Row; unused: Document | null }>
  /** The PDF that is kept of an invoice; null if there is none. */
  documentOf(invoiceNumber: string): Promise<Document | null>

  /**
   * What a word to all of these would reach: those that are held, or in the filter's state. Null: they are more than
   * `limit`, counting those that are left out.
   */
  pick(filter: FilterForAll, action: ActionForAll, limit: number): Promise<Picked | null>
  /** A word to each of these, except those that may no longer be acted on in this way. Answers how many it reached. */
  actOnAll(ids: readonly number[], action: ActionForAll, now: Instant, words?: Words): Promise<number>

  find(invoiceNumber: string): Promise<WholeRow | null>

  /** Lets `q` find the latest rows: at most `limit` new ones, and as many that changed. Answers how many. */
  makeSearchable(limit: number): Promise<number>

  /** Newest first. `next` is the cursor of the following page, null on the last. */
  list(filter: Filter): Promise<{ rows: Row[]; next: string | null }>

  summary(): Promise<Summary>
  /** Differs once an invoice has come, or anything was noted about one: for callers that watch. */
  mark(): Promise<string>
  /** Deliveries by hour and by how long they took, for the hours that began at `since` or later; of a hundred days. */
  paceSince(since: Instant): Promise<Pace[]>
  tally(): Promise<Tally[]>

  /** Adds what the owner still has to be told; at most a thousand are kept. */
  addNotice(notice: Notice, now: Instant): Promise<void>
  /** Oldest first. */
  notices(): Promise<KeptNotice[]>
  /** The owner was told of these, up to this one. */
  dropNotices(lastId: number): Promise<void>

  /**
   * Enters requests that were refused; one that is known already counts up, and becomes the latest. Of each kind,
   * authentic or not, the latest thousand stay.
   */
  noteRefusals(refusals: readonly Refusal[]): Promise<void>
  /** Latest first. `next` is the cursor of the following page, null on the last. */
  listRefusals(filter: RefusalFilter): Promise<RefusalPage>

  /**
   * Makes due what is due later than `latest`, except what a tool collects by itself; and what was received later than
   * now. The clock was ahead when these were put off, or came, and was set back since.
   */
  hasten(now: Instant, latest: Instant): Promise<void>

  /**
   * Comes before anything that this process does with the portal: if no other process lives, the copy has to be read
   * back to the last sign of life.
   */
  join(now: Instant): Promise<void>
  /**
   * A sign of life, which proves that events can be kept. A process that gave none for long is dead: its loans and its
   * leases end.
   */
  beat(now: Instant): Promise<void>
  /** Whether this process has the task: it takes a free one, or a dead process's, and keeps it until it leaves. */
  lease(task: Task, now: Instant): Promise<boolean>
  /** Gives a task back. */
  release(task: Task): Promise<void>
  /** Ends all that this process holds. */
  leave(): Promise<void>

  /**
   * Empties what finished (delivered or dismissed, nothing asked of a person) before `before`: history, contact
   * details, PDF. Number, portal id and the facts that duplicates are compared by stay. Then empties the customers
   * whose invoices are all emptied, and of whom nothing was told since: from then on they are known and linked by
   * fingerprints, and a reference that says who it is becomes one. At most `limit` of each; answers the documents that
   * no row needs any more, for the caller to remove. Removes requests that were refused before then.
   */
  forget(before: Instant, limit: number): Promise<Document[]>

  /** Whether other processes may work with it at the same time. */
  readonly isShared: boolean

  /** Identifies the files that this ledger lives in; a copy of them has another identity. */
  readonly identity: string

  /**
   * How many creates were let go, as counted beside the database; `sending` raises the count before it grants. Null if
   * there is no count. Undefined where none is kept: in memory, and on a database server.
   */
  sentBeside(): Promise<number | null | undefined>

  /** Why that count could not be raised the last time, so that nothing was let go; null when it could. */
  uncounted(): string | null

  /** The tools' customers, and their portal customers. */
  readonly customers: LedgerCustomers

  /** What the portal holds, as far as this ledger was told. */
  readonly holdings: Holdings

  /** The files that rows name, for the sweep of what a crash left behind. */
  documents(): Promise<Set<string>>

  close(): Promise<void>
}
