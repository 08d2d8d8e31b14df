// A word to many: says first how many invoices it would reach, and acts only on the number that the person expects, and
// only on the very invoices that were counted, if the person says which.

import type { Clock, Instant } from '../../src/core/clock.ts'
import { BridgeError } from '../../src/core/errors.ts'
import { fingerprint } from '../../src/core/fingerprint.ts'
import type { Log } from '../../src/core/log.ts'
import type { ActionForAll, Actor } from '../../src/core/row.ts'
import type { Engine } from '../../src/delivery/engine.ts'
import type { Ledger } from '../../src/ledger/ledger.ts'
import type { DoneForAll } from '../../src/view/answers.ts'
import type { Read } from '../../src/view/endpoints.ts'

export type ForAllOptions = {
  ledger: Pick<Ledger, 'pick' | 'actOnAll'>
  clock: Pick<Clock, 'now'>
  engine: Pick<Engine, 'wake'>
  timeZone: string
}

export type ForAll = (
  action: ActionForAll,
  asked: { body: Read<'deliverAll', 'body'>; actor?: Actor | undefined; log: Pick<Log, 'info'> }
) => Promise<DoneForAll>

// More than a person can have in mind at once, and few enough that no request waits long.
const invoicesMax = 10_000

// Each such group is one transaction: the worker and other machines get their turn in between.
const atOnce = 100

export const createForAll =
  ({ ledger, clock, engine, timeZone }: ForAllOptions): ForAll =>
  async (action, { body: { filter, expected, seen }, actor, log }) => {
    const picked = await ledger.pick(withinDays(filter, timeZone), action, invoicesMax)
    if (picked === null) throw tooMany()
    const { ids, leftOut } = picked
    const matching = ids.length
    const now = printOf(ids)
    if (expected === undefined) return { matching, leftOut, seen: now, done: 0 }
    if (expected !== matching)
      throw new BridgeError('STATE_CONFLICT', `${matching} invoices match now, not ${expected}: look again`)
    if (seen !== undefined && seen !== now)
      throw new BridgeError('STATE_CONFLICT', 'other invoices match now than those that were counted: look again')
    let done = 0
    for (let at = 0; at < matching; at += atOnce)
      done += await ledger.actOnAll(ids.slice(at, at + atOnce), action, clock.now(), { actor, among: matching })
    log.info({ action, invoices: done }, 'many invoices acted on')
    engine.wake()
    return { matching, leftOut, seen: now, done }
  }

/** Differs if one of them has left and another has come, which their number does not show. */
const printOf = (ids: readonly number[]): string => fingerprint(ids.toSorted((a, b) => a - b).join(' '))

const tooMany = () =>
  new BridgeError('FIELDS_INVALID', undefined, {
    problems: [{ field: 'filter', message: `expected one that at most ${invoicesMax} invoices match: narrow it` }]
  })

type Days = { since?: string | undefined; until?: string | undefined }

/** Days as instants: they begin in the portal's time zone, and `until` is included. */
export const withinDays = <Query extends Days>(
  { since, until, ...query }: Query,
  timeZone: string
): Omit<Query, 'since' | 'until'> & { since?: Instant; until?: Instant } => {
  const beginOf = (day: Temporal.PlainDate): Instant => day.toZonedDateTime(timeZone).epochMilliseconds
  return {
    ...query,
    ...(since === undefined ? {} : { since: beginOf(Temporal.PlainDate.from(since)) }),
    ...(until === undefined ? {} : { until: beginOf(Temporal.PlainDate.from(until).add({ days: 1 })) })
  }
}
