// Has the running bridge fetch one invoice from its tool, as if its webhook had just come.

import { parseAsk } from './ask.ts'
import type { Command } from './command.ts'

const results = {
  accepted: 'new: it is delivered, or held for you',
  duplicate: 'known already',
  conflict: 'known with other facts: both are there for you',
  ignored: 'not one that the bridge delivers'
}

export const run: Command = async (args, terminal) => {
  const { positionals, ask, show } = parseAsk(args, terminal, { positionals: 2, usage: 'fetch <tool> <number or id>' })
  const [tool = '', id = ''] = positionals
  const fetched = await ask('fetchInvoice', { params: { tool }, body: { id } })
  show(fetched, `${fetched.invoiceNumber}: ${results[fetched.result]}.`)
  return 0
}
