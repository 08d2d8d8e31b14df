// Two processes on one PostgreSQL, the first of them stopped between two statements of what it does, while the other
// does something of its own: whatever comes of both has to be what comes of one after the other.

import pg from 'pg'
import type { Decision } from '../../../../src/core/row.ts'
import type { Driver, Tx } from '../../../../src/ledger/driver.ts'
import type { Ledger } from '../../../../src/ledger/ledger.ts'
import { openLedger } from '../../../../src/ledger/open.ts'
import { openPostgresDriver } from '../../../../src/ledger/postgres/driver.ts'
import type { Disposable } from '../../../end-to-end/bridge-process.ts'
import {
  again,
  bodyOf,
  bring,
  corrected,
  day,
  delivered,
  documentOf,
  doubt,
  holdingOf,
  minute,
  noon,
  other,
  paid,
  type Stage,
  same
} from '../fixtures.ts'

type Lent = Awaited<ReturnType<typeof bring>>
type Deed = (ledger: Ledger, loan: Lent) => Promise<unknown>

const number = '2026-0042'

// When a process that gives no sign of life is dead, and a loan of the fixtures still holds.
const later = noon + 20_000

const comes: Record<string, Deed> = {
  'the same event': ledger => ledger.receive(same, noon),
  'it is paid': ledger => ledger.receive(paid, noon),
  'it is corrected': ledger => ledger.receive(corrected, noon),
  'another one has its number': ledger => ledger.receive(other, noon),
  'it is voided': ledger => ledger.voidSource('acme', 'acme-1', noon)
}
const says: Record<string, Deed> = {
  'a person says deliver': ledger => ledger.act(number, 'deliver', noon),
  'a person says dismiss': ledger => ledger.act(number, 'dismiss', noon),
  'a person says take': ledger => ledger.act(number, 'take', noon)
}
const lends: Record<string, Deed> = {
  'it is borrowed': ledger => ledger.borrow(1, noon, noon + minute),
  'its PDF comes': (ledger, loan) => ledger.attach(loan, documentOf('fetched'), noon),
  'it is to be sent': (ledger, loan) => ledger.sending(loan, bodyOf(loan), noon)
}
const ends: Record<string, Deed> = {
  'it was delivered': (ledger, loan) => ledger.record(loan, delivered(), noon),
  'it is tried again': (ledger, loan) => ledger.record(loan, again(noon), noon),
  'nobody knows': (ledger, loan) => ledger.record(loan, doubt, noon),
  'its process is buried': ledger => ledger.beat(later),
  'its process leaves': ledger => ledger.leave(),
  'a reading shows it': ledger => ledger.holdings.learn([holdingOf('inv_1')], 1, noon)
}
const settles: Record<string, Deed> = {
  'it was found': ledger =>
    settle(ledger, { to: 'delivered', holding: holdingOf('inv_1'), how: 'adopted', code: null }),
  'it is absent': ledger => settle(ledger, again(noon))
}
const shares: Record<string, Deed> = {
  'a task is taken': ledger => ledger.lease('sweep', noon),
  'a task is given back': ledger => ledger.release('sweep'),
  'the last slot is taken': async ledger =>
    (await ledger.holdings.takeSlot(0, { perMinute: 1, requestMsMax: minute }, noon)) !== null,
  'a pause is asked for': ledger => ledger.holdings.pauseSlots(minute, noon),
  'somebody joins': ledger => ledger.join(later),
  'a sign of life': ledger => ledger.beat(later),
  'somebody leaves': ledger => ledger.leave()
}
const forgets: Record<string, Deed> = {
  'it is forgotten': ledger => ledger.forget(noon + day, 9),
  'it is looked at': ledger => ledger.find(number),
  'all are counted': ledger => ledger.summary(),
  'it is gone from the portal': ledger => ledger.holdings.lose(`inv_${number}`, noon)
}

const settle = async (ledger: Ledger, decision: Decision) => {
  const [found] = await ledger.doubts(noon, 1)
  // Two see the same doubt: who comes late settles none.
  return (found && (await ledger.settle(found, decision, noon))) ?? 'no doubt'
}

type Scene = { stage: Stage | 'in doubt'; deeds: Record<string, Deed> }

const scenes: readonly Scene[] = [
  { stage: 'waiting', deeds: { ...comes, ...says, 'it is borrowed': lends['it is borrowed'] as Deed } },
  { stage: 'lent', deeds: { ...comes, ...says, ...lends, ...ends } },
  { stage: 'sending', deeds: { ...comes, ...says, ...ends } },
  { stage: 'in doubt', deeds: { ...comes, ...says, ...settles, ...ends } },
  { stage: 'delivered', deeds: { ...comes, ...says, ...forgets } },
  { stage: 'held', deeds: { ...comes, ...says, ...forgets } },
  { stage: 'waiting', deeds: shares }
]

type Gate = { pass: () => Promise<void>; reached: Promise<void>; open: () => void; passed: () => number }

/** Holds whoever passes for the n-th time, until it is opened. */
const gateAt = (n: number): Gate => {
  const reached = Promise.withResolvers<void>()
  const opened = Promise.withResolvers<void>()
  let passed = 0
  return {
    reached: reached.promise,
    open: opened.resolve,
    passed: () => passed,
    async pass() {
      passed += 1
      if (passed !== n) return
      reached.resolve()
      await opened.promise
    }
  }
}

