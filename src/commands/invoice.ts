import { parseAsk } from './ask.ts'
import type { Command } from './command.ts'
import { invoiceLines } from './print.ts'

export const run: Command = async (args, terminal) => {
  const usage = 'invoice <nr>'
  const { positionals, ask, show, timeZone } = parseAsk(args, terminal, { positionals: 1, usage })
  const [invoiceNumber = ''] = positionals
  const invoice = await ask('getInvoice', { params: { invoiceNumber } })
  show(invoice, invoiceLines(invoice, timeZone))
  return 0
}
