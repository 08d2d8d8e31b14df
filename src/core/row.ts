// One invoice in the ledger: what arrived, what is kept of it, what is decided about it, and what is sent.

import type { Instant } from './clock.ts'
import type { Code } from './codes.ts'
import type { Invoice, PlainDate } from './invoice.ts'
import type { PortalInvoice } from './portal-entry.ts'

/** A PDF that the bridge keeps. */
export type Document = { file: string; bytes: number; sha256: string }

export const states = ['waiting', 'sending', 'delivered', 'held', 'dismissed'] as const
export type State = (typeof states)[number]

/** What a person can ask for. */
export const actions = ['deliver', 'dismiss', 'take', 'keep'] as const
export type Action = (typeof actions)[number]

/** What a person can ask for many. */
export type ActionForAll = Extract<Action, 'deliver' | 'dismiss'>

/**
 * Why an invoice is left to a person then. `conflict`: other facts stand beside it. `sent`: it was sent at some time, and
 * may stand in the portal. `rule`: a rule holds it that only a word to it alone overrides. `state`: there is nothing to do.
 */
export type LeftOut = 'conflict' | 'sent' | 'rule' | 'state'

/** Who decided something, as they call themselves, by which way, and from which network. */
export type Actor = { by: string | null; via: 'page' | 'api' | 'command line'; from: string }

/** In one word or two, for a person to say what they saw. */
export const standingOf = ({ state, code }: { state: State; code: string | null }): string =>
  code === null ? state : `${state} ${code}`

/** The same, and of one that may need a person how much had happened to it: they decide about what they saw. */
export const seenAs = (seen: { state: State; code: string | null; history: readonly unknown[] }): string =>
  seen.state === 'held' || seen.state === 'delivered' ? `${standingOf(seen)} ${seen.history.length}` : standingOf(seen)

/** What a person says beside an action. */
export type Words = {
  /** With `deliver`: what was sent before is not in the portal. It is not looked for once more. */
  absent?: boolean | undefined
  actor?: Actor | undefined
  /** As `standingOf` or `seenAs` told it to the person: where that tells otherwise by now, nothing is done. */
  seen?: string | undefined
  /** To how many invoices it was said at once. */
  among?: number | undefined
}

/**
 * Rules that a person may override for one invoice with `deliver`. All others are judged anew. PORTAL_UNCLEAR takes
 * more: the person has to say that the invoice is absent from the portal, and that holds for one create.
 */
export type Override = (typeof overrides)[number] | 'PORTAL_UNCLEAR'
export const overrides = ['REVIEW', 'CREDIT_NOTE', 'ZERO_AMOUNT', 'DATE_IMPLAUSIBLE', 'INVOICE_CONFLICT'] as const

/** An event, as the plugin of a tool hands it over. */
export type Arrival = {
  tool: string
  invoice: Invoice
  /** The PDF that came along, already on disk. */
  document: Document | null
  /** Whether the portal should mail the customer. Decided on arrival: a later change of settings alters nothing. */
  notify: boolean
  /** From `send-test`: always ends in review. */
  test: boolean
  /** The tool voided the invoice with this id, and so all rows that have it. Only for numbers that the ledger knows. */
  voided?: boolean
  /** Do not deliver it earlier, unless it is paid. Null or absent: deliver at once. */
  notBefore?: Instant | null
  /** The tools that bring invoices of others. */
  secondHand?: readonly string[]
}

/** An authentic event that could not be read, under a number of its own. */
export type Unreadable = { tool: string; invoiceNumber: string; body: Buffer; problem: string }

export type Received = {
  result: 'accepted' | 'duplicate' | 'conflict'
  /** Whether anything in the row changed. */
  changed: boolean
  /** Documents that no row needs any more, for the caller to remove: the arrival's own, or one that it replaced. */
  unused: Document[]
}

/** Exactly what a create call sends; stored before it is sent. */
export type CreateBody = {
  customerId: string
  invoiceNumber: string
  issuedAt: PlainDate
  amount: string
  paidAt: string | null
  sendNotification: boolean
}

/** What would be sent, for a person to see. `newCustomer`: would be created first, by this name, and has no id yet. */
export type Draft = Omit<CreateBody, 'customerId'> & { customerId: string | null; newCustomer: string | null }

