// Write before you speak: the one way to send the portal anything that changes it. Everything slow has been done
// before. The bridge takes a slot of the budget. One transaction of the ledger checks that the request may still be
// sent, and writes that it is about to be. Only then, and within seconds, does the first byte leave. The result is one
// of three: done, certainly not done, or unknown. If it is unknown, the bridge looks for it after the settle time, and
// does not send it again before that.

import type { Clock } from '../core/clock.ts'
import { type Budget, deliverySlotWithinMs } from '../portal/budget.ts'
import type { Limits } from '../portal/client.ts'
import type { Written } from '../portal/verdict.ts'
import { busy, type Failure, failed } from '../rules/decide.ts'

export type Speaking = { budget: Budget; clock: Clock; portalTimeoutMs: number }

/** `written` is null if the ledger did not permit it, and nothing was sent. */
export type Said<P, T> = { permission: P; written: Written<T> | null }

// A process that froze after it wrote must not speak late: by then a look may have found nothing.
const firstByteWithinMs = 5000

/** A failure: there was no slot, so the ledger was not asked. `send` answers null if `permission` is none. */
export const writeBeforeSpeak = async <P, T>(
  { budget, clock, portalTimeoutMs }: Speaking,
  permit: () => Promise<P>,
  send: (permission: P, limits: Limits) => Promise<Written<T>> | null
): Promise<Said<P, T> | Failure> => {
  const slot = await budget.slot('delivery', { withinMs: deliverySlotWithinMs })
  if (!slot) return busy(budget.freeInMs())
  const at = clock.monotonic()
  let permission: P
  try {
    permission = await permit()
  } catch (error) {
    slot.unused()
    throw error
  }
  let written: Written<T> | null
  try {
    written = await send(permission, { startBy: at + firstByteWithinMs, endBy: at + portalTimeoutMs })
  } catch (error) {
    // Whatever went wrong on our side, a byte may have left: only a look can tell.
    const detail = error instanceof Error ? error.message : String(error)
    written = { outcome: 'unknown', detail, answered: false }
  }
  if (written === null) slot.unused()
  else slot.done()
  return { permission, written }
}

/** As a failure of the delivery. `lookInMs`: how long until a look can tell what became of it, if unknown. */
export const failureOf = (written: Exclude<Written<unknown>, { outcome: 'done' }>, lookInMs = 0): Failure =>
  written.outcome === 'unknown'
    ? failed('PORTAL_UNREACHABLE', written.detail, { answered: written.answered, retryAfterMs: lookInMs })
    : failed(written.code, written.detail, { retryAfterMs: written.retryAfterMs })

export type SettlingOptions = {
  clock: Clock
  /** How long after a lost answer the portal is believed when it shows nothing. */
  portalSettleMs: number
  /** The same for what another process sent. */
  portalSettleInheritedMs: number
}

/** When a look can tell what came of a request, by the id of whatever was sent. Times are on the monotonic clock. */
export interface Settling {
  /** This process sent it, and the request has just ended without a clear answer. */
  lost: (id: number) => void
  isLost: (id: number) => boolean
  /**
   * When a look can tell; long ago if nothing was lost. `inherited`: another process may have sent it, and its machine
   * may still be sending what that process wrote. The time begins when this process first asks.
   */
  endsAt: (id: number, inherited: boolean) => number
  over: (id: number) => void
}

export const createSettling = (options: SettlingOptions): Settling => {
  const { clock, portalSettleMs, portalSettleInheritedMs } = options
  const ends = new Map<number, number>()
  return {
    lost: id => ends.set(id, clock.monotonic() + portalSettleMs),
    isLost: id => ends.has(id),
    endsAt(id, inherited) {
      if (inherited && !ends.has(id)) ends.set(id, clock.monotonic() + portalSettleInheritedMs)
      return ends.get(id) ?? Number.NEGATIVE_INFINITY
    },
    over: id => ends.delete(id)
  }
}
