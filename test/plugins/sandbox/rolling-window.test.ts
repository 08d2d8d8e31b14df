import t from 'tap'
import { rollingWindow } from '../../../plugins/sandbox/rolling-window.ts'
import { handClock } from './fixtures.ts'

const open = () => {
  const clock = handClock()
  const window = new (rollingWindow(clock))()
  const ask = (max: number, token = 'a') => {
    let answer: { current: number; ttl: number } | undefined
    window.incr(token, (_error, result) => (answer = result), 60_000, max)
    return { passes: answer!.current <= max, ttl: answer!.ttl }
  }
  return { clock, ask, window }
}

t.test('in no sixty seconds, wherever they begin, more pass than the budget', async t => {
  const { clock, ask } = open()
  const passed: number[] = []
  let seed = 7
  for (let turn = 0; turn < 5_000; turn++) {
    seed = (seed * 48271) % 2147483647
    clock.advance(seed % 1_500)
    if (ask(60).passes) passed.push(clock.monotonic())
  }

  t.ok(passed.length > 1_000)
  for (const [at, later] of passed.slice(60).entries()) {
    if (later - passed[at]! < 60_000) t.fail(`61 requests passed between ${passed[at]} and ${later}`)
  }
})

t.test('who waits as long as told passes, and who asks meanwhile takes nothing from it', async t => {
  const { clock, ask } = open()
  ask(2)
  clock.advance(10_000)
  ask(2)
  clock.advance(5_000)

  t.strictSame(ask(2), { passes: false, ttl: 45_000 })
  clock.advance(44_999)
  t.strictSame(ask(2), { passes: false, ttl: 1 })
  clock.advance(1)
  t.equal(ask(2).passes, true)
  t.strictSame(ask(2), { passes: false, ttl: 10_000 })
})

t.test('after the budget was lowered, as many must leave the window as are too many', async t => {
  const { clock, ask } = open()
  for (let at = 0; at < 3; at++) {
    ask(3)
    clock.advance(1_000)
  }

  t.strictSame(ask(1), { passes: false, ttl: 59_000 })
  t.strictSame(ask(0), { passes: false, ttl: 60_000 })
})

t.test('tokens that have not been used for long are forgotten', async t => {
  const { ask, window } = open()
  for (let at = 0; at < 1_000; at++) ask(1, String(at))
  ask(1, '0')

  ask(1, 'one more')

  t.equal(window.tokens.size, 1_000)
  t.equal(ask(1, '0').passes, false)
  t.equal(ask(1, '1').passes, true)
  t.equal(window.child(), window)
})
