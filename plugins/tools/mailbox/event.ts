// Nothing is sent to the bridge. An unreadable mail stays in the mailbox: the ledger keeps where it is and why, so
// nothing can be read again from here.

import { attempt } from '../../../src/core/attempt.ts'
import type { EventReading, Unreadable, UnreadEvent } from '../../../src/tools/tool.ts'

/** A mail that a person moves back has other bytes, and so is news. One that is only read twice is not. */
export const unreadMail = (said: Unreadable, stay: string): UnreadEvent => ({
  ...said,
  body: Buffer.from(JSON.stringify({ ...said, stay }))
})

export const read = (body: Buffer): EventReading => {
  const { problem, sourceId } = attempt(() => JSON.parse(body.toString()) as Record<string, unknown> | null) ?? {}
  return typeof problem === 'string' && typeof sourceId === 'string'
    ? { kind: 'unreadable', problem, sourceId }
    : { kind: 'unreadable', problem: 'mail: expected the kept record of a mail', sourceId: null }
}
