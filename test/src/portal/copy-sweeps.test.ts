// How the copy is kept up.

import t from 'tap'
import { create, day, openCopy, quarter, startCopy } from './copies.ts'
import { entryOf } from './double.ts'
import { arrived, entries, minute, openParts, stateOf } from './parts.ts'

t.test('a sweep every quarter of an hour stops at what an earlier read has seen', async t => {
  for (const [order, asked] of [
    ['newest', ['list 1']],
    ['oldest', ['list 3']]
  ] as const) {
    const { clock, double, holdings } = await openCopy(t, entries(40), order)
    await clock.advance(quarter - 1)
    t.strictSame(double.asked(), [])
    double.list.push(arrived(clock.now()))

    await clock.advance(1)
    t.strictSame(double.asked(), asked)
    t.equal((await holdings.byNumber('2026-0042')).length, 1)
    t.match(await holdings.copy(), { sweptTo: clock.now() - 1, sweptAt: clock.now(), orderSeen: false })
  }
})

t.test("own creates are not where a sweep stops: others' stand behind them", async t => {
  const parts = await openCopy(t, entries(40))
  const { clock, double, holdings } = parts
  await clock.advance(minute)
  const others = arrived(clock.now(), { id: 'inv_others', invoiceNumber: 'others' })
  double.list.push(others)
  await clock.advance(10 * minute)
  for (let n = 0; n < 20; n += 1) await create(parts, `N${n}`)

  await clock.advance(4 * minute)
  t.strictSame(double.asked(), ['list 1', 'list 2'])
  t.equal((await holdings.byNumber('others')).length, 1)
})

t.test('own creates that a sweep saw at its end show the order', async t => {
  const parts = await openCopy(t, entries(40))
  await create(parts, 'own')
  await parts.clock.advance(quarter)
  t.match(await parts.holdings.copy(), { order: 'newest', orderSeen: true })
})

t.test('an own create that was made while a sweep read shows nothing', async t => {
  const parts = await openCopy(t, entries(40))
  parts.double.onPage = () => {
    parts.double.onPage = () => {}
    void create(parts, 'own')
  }
  await parts.clock.advance(quarter)
  t.match(await parts.holdings.copy(), { order: 'newest', orderSeen: false })

  await parts.clock.advance(quarter)
  t.match(await parts.holdings.copy(), { order: 'newest', orderSeen: true })
})

t.test('an own create that is not seen where it should be says that the order is wrong', async t => {
  const parts = await openCopy(t, entries(40))
  const { clock, double, holdings } = parts
  await holdings.setCopy({ orderSeen: true })
  const own = await create(parts, 'own')
  double.order = list => [...list.filter(entry => entry !== own).toReversed(), own]

  await clock.advance(quarter)

  t.strictSame(double.asked(), ['list 1', `get ${own.id}`, 'customers 1', 'list 1', 'list 2', 'list 3'])
  t.match(await holdings.copy(), { order: 'unknown', orderSeen: false, fullAt: clock.now() })
})

t.test('an own create that is gone says so on its row, and nothing about the order', async t => {
  const parts = await openCopy(t, entries(40))
  const { clock, double, holdings, ledger } = parts
  const own = await create(parts, 'own', false)

  await clock.advance(quarter)

  t.strictSame(double.asked(), ['list 1', `get ${own.id}`])
  t.strictSame(await stateOf(ledger, 'own'), ['delivered', 'DELETED_IN_PORTAL', own.id])
  t.match(await holdings.copy(), { order: 'newest' })
})

t.test('a second one under a number that was delivered is raised by the next sweep', async t => {
  const parts = await openCopy(t, entries(40))
  await create(parts, '2026-0042')
  parts.double.list.push(arrived(parts.clock.now(), { id: 'inv_twin', amountCents: 1 }))
  await parts.clock.advance(quarter)
  t.strictSame(await stateOf(parts.ledger), ['delivered', 'PORTAL_DUPLICATE', 'inv_2026-0042'])
})

t.test('one that is dated in the future does not blind the sweeps', async t => {
  const list = [...entries(40), entryOf(41, { createdAt: Date.UTC(2030, 1) })]
  const { clock, double, holdings } = await openCopy(t, list)
  t.match(await holdings.copy(), { order: 'newest', sweptTo: clock.now() })
  await clock.advance(10 * minute)
  double.list.splice(40, 0, ...entries(60).map(({ id }, n) => arrived(clock.now() + n, { id: `x${id}` })))

  await clock.advance(5 * minute)
  t.equal(await holdings.size(), 101)
  t.match(await holdings.copy(), { sweptTo: clock.now() })
})

t.test('without an order everything is read, and then it rests ten times as long as that took', async t => {
  const list = entries(40).map(entry => ({ ...entry, createdAt: null }))
  const parts = openParts(t, list)
  const { clock, double } = parts
  double.onCall = () => clock.sleep(minute)
  startCopy(t, parts)
  await clock.advance(7 * minute)
  double.asked()

  await clock.advance(70 * minute - 1)
  t.strictSame(double.asked(), [])
  await clock.advance(1 + 4 * minute)
  t.strictSame(double.asked(), ['customers 1', 'list 1', 'list 2', 'list 3'])
  double.onCall = () => {}
})

t.test('once a day everything is read, and what was not seen is asked for', async t => {
  const { clock, double, holdings } = await openCopy(t, entries(40))
  const [deleted, hidden] = double.list
  double.remove(deleted!)
  await clock.advance(day - 1)
  t.ok(double.asked().every(call => call === 'list 1'))
  t.equal(await holdings.size(), 40)
  double.onPage = page => {
    if (page === 2) double.list = double.list.filter(entry => entry !== hidden)
    if (page === 3) double.list.unshift(hidden!)
  }

  await clock.advance(1)
  t.strictSame(double.asked().slice(0, 6), [
    'customers 1',
    'list 1',
    'list 2',
    'list 3',
    `get ${hidden!.id}`,
    `get ${deleted!.id}`
  ])
  t.equal(await holdings.size(), 39)
  t.match(await holdings.copy(), { fullAt: clock.now() })
})

t.test('a read of all keeps what was shown of the order, or takes it back', async t => {
  const parts = await openCopy(t, entries(40))
  const { clock, double, holdings } = parts
  await create(parts, 'own')
  await clock.advance(day)
  t.match(await holdings.copy(), { order: 'newest', orderSeen: true })

  double.order = 'oldest'
  await clock.advance(quarter)
  t.match(await holdings.copy(), { order: 'oldest', orderSeen: false })
})
