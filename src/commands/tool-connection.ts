// A line to one tool's API for a command that runs beside the bridge, with the tool's own settings.

import { loadTools } from '../../plugins/registry.ts'
import { isWhole } from '../../plugins/tool-plugin.ts'
import { type Environment, readSettings, readTimeZone } from '../config.ts'
import type { Clock } from '../core/clock.ts'
import { openHttp } from '../network/http.ts'
import { createToolApi } from '../tools/api.ts'
import type { Tool, ToolConnection } from '../tools/tool.ts'
import { WrongUse } from './command.ts'

const timeoutMs = 30_000

export type OpenConnection = { tool: Tool; line: ToolConnection<never>; close: () => void }

export const openConnection = async (
  name: string,
  env: Environment,
  clock: Clock
): Promise<OpenConnection> => {
  const modules = await loadTools()
  const tool = modules.map(module => module.tool).find(tool => tool.name === name)
  if (!tool)
    throw new WrongUse(`There is no tool ${name}: ${modules.map(({ tool }) => tool.name).join(', ')}`)
  if (!isWhole(tool)) throw new WrongUse(`${name} has no API: whoever sends is set up at the sender.`)
  const http = openHttp({ allowPrivate: env.ALLOW_PRIVATE_ADDRESSES === 'true', timeoutMs })
  return {
    tool,
    line: {
      settings: readSettings(env, tool.settings) as never,
      timeZone: readTimeZone(env),
      clock,
      api: createToolApi({ http, clock })
    },
    close: http.close
  }
}
