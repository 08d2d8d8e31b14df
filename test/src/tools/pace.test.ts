import t from 'tap'
import { BridgeError } from '../../../src/core/errors.ts'
import { createPace } from '../../../src/tools/pace.ts'

const open = (stopped = new AbortController().signal) => {
  const slept: number[] = []
  const clock = { sleep: async (ms: number) => void slept.push(ms) }
  return { slept, inPace: createPace({ clock, everyMs: 1000, stopped }) }
}
const busy = new BridgeError('TOOL_BUSY', undefined, { retryAfterMs: 7000 })

t.test('between two questions there is a rest, and none before the first', async t => {
  const { slept, inPace } = open()
  for (const answer of [1, 2, 3]) t.equal(await inPace(async () => answer), answer)
  t.strictSame(slept, [1000, 1000])
})

t.test('a pause that is asked for is taken in place, three times at most', async t => {
  const { slept, inPace } = open()
  let asked = 0
  const ask = async () => {
    asked += 1
    if (asked < 3) throw busy
    return asked
  }
  t.equal(await inPace(ask), 3)
  await t.rejects(
    inPace(() => Promise.reject(busy)),
    busy
  )
  t.strictSame(slept, [7000, 7000, 1000, 7000, 7000, 7000])
})

t.test('any other failure is told at once, and no rest outlasts the bridge', async t => {
  const { slept, inPace } = open()
  const failure = new BridgeError('TOOL_UNREACHABLE')
  await t.rejects(
    inPace(() => Promise.reject(failure)),
    failure
  )
  t.strictSame(slept, [])

  const stopped = open(AbortSignal.abort(failure))
  t.equal(await stopped.inPace(async () => 1), 1)
  await t.rejects(
    stopped.inPace(async () => 2),
    failure
  )
})
