import t from 'tap'
import { createThrottle } from '../../../src/core/throttle.ts'

t.test('each thing is told at once, and again only after its time', async t => {
  const may = createThrottle(1000)

  t.strictSame([may('a', 0), may('a', 999), may('b', 999), may('a', 1000)], [true, false, true, true])
  t.strictSame([may('a', 1999), may('a', 2000)], [false, true], 'what was not told does not put it off')
})

t.test('however many things there are, it does not grow', async t => {
  const may = createThrottle(1000)
  for (let key = 0; key < 100; key += 1) may(String(key), 0)

  t.equal(may('0', 1), false)
  t.equal(may('one more', 1), true)
  t.equal(may('0', 1), true, 'it was forgotten')
})
