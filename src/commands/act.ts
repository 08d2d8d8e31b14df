// deliver, dismiss, take, keep: the words a person can say about one invoice.

import { invoicePath, parseAsk } from './ask.ts'
import type { Command } from './command.ts'
import { invoiceTable, type ShownInvoice } from './print.ts'

export const run: Command = async (args, { env, print }, name) => {
  const { values, positionals, ask } = parseAsk(args, { env, positionals: 1, usage: `${name} <nr>` })
  const invoice = await ask<ShownInvoice & { changed: boolean }>(
    'POST',
    `${invoicePath(positionals[0] ?? '')}/${name}`
  )
  print(values.json ? JSON.stringify(invoice, null, 2) : invoiceTable([invoice]))
  if (!invoice.changed && !values.json) print(`Nothing to ${name}: ${unchanged(invoice)}.`)
  return 0
}

const unchanged = ({ state }: ShownInvoice): string =>
  state === 'delivered' ? 'it is delivered, and no note stands on it' : `it is ${state} already`
