// The machine the bridge runs on: one process at a time, made of the product's own parts, that can be killed at every
// step, frozen, stopped in good order, and started again on the same disk.

import type { Clock } from '../../src/core/clock.ts'
import { BridgeError } from '../../src/core/errors.ts'
import type { Log } from '../../src/core/log.ts'
import { createBudgetFor, createEngine, type Engine, type EngineOptions } from '../../src/delivery/engine.ts'
import { createHealth, type Health } from '../../src/health/health.ts'
import type { Ledger } from '../../src/ledger/ledger.ts'
import { openSqlite } from '../../src/ledger/open.ts'
import { createUpkeep, type Upkeep } from '../../src/ledger/upkeep.ts'
import type { Budget } from '../../src/portal/budget.ts'
import type { ToolApi } from '../../src/tools/api.ts'
import { createToolClient } from '../../src/tools/client.ts'
import { createReceiver, type Receiver } from '../../src/tools/receiver.ts'
import { createConnection } from './connection.ts'
import { createDisk, type Disk } from './disk.ts'
import { createMachineClock, type Wall } from './machine-clock.ts'
import type { Mutation } from './mutations.ts'
import { isAlive, type Owner } from './scheduler.ts'
import { witness } from './witness.ts'
import type { World } from './world.ts'

export type Running = {
  owner: Owner
  clock: Clock
  ledger: Ledger
  receive: Receiver['receive']
  receiveFromTool: Receiver['receiveFromTool']
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
  /** In good order, and soon started again. */
  restart: () => void
  /** Between two processes: what a person does to the disk while nothing runs. */
  whileDead: (change: () => void, downMs?: number) => void
  starts: () => number
}

// The portal's and everybody's: summer time is not what is tested here.
const timeZone = 'UTC'

// So short that giving up is seen; longer than any storm.
const retryForMs = 30 * 60_000

/** Where a process can die or freeze: before and after a commit, and before and after each end of a call. */
export type Place = 'commit' | 'request' | 'answer' | 'reading'

export type MachineOptions = {
  world: World
  mutation: Mutation | null
  fetchPdf: (url: string, owner: Owner) => Promise<string>
}

export const createMachine = ({ world, mutation, fetchPdf }: MachineOptions): Machine => {
  const { scheduler, random, weather, storm, tell, fail } = world
  const { bridge, counts } = weather
  const fails = (): boolean => {
    if (!storm.rages || !random.chance(weather.diskFails)) return false
    world.mishaps += 1
    return true
  }
  const disk = createDisk({ fails, committed: () => void isLostAt('commit', owner) })
  if (mutation?.keepsIdentity) disk.keepIdentity()
  const wall: Wall = { offMs: 0 }
  let crashesLeft = counts.crashes
  let starts = 0
  let owner: Owner = { alive: false, frozenUntil: 0 }
  let engineOwners: Owner[] = []
  let running: Running | null = null
  let whenDead: (() => void)[] = []
  let downUntil = 0

  const crash = (why: string): void => {
    if (!owner.alive) return
    tell(() => `the process dies: ${why}`)
    owner.alive = false
    running = null
    scheduler.after(storm.rages ? random.int(500, bridge.restartMsMax) : 500, start)
  }

  const freezeOne = (whom: Owner, ms: number): void => {
    tell(() => `${whom.within ? 'one engine' : 'the process'} freezes for ${ms} ms`)
    whom.frozenUntil = scheduler.now() + ms
  }

  /** One of the places where it can die or freeze. True when it is dead. */
  const isLostAt = (place: Place, whom: Owner): boolean => {
    if (storm.rages && isAlive(whom)) {
      if (crashesLeft > 0 && random.chance(weather.crashAt[place])) {
        crashesLeft -= 1
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

  const openLedger = (whom: Owner): Ledger =>
    openSqlite({
      file: ':memory:',
      database: disk.database(),
      identity: disk.identity(),
      beside: disk.sentBeside,
      owner: `process ${starts}`,
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
      spool: disk.spool,
      log: log(whom),
      wake,
      alert: () => {},
      rules: { sendNotification: true, notifyWithinDays: 7, timeZone }
    })

  const openEngine = (whom: Owner, ledger: Ledger, budget: Budget): Engine => {
    const clock = createMachineClock(world, whom, wall)
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
      // The tools here have no API to be asked by.
      toolClient: createToolClient({ tools: [], api: {} as ToolApi, clock, timeZone, refused: () => {} }),
      receiver: openIntake(whom, ledger, () => {}),
      clock,
      random: random.next,
      log: log(whom),
      alert: () => {},
      rules: { creditNotes: 'hold', zeroAmounts: 'dismiss', review: bridge.review, timeZone },
      matching: { match: 'email', create: false },
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
    const clock = createMachineClock(world, whom, wall)
    const ledger = openLedger(whom)
    await disk.spool.sweep(await ledger.documents())
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
    const { receive, receiveFromTool } = openIntake(whom, ledger, wake)
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
    running = { owner: whom, clock, ledger, receive, receiveFromTool, health }
    tell(() => `the process runs (start ${starts})`)
    for (const part of [...engines, upkeep]) part.start()
    stop = () => stopAll(whom, engines, upkeep, ledger)
  }

  const stopAll = async (whom: Owner, engines: Engine[], upkeep: Upkeep, ledger: Ledger): Promise<void> => {
    await Promise.all([...engines.map(engine => engine.stop(25_000)), upkeep.stop()])
    await ledger.close()
    if (isAlive(whom)) crash('stopped in good order')
  }

  let stop: () => Promise<void> = async () => {}

  const start = (): void => {
    if (scheduler.now() < downUntil) return void scheduler.after(downUntil - scheduler.now(), start)
    for (const change of whenDead) change()
    whenDead = []
    starts += 1
    owner = { alive: true, frozenUntil: 0 }
    const whom = owner
    boot(whom).catch(error => {
      if (!isAlive(whom)) return
      if (!(error instanceof BridgeError)) fail(`the process does not start: ${error.stack ?? error}`)
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
      tell(() => 'the process is stopped in good order')
      running = null
      void stop()
    },
    whileDead(change, downMs = 0) {
      whenDead.push(change)
      downUntil = Math.max(downUntil, scheduler.now() + downMs)
      crash('somebody pulls the plug')
    },
    starts: () => starts
  }
}
