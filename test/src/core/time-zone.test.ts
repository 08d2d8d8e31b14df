import t from 'tap'
import { dateOf } from '../../../src/core/invoice.ts'
import { offsetMsAt } from '../../../src/core/time-zone.ts'

const zones = [
  'Europe/Amsterdam',
  'America/New_York',
  'Australia/Lord_Howe', // half an hour
  'Asia/Kathmandu', // never changes, at 45 minutes
  'Pacific/Apia', // left out a whole day
  'Africa/Casablanca', // four changes a year
  'Africa/Monrovia', // 44 minutes and a half until 1972
  'UTC'
]

const zoned = (at: number, timeZone: string) => Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone)

t.test('says of every instant what Temporal says, in whatever order they come', async t => {
  const instants = Array.from({ length: 3000 }, (_, at) => ((at * 7919) % 3000) * 6 * 86_400_000 + at * 999_331)
  for (const zone of zones) {
    const wrong = instants.filter(
      at =>
        offsetMsAt(at, zone) !== zoned(at, zone).offsetNanoseconds / 1_000_000 ||
        dateOf(at, zone) !== zoned(at, zone).toPlainDate().toString()
    )
    t.strictSame(wrong, [], zone)
  }
})

t.test('changes at the very millisecond', async t => {
  for (const zone of zones) {
    let change = zoned(Date.UTC(1970, 0, 1), zone).getTimeZoneTransition('next')
    for (let changes = 0; change && changes < 150; changes += 1) {
      const at = change.epochMilliseconds
      for (const near of [at, at - 1, at + 1])
        t.equal(offsetMsAt(near, zone), zoned(near, zone).offsetNanoseconds / 1_000_000, `${zone} ${near}`)
      change = change.getTimeZoneTransition('next')
    }
  }
})

t.test('dates before the year 0 and after 9999 are written as Temporal writes them', async t => {
  for (const at of [Date.UTC(-1, 0, 1), Date.UTC(12_345, 5, 1), -8.6e15, 8.6e15])
    t.equal(dateOf(at, 'Europe/Amsterdam'), zoned(at, 'Europe/Amsterdam').toPlainDate().toString())
})
