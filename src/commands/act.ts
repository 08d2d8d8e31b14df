// deliver, dismiss, take, keep: the words a person can say about one invoice.

import { invoicePath, parseAsk } from './ask.ts'
import type { Command } from './command.ts'
import { type Facts, factsLine, invoiceTable, type ShownInvoice } from './print.ts'

type Answer = ShownInvoice & { changed: boolean; decided?: Decided | null }
type Decided = { won: Facts; lost: Facts[] }

const isAbsent = { absent: { type: 'boolean' } } as const

export const run: Command = async (args, { env, print }, name) => {
  // Only who delivers can say that what was sent before is absent from the portal.
  const [options, usage] = name === 'deliver' ? [isAbsent, `${name} <nr> [--absent]`] : [{}, `${name} <nr>`]
  const { values, positionals, ask } = parseAsk(args, { env, options, positionals: 1, usage })
  const words = values.absent ? { absent: true } : undefined
  const invoice = await ask<Answer>('POST', `${invoicePath(positionals[0] ?? '')}/${name}`, words)
  print(values.json ? JSON.stringify(invoice, null, 2) : invoiceTable([invoice]))
  if (invoice.decided && !values.json) print(decidedLines(invoice.decided))
  if (!invoice.changed && !values.json) print(`Nothing to ${name}: ${unchanged(invoice)}.`)
  return 0
}

/** A word that is said of an invoice may be meant for what the other side told. */
const decidedLines = ({ won, lost }: Decided): string =>
  [
    `Other facts had come under this number. These win: ${factsLine(won)}.`,
    ...lost.map(facts => `Set aside for good: ${factsLine(facts)}.`)
  ].join('\n')

const unchanged = ({ state }: ShownInvoice): string =>
  state === 'delivered' ? 'it is delivered, and no note stands on it' : `it is ${state} already`
