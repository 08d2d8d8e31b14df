// A real bridge at a port of its own, in this process: for tests that neither kill it nor read what it prints.

import { pino } from 'pino'
import { loadTools, settingsOf } from '../../plugins/registry.ts'
import { openBridge } from '../../src/bridge.ts'
import { freePort } from '../../src/commands/free-port.ts'
import { readConfig } from '../../src/config.ts'
import { systemClock } from '../../src/core/clock.ts'
import { type Disposable, type Reached, reachedAt, usual } from './bridge-process.ts'

export const openBridgeHere = async (t: Disposable, env: Record<string, string>): Promise<Reached> => {
  const tools = await loadTools()
  const bridge = await openBridge({
    config: readConfig({ ...usual, PORT: String(await freePort()), ...env }, settingsOf(tools)),
    tools,
    clock: systemClock,
    random: Math.random,
    logger: pino({ level: 'silent' }),
    version: '1.2.3'
  })
  t.teardown(() => bridge.stop())
  return reachedAt(await bridge.start())
}
