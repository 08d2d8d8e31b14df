import { type State, states } from '../core/row.ts'
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
  // The sentences of health have instants in them, too.
  show(summary, withZonedTimes(lines(summary), timeZone))
  return unwell ? 1 : 0
}

const lines = (summary: Summary): string =>
  [
    table(states.map(state => [state, String(summary[state]), oldestOf(state, summary)])),
    '',
    summary.review.on
      ? `Review since ${summary.review.since}: what comes in waits until you release it.`
      : `Live since ${summary.review.since}: what comes in is sent.`,
    summary.attention === 0
      ? 'Nothing needs a person.'
      : `${summary.attention} need a person:\n${attentionLines(summary)}`,
    `Portal: ${[summary.portal.url, ...trouble(summary.portal)].join(': ')}`,
    ...summary.tools.map(({ name, on, address }) => `Tool ${name}: ${on ? `on, webhooks to ${address}` : 'off'}`),
    ...others(summary).map(
      ({ check, tool, output }) => `${tool === null ? `Warning (${check})` : `Tool ${tool}`}: ${output}`
    )
  ].join('\n')

const oldestOf = (state: State, { oldestWaitingAt, oldestSendingAt }: Summary): string => {
  const oldest = { waiting: oldestWaitingAt, sending: oldestSendingAt }[state as string]
  return oldest ? `oldest since ${oldest}` : ''
}

// The lines above say these already, and what to do about them.
const toldAbove = ['attention', 'portal']

const others = ({ warnings }: Summary): Warning[] => warnings.filter(({ check }) => !toldAbove.includes(check))

/** Each kind with the command that lists exactly those invoices. */
const attentionLines = ({ attentionTo }: Summary): string =>
  table(
    attentionTo.map(({ state, code, invoices }) => [
      `  ${invoices}`,
      state,
      code,
      `factuurbrug invoices --state ${state} --code ${code}`
    ])
  )

/** The first thing that keeps the portal from taking invoices, in words; empty if nothing does. */
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
    const hint = isLoopback(new URL(url)) ? ' The sandbox may not be running: `npm run sandbox` starts it.' : ''
    return [`it has not answered since ${since}, so deliveries pause. They go on by themselves.${hint}`]
  }
  if (pausedForMs > 0) return [`it asked for a pause, for another ${Math.ceil(pausedForMs / 1000)} s.`]
  if (filling === null) return []
  const pages = `${filling.pages} ${filling.pages === 1 ? 'page' : 'pages'} so far`
  return [`it is read for the first time, ${pages}. Deliveries begin when that is done.`]
}
