// deliver, dismiss, take, keep: what a person decides about one invoice.

import type { Action } from '../core/row.ts'
import type { ActedInvoice } from '../view/answers.ts'
import { parseAsk } from './ask.ts'
import type { Command } from './command.ts'
import { factsLine, invoiceTable } from './print.ts'

const isAbsent = { absent: { type: 'boolean' } } as const

export const run: Command = async (args, terminal, name) => {
  // Only `deliver` can say that the portal does not have what was sent before.
  const options: Partial<typeof isAbsent> = name === 'deliver' ? isAbsent : {}
  const usage = `${name} <nr>${name === 'deliver' ? ' [--absent]' : ''}`
  const { values, positionals, ask, show } = parseAsk(args, terminal, { options, positionals: 1, usage })
  const [invoiceNumber = ''] = positionals
  const body = values.absent ? { absent: true } : {}
  const invoice = await ask(name as Action, { params: { invoiceNumber }, body })
  show(invoice, [invoiceTable([invoice]), ...decidedLines(invoice), ...unchangedLine(invoice, name)].join('\n'))
  return 0
}

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
  const why = state === 'delivered' ? 'it is delivered, and no note stands on it' : `it is ${state} already`
  return [`Nothing to ${name}: ${why}.`]
}
