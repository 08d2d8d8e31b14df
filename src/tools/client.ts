// Asks the accounting tools on behalf of the bridge: which tool is on, what an invoice is now, where its PDF is. When a
// tool begins to refuse its token, this is reported once.

import type { Clock } from '../core/clock.ts'
import { BridgeError } from '../core/errors.ts'
import type { Loan } from '../core/row.ts'
import type { Locate, ToolApi } from './api.ts'
import type { EventReading, PdfAddress, PdfBytes, Tool, ToolConnection, ToolInvoice } from './tool.ts'

/** A tool that is on, with its settings. */
export type OpenTool = { tool: Tool; settings: never }

export type ToolClientOptions = {
  tools: OpenTool[]
  api: ToolApi
  locate: Locate
  clock: Clock
  timeZone: string
  /** Called once when a tool begins to refuse its token. */
  refused: (tool: string, error: BridgeError) => void
}

export interface ToolClient {
  tools: () => OpenTool[]
  connection: (tool: OpenTool) => ToolConnection<never>
  /** As the tool has it now; `gone` when it holds no such invoice; null when this tool cannot be asked. */
  current: (loan: Loan) => Promise<ToolInvoice | 'gone' | null>
  /** Null: not made yet. */
  pdf: (loan: Loan) => Promise<PdfAddress | PdfBytes | null>
  /** What a kept event means to this version. */
  read: (tool: string, body: Buffer) => EventReading
  /** Asks a tool, and remembers whether it refused its token. */
  asking: <T>(tool: string, question: () => Promise<T>) => Promise<T>
  /** Tools whose token is refused at the moment, with the latest message. */
  refusing: () => ReadonlyMap<string, string>
}

export const createToolClient = (options: ToolClientOptions): ToolClient => {
  const { tools, api, locate, clock, timeZone, refused } = options
  const refusing = new Map<string, string>()
  const byName = new Map(tools.map(open => [open.tool.name, open]))

  const connection = ({ settings }: OpenTool): ToolConnection<never> => ({
    ...{ settings, timeZone, clock, api, locate }
  })

  const asking: ToolClient['asking'] = async (tool, question) => {
    try {
      const answer = await question()
      refusing.delete(tool)
      return answer
    } catch (error) {
      if (error instanceof BridgeError && error.code === 'TOOL_UNAUTHORIZED') {
        const isNews = !refusing.has(tool)
        refusing.set(tool, error.message)
        if (isNews) refused(tool, error)
      }
      throw error
    }
  }

  return {
    tools: () => tools,
    connection,
    asking,
    refusing: () => refusing,

    async current({ tool: name, invoice, test }) {
      const open = byName.get(name)
      const { sourceId } = invoice
      if (!open?.tool.load || sourceId === null || test || !open.tool.canAsk(open.settings)) return null
      const { load } = open.tool
      return (await asking(name, () => load(sourceId, connection(open)))) ?? 'gone'
    },

    async pdf({ tool: name, invoice }) {
      const open = byName.get(name)
      const url = invoice.pdfUrl
      if (!open?.tool.pdf) return url === null ? null : { url }
      const { pdf } = open.tool
      return asking(name, () => pdf(invoice, connection(open)))
    },

    read(name, body) {
      const open = byName.get(name)
      if (!open) return { kind: 'unreadable', problem: `the tool ${name} is not set up`, sourceId: null }
      return open.tool.read(body, { settings: open.settings, timeZone })
    }
  }
}
