import t from 'tap'
import { Deliveries } from '../../../src/view/answers.ts'
import { daysShown, deliveriesOf, shownSince } from '../../../src/view/deliveries.ts'
import { day, noon } from '../ledger/fixtures.ts'

const hour = 3_600_000
const zone = 'Europe/Amsterdam'

t.test('thirty days in the zone of the portal, today last', async t => {
  const since = shownSince(noon, zone)
  t.equal(since, Date.UTC(2026, 9, 21, 22), 'the first day began at midnight there, in summer time')
  const { days } = deliveriesOf(
    [
      { hour: since, tookMs: 1000, invoices: 2 },
      { hour: noon - 13 * hour, tookMs: 1000, invoices: 3 },
      { hour: noon - 13.5 * hour, tookMs: 1000, invoices: 4 },
      { hour: noon, tookMs: 1000, invoices: 5 }
    ],
    noon,
    zone
  )

  t.equal(days.length, daysShown)
  t.strictSame(days[0], { day: '2026-10-22', invoices: 2 })
  t.strictSame(days.slice(-2), [
    { day: '2026-11-19', invoices: 4 },
    { day: '2026-11-20', invoices: 8 }
  ])
})

t.test('how long half of them took, and nearly all', async t => {
  const paces = [
    { hour: noon, tookMs: 5000, invoices: 60 },
    { hour: noon - day, tookMs: null, invoices: 4 },
    { hour: noon - day, tookMs: 60_000, invoices: 36 }
  ]
  const shown = deliveriesOf(paces, noon, zone)

  t.strictSame(Deliveries.strict().parse(shown).took, { halfWithinMs: 5000, mostWithinMs: 60_000 })
  t.strictSame(deliveriesOf([{ hour: noon, tookMs: null, invoices: 1 }], noon, zone).took, {
    halfWithinMs: null,
    mostWithinMs: null
  })
  t.equal(deliveriesOf([], noon, zone).took, null)
})
