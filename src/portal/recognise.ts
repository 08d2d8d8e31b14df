// Judges whether the ledger can be believed about the portal. A restored backup is worse than a lost ledger, because
// ledger and copy are wrong together; and the copy of one portal says nothing about another.

import { createHash } from 'node:crypto'
import type { Clock } from '../core/clock.ts'
import { BridgeError, isCode } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import { emptyCopy, type Holdings } from '../ledger/holdings.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Reader } from './reader.ts'

// The sign of life comes every few seconds. After a longer silence, a backup may have been restored in between.
const silenceMsMax = 10 * 60_000

// How many known ids the bridge asks for when the portal looks like another one.
const idsAsked = 3

/** Runs before anything else is written, and empties the copy if this ledger may have been rolled back. */
export const distrustRolledBack = async (ledger: Ledger, clock: Clock, log: Log): Promise<void> => {
  const { holdings, identity } = ledger
  const lastBeat = await holdings.lastBeat()
  const { identity: before, sent = 0 } = await holdings.memory()
  const beside = await ledger.sentBeside()
  const silent = lastBeat !== null && Math.abs(clock.now() - lastBeat) > silenceMsMax
  const copied = before !== undefined && before !== identity
  // A ledger that was put back alone knows of fewer sends than the count beside it.
  const behind = beside === null ? sent > 0 : beside !== undefined && beside > sent
  if (silent || copied || behind) {
    log.warn(
      { silent, copied, behind },
      'the ledger may have been rolled back: the portal is read before anything is created'
    )
    await holdings.setCopy({ ...emptyCopy, rolledBack: true })
  }
  await holdings.remember({ identity, sent: Math.max(sent, beside ?? 0) })
}

export type PortalIdentity = { url: string; token: string }

/**
 * True: this is the portal that the ledger knows. Otherwise: why it cannot be asked now. Throws PORTAL_CHANGED when the
 * portal holds none of the ids that it should hold.
 */
export const recognisePortal = async (
  { holdings }: Ledger,
  reader: Pick<Reader, 'ask' | 'peek'>,
  { url, token }: PortalIdentity
): Promise<true | BridgeError> => {
  const portal = { url, token: createHash('sha256').update(token).digest('hex').slice(0, 16) }
  const { portal: known } = await holdings.memory()
  if (known?.url === portal.url && known.token === portal.token) return true
  const ids = known ? await holdings.latest(idsAsked) : []
  const failure = ids.length > 0 ? await holdsOne(ids, { holdings, reader }) : null
  if (failure) return failure
  await holdings.remember({ portal })
  return true
}

type Around = { holdings: Holdings; reader: Pick<Reader, 'ask' | 'peek'> }

/** Null: it does. */
const holdsOne = async (ids: string[], { holdings, reader }: Around): Promise<BridgeError | null> => {
  try {
    const answer = await answerFor(ids, reader)
    if (answer === true) return null
    // A portal that does not answer for a single id, or denies each, still lists them.
    for (const { id } of await reader.peek('delivery')) if (await holdings.has(id)) return null
    if (answer !== false) return answer
  } catch (error) {
    if (isCode(error, 'UNEXPECTED') || !(error instanceof BridgeError)) throw error
    return error
  }
  throw new BridgeError('PORTAL_CHANGED', `the portal holds none of ${ids.join(', ')}`)
}

/** Whether it holds one of them, when asked for each; or why it does not answer. */
const answerFor = async (ids: string[], reader: Pick<Reader, 'ask'>): Promise<boolean | BridgeError> => {
  try {
    for (const id of ids) if ((await reader.ask(id, 'delivery')) !== null) return true
    return false
  } catch (error) {
    if (isCode(error, 'PORTAL_UNREACHABLE')) return error
    throw error
  }
}
