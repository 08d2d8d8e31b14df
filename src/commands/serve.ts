// The service. Listens, delivers, and ends in order when asked to.

import { resolveTxt } from 'node:dns/promises'
import { flushCompileCache } from 'node:module'
import { parseArgs } from 'node:util'
import { pino } from 'pino'
import { loadTools, settingsOf } from '../../plugins/registry.ts'
import { type Bridge, openBridge } from '../bridge.ts'
import { readConfig } from '../config.ts'
import { refuseSecondMachine } from '../fly.ts'
import { type Command, type Terminal, warnOfMisspelt, warnOfOverridden } from './command.ts'
import { openOutput } from './output.ts'

export const run: Command = async (args, terminal) => {
  parseArgs({ args, options: {} })
  warnOfOverridden(terminal)
  const tools = await loadTools()
  warnOfMisspelt(terminal, settingsOf(tools))
  const config = readConfig(terminal.env, settingsOf(tools))
  await refuseSecondMachine(config, { resolveTxt, clock: terminal.clock })
  const logger = createLogger()
  const stopped = terminal.stopped()
  const bridge = await openBridge({ ...pick(terminal), config, tools, logger })
  const address = await started(bridge)
  logger.info({ address, tools: Object.keys(settingsOf(tools)).filter(name => config.tools[name]) }, 'bridge started')
  // Now, because a process that is killed does not write its cache.
  flushCompileCache()
  const why = await Promise.race([stopped, bridge.unfit])
  logger.info(typeof why === 'string' ? { signal: why } : { code: why.code }, 'bridge stopping')
  await bridge.stop()
  logger.info('bridge stopped')
  if (typeof why !== 'string') throw why
  return 0
}

/** If one of the two ports is taken, the bridge must not stay on the other. */
const started = async (bridge: Bridge): Promise<string> => {
  try {
    return await bridge.start()
  } catch (error) {
    await bridge.stop()
    throw error
  }
}

const pick = ({ clock, random, version }: Terminal) => ({ clock, random, version })

/**
 * Logs lines of JSON, with the time as an instant. Of an error it shows what happened and where, never what it carries.
 */
export const createLogger = (options: { level?: string } = {}) =>
  pino(
    {
      level: options.level ?? 'info',
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: describe }
    },
    openOutput()
  )

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
