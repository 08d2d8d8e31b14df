// Several processes on one PostgreSQL: each is a ledger of its own on the same database.

import t, { type Test } from 'tap'
import type { Ledger } from '../../../../src/ledger/ledger.ts'
import { openLedger } from '../../../../src/ledger/open.ts'
import { openPostgresDriver } from '../../../../src/ledger/postgres/driver.ts'
import { startPostgres } from '../../../postgres.ts'
import { arrivalOf, bodyOf, minute, noon } from '../fixtures.ts'

const server = await startPostgres()

// Some requests take longer than a minute.
const limits = { perMinute: 60, requestMsMax: 100_000 }

const openTwo = async (t: Test): Promise<[Ledger, Ledger]> => {
  const url = await server.database()
  const open = async (owner: string): Promise<Ledger> => {
    const ledger = openLedger(await openPostgresDriver({ url, pool: 3, timeoutMs: 20_000, time: 'caller' }, owner))
    t.teardown(() => ledger.close())
    return ledger
  }
  return Promise.all([open('a'), open('b')])
}

/** Signs as a process does that lives. */
const signUntil = async (ledger: Ledger, from: number, to: number): Promise<void> => {
  for (let at = from; at < to; at += 3000) await ledger.beat(at)
  await ledger.beat(to)
}

const borrowOne = async (ledger: Ledger, at: number) => {
  const [loan] = await ledger.borrow(1, at, at + 60 * minute)
  if (!loan) throw new Error('not lent')
  return loan
}

t.test('two processes that start at once migrate once', async t => {
  const [a, b] = await openTwo(t)
  await a.receive(arrivalOf(), noon)
  t.equal(await b.isKnown('2026-0042'), true)
})

t.test('of two processes that ask at once one has the task, until it leaves or dies', async t => {
  const [a, b] = await openTwo(t)
  const asked = await Promise.all([a.lease('sweep', noon), b.lease('sweep', noon)])
  t.strictSame([...asked].sort(), [false, true])
  const [holder, other] = asked[0] ? [a, b] : [b, a]

  t.equal(await holder.lease('sweep', noon), true)
  t.equal(await other.lease('look', noon), true, 'each task by itself')

  await holder.leave()
  t.equal(await other.lease('sweep', noon), true)
  t.equal(await holder.lease('sweep', noon), false)

  // The other one gives no more signs of life.
  await signUntil(holder, noon, noon + minute)
  t.equal(await holder.lease('sweep', noon + minute), true)
  t.equal(await holder.lease('look', noon + minute), true)
})

t.test('the loans of a process that died are due again, and what it comes to say later is not written', async t => {
  const [a, b] = await openTwo(t)
  await a.beat(noon)
  await a.receive(arrivalOf(), noon)
  const loan = await borrowOne(a, noon)

  await signUntil(b, noon, noon + 11_000)
  t.strictSame(await b.borrow(1, noon + 11_000, noon + 10 * minute), [], 'a sign may be late')
  await b.beat(noon + 13_000)
  const [again] = await b.borrow(1, noon + 13_000, noon + 10 * minute)

  t.match(again, { id: loan.id, attempt: 2 })
  t.equal(await a.sending(loan, bodyOf(loan), noon + 13_000), 'lost')
})

t.test('a loan ends with a process that never gave a sign of life, too', async t => {
  const [a, b] = await openTwo(t)
  await a.receive(arrivalOf(), noon)
  const [loan] = await a.borrow(1, noon, noon + 10 * minute)

  await signUntil(b, noon, noon + 13_000)
  t.match(await b.borrow(1, noon + 13_000, noon + 10 * minute), [{ id: loan?.id, attempt: 2 }])
})

t.test('who waited for the lock sees what was written meanwhile, whatever the server takes for usual', async t => {
  const url = await server.database()
  const name = new URL(url).pathname.slice(1)
  const open = async (owner: string) => {
    const driver = await openPostgresDriver({ url, pool: 2, timeoutMs: 20_000 }, owner)
    t.teardown(() => driver.close())
    return driver
  }
  const first = await open('a')
  await first.write(tx => tx.run(`ALTER DATABASE ${name} SET default_transaction_isolation = 'repeatable read'`))
  const [a, b] = await Promise.all([open('a'), open('b')])
  const told = () => b.write(tx => tx.one(`SELECT value FROM counter WHERE name = 'told'`))

  const held = Promise.withResolvers<unknown>()
  const writing = a.write(async tx => {
    held.resolve(told())
    await tx.run('SELECT pg_sleep(0.5)')
    await tx.run(`INSERT INTO counter VALUES ('told', 1)`)
  })

  t.match(await held.promise, { value: 1 })
  await writing
})

