import t, { type Test } from 'tap'
import { BridgeError } from '../../../src/core/errors.ts'
import { createLoop, type Loop } from '../../../src/core/loop.ts'
import { handClock } from '../portal/hand-clock.ts'

const napMs = 1000

/** Turns do no more than nap, unless `go` does something else. */
const open = (t: Test, go: (loop: Loop, turn: number) => Promise<void> = loop => loop.nap(napMs)) => {
  const clock = handClock()
  const loop = createLoop({ clock, retryFirstMs: 5000, retryLongestMs: 15_000 })
  /** When each turn began, and what was told of the failed ones. */
  const turns: number[] = []
  const told: unknown[] = []
  const start = () =>
    loop.start(
      async () => {
        turns.push(clock.monotonic())
        await go(loop, turns.length)
      },
      error => told.push(error)
    )
  t.teardown(() => loop.stop())
  return { clock, loop, start, turns, told }
}

t.test('it turns from the start on, once however often it is started', async t => {
  const { clock, start, turns, told } = open(t)
  start()
  start()
  await clock.advance(2500)

  t.strictSame(turns, [0, 1000, 2000])
  t.strictSame(told, [])
})

t.test('whoever wakes it ends the nap', async t => {
  const { clock, loop, start, turns } = open(t)
  start()
  await clock.advance(400)
  loop.wake()
  await clock.rest()
  t.strictSame(turns, [0, 400])

  await clock.advance(napMs)
  t.strictSame(turns, [0, 400, 1400], 'that one, and no other')
})

t.test('woken before it naps, it does not: what it was woken for may have come after it looked', async t => {
  const { clock, start, turns } = open(t, async (loop, turn) => {
    if (turn === 1) loop.wake()
    await loop.nap(napMs)
  })
  start()
  await clock.rest()

  t.strictSame(turns, [0, 0])
})

t.test('after turns that fail it pauses, twice as long each time, up to the longest', async t => {
  const failure = new Error('a bug')
  const { clock, start, turns, told } = open(t, async (loop, turn) => {
    if (turn !== 5) throw failure
    await loop.nap(napMs)
  })
  start()
  await clock.advance(60_000)

  t.strictSame(
    turns,
    [0, 5000, 15_000, 30_000, 45_000, 46_000, 51_000],
    'and from the beginning after one that went well'
  )
  t.strictSame(told, Array(6).fill(failure))
})

t.test('a failure that asks for a longer pause gets it, and no shorter one', async t => {
  const { clock, start, turns } = open(t, async (_, turn) => {
    throw new BridgeError('PORTAL_BUSY', undefined, { retryAfterMs: turn === 1 ? 40_000 : 1 })
  })
  start()
  await clock.advance(60_000)

  t.strictSame(turns, [0, 40_000, 50_000])
})

t.test('a ledger that cannot be used is asked again every few seconds, for however long', async t => {
  const { clock, start, turns } = open(t, async (loop, turn) => {
    if (turn < 5) throw new BridgeError('LEDGER_UNAVAILABLE')
    if (turn === 5) throw new BridgeError('PORTAL_UNREACHABLE')
    await loop.nap(napMs)
  })
  start()
  await clock.advance(21_500)

  t.strictSame(turns, [0, 4000, 8000, 12_000, 16_000, 21_000])
})

t.test('a pause is not ended by whoever wakes it: what is broken stays so for a while', async t => {
  const { clock, loop, start, turns } = open(t, () => Promise.reject(new BridgeError('PORTAL_UNREACHABLE')))
  start()
  await clock.advance(1000)
  loop.wake()
  await clock.advance(3999)
  t.strictSame(turns, [0])

  await clock.advance(1)
  t.strictSame(turns, [0, 5000])
})

for (const [what, go] of [
  ['a nap', (loop: Loop) => loop.nap(napMs)],
  ['a pause', () => Promise.reject(new Error('a bug'))]
] as const) {
  t.test(`a stop ends ${what} at once, and for good`, async t => {
    const { clock, loop, start, turns } = open(t, go)
    start()
    await clock.rest()
    await loop.stop()
    start()
    await clock.advance(60_000)

    t.strictSame(turns, [0])
  })
}

t.test('a stop waits for the turn that runs, which is told of it, and whose failure is told', async t => {
  const { promise: answer, reject } = Promise.withResolvers<void>()
  const { clock, loop, start, turns, told } = open(t, () => answer)
  start()
  await clock.rest()
  let isStopped = false
  const stopped = loop.stop().then(() => {
    isStopped = true
  })
  await clock.rest()
  t.strictSame([loop.stopping.aborted, isStopped], [true, false])

  reject('broken off')
  await stopped
  t.strictSame(turns, [0])
  t.strictSame(told, ['broken off'])
})

t.test('stopped before it began, it never does', async t => {
  const { clock, loop, start, turns } = open(t)
  await loop.stop()
  start()
  await clock.advance(napMs)

  t.strictSame(turns, [])
})
