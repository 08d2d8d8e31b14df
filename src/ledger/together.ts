// Where each statement is a round trip to another machine, invoices that come in together share their statements: some
// ask which of them may not be new, one adds the others. The rest are received one by one.

import type { Instant } from '../core/clock.ts'
import { isCode } from '../core/errors.ts'
import { formerKey, numberKey } from '../core/invoice.ts'
import type { Arrival, Received } from '../core/row.ts'
import { enter } from '../rules/arriving.ts'
import { receive } from './arrivals.ts'
import { amongAll, type Driver, insertMany, type Tx } from './driver.ts'
import { cellsOfNew } from './rows.ts'

type Waiting = {
  arrival: Arrival
  now: Instant
  resolve: (received: Received) => void
  reject: (error: unknown) => void
}

// As many as one statement asks for (amongAll).
const togetherMax = 50

const nothingKnown = { before: null, isVoided: false }

const keysOf = ({ invoice: { invoiceNumber } }: Arrival): string[] => [
  ...new Set([numberKey(invoiceNumber), formerKey(invoiceNumber)])
]

/** The numbers and the tools' ids of these that are known already: more than what keeps one from being new. */
const knownOf = async (tx: Tx, arrivals: readonly Arrival[]): Promise<{ keys: Set<string>; sources: Set<string> }> => {
  const keys = await amongAll(tx, arrivals.flatMap(keysOf), marks => `SELECT key FROM invoice WHERE key IN (${marks})`)
  const sources = new Set<string>()
  for (const [tool, some] of Map.groupBy(arrivals, ({ tool }) => tool)) {
    const ids = some.map(({ invoice }) => invoice.sourceId).filter(id => id !== null)
    if (ids.length === 0) continue
    const marks = ids.map(() => '?').join(', ')
    const found = await tx.all(
      `SELECT source_id FROM invoice WHERE tool = ? AND source_id IN (${marks})
        UNION ALL SELECT source_id FROM voided_source WHERE tool = ? AND source_id IN (${marks})
        UNION ALL SELECT source_id FROM dated_void WHERE tool = ? AND source_id IN (${marks})
        UNION ALL SELECT source_id FROM copied_source WHERE tool = ? AND source_id IN (${marks})`,
      ...[tool, ...ids],
      ...[tool, ...ids],
      ...[tool, ...ids],
      ...[tool, ...ids]
    )
    for (const { source_id: id } of found) sources.add(sourceOf(tool, id as string))
  }
  return { keys: new Set(keys.map(({ key }) => key as string)), sources }
}

const sourceOf = (tool: string, id: string): string => `${tool} ${id}`

/** For each, whether it is certainly new: not even an earlier one of them has its number or its id. */
const areNew = async (tx: Tx, arrivals: readonly Arrival[]): Promise<boolean[]> => {
  const { keys, sources } = await knownOf(tx, arrivals)
  return arrivals.map(arrival => {
    const own = keysOf(arrival)
    const { sourceId } = arrival.invoice
    const ids = sourceId === null ? [] : [sourceOf(arrival.tool, sourceId)]
    const isKnown = own.some(key => keys.has(key)) || ids.some(id => sources.has(id))
    for (const key of own) keys.add(key)
    for (const id of ids) sources.add(id)
    return !isKnown && !arrival.voided
  })
}

const receiveAll = async (tx: Tx, arrivals: readonly Arrival[]): Promise<Received[]> => {
  const isNew = await areNew(tx, arrivals)
  const entered = arrivals.map((arrival, at) => (isNew[at] ? enter(arrival, nothingKnown, tx.now) : null))
  const rows = arrivals.flatMap(({ invoice }, at) => {
    const row = entered[at]
    return row ? [cellsOfNew(tx, invoice.invoiceNumber, row)] : []
  })
  if (rows.length > 0) await insertMany(tx, 'invoice', rows)
  const answers = []
  for (const [at, arrival] of arrivals.entries()) answers.push(entered[at]?.received ?? (await receive(tx, arrival)))
  return answers
}

type Together = {
  receive: (arrival: Arrival, now: Instant) => Promise<Received>
  /** Resolves when all that came has been entered. */
  finish: () => Promise<void>
}

/** Invoices that come while a transaction runs share the next one. */
export const receiveTogether = (write: Driver['write']): Together => {
  let waiting: Waiting[] = []
  let running: Promise<void> | undefined

  const receiveOne = ({ arrival, now, resolve, reject }: Waiting): Promise<void> =>
    write(tx => receive(tx, arrival), now).then(resolve, reject)

  const enterAll = async (batch: readonly Waiting[]): Promise<void> => {
    const [first, ...others] = batch as [Waiting]
    if (others.length === 0) return receiveOne(first)
    const arrivals = batch.map(({ arrival }) => arrival)
    try {
      const answers = await write(tx => receiveAll(tx, arrivals), batch.at(-1)?.now)
      for (const [at, { resolve }] of batch.entries()) resolve(answers[at] as Received)
    } catch (error) {
      // If the database is up, one of them cannot be kept: received alone, it fails for its own sender only.
      if (isCode(error, 'LEDGER_UNAVAILABLE')) for (const { reject } of batch) reject(error)
      else await Promise.all(batch.map(receiveOne))
    }
  }

  const flush = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, togetherMax)
      waiting = waiting.slice(togetherMax)
      await enterAll(batch)
    }
    running = undefined
  }

  return {
    receive: (arrival, now) =>
      new Promise((resolve, reject) => {
        waiting.push({ arrival, now, resolve, reject })
        running ??= new Promise(resolve => setImmediate(resolve)).then(flush)
      }),
    async finish() {
      await running
    }
  }
}
