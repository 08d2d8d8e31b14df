import t from 'tap'
import { BridgeError } from '../../../src/core/errors.ts'
import { type BudgetOptions, createBudget, type Errand, type Slot } from '../../../src/portal/budget.ts'
import { openMemory } from '../ledger/memory.ts'
import { handClock } from './hand-clock.ts'

const minute = 60_000

const open = (options: Partial<BudgetOptions> = {}) => {
  const clock = handClock()
  const budget = createBudget({
    perMinute: 60,
    clock,
    takenBefore: 0,
    keep: async () => ({ end: () => {} }),
    ...options
  })
  return { clock, budget }
}

/** As many slots as are free now, each with its request done. */
const drain = async (budget: ReturnType<typeof createBudget>): Promise<number> => {
  for (let count = 0; ; count += 1) {
    const slot = await budget.slot('delivery', { withinMs: 0 })
    if (!slot) return count
    slot.done()
  }
}

const draining = async ({ clock, budget }: ReturnType<typeof open>): Promise<number> => {
  const drained = drain(budget)
  await clock.advance(0)
  return drained
}

t.test('no minute, however it is cut, holds more than the budget, whatever the answers take', async t => {
  const { clock, budget } = open({ perMinute: 10 })
  const spans: [from: number, to: number][] = []
  const work = async (lane: number) => {
    for (let n = 0; n < 20; n += 1) {
      const slot = await budget.slot('delivery')
      const from = clock.monotonic()
      await clock.sleep(((lane * 7 + n * 13) % 30) * 1000)
      spans.push([from, clock.monotonic()])
      slot?.done()
    }
  }
  for (let lane = 0; lane < 4; lane += 1) void work(lane)

  await clock.advance(15 * minute)

  t.equal(spans.length, 80)
  // The portal may count a request at any time between its first byte and its answer.
  for (const [from] of spans) {
    const taken = spans.filter(([begun, ended]) => begun <= from && ended + minute > from)
    t.ok(taken.length <= 10, `${taken.length} at ${from}`)
  }
})

t.test('a slot is free again a minute after its answer, not after its request', async t => {
  const parts = open({ perMinute: 1 })
  const { clock, budget } = parts
  const slot = await budget.slot('delivery')
  await clock.advance(10 * minute)
  t.equal(await draining(parts), 0, 'it is not answered yet')
  t.equal(budget.freeInMs(), minute)

  slot?.done()
  slot?.done()
  slot?.unused()
  t.match(budget.state(), { perMinute: 1, taken: 1 })
  await clock.advance(minute - 1)
  t.equal(budget.freeInMs(), 1)
  t.equal(await draining(parts), 0)
  await clock.advance(1)
  t.equal(budget.freeInMs(), 0)
  t.equal(await draining(parts), 1)
})

/** Reads for as long as it may, each answered at once. Answers when each page was read. */
const read = (budget: ReturnType<typeof createBudget>, clock: ReturnType<typeof handClock>, errand: Errand) => {
  const readAt: number[] = []
  const goOn = async () => {
    for (;;) {
      const slot = await budget.slot(errand)
      readAt.push(clock.monotonic())
      slot?.done()
    }
  }
  void goOn()
  return readAt
}

t.test('while everything is read an invoice that comes is sent at once', async t => {
  for (const errand of ['sweep', 'doubt'] as const) {
    const { clock, budget } = open()
    const readAt = read(budget, clock, errand)
    await clock.advance(10 * minute)
    t.ok(readAt.length >= 9 * 54, `${errand}: nine tenths of the budget are read with, ${readAt.length} pages`)

    for (let invoice = 1; invoice <= 6; invoice += 1) {
      const slot = await budget.slot('delivery', { withinMs: 0 })
      t.ok(slot, `${errand}: invoice ${invoice} has a slot`)
      slot?.done()
    }
  }
})

t.test('reading begins quickly and then spreads over the minute', async t => {
  const { clock, budget } = open()
  const readAt = read(budget, clock, 'sweep')
  await clock.advance(minute)

  t.equal(readAt.filter(at => at === 0).length, 11)
  const gaps = readAt.slice(11, 54).map((at, index) => at - (readAt[index + 10] ?? 0))
  t.ok(gaps.length > 40)
  t.ok(
    gaps.every(gap => gap >= 1000 && gap < 1200),
    `${gaps}`
  )
})

t.test('a doubt gets its share where deliveries take all there is', async t => {
  const { clock, budget } = open()
  const sent = read(budget, clock, 'delivery')
  void read(budget, clock, 'delivery')
  const looked = read(budget, clock, 'doubt')
  await clock.advance(20 * minute)

  t.ok(sent.length > 0)
  t.ok(looked.length >= 20 * 2, `${looked.length} of some 1,200 slots`)
})

