import { parseAsk } from './ask.ts'
import type { Command } from './command.ts'
import { table } from './print.ts'

type Summary = {
  waiting: number
  sending: number
  delivered: number
  held: number
  dismissed: number
  attention: number
  oldestWaitingAt: string | null
  oldestSendingAt: string | null
  portal: { url: string; tokenRefused: boolean }
  tools: { name: string; on: boolean; address: string }[]
}

/** Exit code 1 when something needs a person, so that a script can ask. */
export const run: Command = async (args, { env, print }) => {
  const { values, ask } = parseAsk(args, { env, positionals: 0, usage: 'status' })
  const summary = await ask<Summary>('GET', '/api/summary')
  const unwell = summary.attention > 0 || summary.portal.tokenRefused
  if (values.json) print(JSON.stringify(summary, null, 2))
  else print(lines(summary))
  return unwell ? 1 : 0
}

const lines = (summary: Summary): string =>
  [
    table([
      [
        'waiting',
        String(summary.waiting),
        summary.oldestWaitingAt ? `oldest since ${summary.oldestWaitingAt}` : ''
      ],
      [
        'in doubt',
        String(summary.sending),
        summary.oldestSendingAt ? `oldest since ${summary.oldestSendingAt}` : ''
      ],
      ['delivered', String(summary.delivered), ''],
      ['held', String(summary.held), ''],
      ['dismissed', String(summary.dismissed), '']
    ]),
    '',
    summary.attention === 0
      ? 'Nothing needs a person.'
      : `${summary.attention} need a person: factuurbrug invoices --state held`,
    `Portal: ${summary.portal.url}${summary.portal.tokenRefused ? ' (refuses the token)' : ''}`,
    ...summary.tools.map(
      ({ name, on, address }) => `Tool ${name}: ${on ? `on, webhooks to ${address}` : 'off'}`
    )
  ].join('\n')
