import { readdirSync } from 'node:fs'
import t, { type Test } from 'tap'
import { samplePdf } from '../../../plugins/intake/sample.ts'
import { BridgeError } from '../../../src/core/errors.ts'
import type { Ledger } from '../../../src/ledger/ledger.ts'
import { openSpool, type Spool } from '../../../src/ledger/spool.ts'
import { createUpkeep } from '../../../src/ledger/upkeep.ts'
import { handClock } from '../portal/hand-clock.ts'
import { arrivalOf, bring, day, rowOf } from './fixtures.ts'
import { openMemory } from './memory.ts'

const open = (t: Test, watch = (ledger: Ledger) => ledger) => {
  let removing = 0
  const clock = handClock({ busy: () => removing > 0 })
  const folder = t.testdir()
  const ledger = openMemory({ defer: queueMicrotask })
  t.teardown(() => ledger.close())
  const disk = openSpool(folder, { bytesMax: 100_000 })
  const spool: Spool = {
    ...disk,
    async remove(document) {
      removing += 1
      await disk.remove(document)
      removing -= 1
    }
  }
  const lines: string[] = []
  const say = (_: object, message: string) => void lines.push(message)
  const log = { debug: say, info: say, warn: say, error: say }
  const upkeep = createUpkeep({
    ledger: watch(ledger),
    spool,
    clock,
    retentionDays: 90,
    pauseMsMax: 3_600_000,
    log
  })
  t.teardown(() => upkeep.stop())
  return { clock, ledger, spool, upkeep, lines, files: () => readdirSync(folder) }
}

t.test('the ledger gets a sign of life every ten seconds, from the start on', async t => {
  const beats: number[] = []
  const { upkeep, clock } = open(t, ledger => ({ ...ledger, beat: async now => void beats.push(now) }))
  const started = clock.now()
  upkeep.start()
  upkeep.start()
  await clock.advance(25_000)

  t.strictSame(
    beats.map(at => at - started),
    [0, 10_000, 20_000]
  )
})

t.test('what finished long ago is emptied, with its PDF, a little at a time', async t => {
  const { upkeep, clock, ledger, spool, files } = open(t)
  for (let at = 1; at <= 30; at++) {
    const document = await spool.keep(
      (async function* () {
        yield samplePdf(String(at))
      })()
    )
    await bring(ledger, 'dismissed', arrivalOf({ invoiceNumber: String(at), sourceId: String(at) }, { document }))
  }
  await clock.advance(90 * day)
  upkeep.start()
  await clock.rest()
  t.equal(files().length, 30, 'not a moment too early')

  for (const left of [5, 0]) {
    await clock.advance(10_000)
    t.equal(files().length, left)
  }
  t.match(await rowOf(ledger, '1'), {
    invoiceNumber: '1',
    state: 'dismissed',
    customer: { name: null },
    history: []
  })
})

t.test('once the clock is right, what it put off for hours is due', async t => {
  const { upkeep, clock, ledger } = open(t)
  clock.set(5 * 3_600_000)
  await ledger.receive(arrivalOf(), clock.now())
  clock.set(-5 * 3_600_000)
  t.equal(await ledger.nextDueAt(), clock.now() + 5 * 3_600_000)

  upkeep.start()
  await clock.rest()

  t.equal(await ledger.nextDueAt(), clock.now())
})

t.test('a ledger that fails is looked after again four seconds later', async t => {
  let beats = 0
  const { upkeep, clock, lines } = open(t, ledger => ({
    ...ledger,
    beat: async () => {
      beats += 1
      throw new BridgeError('LEDGER_UNAVAILABLE')
    }
  }))
  upkeep.start()
  await clock.advance(4000)

  t.equal(beats, 2)
  t.strictSame(lines, Array(2).fill('upkeep of the ledger failed'))
})

t.test('beside other processes a sign of life that failed is tried again before they take it for dead', async t => {
  const beats: number[] = []
  const { upkeep, clock } = open(t, ledger => ({
    ...ledger,
    isShared: true,
    beat: async now => {
      beats.push(now)
      if (beats.length === 1) throw new BridgeError('LEDGER_UNAVAILABLE')
    }
  }))
  const started = clock.now()
  upkeep.start()
  await clock.advance(6000)

  t.strictSame(
    beats.map(at => at - started),
    [0, 3000, 6000]
  )
})

t.test('however long forgetting takes, the signs of life come in time: else nobody is ever taken for dead', async t => {
  const beats: number[] = []
  const forgotten: number[] = []
  const opened = open(t, ledger => ({
    ...ledger,
    isShared: true,
    beat: async now => void beats.push(now),
    async forget(_, limit) {
      forgotten.push(limit)
      await opened.clock.sleep(20_000)
      return []
    }
  }))
  const started = opened.clock.now()
  opened.upkeep.start()
  await opened.clock.advance(9000)

  t.strictSame(
    beats.map(at => at - started),
    [0, 3000, 6000, 9000]
  )
  t.strictSame(forgotten, [5], 'and few rows at once, because a sign waits for the lock, too')
  const stopped = opened.upkeep.stop()
  await opened.clock.advance(20_000)
  await stopped
})

t.test('what is searched is entered a tenth of the time at most, so that nobody waits long for the lock', async t => {
  let entered = 0
  const opened = open(t, ledger => ({
    ...ledger,
    async makeSearchable(limit) {
      entered += 1
      await opened.clock.sleep(200)
      return limit
    }
  }))
  opened.upkeep.start()
  await opened.clock.advance(9_900)

  t.equal(entered, 5)
  const stopped = opened.upkeep.stop()
  await opened.clock.advance(200)
  await stopped
})

t.test('stopped, it forgets nothing more, and signs until what runs has ended', async t => {
  let [beats, leases] = [0, 0]
  const { upkeep, clock } = open(t, ledger => ({
    ...ledger,
    async beat() {
      beats += 1
    },
    async lease() {
      leases += 1
      return false
    }
  }))
  upkeep.start()
  await clock.advance(1000)
  const { promise: drained, resolve } = Promise.withResolvers<void>()
  const stopped = upkeep.stop(drained)
  const before = leases
  await clock.advance(25_000)
  t.equal(beats, 3)
  t.equal(leases, before)

  resolve()
  await stopped
  await clock.advance(25_000)
  t.equal(beats, 3)
})

t.test('a stop ends it at once, and for good', async t => {
  let beats = 0
  const { upkeep, clock } = open(t, ledger => ({
    ...ledger,
    beat: async () => {
      beats += 1
    }
  }))
  await upkeep.stop()
  upkeep.start()
  await clock.advance(20_000)
  t.equal(beats, 0)
})
