import { type State, states } from '../core/row.ts'
import { isLoopback } from '../network/http.ts'
import type { Summary, Warning } from '../view/answers.ts'
import { type Words, words } from '../words/words.ts'
import { parseAsk } from './ask.ts'
import { type Command, languageOf } from './command.ts'
import { table, withZonedTimes } from './print.ts'

const options = { lang: { type: 'string' } } as const

/** Exit code 1 when something needs a person, so that a script can ask. */
export const run: Command = async (args, terminal) => {
  const { ask, show, timeZone, values } = parseAsk(args, terminal, { options, usage: 'status [--lang nl|en]' })
  const language = languageOf(values.lang, terminal.env)
  const summary = await ask('summary', { query: { language } })
  const unwell = summary.attention > 0 || summary.portal.tokenRefused || others(summary).length > 0
  // The sentences of health have instants in them, too.
  show(summary, withZonedTimes(lines(summary, words[language]), timeZone))
  return unwell ? 1 : 0
}

const lines = (summary: Summary, words: Words): string => {
  const { status: texts } = words
  const { review, attention, portal, tools } = summary
  return [
    table(
      states.map(state => [
        texts.state(state, words.states[state]),
        String(summary[state]),
        oldestOf(state, summary, words)
      ])
    ),
    '',
    review.on ? texts.review(review.since) : texts.live(review.since),
    attention === 0 ? texts.nothing : `${texts.needs(attention)}\n${attentionLines(summary)}`,
    `${texts.portal}: ${[portal.url, ...trouble(portal, words)].join(': ')}`,
    ...tools.map(tool => `${texts.tool(tool.name)}: ${wayOf(tool, words)}`),
    ...others(summary).map(
      ({ check, tool, output }) => `${tool === null ? texts.warning(check) : texts.tool(tool)}: ${output}`
    )
  ].join('\n')
}

const oldestOf = (state: State, { oldestWaitingAt, oldestSendingAt }: Summary, { status }: Words): string => {
  const oldest = { waiting: oldestWaitingAt, sending: oldestSendingAt }[state as string]
  return oldest ? status.oldest(oldest) : ''
}

const wayOf = ({ on, address }: Summary['tools'][number], { status }: Words): string => {
  if (!on) return status.off
  return address === null ? status.asked : status.webhooks(address)
}

// The lines above say these already, and what to do about them.
const shownAbove = ['attention', 'portal']

const others = ({ warnings }: Summary): Warning[] => warnings.filter(({ check }) => !shownAbove.includes(check))

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
const trouble = (
  { url, state, since, tokenRefused, filling, budget: { pausedForMs } }: Summary['portal'],
  { status }: Words
): string[] => {
  if (tokenRefused) return [status.refused]
  if (state === 'down') {
    const hint = isLoopback(new URL(url)) ? ` ${status.noSandbox}` : ''
    return [status.down(since) + hint]
  }
  if (pausedForMs > 0) return [status.paused(Math.ceil(pausedForMs / 1000))]
  return filling === null ? [] : [status.filling(filling.pages)]
}
