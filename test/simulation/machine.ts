// A machine that the bridge runs on: one process at a time, made of the product's own parts, that can be killed at
// every step, frozen, stopped in good order, and started again on the same disk, which other machines may share.

import type { Clock } from '../../src/core/clock.ts'
import { BridgeError } from '../../src/core/errors.ts'
import type { Log } from '../../src/core/log.ts'
import { createBudgetFor, createEngine, type Engine, type EngineOptions } from '../../src/delivery/engine.ts'
import { createHealth, type Health } from '../../src/health/health.ts'
import type { Ledger } from '../../src/ledger/ledger.ts'
import { openSqlite } from '../../src/ledger/open.ts'
import type { DraftingSpool } from '../../src/ledger/spool.ts'
import { createUpkeep, type Upkeep } from '../../src/ledger/upkeep.ts'
import type { Budget } from '../../src/portal/budget.ts'
import type { ToolApi } from '../../src/tools/api.ts'
import { createToolClient } from '../../src/tools/client.ts'
import { createReceiver, type Receiver } from '../../src/tools/receiver.ts'
import { createConnection } from './connection.ts'
import { createDisk, type Disk } from './disk.ts'
import { createMachineClock, type Wall } from './machine-clock.ts'
import type { Mutation } from './mutation.ts'
import { mailbox, shop } from './sales.ts'
import { isAlive, type Owner } from './scheduler.ts'
import { createSharedDatabase, type SharedDatabase } from './shared-database.ts'
import { witness } from './witness.ts'
import type { World } from './world.ts'

export type Running = {
  owner: Owner
  clock: Clock
  ledger: Ledger
  receive: Receiver['receive']
  receiveFromTool: Receiver['receiveFromTool']
  gone: Receiver['gone']
  /** As the owner sees it. */
  health: Health
}

export interface Machine {
  disk: Disk
  wall: Wall
  /** The process that listens; null while there is none. */
  running: () => Running | null
  start: () => void
  crash: (why: string) => void
  /** The whole process, or one of its engines only. */
  freeze: (ms: number) => void
  /** Stops it in good order, and starts it again soon. */
  restart: () => void
  /** Between two processes: what a person does to the disk while nothing runs. */
  whileDead: (change: () => void, downMs?: number) => void
  starts: () => number
  /** A commit of its own has reached the disk, and no caller has heard of it. */
  committed: () => void
}

// The portal's and everyone's: summer time is not what is tested here.
const timeZone = 'UTC'

// Short enough that giving up is seen; longer than any storm.
const retryForMs = 30 * 60_000

/** Where a process can die or freeze: before and after a commit, and before and after each end of a call. */
export type Place = 'commit' | 'request' | 'answer' | 'reading'

/** What all machines of a run have in common. */
export type Site = {
  disk: Disk
  /** Null where one machine has the ledger to itself. */
  shared: SharedDatabase | null
  crashesLeft: number
  /** Done when the next process starts; none runs before `downUntil`. */
  whenDead: (() => void)[]
  downUntil: number
}

export type MachineOptions = {
  world: World
  mutation: Mutation | null
  fetchPdf: (url: string, owner: Owner) => Promise<string>
  site: Site
  name?: string
  isFirst?: boolean
}

/** Its disk may be full while the storm lasts. */
export const createSite = (world: World, isShared: boolean, committed: () => void): Site => {
  const { storm, random, weather } = world
  const fails = (): boolean => {
    if (!storm.rages || !random.chance(weather.diskFails)) return false
    world.mishaps += 1
    return true
  }
  const disk = createDisk({ fails, committed })
  const shared = isShared ? createSharedDatabase(world, disk) : null
  return { disk, shared, crashesLeft: weather.counts.crashes, whenDead: [], downUntil: 0 }
}

