// Two machines with a SQLite file each would be two ledgers, and two ledgers make two invoices. So on Fly, a machine
// that starts beside another one of its app stops.

import type { Settings } from './config.ts'
import type { Clock } from './core/clock.ts'
import { BridgeError } from './core/errors.ts'

// A machine that is being replaced stays in the DNS for a moment after it has stopped.
const triesMax = 10
const betweenTriesMs = 1000

export type Surroundings = {
  /** Fly's internal DNS: `vms.<app>.internal` lists the running machines, as `<machine id> <region>`. */
  resolveTxt: (name: string) => Promise<string[][]>
  clock: Clock
}

export const refuseSecondMachine = async (
  { DATABASE_URL, FLY_APP_NAME, FLY_MACHINE_ID }: Pick<Settings, 'DATABASE_URL' | 'FLY_APP_NAME' | 'FLY_MACHINE_ID'>,
  { resolveTxt, clock }: Surroundings
): Promise<void> => {
  if (DATABASE_URL !== undefined || FLY_APP_NAME === undefined || FLY_MACHINE_ID === undefined) return
  for (let tries = 1; ; tries += 1) {
    const others = (await runningMachines(FLY_APP_NAME, resolveTxt)).filter(id => id !== FLY_MACHINE_ID)
    if (others.length === 0) return
    if (tries === triesMax) throw new BridgeError('SECOND_MACHINE', `also running: ${others.join(', ')}`)
    await clock.sleep(betweenTriesMs)
  }
}

const runningMachines = async (app: string, resolveTxt: Surroundings['resolveTxt']): Promise<string[]> => {
  try {
    const records = await resolveTxt(`vms.${app}.internal`)
    const machines = records.flatMap(parts => parts.join('').split(','))
    return machines.map(machine => machine.trim().split(/\s+/)[0] ?? '').filter(id => id !== '')
  } catch (error) {
    const { code } = error as { code?: string }
    if (code === 'ENOTFOUND' || code === 'ENODATA') return []
    throw new BridgeError('SECOND_MACHINE', `Fly's internal DNS does not say which machines run (${code})`, {
      cause: error
    })
  }
}