const gated = (driver: Driver, gate: () => Gate): Driver => {
  const through = (tx: Tx): Tx => ({
    ...tx,
    one: (...asked) =>
      gate()
        .pass()
        .then(() => tx.one(...asked)),
    all: (...asked) =>
      gate()
        .pass()
        .then(() => tx.all(...asked)),
    run: (...asked) =>
      gate()
        .pass()
        .then(() => tx.run(...asked))
  })
  const within =
    <T>(work: (tx: Tx) => Promise<T>) =>
    async (tx: Tx): Promise<T> => {
      const value = await work(through(tx))
      // Before it is committed.
      await gate().pass()
      return value
    }
  return {
    ...driver,
    write: (work, at) => driver.write(within(work), at),
    read: (work, at) => driver.read(within(work), at)
  }
}

const told = (value: unknown): string =>
  JSON.stringify(value, (key, cell) => (key === 'id' && typeof cell === 'number' ? undefined : cell)) ?? 'nothing'

const answerOf = async (deed: Promise<unknown>): Promise<string> => {
  try {
    return told(await deed)
  } catch (error) {
    return String((error as { code?: string }).code ?? error)
  }
}

export type Found = { pairs: number; orders: number; failures: string[] }

/** `every`: of so many pairs of deeds one is looked at, and that at one stop only. */
export const runTwoAtOnce = async (t: Disposable, url: string, every = 1): Promise<Found> => {
  let gate = gateAt(0)
  const open = async (owner: string) => {
    const driver = await openPostgresDriver({ url, pool: 2, timeoutMs: 20_000, time: 'caller' }, owner)
    t.teardown(() => driver.close())
    return driver
  }
  const drivers = [await open('a'), await open('b')] as const
  // The first one is stopped, the other is not.
  const first = openLedger(gated(drivers[0], () => gate))
  const second = openLedger(drivers[1])
  const admin = new pg.Client({ connectionString: url })
  await admin.connect()
  t.teardown(() => admin.end())
  // As a replica it runs no trigger and asks for no reference, so that what is kept for ever can go.
  await admin.query('SET session_replication_role = replica')
  const { rows } = await admin.query(`SELECT tablename FROM pg_tables
    WHERE schemaname = 'public' AND tablename NOT IN ('migration', 'state_code')`)
  const empty = rows.map(({ tablename }) => `DELETE FROM ${tablename}`).join('; ')

  const setScene = async (stage: Scene['stage']): Promise<Lent> => {
    await admin.query(empty)
    gate = gateAt(0)
    await first.beat(noon)
    const loan = await bring(first, stage === 'in doubt' ? 'sending' : stage)
    if (stage === 'in doubt') await first.record(loan, doubt, noon)
    return loan
  }

  const seen = async (): Promise<string> => {
    const { rows } =
      await admin.query(`SELECT state, code, portal_id, sent_by, unproven, loan_until, loan_owner, attempt,
        failures, next_attempt_at, voided, forgotten, overrides,
        (SELECT json_agg(task || owner ORDER BY task) FROM lease) AS tasks, (SELECT count(*) FROM slot) AS slots,
        (SELECT json_agg(owner || beat_at ORDER BY owner) FROM process) AS processes,
        (SELECT count(*) FROM conflict WHERE settled = 0) AS conflicts,
        (SELECT json_agg(name || value ORDER BY name) FROM fact) AS facts,
        (SELECT json_agg(name || value ORDER BY name) FROM counter) AS counters,
        (SELECT json_agg(event ORDER BY id) FROM history) AS history
      FROM invoice ORDER BY key`)
    return told(rows)
  }

  const inTurn = async (stage: Scene['stage'], one: Deed, then: Deed, isSwapped: boolean): Promise<string> => {
    const loan = await setScene(stage)
    const doFirst = () => answerOf(one(first, loan))
    const doSecond = () => answerOf(then(second, loan))
    const answers = isSwapped ? [await doSecond(), await doFirst()].reverse() : [await doFirst(), await doSecond()]
    return `${answers.join(' | ')} | ${await seen()}`
  }

  const isHeldUp = async (): Promise<boolean> => {
    const { rowCount } = await admin.query(`SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`)
    return (rowCount ?? 0) > 0
  }

  const atOnce = async (stage: Scene['stage'], one: Deed, then: Deed, stop: number): Promise<string> => {
    const loan = await setScene(stage)
    gate = gateAt(stop)
    const doing = answerOf(one(first, loan))
    await Promise.race([gate.reached, doing])
    let isDone = false
    const doingThen = answerOf(then(second, loan)).finally(() => (isDone = true))
    while (!isDone && !(await isHeldUp()));
    gate.open()
    return `${(await Promise.all([doing, doingThen])).join(' | ')} | ${await seen()}`
  }

  const stopsOf = async (stage: Scene['stage'], deed: Deed): Promise<number> => {
    const loan = await setScene(stage)
    gate = gateAt(0)
    await answerOf(deed(first, loan))
    return gate.passed()
  }

  const pairs = scenes.flatMap(({ stage, deeds }) =>
    Object.entries(deeds).flatMap(([name, one]) =>
      Object.entries(deeds).map(([thenName, then]) => ({ stage, name, one, thenName, then }))
    )
  )
  const found: Found = { pairs: 0, orders: 0, failures: [] }
  for (const [at, { stage, name, one, thenName, then }] of pairs.entries()) {
    if (at % every !== 0) continue
    found.pairs += 1
    const stops = await stopsOf(stage, one)
    const all = Array.from({ length: stops }, (_, stop) => stop + 1)
    const serial = [await inTurn(stage, one, then, false)]
    for (const stop of every === 1 ? all : [1 + (at % stops)]) {
      found.orders += 1
      const outcome = await atOnce(stage, one, then, stop)
      // Most cannot come first, because the other one holds the lock.
      if (!serial.includes(outcome)) serial.push(await inTurn(stage, one, then, true))
      if (!serial.includes(outcome))
        found.failures.push(`${stage}: ${name} (at ${stop} of ${stops}), ${thenName}: ${outcome}\n${serial.join('\n')}`)
    }
  }
  return found
}
