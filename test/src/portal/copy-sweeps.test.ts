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

  t.strictSame(double.asked(), ['list 1', `get ${own.id}`, `get ${entryOf(26).id}`], 'and one that it lists')
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
  await clock.advance(8 * minute)
  double.asked()

  await clock.advance(80 * minute - 1)
  t.strictSame(double.asked(), [])
  await clock.advance(1 + 4 * minute)
  t.strictSame(double.asked(), ['customers 1', 'list 1', 'list 2', 'list 3'])
  double.onCall = () => {}
})

t.test('once a day everything is read, once more where something was not seen, and that is asked for', async t => {
  const { clock, double, holdings } = await openCopy(t, entries(40))
  const [deleted, hidden] = double.list
  double.remove(deleted!)
  await clock.advance(day - 1)
  t.ok(double.asked().every(call => call === 'list 1'))
  t.equal(await holdings.size(), 40)
  double.onPage = page => {
    if (page === 2) double.list = double.list.filter(entry => entry !== hidden)
    if (page !== 3) return
    double.list.unshift(hidden!)
    double.onPage = () => {}
  }

  await clock.advance(1)
  const pages = ['list 1', 'list 2', 'list 3']
  t.strictSame(double.asked(), [
    'get an id that nobody has',
    'customers 1',
    ...pages,
    // It only moved between two of its pages.
    `get ${hidden!.id}`,
    ...pages,
    `get ${deleted!.id}`,
    `get ${hidden!.id}`
  ])
  t.equal(await holdings.size(), 39)
  t.match(await holdings.copy(), { fullAt: clock.now(), unclear: null })
})

t.test('a list that hides what the portal holds is not believed, however often it is read', async t => {
  const { clock, double, holdings, heard, filled } = await openCopy(t, entries(40))
  const [hidden] = double.list
  double.order = list => list.filter(entry => entry !== hidden).toReversed()
  await clock.advance(day)
  const { fullAt, unclear } = await holdings.copy()

  t.match(unclear, {
    since: clock.now(),
    why: `the portal's list lacks ${hidden!.id}, although the portal shows it`
  })
  t.equal(heard.at(-1), 'PORTAL_UNREACHABLE')
  double.asked()
  await clock.advance(12 * minute)
  t.match(await holdings.copy(), { fullAt, unclear }, 'since the first time')
  t.equal(double.asked().filter(call => call === 'customers 1').length, 2, 'every six minutes')
  t.equal(filled(), 1, 'deliveries go on all the while')

  double.order = 'newest'
  await clock.advance(6 * minute)
  t.match(await holdings.copy(), { fullAt: clock.now(), unclear: null })
  t.equal(heard.at(-1), null)
})

t.test('where the portal holds nothing that it is asked for, two whole readings tell what is gone', async t => {
  const { clock, double, holdings } = await openCopy(t, entries(40))
  const [deleted, ...others] = double.list
  double.remove(deleted!)
  for (const { id } of others) double.hidden.add(id)

  await clock.advance(day)

  t.equal(await holdings.has(deleted!.id), false)
  t.equal(await holdings.size(), 39)
  t.match(await holdings.copy(), { fullAt: clock.now(), unclear: null })
})

t.test('and two that do not agree tell nothing', async t => {
  const { clock, double, holdings } = await openCopy(t, entries(40))
  const [deleted, another, ...others] = double.list
  double.remove(deleted!)
  for (const { id } of others) double.hidden.add(id)
  double.onPage = page => {
    if (page === 3) double.remove(another!)
    if (page === 3) double.onPage = () => {}
  }

  await clock.advance(day)

  t.equal(await holdings.size(), 40)
  t.match(await holdings.copy(), { unclear: { why: /but answers that it holds no such invoice/ } })
  await clock.advance(6 * minute)
  t.equal(await holdings.size(), 38)
})

t.test('of what is missing five are asked for a minute, until a reading accounts for all', async t => {
  const { clock, double, holdings } = await openCopy(t, entries(60))
  double.list.splice(0, 33)
  await clock.advance(day)
  double.asked()
  t.match(await holdings.copy(), { unclear: { why: /lacks more than 20/ } })

  const gets = () => double.asked().filter(call => call.startsWith('get'))
  await clock.advance(5 * minute)
  t.equal(gets().length, 6, 'five, and one that it listed')
  for (let minutes = 1; minutes <= 5; minutes += 1) {
    await clock.advance(minute)
    t.equal(gets().length, 6)
  }
  t.equal(await holdings.size(), 30)
  await clock.advance(minute)
  t.equal(gets().length, 4, 'the rest')
  await clock.advance(minute)
  t.equal(await holdings.size(), 27)
  t.match(await holdings.copy(), { fullAt: clock.now(), unclear: null })
})

