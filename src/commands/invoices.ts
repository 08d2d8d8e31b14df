import { parseAsk } from './ask.ts'
import { type Command, WrongUse } from './command.ts'
import { invoiceTable, type ShownInvoice } from './print.ts'

const filters = ['state', 'code', 'tool', 'q', 'limit', 'cursor'] as const

const options = Object.fromEntries(filters.map(name => [name, { type: 'string' }])) as Record<
  (typeof filters)[number],
  { type: 'string' }
>

export const run: Command = async (args, { env, print }) => {
  const { values, ask } = parseAsk(args, {
    env,
    options,
    positionals: 0,
    usage: 'invoices [--state --code --tool --q --limit --cursor]'
  })
  const query = new URLSearchParams()
  for (const name of filters) {
    const value = values[name]
    if (value === '') throw new WrongUse(`--${name} is empty`)
    if (typeof value === 'string') query.set(name, value)
  }
  const page = await ask<{ invoices: ShownInvoice[]; next: string | null }>('GET', `/api/invoices?${query}`)
  if (values.json) print(JSON.stringify(page, null, 2))
  else if (page.invoices.length === 0) print('No invoices.')
  else print(invoiceTable(page.invoices) + (page.next ? `\nMore: add --cursor ${page.next}` : ''))
  return 0
}
