// Asks a tool, through the running bridge, for what it issued since a date; what is older than its start, too.

import { parseAsk } from './ask.ts'
import { type Command, WrongUse } from './command.ts'

const usage = 'catch-up <tool> --since <2026-11-20>'

type Found = {
  accepted: number
  duplicate: number
  conflict: number
  ignored: number
  unreadable: number
  running?: true
}

export const run: Command = async (args, { env, print, complain }) => {
  const { values, positionals, ask } = parseAsk(args, {
    env,
    options: { since: { type: 'string' } },
    positionals: 1,
    usage
  })
  if (!values.since) throw new WrongUse(`Usage: factuurbrug ${usage}`)
  const [tool = ''] = positionals
  let found = await ask<Found>('POST', '/api/catch-up', { tool, since: values.since })
  // The bridge answers within seconds: what it found, or what it found so far.
  while (found.running) {
    complain(`${found.accepted} new so far. The bridge goes on, also without this command.`)
    found = await ask<Found>('GET', `/api/catch-up/${encodeURIComponent(tool)}`)
  }
  const { accepted, duplicate, conflict, ignored, unreadable } = found
  if (values.json) print(JSON.stringify(found, null, 2))
  else print(`${accepted} new, ${duplicate} known, ${conflict} in conflict, ${ignored} ignored.`)
  if (unreadable > 0)
    complain(`${unreadable} cannot be read: factuurbrug invoices --code EVENT_UNREADABLE lists what is held.`)
  return 0
}
