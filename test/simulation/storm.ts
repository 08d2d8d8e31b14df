// One seed from its first event to its verdict.

import { judgeCosts } from './costs.ts'
import { createFleet } from './fleet.ts'
import { judge, waitsForCustomer, watchLoans, watchSilence } from './invariants.ts'
import type { Machine } from './machine.ts'
import type { Mutation } from './mutation.ts'
import { createPeople, type People } from './people.ts'
import type { SpellKind } from './portal.ts'
import { createNumbers, createSales } from './sales.ts'
import { createTools, type Tools } from './tool.ts'
import type { Way } from './ways.ts'
import { createWorld, type Frozen, type World } from './world.ts'

export type Result = {
  seed: number
  hasFrozen: boolean
  failures: string[]
  trace: string[]
  events: number
  /** Virtual. */
  lastedMs: number
}

// Longer than any pause of the bridge; what is not done then never will be.
const restMsMax = 12 * 3_600_000
const glanceMs = 60_000
const businessEvery = 10

// The first sweep to end may have begun before the last change, and each engine sweeps for itself. With ten requests a
// minute for pages of two, a sweep lasts for half an hour, and the engine rests for five hours after it.
const sweepsMsMax = 24 * 3_600_000

// An hour. While an invoice waits for its customer, all customers are read every four minutes.
const customersGlancesMax = 60

// No database is put back before a process that gives no sign of life is dead.
const restoredMsMin = 13_000

export const simulate = async (
  seed: number,
  {
    mutation = null,
    traced = false,
    way = null,
    machines = 1,
    frozen = null
  }: Partial<{
    mutation: Mutation | null
    traced: boolean
    way: Way | null
    machines: number
    frozen: Frozen | null
  }> = {}
): Promise<Result> => {
  const world = createWorld(seed, { traced, way, machines, frozen: frozen && { ...frozen } })
  const { scheduler, random, weather, storm, portal, tell, fail } = world
  tell(() => JSON.stringify(weather))
  const numberOf = createNumbers(random, weather.portal.sequential)
  const tools: Tools = createTools(world, () => machine)
  const machine: Machine = createFleet({ world, mutation, fetchPdf: tools.fetchPdf })
  const people = createPeople(world, machine, numberOf)
  people.settle()
  const sales = createSales(world, numberOf)
  people.type(sales)
  machine.start()
  const startMs = weather.calm ? 20_000 : 0
  for (const sale of sales) tools.sell(sale, startMs + random.int(0, Math.round((weather.stormMs - startMs) * 0.7)))
  for (const sale of sales) {
    if (random.chance(weather.tool.forbidden)) portal.refuses.set(sale.key, 403)
    else if (random.chance(weather.tool.rejected)) portal.refuses.set(sale.key, 422)
  }
  people.live()
  plan(world, machine, tools)
  if (machines > 1) watchLoans(world, machine)

  const ended = () => world.failures.length > 0
  await scheduler.run(weather.stormMs, ended)
  storm.rages = false
  portal.endSpells()
  tell(() => 'the storm is over')
  // Ordinary business shows that things go on, and exposes an invoice that is refused while others are taken.
  const sellOne = () => {
    const [sale] = createSales({ ...world, weather: { ...weather, invoices: 1, tool: fair(weather.tool) } }, numberOf)
    if (sale) tools.sell(sale, scheduler.now() + 1000)
  }
  sellOne()

  const goOn = async (glances: number) => {
    if (glances % businessEvery === 0) sellOne()
    if (weather.bridge.review) await people.release()
    if (glances % businessEvery === 0) watchSilence({ world, machine, tools, people })
    await scheduler.run(scheduler.now() + glanceMs, ended)
  }
  for (let glances = 1; !ended() && !isAtRest(machine, tools); glances += 1) {
    if (scheduler.now() > restMsMax) fail('it does not come to rest')
    await goOn(glances)
  }
  if (mayBeCorrected(machine, people))
    for (const first = world.sweeps, limit = scheduler.now() + sweepsMsMax; !ended(); ) {
      await scheduler.run(scheduler.now() + glanceMs, ended)
      // What a sweep showed may ask for work again.
      if (world.sweeps - first > weather.bridge.engines && isAtRest(machine, tools)) break
      if (scheduler.now() > limit) fail('nobody sweeps')
    }
  const isDone = () => isAtRest(machine, tools) && !waitsForCustomer({ world, machine, tools, people })
  for (let glances = 1; !ended() && !isDone() && glances <= customersGlancesMax; glances += 1) await goOn(glances)
  if (!ended()) judge({ world, machine, tools, people })
  // A mistake has to be found by what it does to invoices, not by what it costs.
  if (!ended() && mutation === null && frozen === null) judgeCosts(world, machine, tools)
  machine.disk.close()
  return {
    seed,
    hasFrozen: world.frozen !== null && world.frozen.left <= 0,
    failures: world.failures,
    trace: world.trace,
    events: scheduler.events(),
    lastedMs: scheduler.now()
  }
}

/** The next sweeps show what was typed in meanwhile, or seemed gone. */
const mayBeCorrected = ({ disk }: Machine, people: People): boolean =>
  people.typed.size > 0 ||
  disk.database().prepare(`SELECT 1 FROM invoice WHERE code = 'DELETED_IN_PORTAL'`).get() !== undefined

