import { invoicePath, parseAsk } from './ask.ts'
import type { Command } from './command.ts'
import { invoiceLines, type ShownInvoice } from './print.ts'

export const run: Command = async (args, { env, print }) => {
  const { values, positionals, ask, timeZone } = parseAsk(args, {
    env,
    positionals: 1,
    usage: 'invoice <nr>'
  })
  const invoice = await ask<ShownInvoice>('GET', invoicePath(positionals[0] ?? ''))
  print(values.json ? JSON.stringify(invoice, null, 2) : invoiceLines(invoice, timeZone))
  return 0
}
