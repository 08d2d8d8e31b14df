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

/** What a person can ask for many invoices at once. */
export type ActionForAll = Extract<Action, 'deliver' | 'dismiss'>

/**
 * Why a word to many leaves an invoice to a person. `conflict`: other facts stand beside it. `sent`: it was sent at
 * some time, and may stand in the portal. `rule`: a rule holds it that only a word to it alone overrides, or it is a
 * test. `state`: there is nothing to do.
 */
export type LeftOut = 'conflict' | 'sent' | 'rule' | 'state'

/** Who decided something, by the name they give, through what, and from which network. */
export type Actor = { by: string | null; via: 'page' | 'api' | 'command line'; from: string }

/** In a word or two, so that a person can say what they saw. */
export const standingOf = ({ state, code }: { state: State; code: string | null }): string =>
  code === null ? state : `${state} ${code}`

/** The same; where a person may have to decide, with the length of the history: they decide about what they saw. */
export const seenAs = (seen: { state: State; code: string | null; history: readonly unknown[] }): string =>
  seen.state === 'held' || seen.state === 'delivered' ? `${standingOf(seen)} ${seen.history.length}` : standingOf(seen)

/** What a person says with an action. */
export type Words = {
  /** With `deliver`: what was sent before is not in the portal. The bridge does not look for it again. */
  absent?: boolean | undefined
  actor?: Actor | undefined
  /** What `standingOf` or `seenAs` said when the person looked: if it says something else by now, nothing is done. */
  seen?: string | undefined
  /** For how many invoices at once it was said. */
  among?: number | undefined
}

/**
 * Rules that a person may override for one invoice with `deliver`. All others are judged again. PORTAL_UNCLEAR takes
 * more: the person has to say that the invoice is absent from the portal, and that holds for one create.
 */
export type Override = (typeof overrides)[number] | 'PORTAL_UNCLEAR' | 'VOIDED_IN_TOOL'
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
  /** The tool voided the invoice with this id, and so all rows that have it, and a copy of it under this number. */
  voided?: boolean
  /** Do not deliver it earlier, unless it is paid. Null or absent: deliver at once. */
  notBefore?: Instant | null
  /** The tool may make final again what it voided. */
  restores?: boolean
  /** The tools that bring other tools' invoices. */
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

/** What would be sent, for a person to see. `newCustomer`: its name; it has no id yet, and would be created first. */
export type Draft = Omit<CreateBody, 'customerId'> & { customerId: string | null; newCustomer: string | null }

/** What a person saw and released. That, with this PDF, may be sent without another review. */
export type Released = { draft: Draft; documentVersion: number }

/**
 * A row on loan to one worker. Its attempt number fences it: once the loan has run out and the row is lent again, the
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
  /** Rises whenever another PDF is announced, not when the same one is fetched again. */
  documentVersion: number
  /** A person provided the PDF: nothing else may take its place. */
  pdfByPerson: boolean
  /** `create`: in the portal. `pay`: it stands there, and has to be marked as paid. */
  work: 'create' | 'pay'
  portalId: string | null
  /** The event, when it could not be read. */
  unread: Buffer | null
  /** The bridge may have asked the portal before to mark it as paid. */
  paying: boolean
  /** Another process sent the last request about it to the portal. Its machine may still be sending what it wrote. */
  inherited: boolean
  /** Failures that count, since it was received or last released by a person. */
  failures: number
  /** How long it has waited between those failures. */
  triedMs: number
  /** It was sent, and what came of it is unproven: look for it before sending it again. */
  unproven: boolean
  /** The copy's last ordinal when it was sent, or a person overruled what stands under its number; null: neither. */
  sentAfter: number | null
}

/** A row for which a create was sent, or may have been, and that no worker has on loan. */
export type Doubt = Pick<Loan, 'id' | 'attempt' | 'failures' | 'triedMs' | 'inherited'> & {
  /** What to look for: what was sent last, or what would be sent now. */
  body: CreateBody
  /** What was sent last. */
  sent: CreateBody
  /** The copy's last ordinal when it was sent: see holdings.ts. */
  sentAfter: number
  sentAt: Instant
  /** A person saw what else stands in the portal under this number, and chose `deliver`. */
  overridden: boolean
}

/** How a loan ends. `decide` makes these, `record` writes them. */
export type Decision =
  | { to: 'delivered'; holding: PortalInvoice; how: 'created' | 'adopted'; code: Code | null }
  /** Try again at `at`. `spent`: whether this failure counts towards backoff. */
  | { to: 'waiting'; at: Instant; code: Code; detail: string | null; spent: boolean }
  /** `unmade`: the portal was asked for its customer, and did not make it. */
  | { to: 'held'; code: Code; detail: string | null; wouldSend?: Draft; unmade?: true }
  | { to: 'dismissed'; code: Code }
  /** In doubt: stays `sending` until a look settles it. */
  | { to: 'doubt'; detail: string | null }
  /** Nothing was sent this time, but something may have been before: in doubt, with what would be sent. */
  | { to: 'look'; body: CreateBody }
  /** The portal shows it as paid; `marked`: because the bridge asked. */
  | { to: 'paid'; holding: PortalInvoice; marked: boolean }
  /** The bridge gave up marking it: a note on the delivered row. */
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

/** Other facts that came under a number, as a person sees them. */
export type OtherFacts = Pick<Invoice, 'amountCents' | 'currency' | 'issuedAt'> & { tool: string; customer: string }

/** Which of the facts that came under one number won by a person's word, and which lost. */
export type Decided = { won: OtherFacts; lost: OtherFacts[] }

/** `changed`: whether the action did anything. `decided`: null where there was nothing to decide. */
export type Acted = Row & { changed: boolean; decided: Decided | null }

/** A row with all that is known of it. */
export type WholeRow = Row & {
  history: HistoryEntry[]
  /** Other facts that came under its number, latest last, on which a person still has to decide. */
  conflicts: OtherFacts[]
  /** The number under which the tool brought the same invoice before. */
  toldBefore: string | null
}

export type HistoryEntry = { at: Instant; event: string } & Record<string, unknown>