export const createMachine = (options: MachineOptions): Machine => {
  const { world, mutation, fetchPdf, site, name = 'process', isFirst = true } = options
  const { scheduler, random, weather, storm, tell, fail } = world
  const { bridge } = weather
  const { disk, shared } = site
  const wall: Wall = { offMs: 0 }
  let starts = 0
  let owner: Owner = { alive: false, frozenUntil: 0 }
  let engineOwners: Owner[] = []
  let running: Running | null = null

  const crash = (why: string): void => {
    if (!owner.alive) return
    tell(() => `${name} dies: ${why}`)
    owner.alive = false
    world.life.died(`${name} ${starts}`)
    running = null
    scheduler.after(storm.rages ? random.int(500, bridge.restartMsMax) : 500, start)
  }

  const freezeOne = (whom: Owner, ms: number): void => {
    tell(() => `${whom.within ? 'one engine of ' : ''}${name} freezes for ${ms} ms`)
    whom.frozenUntil = scheduler.now() + ms
    world.life.froze(`${name} ${starts}`, whom.frozenUntil)
  }

  /** One of the places where it can die or freeze. True when it is dead. */
  const isLostAt = (place: Place, whom: Owner): boolean => {
    if (storm.rages && isAlive(whom)) {
      const { frozen } = world
      if (frozen && isFirst && --frozen.left === 0) freezeOne(owner, frozen.forMs)
      if (site.crashesLeft > 0 && random.chance(weather.crashAt[place])) {
        site.crashesLeft -= 1
        crash(`at a ${place}`)
      } else if (random.chance(weather.freezeAt[place])) freezeOne(whom, random.int(100, weather.freezeAt.forMs))
    }
    return !isAlive(whom)
  }

  const log = (whom: Owner): Log => {
    const line = (level: string) => (facts: object, message: string) => {
      if (!isAlive(whom)) return
      tell(() => `  ${level}: ${message} ${JSON.stringify({ ...facts, err: undefined })}`)
      const { err } = facts as { err?: unknown }
      // Every failure has a name; what has none is a bug.
      if (level === 'error' && !(err instanceof BridgeError)) fail(`${message}: ${(err as Error)?.stack ?? err}`)
    }
    return { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') }
  }

  const clockOf = (whom: Owner): Clock => {
    const clock = createMachineClock(world, whom, wall)
    return shared ? { ...clock, now: shared.now } : clock
  }

  const openLedger = (whom: Owner): Ledger => {
    const ledger = shared ? shared.open(`${name} ${starts}`, whom, place => isLostAt(place, whom)) : openOwn(whom)
    return mutation?.ledger ? mutation.ledger(ledger, { world, disk }) : ledger
  }

  const openOwn = (whom: Owner): Ledger =>
    openSqlite({
      file: ':memory:',
      database: disk.database(),
      identity: disk.identity(),
      beside: disk.sentBeside,
      owner: `${name} ${starts}`,
      defer: flush =>
        void scheduler.after(
          random.int(0, 20),
          () => {
            if (!isLostAt('commit', whom)) flush()
          },
          whom
        )
    })

  const openIntake = (whom: Owner, ledger: Ledger, wake: () => void): Receiver =>
    createReceiver({
      ledger: mutation?.receiver ? mutation.receiver(ledger) : ledger,
      spool: disk.spool as DraftingSpool, // no tool brings a PDF along
      log: log(whom),
      wake,
      alert: () => {},
      rules: { sendNotification: true, notifyWithinDays: 7, timeZone },
      secondHand: weather.tool.copied > 0 ? [mailbox] : [],
      restoring: [shop]
    })

  const openEngine = (whom: Owner, ledger: Ledger, budget: Budget): Engine => {
    const clock = clockOf(whom)
    const options: EngineOptions = {
      ledger,
      spool: disk.spool,
      budget,
      portal: createConnection({
        world,
        owner: whom,
        clock,
        isLostAt: place => isLostAt(place, whom),
        heard: budget.heard,
        fileOf: disk.fileOf
      }),
      fetchPdf: async ({ url }) => disk.write(await fetchPdf(url, whom)),
      // The tools here have no API that could be asked.
      toolClient: createToolClient({
        ...{ tools: [], api: {} as ToolApi, locate: async () => '' },
        ...{ clock, timeZone, refused: () => {} }
      }),
      receiver: openIntake(whom, ledger, () => {}),
      clock,
      random: random.next,
      log: log(whom),
      alert: () => {},
      rules: { creditNotes: 'hold', zeroAmounts: 'dismiss', review: bridge.review, timeZone },
      matching: { match: 'email', create: bridge.createsCustomers },
      patience: {
        retryFirstMs: bridge.retryFirstMs,
        retryLongestMs: bridge.retryLongestMs,
        retryForMs
      },
      identity: { url: 'https://portal.example/v1', token: 'token' },
      portalTimeoutMs: bridge.timeoutMs,
      portalSettleMs: bridge.settleMs,
      portalSettleInheritedMs: bridge.settleInheritedMs,
      unclearAfterMs: bridge.unclearAfterMs,
      concurrency: bridge.concurrency,
      loanMs: bridge.loanMs
    }
    const changed = mutation?.engine ? { ...options, ...mutation.engine(options, { world, disk }) } : options
    return createEngine({ ...changed, ledger: witness(changed.ledger, world) })
  }

  const boot = async (whom: Owner): Promise<void> => {
    const clock = clockOf(whom)
    const ledger = openLedger(whom)
    // Another machine may be about to name what no row names yet.
    if (!shared) await disk.spool.sweep(await ledger.documents())
    const budget = await createBudgetFor(ledger, {
      clock,
      log: log(whom),
      perMinute: bridge.perMinute,
      requestMsMax: bridge.timeoutMs + 10_000
    })
    engineOwners = Array.from({ length: bridge.engines }, () => ({
      alive: true,
      frozenUntil: 0,
      within: whom
    }))
    const engines = engineOwners.map(engineOwner => openEngine(engineOwner, ledger, budget))
    const upkeep = createUpkeep({
      ledger,
      spool: disk.spool,
      clock,
      retentionDays: 90,
      pauseMsMax: Math.max(2 * bridge.retryLongestMs, bridge.settleInheritedMs, 3_600_000) + 60_000,
      log: log(whom)
    })
    for (const engine of engines) await engine.recognise()
    if (!isAlive(whom)) return
    const wake = () => {
      for (const engine of engines) engine.wake()
    }
    const { receive, receiveFromTool, gone } = openIntake(whom, ledger, wake)
    const [engine] = engines
    if (!engine) throw new Error('a bridge has an engine')
    const health = createHealth({
      ledger,
      clock,
      engine,
      tools: [{ name: 'stripe', on: true, missingSecret: null }],
      refusing: () => new Map(),
      caughtUp: () => [],
      turnedAway: () => null,
      unreadableRequests: () => null,
      strangersAreMany: () => false,
      lockedOut: () => 0,
      log: log(whom)
    })
    running = { owner: whom, clock, ledger, receive, receiveFromTool, gone, health }
    tell(() => `${name} runs (start ${starts})`)
    world.life.began(`${name} ${starts}`)
    for (const part of [...engines, upkeep]) part.start()
    stop = () => stopAll(whom, engines, upkeep, ledger)
  }

  const stopAll = async (whom: Owner, engines: Engine[], upkeep: Upkeep, ledger: Ledger): Promise<void> => {
    await upkeep.stop(Promise.all(engines.map(engine => engine.stop(25_000))))
    await ledger.leave().catch(() => {})
    await ledger.close()
    if (isAlive(whom)) crash('stopped in good order')
  }

  let stop: () => Promise<void> = async () => {}

  const start = (): void => {
    if (scheduler.now() < site.downUntil) return void scheduler.after(site.downUntil - scheduler.now(), start)
    for (const change of site.whenDead.splice(0)) change()
    starts += 1
    owner = { alive: true, frozenUntil: 0 }
    const whom = owner
    boot(whom).catch(error => {
      if (!isAlive(whom)) return
      if (!(error instanceof BridgeError)) fail(`${name} does not start: ${error.stack ?? error}`)
      if (error.code === 'PORTAL_CHANGED') fail('the portal is taken for another one')
      crash(`it does not start: ${error.code}`)
    })
  }

  return {
    disk,
    wall,
    running: () => running,
    start,
    crash,
    freeze: ms => freezeOne(random.chance(0.5) ? owner : random.pick([owner, ...engineOwners]), ms),
    restart() {
      if (!running) return
      tell(() => `${name} is stopped in good order`)
      running = null
      void stop()
    },
    whileDead(change, downMs = 0) {
      site.whenDead.push(change)
      site.downUntil = Math.max(site.downUntil, scheduler.now() + downMs)
      crash('somebody pulls the plug')
    },
    starts: () => starts,
    committed: () => void isLostAt('commit', owner)
  }
}
