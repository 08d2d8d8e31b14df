import t, { type Test } from 'tap'
import { BridgeError } from '../../../src/errors.ts'
import { createReader } from '../../../src/portal/reader.ts'
import type { PortalCustomer } from '../../../src/portal/schemas.ts'
import { arrivalOf, bring } from '../ledger/fixtures.ts'
import { entryOf, throwing } from './double.ts'
import { entries, openParts, stateOf } from './parts.ts'

const ids = (list: { id: string }[]) => list.map(({ id }) => id)

const open = async (t: Test, count: number, { read = true } = {}) => {
  const parts = openParts(t, entries(count))
  if (read) await parts.reader.all('sweep')
  parts.double.asked()
  return parts
}

t.test('the whole list is read, in its order, and the copy is told of it page by page', async t => {
  const { reader, holdings, double, clock } = await open(t, 31, { read: false })
  const sizes: number[] = []
  const reading = await reader.all('sweep', () => {
    void holdings.size().then(size => sizes.push(size))
    return true
  })

  t.strictSame(double.asked(), ['list 1', 'list 2', 'list 3'])
  t.strictSame(ids(reading?.entries ?? []), ids(double.list.toReversed()))
  t.match(reading, { since: null, newestBefore: null, read: 1, told: 0, at: clock.now() })
  t.strictSame(sizes, [15, 30])
  t.equal(await holdings.size(), 31)

  t.match(await reader.all('sweep'), { newestBefore: entryOf(31).createdAt, read: 2, told: 31 })
})

t.test('an empty list is read with one request', async t => {
  const { reader, double } = await open(t, 0, { read: false })
  t.match(await reader.all('sweep'), { entries: [] })
  t.strictSame(double.asked(), ['list 1'])
})

t.test('a reading that is called off is none', async t => {
  const { reader, double } = await open(t, 60)
  double.customers = Array.from({ length: 60 }, (_, n) => ({ id: `cst_${n}` }) as PortalCustomer)
  const goOn = (page: number) => page < 2

  t.equal(await reader.all('sweep', goOn), null)
  t.equal(await reader.since(0, 'newest', 'sweep', goOn), null)
  t.equal(await reader.since(0, 'oldest', 'sweep', goOn), null)
  double.list.push(...entries(100).slice(60))
  t.equal(await reader.since(entryOf(60).createdAt ?? 0, 'oldest', 'sweep', goOn), null)
  t.equal(await reader.customers('sweep', goOn), false)
})

t.test('what moves to a later page while it is read counts once, where it was seen first', async t => {
  const { reader, double } = await open(t, 40)
  double.onPage = page => {
    if (page === 1) double.list.push(entryOf(41))
  }
  for (const reading of [await reader.all('sweep'), await reader.since(0, 'newest', 'sweep')]) {
    const seen = ids(reading?.entries ?? [])
    t.equal(new Set(seen).size, seen.length)
    t.ok(seen.length >= 40)
  }
})

t.test('newest first: read until what is older, and no further', async t => {
  const { reader, double } = await open(t, 60)
  for (const [n, pages] of [
    [61, 1],
    [47, 1],
    [46, 2],
    [45, 2],
    [1, 4]
  ] as const) {
    const reading = await reader.since(entryOf(n).createdAt ?? 0, 'newest', 'sweep')
    t.equal(double.asked().length, pages, `since ${n}`)
    t.equal(reading?.entries.length, pages * 15)
  }
})

t.test('oldest first: begins where the end should be', async t => {
  for (const [count, n, asked] of [
    [59, 59, ['list 4']],
    [59, 46, ['list 4', 'list 3']],
    [60, 60, ['list 4']],
    [61, 61, ['list 5', 'list 4']],
    [70, 70, ['list 5']],
    [10, 10, ['list 1']],
    [0, 1, ['list 1']]
  ] as const) {
    const { reader, double } = await open(t, count)
    double.order = 'oldest'
    const reading = await reader.since(entryOf(n).createdAt ?? 0, 'oldest', 'sweep')
    t.strictSame(double.asked(), asked, `${count} entries, since ${n}`)
    t.ok(count === 0 || ids(reading?.entries ?? []).includes(entryOf(count).id))
  }
})

t.test('oldest first: the end is found where more, or less, stands there than the copy knows', async t => {
  const { reader, double } = await open(t, 60)
  double.order = 'oldest'
  double.list.push(...entries(100).slice(60))
  const since = entryOf(59).createdAt ?? 0
  t.match(await reader.since(since, 'oldest', 'sweep'), { entries: { length: 55 } })
  t.strictSame(double.asked(), ['list 4', 'list 5', 'list 6', 'list 7', 'list 6', 'list 5', 'list 4'])

  double.list.splice(0, 60)
  t.match(await reader.since(since, 'oldest', 'sweep'), { entries: { length: 40 } })
  t.strictSame(double.asked(), ['list 7', 'list 6', 'list 5', 'list 4', 'list 3', 'list 2', 'list 1'])
})

t.test('oldest first: what is deleted while it is read draws nothing past it', async t => {
  const { reader, double } = await open(t, 30)
  double.order = 'oldest'
  const since = entryOf(59).createdAt ?? 0
  double.list.push(...entries(100).slice(30))
  double.onPage = () => double.remove(double.list[0]!)

  const reading = await reader.since(since, 'oldest', 'sweep')

  for (const { id } of entries(100).slice(58)) t.ok(ids(reading?.entries ?? []).includes(id), id)
})

