// Single facts of the ledger, by name: values as JSON, and counters that only rise.

import { insert, type Tx } from './driver.ts'
import { type CopyState, emptyCopy } from './holdings.ts'

export const factOf = async <T>(tx: Tx, name: string): Promise<T | null> => {
  const cells = await tx.one('SELECT value FROM fact WHERE name = ?', name)
  return cells ? (JSON.parse(cells.value as string) as T) : null
}

const replaced = 'ON CONFLICT (name) DO UPDATE SET value = excluded.value'

export const setFact = async (tx: Tx, name: string, value: unknown): Promise<void> => {
  await insert(tx, 'fact', { name, value: JSON.stringify(value) }, replaced)
}

export const copyOf = async (tx: Tx): Promise<CopyState> => ({
  ...emptyCopy,
  ...(await factOf<Partial<CopyState>>(tx, 'copy'))
})

export const changeCopy = async (tx: Tx, change: Partial<CopyState>): Promise<void> =>
  setFact(tx, 'copy', { ...(await copyOf(tx)), ...change })

/**
 * `told`: invoices that the copy of the portal learned of, and so the ordinal of the latest; `reads`: readings that
 * were begun; `sent`: creates that were let go; `paused until`: when the portal may be asked again; `signs since`: since
 * when processes have signed every few seconds; `entered to`: the last invoice that is found by its texts.
 */
export type Counter = 'told' | 'reads' | 'sent' | 'paused until' | 'signs since' | 'entered to'

export const countOf = async (tx: Tx, name: Counter): Promise<number> =>
  Number((await tx.one('SELECT value FROM counter WHERE name = ?', name))?.value ?? 0)

/** Answers the next one. */
export const countOne = async (tx: Tx, name: Counter): Promise<number> => {
  const more = 'ON CONFLICT (name) DO UPDATE SET value = counter.value + 1 RETURNING value'
  return Number((await insert(tx, 'counter', { name, value: 1 }, more))?.value)
}

export const setCount = async (tx: Tx, name: Counter, value: number): Promise<void> => {
  await insert(tx, 'counter', { name, value }, replaced)
}