t.test('a slot that was not used is free at once, for who waits', async t => {
  const { clock, budget } = open({ perMinute: 1 })
  const first = await budget.slot('delivery')
  let second: Slot | null | undefined
  void budget.slot('delivery').then(slot => {
    second = slot
  })
  await clock.rest()
  t.equal(second, undefined)

  first?.unused()
  await clock.rest()
  t.ok(second)
  t.equal(budget.state().taken, 1)
})

const queue = async (waiting: Record<Errand, number>, slots: number): Promise<Errand[]> => {
  const { clock, budget } = open({ perMinute: 1, takenBefore: 1 })
  const order: Errand[] = []
  const errands: Errand[] = ['sweep', 'doubt', 'delivery']
  for (const errand of errands) {
    for (let n = 0; n < waiting[errand]; n += 1) {
      void budget.slot(errand).then(slot => {
        order.push(errand)
        slot?.done()
      })
    }
  }
  await clock.advance(slots * minute)
  return order
}

t.test('deliveries come first, then doubts, then sweeps', async t => {
  const order = await queue({ sweep: 2, doubt: 2, delivery: 2 }, 6)
  t.strictSame(order, ['delivery', 'delivery', 'doubt', 'doubt', 'sweep', 'sweep'])
})

t.test('a doubt gets one slot in twenty all the same; sweeps get none of them', async t => {
  const order = await queue({ sweep: 5, doubt: 5, delivery: 100 }, 80)

  t.equal(order.length, 80)
  t.equal(order.filter(errand => errand === 'sweep').length, 0)
  for (let from = 0; from + 20 <= order.length; from += 1)
    t.equal(order.slice(from, from + 20).filter(errand => errand === 'doubt').length, 1)
})

t.test('whoever waits too long, or is called off, gets none and takes none', async t => {
  const { clock, budget } = open({ perMinute: 1, takenBefore: 1 })
  const off = new AbortController()
  const answers: unknown[] = []
  void budget.slot('delivery', { withinMs: 1000 }).then(slot => answers.push(['late', slot]))
  void budget.slot('doubt', { signal: off.signal }).then(slot => answers.push(['off', slot]))
  t.match(budget.state().waiting, { delivery: 1, doubt: 1, sweep: 0 })

  await clock.advance(999)
  t.strictSame(answers, [])
  await clock.advance(1)
  t.strictSame(answers, [['late', null]])
  off.abort()
  await clock.rest()
  t.strictSame(answers, [
    ['late', null],
    ['off', null]
  ])
  t.strictSame(budget.state().waiting, { delivery: 0, doubt: 0, sweep: 0 })

  await clock.advance(minute)
  t.equal(await budget.slot('doubt', { signal: off.signal }), null, 'called off before, with a slot free')
  t.equal(budget.state().taken, 0)
})

t.test('once nobody waits for a slot any more, no timer keeps the process from ending', async t => {
  const { clock, budget } = open({ perMinute: 1 })
  ;(await budget.slot('delivery'))?.done()
  const called = new AbortController()
  const waits = [budget.slot('sweep', { signal: called.signal }), budget.slot('delivery', { withinMs: 1000 })]

  called.abort()
  await clock.advance(1000)

  t.strictSame(await Promise.all(waits), [null, null])
  t.equal(clock.sleeping(), 0)
})

t.test('a pause is obeyed by all, and the longest counts', async t => {
  const parts = open()
  const { clock, budget } = parts
  budget.heard({ remaining: null, pauseMs: 90_000 })
  budget.heard({ remaining: null, pauseMs: 5000 })
  let got = 0
  for (const errand of ['delivery', 'doubt', 'sweep'] as const) void budget.slot(errand).then(() => (got += 1))
  t.equal(budget.freeInMs(), 90_000)
  t.equal(budget.state().pausedForMs, 90_000)

  await clock.advance(89_999)
  t.equal(got, 0)
  await clock.advance(1)
  t.equal(got, 3)
  t.equal(budget.state().pausedForMs, 0)
})

t.test('what others spend from the same token is believed, for a minute', async t => {
  const parts = open({ perMinute: 10 })
  const { clock, budget } = parts
  const slot = await budget.slot('delivery')
  budget.heard({ remaining: 3, pauseMs: null })
  slot?.done()
  t.equal(budget.state().taken, 7, 'one is ours, six are theirs')
  t.equal(await draining(parts), 3)
  t.equal(budget.freeInMs(), minute)

  await clock.advance(minute)
  t.equal(await draining(parts), 10)
})

