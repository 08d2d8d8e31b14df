// One invoice that a person names, by its number or by the tool's own id of it.

import { BridgeError, isCode } from '../core/errors.ts'
import { numberKey } from '../core/invoice.ts'
import type { OpenTool } from './client.ts'
import type { ToolConnection, ToolInvoice } from './tool.ts'

// If a tool cannot be asked for a number, the bridge reads through its list: this far back, and no longer than a person
// waits.
const lookBackMs = 100 * 24 * 3_600_000
const lookMsMax = 40_000

type Asked = Pick<OpenTool, 'tool'> & { connection: ToolConnection<never> }

/** Null: the tool holds none. */
export const oneInvoice = async (named: string, asked: Asked): Promise<ToolInvoice | null> => {
  const { tool, connection } = asked
  if (!tool.load) return null
  if (tool.idOf) return tool.load((await tool.idOf(named, connection)) ?? named, connection)
  return (await loadedById(named, asked)) ?? (await readThrough(named, asked))
}

/** If it is not an id at all, some tools answer with an error, and not that they hold none. */
const loadedById = async (id: string, { tool, connection }: Asked): Promise<ToolInvoice | null> => {
  try {
    return (await tool.load?.(id, connection)) ?? null
  } catch (error) {
    if (isCode(error, 'TOOL_UNREACHABLE')) return null
    throw error
  }
}

const readThrough = async (invoiceNumber: string, { tool, connection }: Asked): Promise<ToolInvoice | null> => {
  const { clock } = connection
  const key = numberKey(invoiceNumber)
  const begun = clock.monotonic()
  const reading = tool.missed?.(clock.now() - lookBackMs, connection, new AbortController().signal) ?? []
  for await (const one of reading) {
    if ('invoice' in one && numberKey(one.invoice.invoiceNumber) === key) return one
    if (clock.monotonic() - begun > lookMsMax)
      throw new BridgeError(
        'NOT_FOUND',
        `not found in time: ${tool.name} cannot look up a number, so fetch it by its id`
      )
  }
  return null
}
