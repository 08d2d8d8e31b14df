// The last requests that were refused. One row counts those that are alike, and the rows of each kind, authentic or
// not, are bounded: strangers push out only strangers, and nobody can fill the disk.

import type { Code } from '../core/codes.ts'
import type { Problem } from '../core/errors.ts'
import { fingerprint } from '../core/fingerprint.ts'
import { numberKey } from '../core/invoice.ts'
import type { Refusal, RefusalFilter, RefusalPage } from '../core/refusal.ts'
import { type Cell, type Cells, insert, type Tx } from './driver.ts'
import { likePart } from './search.ts'

// Of each kind. More than a person looks through, and less than a megabyte.
export const refusalsMax = 1000

const printOf = ({ tool, client, code, invoiceNumber, problems }: Refusal): string =>
  fingerprint(JSON.stringify([tool, client, code, invoiceNumber, problems]))

/** A request that is refused again becomes the latest. */
const noteOne = async (tx: Tx, refusal: Refusal): Promise<void> => {
  const print = printOf(refusal)
  const before = await tx.one('DELETE FROM refusal WHERE print = ? RETURNING requests, since', print)
  await insert(tx, 'refusal', {
    print,
    tool: refusal.tool,
    client: refusal.client,
    authentic: Number(refusal.isAuthentic),
    code: refusal.code,
    invoice_number: refusal.invoiceNumber,
    key: refusal.invoiceNumber && numberKey(refusal.invoiceNumber),
    problems: JSON.stringify(refusal.problems),
    requests: Number(before?.requests ?? 0) + refusal.requests,
    since: Number(before?.since ?? refusal.since),
    at: refusal.at
  })
}

export const noteRefusals = async (tx: Tx, refusals: readonly Refusal[]): Promise<void> => {
  for (const refusal of refusals) await noteOne(tx, refusal)
  for (const kind of [0, 1])
    await tx.run(
      `DELETE FROM refusal WHERE authentic = ? AND id <= (
        SELECT id FROM refusal WHERE authentic = ? ORDER BY id DESC LIMIT 1 OFFSET ?)`,
      kind,
      kind,
      refusalsMax
    )
}

export const forgetRefusals = (tx: Tx, before: number): Promise<void> =>
  tx.run('DELETE FROM refusal WHERE at < ?', before)

const refusalIn = (cells: Cells): Refusal => ({
  tool: cells.tool as string,
  client: cells.client as string,
  isAuthentic: Number(cells.authentic) === 1,
  code: cells.code as Code,
  invoiceNumber: cells.invoice_number as string | null,
  problems: JSON.parse(cells.problems as string) as Problem[],
  requests: Number(cells.requests),
  since: Number(cells.since),
  at: Number(cells.at)
})

export const listRefusals = async (
  tx: Tx,
  { q, tool, isAuthentic, limit, cursor }: RefusalFilter
): Promise<RefusalPage> => {
  const where: [condition: string, value: Cell][] = []
  if (isAuthentic !== undefined) where.push(['authentic = ?', Number(isAuthentic)])
  if (tool !== undefined) where.push(['tool = ?', tool])
  if (q !== undefined) where.push([`key LIKE ? ESCAPE '\\'`, likePart(numberKey(q))])
  if (cursor !== undefined) where.push(['id < ?', Number(cursor)])
  const conditions = where.map(([condition]) => condition).join(' AND ')
  const found = await tx.all(
    `SELECT * FROM refusal ${conditions && `WHERE ${conditions}`} ORDER BY id DESC LIMIT ?`,
    ...where.map(([, value]) => value),
    limit + 1
  )
  const page = found.slice(0, limit)
  return { refusals: page.map(refusalIn), next: found.length > limit ? String(page.at(-1)?.id) : null }
}
