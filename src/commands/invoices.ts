import { endpoints } from '../view/endpoints.ts'
import { given, parseAsk, textOptions } from './ask.ts'
import { type Command, WrongUse } from './command.ts'
import { invoiceTable, pageOf } from './print.ts'

const filters = Object.keys(endpoints.listInvoices.query.shape)

export const run: Command = async (args, terminal) => {
  const usage = `invoices [--${filters.join(' --')}]`
  const { values, ask, show } = parseAsk(args, terminal, { options: textOptions(filters), usage })
  const query = given(values, filters)
  for (const name of filters) if (query[name] === '') throw new WrongUse(`--${name} is empty`)
  const page = await ask('listInvoices', { query })
  show(page, page.invoices.length === 0 ? 'No invoices.' : pageOf(invoiceTable(page.invoices), page.next))
  return 0
}
