import { isLoopback } from '../network/http.ts'
import type { Summary, Warning } from '../view/answers.ts'
import { parseAsk } from './ask.ts'
import type { Command } from './command.ts'
import { table, withZonedTimes } from './print.ts'

/** Exit code 1 when something needs a person, so that a script can ask. */
export const run: Command = async (args, terminal) => {
  const { ask, show, timeZone } = parseAsk(args, terminal, { usage: 'status' })
  const summary = await ask('summary')
  const unwell = summary.attention > 0 || summary.portal.tokenRefused || others(summary).length > 0
  // Instants stand in sentences of health, too.
  show(summary, withZonedTimes(lines(summary), timeZone))
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
const trouble = ({
  url,
  state,
  since,
  tokenRefused,
  filling,
  budget: { pausedForMs }
}: Summary['portal']): string[] => {
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
