// What the owner is to be told, kept until it is mailed.

import type { Instant } from './clock.ts'
import type { Code } from './codes.ts'

/**
 * `alert`: an invoice, or the bridge itself, needs a person; the code says why. `warning`: what health warns of, in its
 * own words. `over`: the trouble that one of those was about has ended.
 */
export type NoticeKind = 'alert' | 'warning' | 'over'

/** No name and no amount: these are looked up when it is mailed. */
export type Notice = {
  kind: NoticeKind
  code: Code | null
  invoiceNumber: string | null
  text: string | null
}

export type KeptNotice = Notice & { id: number; at: Instant }
