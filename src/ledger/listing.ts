// Lists of invoices, newest first, by any filter: a page for a person, or all of them for a word to many. Each starts
// from an index, however many rows there are.

import { refPrint } from '../core/fingerprint.ts'
import { type Invoice, numberKey } from '../core/invoice.ts'
import type { ActionForAll, Row } from '../core/row.ts'
import { leftOutOf } from '../rules/together.ts'
import { keptOf, rowOf } from './cells.ts'
import { amongAll, type Cell, type Cells, type Tx } from './driver.ts'
import type { Filter, Picked } from './ledger.ts'
import { tally } from './reading.ts'
import { amountKey, amountKeyOf, having, havingAmount, partCharactersMin, searchKey, textsOf } from './search.ts'

/** Hides a column of text from the planner: the narrowest filter's index leads to the rows, and never a wider one's. */
const aside = (column: string): string => `${column} || ''`

// The newest are looked through as they are: most searches are for one of them, and what no index has yet is among
// them.
const lookedThrough = 500

/** A condition and what its marks stand for. */
type Condition = { sql: string; values: Cell[] }

/** By id, too, because ids rise with time: so every other filter keeps its index. Exact, whatever a clock did since. */
const withinTime = ({ since, until, cursor }: Pick<Filter, 'since' | 'until' | 'cursor'>): Condition[] => [
  ...(cursor ? [{ sql: 'id < ?', values: [Number(cursor)] }] : []),
  ...(since === undefined
    ? []
    : [
        {
          sql: `id >= (SELECT id FROM invoice WHERE received_at >= ? ORDER BY received_at, id LIMIT 1)
            AND received_at + 0 >= ?`,
          values: [since, since]
        }
      ]),
  ...(until === undefined
    ? []
    : [
        {
          sql: `id <= (SELECT id FROM invoice WHERE received_at < ? ORDER BY received_at DESC, id DESC LIMIT 1)
            AND received_at + 0 < ?`,
          values: [until, until]
        }
      ])
]

/** Few rows match a code, or what is searched for: all other filters check each of these. */
const narrow = ({ state, code, tool }: Filter, parts: Condition | null): Condition[] => [
  ...(state ? [{ sql: `${aside('state')} = ?`, values: [state] }] : []),
  ...(code ? [{ sql: `${parts ? aside('code') : 'code'} = ?`, values: [code] }] : []),
  ...(tool ? [{ sql: `${aside('tool')} = ?`, values: [tool] }] : []),
  ...(parts ? [parts] : [])
]

/** A tool and a state are one part of an index, newest last; several are merged, of each no more than is shown. */
const wide = async (tx: Tx, { state, tool, limit }: Filter, within: Condition[]): Promise<Condition[]> => {
  if (!state && !tool) return within
  const parts = new Map((await tally(tx)).map(part => [`${part.tool} ${part.state}`, part]))
  const wanted = [...parts.values()].filter(part => (!state || part.state === state) && (!tool || part.tool === tool))
  if (wanted.length === 0) return [{ sql: 'id = 0', values: [] }]
  const also = within.map(({ sql }) => ` AND ${sql}`).join('')
  const one = `SELECT id FROM (SELECT id FROM invoice WHERE tool = ? AND state = ?${also} ORDER BY id DESC LIMIT ?) AS part`
  return [
    {
      sql: `id IN (${wanted.map(() => one).join(' UNION ALL ')})`,
      values: wanted.flatMap(part => [part.tool, part.state, ...within.flatMap(({ values }) => values), limit])
    }
  ]
}

const select = async (tx: Tx, filter: Filter, parts: Condition | null = null): Promise<Cells[]> => {
  const within = withinTime(filter)
  const conditions = parts || filter.code ? [...narrow(filter, parts), ...within] : await wide(tx, filter, within)
  const where = conditions.length > 0 ? `WHERE ${conditions.map(({ sql }) => sql).join(' AND ')}` : ''
  return tx.all(
    `SELECT * FROM invoice ${where} ORDER BY id DESC LIMIT ?`,
    ...conditions.flatMap(({ values }) => values),
    filter.limit
  )
}

const isLong = (q: string): boolean => [...searchKey(q)].length >= partCharactersMin

/** What an index leads to: a part of a text, an amount, or both. */
type Sought = Pick<Filter, 'q' | 'amount'>

/** The ids that an index has for it. A whole number is found even before its texts are entered. */
const foundBy = (q: string): Condition => {
  const [key, ref] = [numberKey(q), refPrint(q)]
  // Hides the id, which the outer query filters by: where few customers have all invoices, that would read them all.
  const byRef = 'SELECT id + 0 AS id FROM invoice WHERE customer_ref = ?'
  if (!isLong(q))
    return {
      sql: `SELECT id FROM invoice WHERE key >= ? AND key < ? UNION ALL ${byRef}`,
      values: [key, `${key}\u{10ffff}`, ref]
    }
  const long = having(q)
  const sql = `SELECT id FROM invoice WHERE key = ? UNION ALL ${byRef} UNION ALL ${long.sql}`
  return { sql, values: [key, ref, ...long.values] }
}

