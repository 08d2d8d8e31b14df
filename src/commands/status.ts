import type { Warning } from '../health/health.ts'
import { isLoopback } from '../network/http.ts'
import { parseAsk } from './ask.ts'
import type { Command } from './command.ts'
import { table, withZonedTimes } from './print.ts'

type Summary = {
  waiting: number
  sending: number
  delivered: number
  held: number
  dismissed: number
  attention: number
  attentionTo: { state: string; code: string; invoices: number }[]
  oldestWaitingAt: string | null
  oldestSendingAt: string | null
  portal: Portal
  tools: { name: string; on: boolean; address: string }[]
  warnings: Warning[]
}

type Portal = {
  url: string
  state: string
  since: string
  tokenRefused: boolean
  filling: { pages: number } | null
  budget: { pausedForMs: number }
}

/** Exit code 1 when something needs a person, so that a script can ask. */
export const run: Command = async (args, { env, print }) => {
  const { values, ask, timeZone } = parseAsk(args, { env, positionals: 0, usage: 'status' })
  const summary = await ask<Summary>('GET', '/api/summary')
  const unwell = summary.attention > 0 || summary.portal.tokenRefused || others(summary).length > 0
  if (values.json) print(JSON.stringify(summary, null, 2))
  // Instants stand in sentences of health, too.
  else print(withZonedTimes(lines(summary), timeZone))
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
        'sending',
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
      : `${summary.attention} need a person:\n${attentionLines(summary)}`,
    `Portal: ${[summary.portal.url, ...trouble(summary.portal)].join(': ')}`,
    ...summary.tools.map(
      ({ name, on, address }) => `Tool ${name}: ${on ? `on, webhooks to ${address}` : 'off'}`
    ),
    ...others(summary).map(
      ({ check, tool, output }) => `${tool === null ? `Warning (${check})` : `Tool ${tool}`}: ${output}`
    )
  ].join('\n')

// Told above, with what to do about it.
const toldAbove = ['attention', 'portal']

const others = ({ warnings }: Summary): Warning[] =>
  warnings.filter(({ check }) => !toldAbove.includes(check))

/** With the command that lists exactly those. */
const attentionLines = ({ attentionTo }: Summary): string =>
  table(
    attentionTo.map(({ state, code, invoices }) => [
      `  ${invoices}`,
      state,
      code,
      `factuurbrug invoices --state ${state} --code ${code}`
    ])
  )

/** The first thing that is the matter with the portal, for whoever wonders why nothing is delivered. */
const trouble = ({ url, state, since, tokenRefused, filling, budget: { pausedForMs } }: Portal): string[] => {
  if (tokenRefused) return ['it refuses PORTAL_TOKEN, so deliveries pause. Make a new API key.']
  if (state === 'down') {
    const hint = isLoopback(new URL(url))
      ? ' The sandbox may not be running: `npm run sandbox` starts it.'
      : ''
    return [`it has not answered since ${since}, so deliveries pause. They go on by themselves.${hint}`]
  }
  if (pausedForMs > 0) return [`it asked for a pause, for another ${Math.ceil(pausedForMs / 1000)} s.`]
  if (filling === null) return []
  const pages = `${filling.pages} ${filling.pages === 1 ? 'page' : 'pages'} so far`
  return [`it is read for the first time, ${pages}. Deliveries begin when that is done.`]
}
