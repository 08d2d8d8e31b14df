import t from 'tap'
import { firstDateSince } from '../../../src/tools/by-date.ts'

t.test('a question goes back a month, and the first one of a day half a year', async t => {
  const now = Date.UTC(2026, 10, 20, 23, 30) // 00:30 in Amsterdam
  const clock = { now: () => now, monotonic: () => 0, sleep: async () => {} }
  const first = (since: number) => firstDateSince(since, { clock, timeZone: 'Europe/Amsterdam' })

  t.equal(first(now), '2026-10-21')
  t.equal(first(now - 30 * 60_000), '2026-10-21', 'midnight belongs to the new day')
  t.equal(first(now - 31 * 60_000), '2026-05-21')
  t.equal(first(now - 10 * 86_400_000), '2026-05-12')
})
