// From what happened to what is to be done: a pure function, so that every case stands in one table and never waits.

import type { Instant } from './clock.ts'
import { advice, type Code } from './errors.ts'
import type { CreateBody, Decision, Loan } from './ledger/ledger.ts'

/** How one delivery ended. */
export type Outcome =
  | { kind: 'created'; portalId: string }
  /** Certainly nothing was made in the portal. */
  | { kind: 'failed'; code: Code; detail: string | null; retryAfterMs?: number | undefined }
  /** A rule of the operator's says that it is not to be delivered. */
  | { kind: 'dismissed'; code: Code }
  /** Everything is ready; a person is to see it first. */
  | { kind: 'review'; wouldSend: CreateBody }
  /** Something may have been made in the portal. */
  | { kind: 'unknown'; detail: string }

export type Patience = {
  retryFirstMs: number
  retryLongestMs: number
  retryForMs: number
}

// A refused token or a spent budget is nobody's invoice's fault, and a changed form is ours.
const unspent: ReadonlySet<Code> = new Set<Code>([
  'PORTAL_BUSY',
  'PORTAL_UNAUTHORIZED',
  'PORTAL_FORM_CHANGED'
])

// How long a refused token rests before it is tried again.
const tokenPauseMs = 60_000

export const decide = (
  outcome: Outcome,
  { failures, since }: Pick<Loan, 'failures' | 'since'>,
  { now, random, patience }: { now: Instant; random: number; patience: Patience }
): Decision => {
  switch (outcome.kind) {
    case 'created':
      return { to: 'delivered', portalId: outcome.portalId }
    case 'unknown':
      return { to: 'doubt', detail: outcome.detail }
    case 'dismissed':
      return { to: 'dismissed', code: outcome.code }
    case 'review':
      return { to: 'held', code: 'REVIEW', detail: null, wouldSend: outcome.wouldSend }
    case 'failed': {
      const { code, detail } = outcome
      if (advice[code].next === 'hold') return { to: 'held', code, detail }
      const spent = !unspent.has(code)
      if (spent && now - since >= patience.retryForMs) {
        return { to: 'held', code: 'ATTEMPTS_EXHAUSTED', detail: detail ? `${code}: ${detail}` : code }
      }
      return { to: 'waiting', at: now + pause(outcome, failures, random, patience), code, detail, spent }
    }
  }
}

const pause = (
  { code, retryAfterMs = 0 }: { code: Code; retryAfterMs?: number | undefined },
  failures: number,
  random: number,
  { retryFirstMs, retryLongestMs }: Patience
): number => {
  if (code === 'PORTAL_FORM_CHANGED') return 0
  if (code === 'PORTAL_UNAUTHORIZED') return tokenPauseMs
  if (code === 'PORTAL_BUSY') return retryAfterMs
  const backoff = Math.min(retryFirstMs * 2 ** Math.min(failures, 30), retryLongestMs)
  // A quarter either way, so that what failed together does not come back together.
  const jittered = Math.round(backoff * (0.75 + random / 2))
  return Math.max(jittered, Math.min(retryAfterMs, retryLongestMs))
}