const found = ({ q, amount }: Sought, filter: Filter): Condition => {
  const sought = [...(q ? [foundBy(q)] : []), ...(amount ? [havingAmount(amount)] : [])]
  const [one, ...others] = sought as [Condition]
  if (others.length === 0 && !hasMore(filter) && (amount || isLong(q ?? ''))) return newestOf(one, filter)
  return {
    sql: sought.map(({ sql }) => `id IN (${sql})`).join(' AND '),
    values: sought.flatMap(({ values }) => values)
  }
}

/** Whether a row has to be read to tell whether it is shown. */
const hasMore = ({ state, code, tool, since, until }: Filter): boolean =>
  [state, code, tool, since, until].some(part => part !== undefined)

/** Where ids alone tell that: of thousands that are found, only those that are shown are read. */
const newestOf = ({ sql, values }: Condition, { cursor, limit }: Filter): Condition => ({
  sql: `id IN (SELECT DISTINCT id FROM (${sql}) AS part WHERE id < ? ORDER BY id DESC LIMIT ?)`,
  values: [...values, cursor ? Number(cursor) : Number.MAX_SAFE_INTEGER, limit]
})

const matches = ({ q = '', amount }: Sought): ((cells: Cells) => boolean) => {
  const [part, key, ref] = [searchKey(q), numberKey(q), refPrint(q)]
  const isSought = (cells: Cells, invoice: Invoice): boolean =>
    (cells.key as string).startsWith(key) ||
    cells.customer_ref === ref ||
    (isLong(q) && textsOf(invoice).some(text => text.includes(part)))
  return cells => {
    const invoice = JSON.parse(cells.invoice as string) as Invoice
    return (!amount || amountKeyOf(invoice) === amountKey(amount)) && (q === '' || isSought(cells, invoice))
  }
}

/** Looks through the newest as they are; then, if these were not all, finds the older ones by an index. */
const search = async (tx: Tx, sought: Sought, { limit, ...filter }: Filter): Promise<Cells[]> => {
  // The index for the beginning of a number is never late.
  if (!sought.amount && !isLong(sought.q ?? ''))
    return select(tx, { ...filter, limit }, found(sought, { ...filter, limit }))
  const newest = await select(tx, { ...filter, limit: lookedThrough })
  const first = newest.filter(matches(sought)).slice(0, limit)
  const oldest = newest.at(-1)
  if (first.length === limit || newest.length < lookedThrough || !oldest) return first
  const older = { ...filter, cursor: String(oldest.id), limit: limit - first.length }
  return [...first, ...(await select(tx, older, found(sought, older)))]
}

const some = (tx: Tx, { q, amount, ...filter }: Filter): Promise<Cells[]> =>
  q || amount ? search(tx, { q, amount }, filter) : select(tx, filter)

const pageOf = async (tx: Tx, filter: Filter): Promise<{ cells: Cells[]; next: string | null }> => {
  const { limit } = filter
  const cells = await some(tx, { ...filter, limit: limit + 1 })
  const page = cells.slice(0, limit)
  return { cells: page, next: cells.length > limit ? String(page.at(-1)?.id) : null }
}

export const list = async (tx: Tx, filter: Filter): Promise<{ rows: Row[]; next: string | null }> => {
  const { cells, next } = await pageOf(tx, filter)
  return { rows: cells.map(rowOf), next }
}

export const nothingPicked = (): Picked => ({ ids: [], leftOut: { conflict: 0, sent: 0, rule: 0, state: 0 } })

export const countPicked = ({ ids, leftOut }: Picked): number =>
  Object.values(leftOut).reduce((sum, count) => sum + count, ids.length)

const picksAtOnce = 500

/** The next slice of them. `next`: where to go on; null at the end. */
export const pickSome = async (
  tx: Tx,
  { state = 'held', ...filter }: Omit<Filter, 'limit'>,
  action: ActionForAll
): Promise<{ picked: Picked; next: string | null }> => {
  const { cells, next } = await pageOf(tx, { state, ...filter, limit: picksAtOnce })
  const rows = cells.map(keptOf)
  const contested = await amongAll(
    tx,
    rows.map(({ id }) => id),
    marks => `SELECT invoice_id FROM conflict WHERE settled = 0 AND invoice_id IN (${marks})`
  )
  const hasConflict = new Set(contested.map(({ invoice_id: id }) => id))
  const picked = nothingPicked()
  for (const row of rows) {
    const why = leftOutOf(row, action, hasConflict.has(row.id))
    if (why === null) picked.ids.push(row.id)
    else picked.leftOut[why] += 1
  }
  return { picked, next }
}

export const bothPicked = (one: Picked, other: Picked): Picked => ({
  ids: [...one.ids, ...other.ids],
  leftOut: {
    conflict: one.leftOut.conflict + other.leftOut.conflict,
    sent: one.leftOut.sent + other.leftOut.sent,
    rule: one.leftOut.rule + other.leftOut.rule,
    state: one.leftOut.state + other.leftOut.state
  }
})
