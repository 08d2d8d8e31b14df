// deliver, dismiss, take, keep: what a person decides about one invoice, or about all that match.

import type { Action } from '../core/row.ts'
import type { ActedInvoice, DoneForAll } from '../view/answers.ts'
import { endpoints } from '../view/endpoints.ts'
import { given, parseAsk, textOptions } from './ask.ts'
import { type Command, CommandFailed, type Terminal, WrongUse } from './command.ts'
import { factsLine, invoiceTable } from './print.ts'

const filters = Object.keys(endpoints.deliverAll.body.shape.filter.shape)
const forAll = { all: { type: 'boolean' }, yes: { type: 'boolean' }, ...textOptions(filters) } as const
// Only `deliver` can say that the portal does not have what was sent before.
const options = {
  deliver: { ...forAll, absent: { type: 'boolean' } },
  dismiss: forAll,
  take: {},
  keep: {}
} as const

export const run: Command = async (args, terminal, name) => {
  const action = name as Action
  if ((action === 'deliver' || action === 'dismiss') && args.includes('--all')) return actOnAll(args, terminal, action)
  const usage = `${name} <nr>${action === 'deliver' ? ' [--absent]' : ''}`
  const { values, positionals, ask, show } = parseAsk(args, terminal, {
    options: options[action],
    positionals: 1,
    usage
  })
  if (Object.keys(given(values, filters)).length > 0 || 'yes' in values)
    throw new WrongUse(`Usage: factuurbrug ${usage}`)
  const [invoiceNumber = ''] = positionals
  const body = 'absent' in values ? { absent: true } : {}
  const invoice = await ask(action, { params: { invoiceNumber }, body })
  show(invoice, [invoiceTable([invoice]), ...decidedLines(invoice), ...unchangedLine(invoice, name)].join('\n'))
  return 0
}

/** Asks how many invoices match, and acts on those only if the person agrees to that number. */
const actOnAll = async (args: string[], terminal: Terminal, action: 'deliver' | 'dismiss'): Promise<number> => {
  const usage = `${action} --all [${filters.map(name => `--${name}`).join(' ')}] [--yes]`
  const { values, ask, show } = parseAsk(args, terminal, { options: forAll, usage })
  const filter = given(values, filters)
  const operation = `${action}All` as const
  const counted = await ask(operation, { body: { filter } })
  if (counted.matching === 0) {
    show(counted, [`Nothing to ${action}.`, ...leftLines(counted)].join('\n'))
    return 0
  }
  if (!values.yes && !(await isAgreed(terminal, counted, action))) return 1
  const done = await ask(operation, { body: { filter, expected: counted.matching, seen: counted.seen } })
  show(done, [`${invoices(done.done)} ${past[action]}.`, ...leftLines(done)].join('\n'))
  return 0
}

const past = { deliver: 'released', dismiss: 'dismissed' }

const isAgreed = async ({ confirm, complain }: Terminal, counted: DoneForAll, action: string): Promise<boolean> => {
  for (const line of leftLines(counted)) complain(line)
  const agreed = await confirm(`${action} ${invoices(counted.matching)}?`)
  if (agreed === null)
    throw new CommandFailed(`This would ${action} ${invoices(counted.matching)}. Add --yes, or run it in a terminal.`)
  if (!agreed) complain('Nothing was done.')
  return agreed
}

const invoices = (count: number): string => (count === 1 ? '1 invoice' : `${count} invoices`)

const why: Record<keyof DoneForAll['leftOut'], string> = {
  conflict: 'in conflict with other facts',
  sent: 'sent once, and perhaps in the portal',
  rule: 'held by a rule that can only be overridden one by one, or a test',
  state: 'for which there is nothing to do'
}

const leftLines = ({ leftOut }: DoneForAll): string[] =>
  Object.entries(leftOut).flatMap(([reason, count]) =>
    count === 0 ? [] : [`Left out: ${invoices(count)}, ${why[reason as keyof typeof why]}.`]
  )

/** The person may have meant the other facts: says which ones win, and which are set aside. */
const decidedLines = ({ decided }: ActedInvoice): string[] =>
  decided
    ? [
        `Other facts had come under this number. These win: ${factsLine(decided.won)}.`,
        ...decided.lost.map(facts => `Set aside for good: ${factsLine(facts)}.`)
      ]
    : []

const unchangedLine = ({ changed, state }: ActedInvoice, name: string): string[] => {
  if (changed) return []
  const reason = state === 'delivered' ? 'it is delivered, and has no note' : `it is ${state} already`
  return [`Nothing to ${name}: ${reason}.`]
}