/** For customers that the portal has: each invoice of one that it never makes takes minutes. */
const fair = (tool: World['weather']['tool']) => ({
  ...tool,
  ...{ backdated: 0, odd: 0, newcomers: 0, copied: 0, restored: 0, voidedById: 0 }
})

const isAtRest = ({ disk, running }: Machine, tools: Tools): boolean => {
  if (!running() || !tools.allAcknowledged()) return false
  const { open } = disk
    .database()
    .prepare(
      `SELECT count(*) AS open FROM invoice WHERE state IN ('waiting', 'sending') OR next_attempt_at IS NOT NULL`
    )
    .get() as { open: number }
  return open === 0
}

/** What happens to machine, clocks, disk and portal, and when. */
const plan = (world: World, machine: Machine, tools: Tools): void => {
  const { scheduler, random, weather, portal, storm, tell } = world
  const { counts, stormMs } = weather
  const sometime = (times: number, befall: () => void): void => {
    for (let turn = 0; turn < times; turn += 1) scheduler.at(random.int(0, stormMs), befall)
  }
  const spell = (kind: SpellKind, mostMs: number) => () => {
    const forMs = random.int(1000, mostMs)
    tell(() => `the portal is ${kind} for ${forMs} ms`)
    portal.begin(kind, forMs)
  }
  // The slots that were taken are on the disk, too. Without them the portal answers 429, and the bridge obeys that.
  const forgetBudget = () => {
    world.era += 1
    world.customerAnswers.clear()
    world.unlinked.clear()
  }
  sometime(counts.crashes > 0 ? 1 : 0, () => machine.crash('the power fails'))
  sometime(counts.freezes, () => machine.freeze(random.int(1000, 90_000)))
  sometime(counts.stops, machine.restart)
  sometime(counts.downSpells, spell('down', 90_000))
  sometime(counts.refusedSpells, spell('refused', 90_000))
  sometime(counts.busySpells, spell('busy', 60_000))
  // Long ones, too: what is in doubt all the while is held in the end.
  const longSpell = (kind: SpellKind) => () => {
    if (world.sweeps === 0) return
    const forMs = random.chance(0.2) ? 5 * 3_600_000 : random.int(5000, 400_000)
    tell(() => `${kind} for ${forMs} ms`)
    portal.begin(kind, forMs)
  }
  sometime(counts.hidingSpells, longSpell('hiding'))
  sometime(counts.missingSpells, longSpell('missing'))
  sometime(counts.ignoringSpells, longSpell('ignoring'))
  sometime(counts.jumps, () => {
    const ms = random.int(-1, 1) * random.pick([1000, 60_000, 1_800_000, 7_200_000])
    tell(() => `the wall clock jumps by ${ms} ms`)
    machine.wall.offMs += ms
  })
  let told: ReturnType<Tools['told']> = new Map()
  const copy = (): void => {
    machine.disk.snapshot()
    told = tools.told()
  }
  const copyDisk = (): void => {
    // A disk that never knew itself looks like a new one.
    if (!machine.disk.knowsItself()) return
    tell(() => 'the disk is copied')
    copy()
    scheduler.at(Math.min(scheduler.now() + random.int(1000, stormMs / 2), stormMs - 1), () =>
      machine.whileDead(() => {
        if (!machine.disk.hasSnapshot()) return
        tell(() => 'the disk is rolled back')
        machine.disk.rollBack()
        forgetBudget()
        tools.catchUp(told)
      })
    )
  }
  sometime(counts.rollbacks, () => {
    if (random.chance(0.5)) return copyDisk()
    // With something on it that still has to be sent.
    world.onKept = () => {
      world.onKept = () => {}
      if (storm.rages) copyDisk()
    }
  })
  const putBack = (what: 'database' | 'disk'): void => {
    if (!machine.disk.knowsItself()) return
    // If the disk looks like the one before, only an order that is proven shows what was sent since.
    if (what === 'disk' && !machine.disk.isOrderProven()) return
    tell(() => `the ${what} is copied`)
    copy()
    scheduler.at(Math.min(scheduler.now() + random.int(1000, stormMs / 2), stormMs - 1), () =>
      machine.whileDead(
        () => {
          if (!machine.disk.hasSnapshot()) return
          tell(() => `the ${what} is put back`)
          if (what === 'database') machine.disk.rollBackDatabase()
          else machine.disk.rollBackUnseen()
          forgetBudget()
          tools.catchUp(told)
        },
        what === 'disk' ? Math.max(weather.bridge.settleMs, world.machines > 1 ? restoredMsMin : 0) : 0
      )
    )
  }
  sometime(counts.databaseRollbacks, () => putBack('database'))
  sometime(counts.diskRollbacks, () => putBack('disk'))
  // An empty disk does not show that something was just sent: setting it up is promised to take longer than that.
  sometime(counts.lostDisks, () =>
    machine.whileDead(
      () => {
        tell(() => 'the disk is lost')
        machine.disk.lose()
        forgetBudget()
        tools.catchUp(new Map())
      },
      weather.portal.stallMs > 0 ? weather.bridge.settleInheritedMs : weather.bridge.settleMs
    )
  )
}