t.test('who joins others that live has nothing to read back to; they do it for all', async t => {
  const [a, b] = await openTwo(t)
  await a.beat(noon)
  await b.join(noon + 11_000)
  t.equal((await b.holdings.copy()).backTo, null)

  await a.join(noon + minute)
  t.equal((await b.holdings.copy()).backTo, noon, 'nobody gave a sign of life since')
  await a.beat(noon + minute)
  await b.join(noon + minute)
  t.equal((await a.holdings.copy()).backTo, noon)
})

t.test('what a process that died was sending is in doubt, and inherited', async t => {
  const [a, b] = await openTwo(t)
  await a.beat(noon)
  await a.receive(arrivalOf(), noon)
  const loan = await borrowOne(a, noon)
  t.equal(await a.sending(loan, bodyOf(loan), noon), 'granted')

  t.strictSame(await b.doubts(noon, 10), [], 'while it lives it is its own')
  await signUntil(b, noon, noon + minute)
  t.match(await b.doubts(noon + minute, 10), [{ id: loan.id, inherited: true }])
})

t.test('after a silence of all, who signs first takes nobody for dead: the others keep what they hold', async t => {
  const [a, b] = await openTwo(t)
  await a.receive(arrivalOf(), noon)
  await signUntil(a, noon, noon + 15_000)
  await b.beat(noon + 15_000)
  const loan = await borrowOne(a, noon + 15_000)
  t.equal(await a.lease('sweep', noon + 15_000), true)

  const back = noon + 10 * minute
  await signUntil(b, back, back + 11_000)
  t.equal(await b.lease('sweep', back + 11_000), false)
  await a.beat(back + 11_500)
  await signUntil(b, back + 12_000, back + 23_000)
  t.equal(await b.lease('sweep', back + 23_000), false)
  t.equal(await a.sending(loan, bodyOf(loan), back + 23_000), 'granted')

  await signUntil(b, back + 23_000, back + 24_000)
  t.equal(await b.lease('sweep', back + 24_000), true, 'it signed once, and then no more')
})

t.test('who died during the silence is dead a span after it', async t => {
  const [a, b] = await openTwo(t)
  await a.beat(noon)
  await a.receive(arrivalOf(), noon)
  const loan = await borrowOne(a, noon)
  const back = noon + minute
  await signUntil(b, back, back + 11_999)
  t.strictSame(await b.borrow(1, back + 11_999, back + 10 * minute), [])
  await b.beat(back + 12_000)
  t.match(await b.borrow(1, back + 12_000, back + 10 * minute), [{ id: loan.id, attempt: 2 }])
})

t.test('a clock of the server that was set back buries nobody, and keeps nobody alive for ever', async t => {
  const [a, b] = await openTwo(t)
  await signUntil(b, noon - minute, noon)
  await a.beat(noon)
  t.equal(await a.lease('sweep', noon), true)
  const back = noon - 60 * minute
  await signUntil(b, back, back + 11_000)
  t.equal(await b.lease('sweep', back + 11_000), false)
  await signUntil(b, back + 11_000, back + minute)
  t.equal(await b.lease('sweep', back + minute), true)
})

