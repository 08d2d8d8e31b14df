// All links at once, as a table for a spreadsheet. An import is all or nothing: with one bad line nothing changes.

import type { FastifyInstance } from 'fastify'
import type { Clock } from '../../src/core/clock.ts'
import { formatCsv, parseCsv } from '../../src/core/csv.ts'
import type { LinkLine } from '../../src/core/customer.ts'
import { BridgeError, type Problem } from '../../src/core/errors.ts'
import type { Actor } from '../../src/core/row.ts'
import type { Ledger } from '../../src/ledger/ledger.ts'

export interface Links {
  export: () => Promise<string>
  /** Rejects with FIELDS_INVALID, with a problem for each bad line. Resolves to how many changed, of how many. */
  import: (text: string, actor?: Actor) => Promise<{ links: number; changed: number }>
}

export type LinksOptions = {
  ledger: Pick<Ledger, 'customers'>
  clock: Pick<Clock, 'now'>
  engine: { wake: () => void }
  /** Whether this tool exists, or ever did. */
  isTool: (tool: string) => Promise<boolean>
}

export const csvType = 'text/csv'

const head = ['tool', 'ref', 'portalId', 'name', 'emails']
const needed = ['tool', 'ref', 'portalId']

// One transaction, which keeps other writers waiting only for a moment.
const linesMax = 1000

const pageSize = 500

export const createLinks = ({ ledger: { customers }, clock, engine, isTool }: LinksOptions): Links => ({
  async export() {
    const rows: string[][] = [head]
    for (let cursor: string | undefined; ; ) {
      const page = await customers.list({ linked: true, limit: pageSize, cursor })
      for (const { tool, ref, link, name, emails } of page.customers)
        rows.push([tool, ref, link?.portalId ?? '', name ?? '', emails.join(' ')])
      if (page.next === null) return formatCsv(rows)
      cursor = page.next
    }
  },

  async import(text, actor) {
    const lines = linesIn(text)
    const problems = (await Promise.all(lines.map(line => problemsOf(line, isTool)))).flat()
    problems.push(...repeated(lines))
    if (problems.length > 0) throw invalid(problems)
    const changed = await customers.linkAll(lines, clock.now(), actor)
    engine.wake()
    return { links: lines.length, changed }
  }
})

const linesIn = (text: string): LinkLine[] => {
  const [first, ...rows] = parseCsv(text) ?? []
  const columns = needed.map(name => first?.fields.findIndex(field => field.toLowerCase() === name.toLowerCase()) ?? -1)
  if (!first || columns.includes(-1))
    throw invalid([{ field: 'line 1', message: `expected a table whose first line is ${head.join(',')}` }])
  if (rows.length > linesMax) throw invalid([{ field: 'body', message: `expected at most ${linesMax} links` }])
  return rows.map(({ line, fields }) => {
    const [tool = '', ref = '', portalId = ''] = columns.map(column => fields[column] ?? '')
    return { line, tool, ref, portalId }
  })
}

const refCharactersMax = 255

// What stands in a text for bytes that are not UTF-8, as spreadsheets save letters with accents if nobody asks.
const undecodable = '\ufffd'

const problemsOf = async (
  { line, tool, ref, portalId }: LinkLine,
  isTool: LinksOptions['isTool']
): Promise<Problem[]> => {
  const field = `line ${line}`
  const messages = [
    !(await isTool(tool)) && 'tool: there is none of this name',
    (ref === '' || [...ref].length > refCharactersMax) && "ref: expected the tool's own id of its customer",
    // It would be linked as another customer's, and the right one would go on waiting.
    ref.includes(undecodable) && 'ref: expected UTF-8: save the table as CSV UTF-8',
    !/^cst_\S{1,100}$/.test(portalId) && "portalId: expected the portal's id of a customer, cst_…"
  ]
  return messages.flatMap(message => (message === false ? [] : [{ field, message }]))
}

const repeated = (lines: LinkLine[]): Problem[] => {
  const seen = new Map<string, number>()
  return lines.flatMap(({ line, tool, ref }) => {
    const key = JSON.stringify([tool, ref.toLowerCase()])
    const before = seen.get(key)
    seen.set(key, line)
    return before === undefined ? [] : [{ field: `line ${line}`, message: `the same customer as in line ${before}` }]
  })
}

const invalid = (problems: Problem[]) => new BridgeError('FIELDS_INVALID', undefined, { problems })

/** Reads a table as one text, because it is small. */
export const takeCsv = (app: FastifyInstance): void => {
  app.addContentTypeParser(csvType, { parseAs: 'string' }, (_request, body, done) => done(null, body))
}
