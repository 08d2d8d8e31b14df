// The senders of the generic intake, where their secrets tell them apart. Each has a name in the ledger, and invoices
// and references of its own there. The first one has what was there before senders were told apart.

import { BridgeError } from '../core/errors.ts'
import type { Holdings } from '../ledger/holdings.ts'
import type { Source } from './source.ts'

/** Their names, and the variable that sets them. No names: all senders are one. */
export type Senders = { variable: string; names: readonly string[] }

type Named = Pick<Source, 'name'> & { senders?: (settings: never) => Senders }

const alone: Senders = { variable: '', names: [] }

/** `settings`: the source's own; null if it is off. A tool has no senders. */
export const sendersOf = ({ senders }: Named, settings: unknown): Senders =>
  settings === null ? alone : (senders?.(settings as never) ?? alone)

export const ledgerName = (source: string, { names }: Senders, sender: string): string =>
  sender === names[0] ? source : `${source}:${sender}`

/** All the names that a source has in the ledger. */
export const ledgerNames = (source: Named, settings: unknown): string[] => {
  const senders = sendersOf(source, settings)
  if (senders.names.length === 0) return [source.name]
  return senders.names.map(sender => ledgerName(source.name, senders, sender))
}

/**
 * Remembers which sender is the first. Another one in its place would get its references, and with them its customers.
 * So the bridge refuses to start with another one, until it was started once without senders.
 */
export const recogniseSenders = async (
  { memory, remember }: Pick<Holdings, 'memory' | 'remember'>,
  tools: { name: string; senders: Senders }[]
): Promise<void> => {
  const { firstSenders: before = {} } = await memory()
  const problems = tools.flatMap(({ name, senders: { variable, names } }) => {
    const first = before[name]
    if (first === undefined || names.length === 0 || names[0] === first) return []
    const message = `expected ${first} first: it owns the existing references. To give them to another sender, start once without ${variable}`
    return [{ field: variable, message }]
  })
  if (problems.length > 0) throw new BridgeError('CONFIG_INVALID', undefined, { problems })
  const ofOthers = Object.entries(before).filter(([tool]) => tools.every(({ name }) => name !== tool))
  const now = tools.flatMap(({ name, senders: { names } }) => names.slice(0, 1).map(first => [name, first]))
  await remember({ firstSenders: Object.fromEntries([...ofOthers, ...now]) })
}
