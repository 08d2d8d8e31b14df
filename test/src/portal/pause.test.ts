import t from 'tap'
import { pauseOf } from '../../../src/portal/pause.ts'

const now = Date.UTC(2026, 10, 20)

t.test('a pause is as long as the portal asks: seconds first, then its reset, then a minute', async t => {
  const reset = String(now / 1000 + 20)
  t.equal(pauseOf({ 'retry-after': '7', 'x-ratelimit-reset': reset }, now), 7000)
  t.equal(pauseOf({ 'x-ratelimit-reset': reset }, now), 20_000)
  t.equal(pauseOf({ 'retry-after': 'soon', 'x-ratelimit-reset': reset }, now), 20_000)
  t.equal(pauseOf({}, now), 60_000)
  t.equal(pauseOf({ 'x-ratelimit-reset': String(now / 1000 - 20) }, now), 60_000, 'a past reset says nothing')
  t.equal(pauseOf({ 'x-ratelimit-reset': 'soon' }, now), 60_000)
})

t.test('a pause is neither nothing nor a day', async t => {
  t.equal(pauseOf({ 'retry-after': '0' }, now), 1000)
  t.equal(pauseOf({ 'retry-after': '999999' }, now), 3_600_000)
  t.equal(pauseOf({ 'x-ratelimit-reset': '99999999999' }, now), 3_600_000)
})
