// Decides what follows from the outcome of a delivery: a pure function, so that every case stands in one table.

import type { Instant } from '../core/clock.ts'
import { advice, type Code } from '../core/codes.ts'
import { BridgeError } from '../core/errors.ts'
import type { PortalInvoice } from '../core/portal-entry.ts'
import type { CreateBody, Decision, Draft, Loan } from '../core/row.ts'

/** How one delivery ended. */
export type Outcome =
  | { kind: 'created'; holding: PortalInvoice }
  /** It stood in the portal already; nothing was sent. */
  | { kind: 'adopted'; holding: PortalInvoice; code: Code | null }
  /**
   * Certainly nothing was made in the portal. `tryForMs`: trying for longer does not help. `answered`: the portal is
   * up all the same. `unmade`: the portal was asked for the customer, and did not make it.
   */
  | {
      kind: 'failed'
      code: Code
      detail: string | null
      retryAfterMs?: number | undefined
      tryForMs?: number | undefined
      answered?: boolean
      unmade?: true
    }
  /** The operator's settings say that it is not to be delivered. */
  | { kind: 'dismissed'; code: Code }
  /** Everything is ready; a person has to see it first. */
  | { kind: 'review'; wouldSend: Draft; detail: string | null }
  /** Nothing was sent now, but what was sent before may stand in the portal. */
  | { kind: 'unproven'; body: CreateBody }
  /** Something may have been made in the portal. `answered`: the portal answered, though not clearly. */
  | { kind: 'unknown'; detail: string; answered: boolean }
  /** The portal knows that a delivered invoice is paid; `marked`: because the bridge said so. */
  | { kind: 'paid'; holding: PortalInvoice; marked: boolean }

export type Failure = Extract<Outcome, { kind: 'failed' }>

export const failed = (code: Code, detail: string | null = null, more: Partial<Failure> = {}): Failure => ({
  kind: 'failed',
  code,
  detail,
  ...more
})

/** Not the invoice's fault: the worker tries again after that, and no attempt is spent. */
export const busy = (retryAfterMs: number, detail: string | null = null): Failure =>
  failed('PORTAL_BUSY', detail, { retryAfterMs })

/** An error with a code, as a failure. Rethrows any other. */
export const failedBy = (error: unknown): Failure => {
  if (!(error instanceof BridgeError)) throw error
  const { code, message, retryAfterMs, tryForMs, answered } = error
  return failed(code, message, { retryAfterMs, tryForMs, answered })
}

export type Patience = {
  retryFirstMs: number
  retryLongestMs: number
  retryForMs: number
}

/** What an outcome says about more than its own invoice. */
export type Standing =
  | 'open'
  /** Everything pauses: the attempt does not count. */
  | 'paused'
  /** Refused again while the portal took another, so the cause is this invoice and not the token. */
  | 'alone'

// A refused token or a spent budget is not the invoice's fault, and a changed form is ours.
const unspent: ReadonlySet<Code> = new Set<Code>([
  'PORTAL_BUSY',
  'PORTAL_UNAUTHORIZED',
  'PORTAL_FORM_CHANGED',
  'TOOL_BUSY',
  'TOOL_UNAUTHORIZED'
])

// How long a refused token rests before it is tried again.
const tokenPauseMs = 60_000

export const decide = (
  outcome: Outcome,
  loan: Pick<Loan, 'work' | 'failures' | 'triedMs'>,
  { now, random, patience, standing }: { now: Instant; random: number; patience: Patience; standing: Standing }
): Decision => {
  switch (outcome.kind) {
    case 'created':
      return { to: 'delivered', holding: outcome.holding, how: 'created', code: null }
    case 'adopted':
      return { to: 'delivered', holding: outcome.holding, how: 'adopted', code: outcome.code }
    case 'paid':
      return { to: 'paid', holding: outcome.holding, marked: outcome.marked }
    case 'unknown':
      return { to: 'doubt', detail: outcome.detail }
    case 'unproven':
      return { to: 'look', body: outcome.body }
    case 'dismissed':
      return { to: 'dismissed', code: outcome.code }
    case 'review':
      return { to: 'held', code: 'REVIEW', detail: outcome.detail, wouldSend: outcome.wouldSend }
    case 'failed': {
      const { code, detail, unmade } = outcome
      // The portal refused it again, although it accepts the token for others.
      if (standing === 'alone') return giveUp(loan, 'PORTAL_REJECTED', detail)
      if (advice[code].next === 'hold') return giveUp(loan, code, detail, unmade)
      const spent = standing === 'open' && !unspent.has(code)
      const { tryForMs = patience.retryForMs } = outcome
      const leftMs = Math.min(tryForMs, patience.retryForMs) - loan.triedMs
      if (spent && leftMs <= 0) return giveUp(loan, 'ATTEMPTS_EXHAUSTED', detail ? `${code}: ${detail}` : code)
      const ms = pause(outcome, loan.failures, random, patience)
      // Pauses grow with the time that has passed, and must not last beyond this end.
      const isEndNear = spent && outcome.tryForMs !== undefined
      return { to: 'waiting', at: now + (isEndNear ? Math.min(ms, leftMs) : ms), code, detail, spent }
    }
  }
}

/** A delivered invoice that cannot be marked paid stays delivered, with a note. */
const giveUp = ({ work }: Pick<Loan, 'work'>, code: Code, detail: string | null, unmade?: true): Decision =>
  work === 'pay'
    ? { to: 'unpaid', code: 'PAID_NOT_MARKED', detail: detail ? `${code}: ${detail}` : code }
    : { to: 'held', code, detail, ...(unmade ? { unmade } : {}) }

const pause = (
  { code, retryAfterMs = 0 }: { code: Code; retryAfterMs?: number | undefined },
  failures: number,
  random: number,
  { retryFirstMs, retryLongestMs }: Patience
): number => {
  if (code === 'PORTAL_FORM_CHANGED') return 0
  if (code === 'PORTAL_UNAUTHORIZED' || code === 'TOOL_UNAUTHORIZED') return tokenPauseMs
  if (code === 'PORTAL_BUSY' || code === 'TOOL_BUSY') return retryAfterMs
  const backoff = Math.min(retryFirstMs * 2 ** Math.min(failures, 30), retryLongestMs)
  // A quarter more or less, so that invoices that failed together do not come back together.
  const jittered = Math.round(backoff * (0.75 + random / 2))
  return Math.max(jittered, Math.min(retryAfterMs, retryLongestMs))
}
