// A reading of the portal's list, and what the bridge may conclude from it. Entries move between pages while others are
// added or deleted, so one reading proves what is there, never what is not; two in a row that agree prove both.

import type { Instant } from '../core/clock.ts'
import type { PortalInvoice } from '../core/portal-entry.ts'
import type { ListOrder } from '../ledger/holdings.ts'

export type Reading = {
  /** In the list's order, each id once. */
  entries: PortalInvoice[]
  /** The reading looked only for what was created since then; null: for everything. */
  since: Instant | null
  /** It reached both ends of the list: what it does not show, the list does not show. */
  isWhole: boolean
  /** The latest time of creation that was known when it began. Whatever is created afterwards is at least as late. */
  newestBefore: Instant | null
}

/**
 * How far a portal's clock may go back between two entries: an hour when summer time ends, if it keeps local time, and
 * more than its servers ever differ.
 */
export const backMsMax = 90 * 60_000

/** The clocks of the portal's servers and ours may differ, so the bridge looks back this much further. */
export const skewMs = 60_000

/**
 * Whether the second of two consecutive readings shows that the first missed nothing: all that the first saw is still
 * there (so nothing was deleted that could have drawn others across a page boundary), and what is new was created
 * since.
 */
export const agree = (first: Reading, second: Reading): boolean => {
  const [before, after] = [first, second].map(idsOf)
  if (!before || !after) return false
  for (const id of before) if (!after.has(id)) return false
  const { newestBefore } = first
  return second.entries
    .filter(entry => after.has(entry.id) && !before.has(entry.id))
    .every(({ createdAt }) => createdAt !== null && newestBefore !== null && createdAt >= newestBefore - backMsMax)
}

/** Only the range of a partial reading counts: what is older stands on its last page by chance. */
const idsOf = ({ entries, since }: Reading): Set<string> =>
  new Set(entries.filter(({ createdAt }) => since === null || (createdAt ?? since) >= since).map(({ id }) => id))

// A few entries are easily in order by chance: one in six lists of three, but one in three and a half million lists of
// ten. A shorter list fits on one page anyway.
const createdMin = 10

/**
 * The order of a full list, if it can only be the order of creation: sorted by it, long enough, and, for each of issue
 * date, number and id, with neighbours that this field would have ordered differently. Numbers that are created in
 * sequence prove nothing.
 */
export const orderOf = (entries: readonly PortalInvoice[]): ListOrder => {
  const created = new Set(entries.map(({ createdAt }) => createdAt)).size
  const order = (['newest', 'oldest'] as const).find(candidate => {
    const steps = stepsBack(entries, candidate)
    return steps !== null && created >= createdMin * (steps + 1)
  })
  if (order === undefined) return 'unknown'
  const others: ((entry: PortalInvoice) => string | null)[] = [
    ({ issuedAt }) => issuedAt,
    ({ invoiceNumber }) => invoiceNumber,
    ({ id }) => id
  ]
  const sorts = others.flatMap(key =>
    comparisons.map(compare => (a: PortalInvoice, b: PortalInvoice) => compare(key(a), key(b)))
  )
  const isSure = sorts.every(sort => contradicts(entries, sort, 1) && contradicts(entries, sort, -1))
  return isSure ? order : 'unknown'
}

/**
 * As far as a part of a list can show: it steps back at most once, plus once for each stretch long enough to prove an
 * order.
 */
export const isSorted = (entries: readonly PortalInvoice[], order: 'newest' | 'oldest'): boolean => {
  const steps = stepsBack(entries, order)
  return steps !== null && steps <= 1 + Math.floor(entries.length / createdMin)
}

/** How often the list steps back against its order. Null: too far, or an entry has no time. */
const stepsBack = (entries: readonly PortalInvoice[], order: 'newest' | 'oldest'): number | null => {
  let steps = 0
  for (const [index, { createdAt }] of entries.entries()) {
    const previous = entries[index - 1]?.createdAt ?? createdAt
    if (createdAt === null || previous === null) return null
    const back = order === 'newest' ? createdAt - previous : previous - createdAt
    if (back > backMsMax) return null
    if (back > 0) steps += 1
  }
  return steps
}

/** Whether neighbours that were created at different times contradict this sort, in this direction. */
const contradicts = (
  entries: readonly PortalInvoice[],
  sort: (a: PortalInvoice, b: PortalInvoice) => number,
  direction: 1 | -1
): boolean =>
  entries.some((entry, index) => {
    const previous = entries[index - 1]
    return previous !== undefined && previous.createdAt !== entry.createdAt && sort(previous, entry) * direction > 0
  })

// A list may sort texts letter by letter, or the numbers in them as numbers. A missing value decides nothing.
const comparisons = [
  (a: string | null, b: string | null): number => (a === null || b === null ? 0 : order(a, b)),
  (a: string | null, b: string | null): number => (a === null || b === null ? 0 : order(padded(a), padded(b)))
]

const order = (a: string, b: string): number => (a < b ? -1 : Number(a > b))

// Not Intl.Collator: it would load five megabytes of data about languages.
const digitsMax = 20
const padded = (text: string): string => text.replace(/\d+/g, digits => digits.padStart(digitsMax, '0'))
