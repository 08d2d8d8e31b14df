// The machines of a run: one with a ledger of its own, or several that share one. Together they look like one machine:
// what happens to it happens to any of them.

import { createMachine, createSite, type Machine, type MachineOptions } from './machine.ts'

export const createFleet = (options: Omit<MachineOptions, 'site'>): Machine => {
  const { world, mutation } = options
  const { random, machines: count } = world
  const isShared = count > 1
  // A machine alone can die as a commit ends; one of several hears of the commit over a connection, or does not.
  const site = createSite(world, isShared, () => alone?.committed())
  const { disk } = site
  if (mutation?.keepsIdentity) disk.keepIdentity()
  const machines = Array.from({ length: count }, (_, at) =>
    createMachine({ ...options, site, ...(isShared ? { name: `process ${'abc'[at]}`, isFirst: at === 0 } : {}) })
  )
  const alone = isShared ? undefined : machines[0]
  if (alone) return alone
  const any = () => random.pick(machines)

  return {
    disk,
    get wall() {
      return any().wall
    },
    running() {
      const live = machines.map(machine => machine.running()).filter(process => process !== null)
      return live.length > 0 ? random.pick(live) : null
    },
    start() {
      for (const machine of machines) machine.start()
    },
    crash: why => any().crash(why),
    freeze: ms => any().freeze(ms),
    restart: () => any().restart(),
    whileDead(change, downMs) {
      const [first, ...others] = machines
      first?.whileDead(change, downMs)
      for (const machine of others) machine.whileDead(() => {}, downMs)
    },
    starts: () => machines.reduce((sum, machine) => sum + machine.starts(), 0),
    committed: () => {}
  }
}
