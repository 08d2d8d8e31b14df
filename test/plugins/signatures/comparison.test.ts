import t from 'tap'
import { requireRecent, sameBytes, sameSecret } from '../../../plugins/signatures/comparison.ts'

const now = Date.UTC(2026, 10, 20, 11)

t.test('only the same bytes are the same, whatever their lengths', async t => {
  const pairs: [string, string, boolean][] = [
    ['geheim', 'geheim', true],
    ['geheim', 'geheiM', false],
    ['geheim', 'geheim ', false],
    ['', '', true],
    ['', 'x', false]
  ]
  for (const [a, b, same] of pairs) {
    t.equal(sameSecret(a, b), same)
    t.equal(sameSecret(Buffer.from(a), b), same)
    t.equal(sameBytes(Buffer.from(a), Buffer.from(b)), same)
  }
})

t.test('a time is recent within five minutes, and only in whole seconds', async t => {
  const at = (ms: number) => String(Math.floor((now + ms) / 1000))
  for (const ms of [0, 300_000, -300_000]) t.doesNotThrow(() => requireRecent('time', at(ms), now))
  for (const time of [at(301_000), at(-301_000), '', '1.5', '-1', '1e9', 'now', '1234567890123'])
    t.throws(() => requireRecent('time', time, now), { code: 'NOT_AUTHENTIC', message: /^time / }, time)
})