t.test('what the portal counts of our own is not taken for that of others', async t => {
  const parts = open({ perMinute: 10 })
  const { budget } = parts
  const slots = await Promise.all([1, 2, 3].map(() => budget.slot('delivery')))
  // Answers overtake each other.
  for (const remaining of [7, 9, 8]) {
    budget.heard({ remaining, pauseMs: null })
    slots.pop()?.done()
  }
  budget.heard({ remaining: 99, pauseMs: null })

  t.equal(budget.state().taken, 3)
  t.equal(await draining(parts), 7)
})

t.test('a budget that is smaller than thought is found out by what remains of it', async t => {
  const parts = open({ perMinute: 60 })
  const slot = await parts.budget.slot('delivery')
  parts.budget.heard({ remaining: 29, pauseMs: null })
  slot?.done()

  t.equal(await draining(parts), 29)
})

t.test('a slot that cannot be kept is not given, and is free again', async t => {
  let isFull = true
  const parts = open({
    perMinute: 1,
    keep: async () => {
      if (isFull) throw new BridgeError('LEDGER_UNAVAILABLE')
      return { end: () => {} }
    }
  })
  await t.rejects(parts.budget.slot('delivery'), { code: 'LEDGER_UNAVAILABLE' })
  t.equal(parts.budget.state().taken, 0)

  isFull = false
  t.equal(await draining(parts), 1)
})

t.test('where other processes have taken them all, a slot is asked for again a second later', async t => {
  const asked: number[] = []
  const ended: boolean[] = []
  const { clock, budget } = open({
    async keep() {
      asked.push(clock.monotonic())
      return asked.length < 3 ? null : { end: isUsed => void ended.push(isUsed) }
    }
  })
  const began = clock.monotonic()
  const given = budget.slot('delivery')
  await clock.advance(2000)
  const slot = await given

  t.strictSame(
    asked.map(at => at - began),
    [0, 1000, 2000]
  )
  t.equal(budget.state().taken, 1)
  slot?.done()
  slot?.unused()
  t.strictSame(ended, [true], 'and given back once')
})

t.test('a pause that the portal asks for is told to the others', async t => {
  const told: number[] = []
  const { budget } = open({ paused: ms => void told.push(ms) })
  budget.heard({ remaining: null, pauseMs: 30_000 })
  budget.heard({ remaining: 3, pauseMs: null })
  t.strictSame(told, [30_000])
})

t.test('a slot is kept before it is given', async t => {
  const steps: string[] = []
  const { budget } = open({
    keep: async () => {
      steps.push('kept')
      return { end: () => {} }
    }
  })
  await budget.slot('delivery').then(() => steps.push('given'))

  t.strictSame(steps, ['kept', 'given'])
})

t.test('after a restart the slots of before are taken for a minute more, whatever the wall clock says', async t => {
  for (const [setMs, before, after] of [
    [0, 10, 40],
    [-3_600_000, 10, 40],
    [-1000, 10, 40],
    [3_600_000, 10, 40]
  ] as const) {
    const ledger = openMemory({ defer: queueMicrotask })
    t.teardown(() => ledger.close())
    const { clock, budget } = open({
      async keep() {
        await ledger.holdings.takeSlot(clock.monotonic(), { perMinute: 60, requestMsMax: 30_000 }, clock.now())
        return { end: () => {} }
      }
    })
    for (let n = 0; n < before; n += 1) (await budget.slot('delivery'))?.done()
    clock.set(setMs)
    for (let n = 0; n < after; n += 1) (await budget.slot('delivery'))?.done()

    const next = open({ takenBefore: await ledger.holdings.slotsTaken() })
    t.equal(next.budget.state().taken, 50, `set by ${setMs}`)
    await next.clock.advance(minute - 1)
    t.equal(next.budget.state().taken, 50)
    await next.clock.advance(1)
    t.equal(await draining(next), 60)
  }
})

t.test('a budget that was lowered between two starts is not overrun, and not lost', async t => {
  const parts = open({ perMinute: 10, takenBefore: 60 })
  t.equal(await draining(parts), 0)

  await parts.clock.advance(minute)
  t.equal(await draining(parts), 10)
})

t.test('a slot that was kept while this process froze is given back: others have counted without it', async t => {
  const clock = handClock()
  const ended: boolean[] = []
  let freezesMs = 10 * minute
  const budget = createBudget({
    perMinute: 1,
    clock,
    takenBefore: 0,
    async keep() {
      await clock.sleep(freezesMs)
      return { end: isUsed => void ended.push(isUsed) }
    }
  })
  let slot: Slot | null = null
  void budget.slot('delivery').then(given => (slot = given))
  await clock.advance(10 * minute - 1)
  freezesMs = 4999
  await clock.advance(1)
  t.strictSame([ended, slot], [[false], null])

  await clock.advance(4999)
  t.ok(slot)
  t.strictSame(ended, [false])
})
