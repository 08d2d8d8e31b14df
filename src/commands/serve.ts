// The service. Listens, delivers, and ends in order when asked to.

import { resolveTxt } from 'node:dns/promises'
import { pino } from 'pino'
import { loadTools } from '../../plugins/registry.ts'
import { openBridge } from '../bridge.ts'
import { readConfig } from '../config.ts'
import { refuseSecondMachine } from '../fly.ts'
import type { Command, Terminal } from './command.ts'

export const run: Command = async (_args, terminal) => {
  const tools = await loadTools()
  const config = readConfig(terminal.env, Object.fromEntries(tools.map(tool => [tool.name, tool.settings])))
  await refuseSecondMachine(config, { resolveTxt, clock: terminal.clock })
  const logger = createLogger()
  const stopped = terminal.stopped()
  const bridge = await openBridge({ ...pick(terminal), config, tools, logger })
  const address = await bridge.start()
  logger.info(
    { address, tools: tools.filter(({ name }) => config.tools[name]).map(({ name }) => name) },
    'bridge started'
  )
  const signal = await stopped
  logger.info({ signal }, 'bridge stopping')
  await bridge.stop()
  logger.info('bridge stopped')
  return 0
}

const pick = ({ clock, random, version }: Terminal) => ({ clock, random, version })

/** Lines of JSON on standard output. An error shows what it is and where, never what it carries. */
export const createLogger = (options: { level?: string } = {}) =>
  pino({ level: options.level ?? 'info', base: null, serializers: { err: describe } })

const causesMax = 3

const describe = (error: unknown, depth = 0): object => {
  if (!(error instanceof Error)) return { type: typeof error }
  const { code, errcode } = error as { code?: unknown; errcode?: unknown }
  return {
    type: error.name,
    code,
    errcode,
    message: error.message,
    stack: error.stack,
    ...(error.cause === undefined || depth >= causesMax ? {} : { cause: describe(error.cause, depth + 1) })
  }
}
