// All links as a table: printed, or read from a file.

import { readFileSync } from 'node:fs'
import { attempt } from '../core/attempt.ts'
import { parseCsv } from '../core/csv.ts'
import { parseAsk, textOptions } from './ask.ts'
import { type Command, CommandFailed } from './command.ts'

export const run: Command = async (args, terminal) => {
  const { values, askText, ask, show } = parseAsk(args, terminal, {
    options: textOptions(['import']),
    usage: 'links [--import <file.csv>]'
  })
  if (values.import === undefined) {
    const csv = await askText('exportLinks')
    show({ links: entriesIn(csv) }, csv.trimEnd())
    return 0
  }
  const text = attempt(() => readFileSync(values.import ?? '', 'utf8'))
  if (text === undefined) throw new CommandFailed(`Cannot read the file ${values.import}.`)
  const { links, changed, ...more } = await ask('importLinks', { text })
  show({ links, changed, ...more }, `${links} links, ${changed} of them new.`)
  return 0
}

/** Each row below the first, by the names that the first gives to the columns. */
const entriesIn = (csv: string): Record<string, string>[] => {
  const [head, ...rows] = parseCsv(csv) ?? []
  return rows.map(({ fields }) => Object.fromEntries((head?.fields ?? []).map((name, at) => [name, fields[at] ?? ''])))
}
