// Entries in the order in which the portal lists them. The real order is undocumented, so there are several, and a
// client has to cope with each.

import type { Instant } from '../../src/core/clock.ts'
import type { PlainDate } from '../../src/core/invoice.ts'

export const orders = ['newest', 'oldest', 'issued', 'none'] as const

/** By creation, newest or oldest first; by issue date, latest first; or in no visible order. */
export type Order = (typeof orders)[number]

export type Entry = {
  readonly id: string
  /** Counts everything ever stored here, to order entries that were created in the same millisecond. */
  readonly serial: number
  readonly createdAt: Instant
  readonly issuedAt?: PlainDate
  /** On the monotonic clock: until then it is stored, but no call shows it. */
  readonly visibleFromMs: number
}

export type Page<T> = { entries: T[]; more: boolean }

/** Documented as the default; no other value is documented. */
export const perPage = 15

type Comparison = (a: Entry, b: Entry) => number

const byCreation: Comparison = (a, b) => a.createdAt - b.createdAt || a.serial - b.serial

const comparisons: Record<'issued' | 'none', Comparison> = {
  issued: (a, b) => compareText(b.issuedAt, a.issuedAt) || byCreation(b, a),
  none: (a, b) => scatter(a.id) - scatter(b.id) || a.serial - b.serial
}

export const createListing = <T extends Entry>(monotonic: () => number) => {
  const created: T[] = []
  const byId = new Map<string, T>()
  // Made when first asked for, and kept up to date from then on. The order of creation costs only an append.
  const arranged = new Map<'issued' | 'none', T[]>()
  const hidden = new Set<T>()

  const reveal = () => {
    for (const entry of hidden) if (entry.visibleFromMs <= monotonic()) hidden.delete(entry)
  }

  const inOrder = (order: Order): T[] => {
    if (order === 'newest' || order === 'oldest') return created
    const entries = arranged.get(order) ?? created.toSorted(comparisons[order])
    arranged.set(order, entries)
    return entries
  }

  return {
    /** Everything stored, oldest first, including what is not visible yet. */
    entries: created as readonly T[],

    has: (id: string): boolean => byId.has(id),

    get(id: string): T | undefined {
      reveal()
      const entry = byId.get(id)
      return entry && !hidden.has(entry) ? entry : undefined
    },

    add(entry: T) {
      byId.set(entry.id, entry)
      insert(created, entry, byCreation)
      for (const [order, entries] of arranged) insert(entries, entry, comparisons[order])
      if (entry.visibleFromMs > monotonic()) hidden.add(entry)
    },

    remove(id: string): T | undefined {
      const entry = byId.get(id)
      if (!entry) return undefined
      byId.delete(id)
      hidden.delete(entry)
      for (const entries of [created, ...arranged.values()]) entries.splice(entries.indexOf(entry), 1)
      return entry
    },

    /** Pages count from 1; one beyond the last is empty. Only entries that `isListed` accepts fill the pages. */
    page(order: Order, page: number, isListed?: (entry: T) => boolean): Page<T> {
      reveal()
      const stored = inOrder(order)
      const visible = hidden.size === 0 ? stored : stored.filter(entry => !hidden.has(entry))
      const shown = isListed ? visible.filter(isListed) : visible
      const from = (page - 1) * perPage
      const until = Math.min(page * perPage, shown.length)
      const entries: T[] = []
      for (let at = from; at < until; at++) entries.push(shown[order === 'newest' ? shown.length - 1 - at : at]!)
      return { entries, more: until < shown.length }
    }
  }
}

export type Listing<T extends Entry> = ReturnType<typeof createListing<T>>

/** Looks at the end first: a new entry usually belongs there. */
const insert = <T extends Entry>(entries: T[], entry: T, compare: Comparison) => {
  const last = entries.at(-1)
  if (!last || compare(last, entry) <= 0) {
    entries.push(entry)
    return
  }
  let low = 0
  let high = entries.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (compare(entries[middle]!, entry) <= 0) low = middle + 1
    else high = middle
  }
  entries.splice(low, 0, entry)
}

const compareText = (a = '', b = ''): number => (a < b ? -1 : a > b ? 1 : 0)

/** FNV-1a: the same for an id in every run, and unrelated to when or in which order it was made. */
const scatter = (id: string): number => {
  let hash = 0x811c9dc5
  for (let at = 0; at < id.length; at++) hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193)
  return hash >>> 0
}