t.test('what is there after all when it is asked for is not asked for twice', async t => {
  const { clock, double, holdings } = await openCopy(t, entries(60))
  const hidden = double.list.slice(0, 33)
  double.order = list => list.filter(entry => !hidden.includes(entry)).toReversed()
  await clock.advance(day)
  double.asked()

  await clock.advance(12 * minute)

  const gets = double.asked().filter(call => call.startsWith('get'))
  t.equal(gets.length, 33, gets.join())
  t.equal(new Set(gets).size, 33)
  t.equal(await holdings.size(), 60)
})

t.test('what is contested is read back to, and the list has the last word', async t => {
  const { clock, double, holdings, reader, copy } = await openCopy(t, entries(60))
  const old = double.list[20]!
  double.hidden.add(old.id)
  t.equal(await reader.one(old.id, 'delivery'), 'contested')
  double.asked()

  copy.hurry()
  await clock.rest()

  t.strictSame(double.asked(), ['list 1', 'list 2', 'list 3'], 'and no further')
  t.strictSame(await reader.one(old.id, 'delivery'), old)
  double.asked()
  copy.hurry()
  await clock.rest()
  t.strictSame(double.asked(), ['list 1'])
  t.match(await holdings.copy(), { order: 'newest' })
})

t.test('everything is read where nobody knows when the contested one was created', async t => {
  const list = [entryOf(0, { createdAt: null }), ...entries(40)]
  const { clock, double, reader, holdings, copy } = await openCopy(t, list)
  await holdings.setCopy({ order: 'newest' })
  double.hidden.add(list[0]!.id)
  await reader.one(list[0]!.id, 'delivery')
  double.asked()

  copy.hurry()
  await clock.rest()

  t.strictSame(double.asked(), ['customers 1', 'list 1', 'list 2', 'list 3'])
})

t.test('contested, and not listed either: it is gone', async t => {
  const parts = await openCopy(t, entries(40))
  const { clock, double, reader, copy, ledger } = parts
  const own = await create(parts, 'own', false)
  await clock.advance(10 * minute + 1)
  t.equal(await reader.one(own.id, 'delivery'), 'contested')
  double.asked()

  copy.hurry()
  await clock.rest()

  t.strictSame(await stateOf(ledger, 'own'), ['delivered', 'DELETED_IN_PORTAL', own.id])
})

t.test('how the portal says that it holds no such is learned once a day, and until it is understood', async t => {
  const { clock, double } = await openCopy(t, entries(5))
  const learned = () => double.asked().filter(call => call === 'get an id that nobody has').length
  await clock.advance(day - 1)
  t.equal(learned(), 0)
  await clock.advance(1)
  t.equal(learned(), 1)

  double.missing = null
  await clock.advance(day)
  t.equal(learned(), 1)
  await clock.advance(2 * quarter)
  t.equal(learned(), 2, 'with each sweep')

  double.missing = { status: 404, fields: '', words: 'x' }
  await clock.advance(2 * quarter)
  t.equal(learned(), 1)
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

t.test('a full reading that a wrong clock dated ahead is none: everything is read again', async t => {
  const { clock, holdings } = await openCopy(t, entries(60))
  await holdings.setCopy({ fullAt: clock.now() + 365 * 24 * 60 * minute })
  await clock.advance(2 * quarter)

  t.ok(Number((await holdings.copy()).fullAt) <= clock.now())
})

t.test('while another process reads, this one relies on it, and learns only how the portal denies', async t => {
  const parts = openParts(t, entries(5))
  const { clock, double, holdings } = parts
  const { copy, filled } = startCopy(t, parts, async () => true, { isOurs: false })
  await clock.rest()
  t.notOk(copy.isFilled())

  await holdings.setCopy({ filled: true, backTo: clock.now() - minute })
  await clock.advance(1000)
  t.notOk(copy.isFilled(), 'it is still read back')
  await holdings.setCopy({ backTo: null })
  await clock.advance(1000)
  t.strictSame([copy.isFilled(), filled()], [true, 1])

  await holdings.setCopy({ filled: false, rolledBack: true })
  await clock.advance(minute)
  t.notOk(copy.isFilled())
  t.strictSame(double.asked(), ['get an id that nobody has'])
})
