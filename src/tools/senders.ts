// Senders of one tool that are told apart by their secrets, and the names that they have in the ledger: each has invoices and
// references of its own there. The first has what is there already.

import { BridgeError } from '../core/errors.ts'
import type { Holdings } from '../ledger/holdings.ts'

/** By the variable that names them; no names: all are one. */
export type Senders = { variable: string; names: readonly string[] }

type Tool = { name: string; senders?: (settings: never) => Senders }

const alone: Senders = { variable: '', names: [] }

/** `settings`: the tool's own; null where it is off. */
export const sendersOf = ({ senders }: Tool, settings: unknown): Senders =>
  settings === null ? alone : (senders?.(settings as never) ?? alone)

export const ledgerName = (tool: string, { names }: Senders, sender: string): string =>
  sender === names[0] ? tool : `${tool}:${sender}`

/** All that the tool has there. */
export const ledgerNames = (tool: Tool, settings: unknown): string[] => {
  const senders = sendersOf(tool, settings)
  if (senders.names.length === 0) return [tool.name]
  return senders.names.map(sender => ledgerName(tool.name, senders, sender))
}

/**
 * Remembers which sender is the first. Another one in its place would have its references, and with them its customers: that
 * stops the start, until the tool has once been started without senders.
 */
export const recogniseSenders = async (
  { memory, remember }: Pick<Holdings, 'memory' | 'remember'>,
  tools: { name: string; senders: Senders }[]
): Promise<void> => {
  const { firstSenders: before = {} } = await memory()
  const problems = tools.flatMap(({ name, senders: { variable, names } }) => {
    const first = before[name]
    if (first === undefined || names.length === 0 || names[0] === first) return []
    const message = `expected ${first} as the first: it has the references that were there. To give them to another, start once without ${variable}`
    return [{ field: variable, message }]
  })
  if (problems.length > 0) throw new BridgeError('CONFIG_INVALID', undefined, { problems })
  const ofOthers = Object.entries(before).filter(([tool]) => tools.every(({ name }) => name !== tool))
  const now = tools.flatMap(({ name, senders: { names } }) => names.slice(0, 1).map(first => [name, first]))
  await remember({ firstSenders: Object.fromEntries([...ofOthers, ...now]) })
}
