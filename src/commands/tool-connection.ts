// A connection to one tool's API for a command that runs beside the bridge, with the tool's own settings.

import { loadTools, sourcesOf } from '../../plugins/registry.ts'
import { type Environment, readSettings, readTimeZone } from '../config.ts'
import type { Clock } from '../core/clock.ts'
import { openHttp } from '../network/http.ts'
import { createLocate, createToolApi } from '../tools/api.ts'
import type { Tool, ToolConnection } from '../tools/tool.ts'
import { WrongUse } from './command.ts'

const timeoutMs = 30_000

export type OpenConnection = { tool: Tool; connection: ToolConnection<never>; close: () => void }

export const openToolConnection = async (name: string, env: Environment, clock: Clock): Promise<OpenConnection> => {
  const tools = await loadTools()
  const tool = tools.find(tool => tool.name === name)
  if (!tool) {
    const known = sourcesOf(tools).map(source => source.name)
    throw new WrongUse(
      known.includes(name)
        ? `${name} has no API to connect: set up the sender itself.`
        : `There is no tool ${name}: ${known.join(', ')}`
    )
  }
  const http = openHttp({ allowPrivate: env.ALLOW_PRIVATE_ADDRESSES === 'true', timeoutMs })
  return {
    tool,
    connection: {
      settings: readSettings(env, tool.settings) as never,
      timeZone: readTimeZone(env),
      clock,
      api: createToolApi({ http, clock }),
      locate: createLocate(http)
    },
    close: http.close
  }
}
