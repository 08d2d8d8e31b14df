// Has the running bridge ask a tool for what it issued since a date, also before the start of the tool.

import { parseAsk, textOptions } from './ask.ts'
import { type Command, WrongUse } from './command.ts'

const usage = 'catch-up <tool> --since <2026-11-20>'

export const run: Command = async (args, terminal) => {
  const { complain } = terminal
  const { values, positionals, ask, show } = parseAsk(args, terminal, {
    options: textOptions(['since']),
    positionals: 1,
    usage
  })
  if (!values.since) throw new WrongUse(`Usage: factuurbrug ${usage}`)
  const [tool = ''] = positionals
  let found = await ask('catchUp', { body: { tool, since: values.since } })
  // The bridge answers within seconds: with everything, or with what it found so far.
  while (found.running) {
    complain(`${found.accepted} new so far. The bridge goes on, even if you stop this command.`)
    found = await ask('caughtUp', { params: { tool } })
  }
  const { accepted, duplicate, conflict, ignored, unreadable } = found
  show(found, `${accepted} new, ${duplicate} known, ${conflict} in conflict, ${ignored} ignored.`)
  if (unreadable > 0)
    complain(`${unreadable} cannot be read: factuurbrug invoices --code EVENT_UNREADABLE lists what is held.`)
  return 0
}