/** What a person saw and released. That, with this PDF, may be sent without another look. */
export type Released = { draft: Draft; documentVersion: number }

/**
 * A row on loan to one worker. Its number of attempts fences it: once the loan ran out and the row was lent again, the
 * earlier worker can no longer write.
 */
export type Loan = {
  id: number
  attempt: number
  tool: string
  invoice: Invoice
  document: Document | null
  notify: boolean
  test: boolean
  overrides: Override[]
  released: Released | null
  /** Rises whenever another PDF was announced, not when the same one is fetched again. */
  documentVersion: number
  /** A person put it there: nothing else may take its place. */
  pdfByPerson: boolean
  /** `create`: in the portal. `pay`: it stands there, and has to be marked as paid. */
  work: 'create' | 'pay'
  portalId: string | null
  /** The event, when it could not be read. */
  unread: Buffer | null
  /** The portal may have been asked before to mark it as paid. */
  paying: boolean
  /** Another process sent the last request about it to the portal. What that one wrote, its machine may still send. */
  inherited: boolean
  /** Failures that count, since it was received or last released by a person. */
  failures: number
  /** How long it has waited between those failures. */
  triedMs: number
  /** It was sent, and nobody has proven what came of it: look for it before sending it again. */
  unproven: boolean
}

/** A row for which a create was sent, or may have been, and that nobody has on loan. */
export type Doubt = Pick<Loan, 'id' | 'attempt' | 'failures' | 'triedMs' | 'inherited'> & {
  /** What to look for: what was sent last, or what would be sent now. */
  body: CreateBody
  /** What was sent last. */
  sent: CreateBody
  /** How much the copy knew when it was sent: see holdings.ts. */
  told: number
  sentAt: Instant
  /** A person saw what else stands in the portal under this number, and chose `deliver`. */
  overridden: boolean
}

/** How a loan ends. `decide` makes these, `record` writes them. */
export type Decision =
  | { to: 'delivered'; holding: PortalInvoice; how: 'created' | 'adopted'; code: Code | null }
  /** Try again at `at`. `spent`: whether this failure counts towards backoff. */
  | { to: 'waiting'; at: Instant; code: Code; detail: string | null; spent: boolean }
  | { to: 'held'; code: Code; detail: string | null; wouldSend?: Draft }
  | { to: 'dismissed'; code: Code }
  /** In doubt: stays `sending` until a look settles it. */
  | { to: 'doubt'; detail: string | null }
  /** Nothing was sent this time, but something may have been before: in doubt, with what would be sent. */
  | { to: 'look'; body: CreateBody }
  /** The portal shows it as paid; `marked`: because the bridge asked. */
  | { to: 'paid'; holding: PortalInvoice; marked: boolean }
  /** Marking was given up: a note on the delivered row. */
  | { to: 'unpaid'; code: Code; detail: string | null }

export type Row = Omit<Invoice, 'sourceId' | 'pdfUrl' | 'revision'> & {
  tool: string
  state: State
  code: Code | null
  portalId: string | null
  receivedAt: Instant
  deliveredAt: Instant | null
  nextAttemptAt: Instant | null
  /** How often it was lent for delivery. */
  attempts: number
  notify: boolean
  test: boolean
  /** What was sent, or is in doubt. */
  body: CreateBody | null
  /** What would be sent, as it last stood in review. */
  draft: Draft | null
  /** What the ledger keeps of the PDF, and where it is fetched from. */
  pdf: { bytes: number | null; url: string | null; byPerson: boolean }
}

/** Facts under a number that has others, as a person is told of them. */
export type OtherFacts = Pick<Invoice, 'amountCents' | 'currency' | 'issuedAt'> & { tool: string; customer: string }

/** Which facts of those that had come under one number a person's word let win. */
export type Decided = { won: OtherFacts; lost: OtherFacts[] }

/** `changed`: whether that did anything. `decided`: null where there was nothing to decide. */
export type Acted = Row & { changed: boolean; decided: Decided | null }

/** With all that is known of it. */
export type WholeRow = Row & {
  history: HistoryEntry[]
  /** Other facts that came under its number, latest last: a person is still to decide. */
  conflicts: OtherFacts[]
  /** Under which number the tool told of the same invoice before. */
  toldBefore: string | null
}

export type HistoryEntry = { at: Instant; event: string } & Record<string, unknown>
