// The last requests that were refused: what a sender says that it sent, and the bridge does not have.

import type { Refused } from '../view/answers.ts'
import { endpoints } from '../view/endpoints.ts'
import { given, parseAsk, textOptions } from './ask.ts'
import type { Command } from './command.ts'
import { pageOf, table, zonedTime } from './print.ts'

const filters = Object.keys(endpoints.listRefused.query.shape)

export const run: Command = async (args, terminal) => {
  const usage = `refused [--${filters.join(' --')}]`
  const { values, ask, show, timeZone } = parseAsk(args, terminal, { options: textOptions(filters), usage })
  const page = await ask('listRefused', { query: given(values, filters) })
  show(
    page,
    page.refused.length === 0 ? 'Nothing was refused.' : pageOf(refusedTable(page.refused, timeZone), page.next)
  )
  return 0
}

const refusedTable = (refused: Refused[], timeZone: string): string =>
  table([
    ['last at', 'requests', 'tool', 'from', 'number', 'why'],
    ...refused.map(refusal => [
      zonedTime(refusal.at, timeZone),
      String(refusal.requests),
      refusal.tool,
      refusal.address,
      refusal.invoiceNumber,
      whyOf(refusal)
    ])
  ])

const whyOf = ({ code, problems }: Refused): string =>
  [code, ...problems.map(({ field, message }) => `${field}: ${message}`)].join('; ')
