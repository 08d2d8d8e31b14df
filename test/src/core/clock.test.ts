import { getEventListeners } from 'node:events'
import t from 'tap'
import { isoInstant, systemClock } from '../../../src/core/clock.ts'

t.test('wall time is that of the machine, monotonic time never runs backwards', async t => {
  const before = Date.now()
  const now = systemClock.now()
  t.ok(now >= before && now <= Date.now())
  t.ok(Number.isInteger(now), 'in whole milliseconds, as a ledger keeps them')

  let last = systemClock.monotonic()
  for (let turn = 0; turn < 1000; turn++) {
    const next = systemClock.monotonic()
    if (next < last) t.fail('it ran backwards')
    last = next
  }
})

t.test('a sleep lasts as long as was asked', async t => {
  const asleep = systemClock.monotonic()
  await systemClock.sleep(20)

  t.ok(systemClock.monotonic() - asleep >= 19)
})

t.test('a sleeper that is woken resolves at once, and leaves nothing behind', async t => {
  const waking = new AbortController()
  const asleep = systemClock.monotonic()
  const sleep = systemClock.sleep(60_000, waking.signal)
  waking.abort()
  await sleep

  await systemClock.sleep(60_000, waking.signal)
  t.ok(systemClock.monotonic() - asleep < 10_000)
  t.strictSame(getEventListeners(waking.signal, 'abort'), [])
})

t.test('a sleeper that nobody wakes leaves no listener either', async t => {
  const { signal } = new AbortController()
  await systemClock.sleep(0, signal)

  t.strictSame(getEventListeners(signal, 'abort'), [])
})

t.test('an instant is written in UTC', async t => {
  t.equal(isoInstant(0), '1970-01-01T00:00:00Z')
  t.equal(isoInstant(1_795_176_000_123), '2026-11-20T12:00:00.123Z')
  t.equal(isoInstant(-1), '1969-12-31T23:59:59.999Z')
})