t.test('the budget is one for all: no minute holds more than it', async t => {
  const processes = await openTwo(t)
  const taken: { at: number; end: (used: boolean, at: number) => Promise<void> }[] = []
  const takeAll = async (at: number) => {
    for (let n = 0; n < 10; n += 1)
      await Promise.all(
        processes.map(async ({ holdings }) => {
          const id = await holdings.takeSlot(0, { ...limits, perMinute: 6 }, at)
          if (id !== null) taken.push({ at, end: (used, at) => holdings.endSlot(id, used, at) })
        })
      )
  }
  await takeAll(noon)
  t.equal(taken.length, 6)

  for (const { end } of taken.slice(0, 2)) await end(true, noon + 1000)
  await taken[2]?.end(false, noon + 1000)
  await takeAll(noon + 1000)
  t.equal(taken.length, 7, 'one that was not used is free at once')

  await takeAll(noon + minute + 999)
  t.equal(taken.length, 7)
  await takeAll(noon + minute + 1001)
  t.equal(taken.length, 9, 'those that were given back, a minute later')
  await takeAll(noon + 159_999)
  t.equal(taken.length, 9)
  await takeAll(noon + 160_000)
  t.equal(taken.length, 12, 'those that nobody gave back, after the longest request and a minute')
})

for (const [how, byMs] of [
  ['back', -60 * minute],
  ['ahead', 60 * minute]
] as const) {
  t.test(`a clock of the server that is set ${how} by an hour frees no slot, and holds nobody up`, async t => {
    const url = await server.database()
    let [passedMs, setMs] = [0, 0]
    const clock = { monotonic: () => performance.now() + passedMs }
    const open = async (owner: string) => {
      const options = { url, pool: 2, timeoutMs: 20_000, clock, offsetMs: () => passedMs + setMs }
      const ledger = openLedger(await openPostgresDriver(options, owner))
      t.teardown(() => ledger.close())
      return ledger.holdings
    }
    const [a, b] = [await open('a'), await open('b')]
    const takeAll = async (): Promise<number[]> => {
      const ids = []
      for (let n = 0; n < 4; n += 1)
        for (const one of [a, b]) ids.push(await one.takeSlot(0, { ...limits, perMinute: 6 }, noon))
      return ids.filter(id => id !== null)
    }
    const taken = await takeAll()
    t.equal(taken.length, 6)
    await a.endSlot(taken[0]!, true, noon)
    await b.pauseSlots(minute, noon)

    setMs = byMs
    t.equal((await takeAll()).length, 0)
    passedMs += minute - 10_000
    t.equal((await takeAll()).length, 0)
    passedMs += 20_000
    t.equal((await takeAll()).length, 0, 'none is believed to have ended')
    passedMs += 100_000
    t.equal((await takeAll()).length, 6, 'after the longest request and a minute all are free')
  })
}

t.test('a pause is everybody’s', async t => {
  const [a, b] = await openTwo(t)
  await a.holdings.pauseSlots(minute, noon)
  await b.holdings.pauseSlots(1000, noon)
  t.equal(await b.holdings.takeSlot(0, limits, noon + minute - 1), null)
  t.type(await b.holdings.takeSlot(0, limits, noon + minute), 'number')
})

t.test('the time is the server’s, and goes on by what cannot be set here', async t => {
  const url = await server.database()
  let monotonic = 1000.5
  const clock = { monotonic: () => monotonic }
  const offsetMs = () => 60 * minute
  const driver = await openPostgresDriver({ url, pool: 2, timeoutMs: 20_000, clock, offsetMs }, 'a')
  t.teardown(() => driver.close())
  const ahead = driver.now() - Date.now()
  t.ok(ahead > 59 * minute && ahead <= 60 * minute, 'whatever this machine’s clock says')

  const before = driver.now()
  monotonic += 5 * minute
  t.equal(driver.now(), before + 5 * minute)
  const told = await driver.read(async tx => tx.now)
  t.equal(driver.now(), told, 'each transaction sets it right')
})

t.test('many events of the same numbers, on both at once: each is one row', async t => {
  const [a, b] = await openTwo(t)
  const numbers = Array.from({ length: 50 }, (_, n) => `N-${n}`)
  const results = await Promise.all(
    [a, b, a, b].flatMap((ledger, turn) =>
      (turn < 2 ? numbers : numbers.toReversed()).map(invoiceNumber =>
        ledger.receive(arrivalOf({ invoiceNumber, sourceId: invoiceNumber }), noon)
      )
    )
  )

  t.equal(results.filter(({ result }) => result === 'accepted').length, 50)
  t.equal(results.filter(({ result }) => result === 'duplicate').length, 150)
  t.match(await a.summary(), { waiting: 50 })
})