t.test('a part that is not in the order that was thought is no reading', async t => {
  const { reader, double } = await open(t, 60)
  t.equal(await reader.since(0, 'oldest', 'sweep'), null)
  double.order = 'oldest'
  t.equal(await reader.since(0, 'newest', 'sweep'), null)
  double.list.push(entryOf(3, { id: 'late', createdAt: null }))
  t.equal(await reader.since(0, 'oldest', 'sweep'), null)
})

t.test('a list without an end is an error, or no reading, but never an end', async t => {
  const parts = openParts(t, entries(100))
  const reader = createReader({ ...parts, portal: parts.double.portal, pagesMax: 3 })
  parts.double.customers = Array.from({ length: 60 }, (_, n) => ({ id: `cst_${n}` }) as PortalCustomer)

  await t.rejects(reader.all('sweep'), { code: 'PORTAL_UNREACHABLE' })
  await t.rejects(reader.customers('sweep'), { code: 'PORTAL_UNREACHABLE' })
  t.equal(await reader.since(0, 'newest', 'sweep'), null)
  parts.double.order = 'oldest'
  t.equal(await reader.since(0, 'oldest', 'sweep'), null)
})

t.test('one id: what is found enters the copy, what is gone leaves it', async t => {
  const { reader, ledger, holdings, double } = await open(t, 3)
  await bring(ledger, 'delivered', arrivalOf())
  const [first] = double.list

  t.strictSame(await reader.one(first!.id, 'doubt'), first)
  t.equal(await reader.one('inv_2026-0042', 'doubt'), null)

  t.strictSame(await holdings.byNumber('2026-0042'), [])
  t.strictSame(await stateOf(ledger), ['delivered', 'DELETED_IN_PORTAL', 'inv_2026-0042'])
  t.equal(await reader.ask('inv_unknown', 'doubt'), null)
  t.equal(await holdings.size(), 3)
})

t.test('customers who are not seen by a whole read are gone; by half a read nobody is', async t => {
  const { reader, holdings, double } = await open(t, 0)
  double.customers = Array.from({ length: 20 }, (_, n) => ({ id: `cst_${n}` }) as PortalCustomer)
  t.equal(await reader.customers('sweep'), true)
  t.equal(await holdings.customersSize(), 20)

  double.customers = double.customers.slice(2)
  t.equal(await reader.customers('sweep', () => false), false)
  t.equal(await holdings.customersSize(), 20)
  await reader.customers('sweep')
  t.equal(await holdings.customersSize(), 18)
})

t.test('every request takes a slot, and gives it back whatever becomes of it', async t => {
  const { reader, pace, double } = await open(t, 20, { read: false })
  await reader.all('sweep')
  await reader.customers('sweep')
  await reader.one(entryOf(1).id, 'doubt')
  await reader.probe('delivery')
  double.onCall = throwing(new BridgeError('PORTAL_UNREACHABLE'))
  await t.rejects(reader.probe('delivery'), { code: 'PORTAL_UNREACHABLE' })
  await t.rejects(reader.all('sweep'), { code: 'PORTAL_UNREACHABLE' })

  t.equal(pace.budget().taken, double.calls.length)
  t.equal(double.calls.length, 7)
})

t.test('a reader that was called off waits for no slot; the others go on', async t => {
  const { reader, pace, clock, double } = openParts(t, entries(20), { perMinute: 1 })
  const stopping = new AbortController()
  const stoppable = reader.until(stopping.signal)
  await reader.probe('sweep')
  const [stopped, other] = [stoppable.all('sweep'), reader.probe('sweep')]
  const rejected = t.rejects(stopped, { code: 'PORTAL_BUSY' })
  await clock.rest()

  stopping.abort()
  await rejected
  t.equal(pace.budget().waiting.sweep, 1)
  await t.rejects(stoppable.probe('delivery'), { code: 'PORTAL_BUSY' })
  await clock.advance(60_000)
  await other
  t.strictSame(double.asked(), ['list 1', 'list 1'])
})

const customersOf = (count: number): PortalCustomer[] =>
  Array.from(
    { length: count },
    (_, n) => ({ id: `cst_${n}`, primaryEmail: `${n}@a.example` }) as PortalCustomer
  )

t.test('a customer that only moved between two pages stays, one that is gone goes', async t => {
  const { reader, double, holdings } = await open(t, 0)
  double.customers = customersOf(20)
  await reader.customers('sweep')
  double.asked()
  // The first is deleted when its page was read: what stood first on the second page is seen by none.
  double.onCall = call => {
    if (call === 'customers 2') double.customers.shift()
  }

  t.equal(await reader.customers('sweep'), true)
  t.strictSame(double.asked(), ['customers 1', 'customers 2', 'customer cst_15'])
  t.equal(await holdings.customersSize(), 20, 'the first was still seen')

  double.onCall = () => {}
  t.equal(await reader.customers('sweep'), true)
  t.strictSame(double.asked(), ['customers 1', 'customers 2', 'customer cst_0'])
  t.equal(await holdings.customersSize(), 19)
})

t.test('a list that lost many of whom some are there is not believed', async t => {
  const { reader, double, holdings } = await open(t, 0)
  double.customers = customersOf(40)
  await reader.customers('sweep')

  const page = double.portal.customersPage
  double.portal.customersPage = async number => ({ ...(await page(number)), items: [] })
  await t.rejects(reader.customers('sweep'), { code: 'PORTAL_UNREACHABLE' })
  t.equal(await holdings.customersSize(), 40)

  double.customers = []
  t.equal(await reader.customers('sweep'), true)
  t.equal(await holdings.customersSize(), 0)
})
