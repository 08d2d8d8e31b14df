import t from 'tap'
import { dueAt, dueDay } from '../../../src/mail/due.ts'

const zone = 'Europe/Amsterdam'
const at = (local: string) => Temporal.PlainDateTime.from(local).toZonedDateTime(zone).epochMilliseconds

t.test('a summary is due at eight in the morning, where the portal is', async t => {
  t.equal(dueDay('daily', at('2026-11-20T07:59:59'), zone), '2026-11-19')
  t.equal(dueDay('daily', at('2026-11-20T08:00'), zone), '2026-11-20')
  t.equal(dueDay('daily', at('2026-10-25T08:00'), zone), '2026-10-25', 'summer ends')
  t.equal(dueAt('2026-11-20', zone), at('2026-11-20T08:00'))
})

t.test('by the week it is due on Mondays, and still on Tuesday if nobody was there', async t => {
  t.equal(dueDay('weekly', at('2026-11-23T07:59'), zone), '2026-11-16')
  t.equal(dueDay('weekly', at('2026-11-23T08:00'), zone), '2026-11-23')
  t.equal(dueDay('weekly', at('2026-11-29T23:00'), zone), '2026-11-23')
})
