// Nothing is sent to the bridge. What could not be read of a mail stays in the mailbox: kept is where it is and why, so
// that nothing can be read again from here.

import { attempt } from '../../../src/core/attempt.ts'
import type { EventReading, UnreadEvent } from '../../../src/tools/tool.ts'

export const unreadMail = (said: Omit<UnreadEvent, 'body'>): UnreadEvent => ({
  ...said,
  body: Buffer.from(JSON.stringify(said))
})

export const read = (body: Buffer): EventReading => {
  const { problem, sourceId } = attempt(() => JSON.parse(body.toString()) as Record<string, unknown> | null) ?? {}
  return typeof problem === 'string' && typeof sourceId === 'string'
    ? { kind: 'unreadable', problem, sourceId }
    : { kind: 'unreadable', problem: 'mail: expected what was kept of one', sourceId: null }
}
