import t, { type Test } from 'tap'
import { BridgeError } from '../../../src/core/errors.ts'
import type { PortalCustomer } from '../../../src/core/portal-entry.ts'
import { createReader } from '../../../src/portal/reader.ts'
import { backMsMax } from '../../../src/portal/reading.ts'
import { arrivalOf, bring } from '../ledger/fixtures.ts'
import { entryOf, throwing } from './double.ts'
import { entries, minute, openParts, stateOf } from './parts.ts'

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
  t.match(reading, { since: null, newestBefore: null, read: 1, ordinal: 0, at: clock.now() })
  t.strictSame(sizes, [15, 30])
  t.equal(await holdings.size(), 31)

  t.match(await reader.all('sweep'), { newestBefore: entryOf(31).createdAt, read: 2, ordinal: 31 })
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

t.test('a list of customers that is the same page after page is an error', async t => {
  const parts = openParts(t, [])
  const reader = createReader({ ...parts, portal: parts.double.portal })
  parts.double.customers = Array.from({ length: 20 }, (_, n) => ({ id: `cst_${n}` }) as PortalCustomer)
  const { customersPage } = parts.double.portal
  parts.double.portal.customersPage = () => customersPage(1)

  await t.rejects(reader.customers('sweep'), {
    code: 'PORTAL_UNREACHABLE',
    message: /page 2 shows only what other pages have shown/
  })
  t.strictSame(parts.double.asked(), ['customers 1', 'customers 1'])
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

t.test('one id: what is found enters the copy; of what nobody knew nothing is told', async t => {
  const { reader, holdings, double } = await open(t, 3)
  const [first] = double.list
  const changed = { ...first!, amountCents: 7 }
  double.list[0] = changed

  t.strictSame(await reader.one(first!.id, 'doubt'), changed)
  t.strictSame(await holdings.byNumber(first!.invoiceNumber!), [changed])
  t.equal(await reader.one('inv_unknown', 'doubt'), null)
  t.equal(await reader.ask('inv_unknown', 'doubt'), null)
  t.equal(await holdings.size(), 3)
})

t.test('listed, and not there when asked for: nobody knows, until a later reading tells', async t => {
  const parts = await open(t, 3)
  const { ledger, double } = parts
  await bring(ledger, 'delivered', arrivalOf())
  let contested = 0
  const reader = createReader({ ...parts, portal: double.portal, contested: () => (contested += 1) })
  const [first] = double.list
  double.hidden.add(first!.id)

  for (const id of [first!.id, 'inv_2026-0042']) {
    t.equal(await reader.one(id, 'doubt'), 'contested')
    t.equal(await reader.one(id, 'doubt'), 'contested', 'asking once more proves nothing')
  }
  t.equal(contested, 4, 'and whoever reads is told each time')
  t.strictSame(await stateOf(ledger), ['delivered', null, 'inv_2026-0042'])

  await reader.all('sweep')
  t.strictSame(await reader.one(first!.id, 'doubt'), first, 'the list has it all the same')
  t.equal(await reader.one('inv_2026-0042', 'doubt'), 'contested', 'this one it has not')
  t.equal(contested, 5)
})

const since = async (parts: Awaited<ReturnType<typeof open>>, n: number) =>
  (await parts.reader.since(entryOf(n).createdAt ?? 0, 'newest', 'sweep'))!

t.test('a reading that shows all that is known is asked for nothing', async t => {
  const parts = await open(t, 40)
  const reading = await parts.reader.all('sweep')
  parts.double.asked()

  t.equal(await parts.reader.doubtOn(reading!, 'sweep'), null)
  t.equal(await parts.reader.lose([], reading!, 'sweep'), null)
  t.strictSame(parts.double.asked(), [])
})

t.test('what is known and not shown is asked for: one that is there speaks against the reading', async t => {
  const parts = await open(t, 40)
  const { reader, double, holdings } = parts
  const [first, second] = double.list
  double.order = list => list.filter(entry => entry !== first && entry !== second)
  const reading = await reader.all('sweep')
  double.asked()

  t.match(await reader.doubtOn(reading!, 'sweep'), /lacks inv_\S+, although the portal shows it/)
  t.equal(double.asked().length, 1, 'one is enough')
  t.match(await reader.doubtOn(reading!, 'sweep', { isAgreed: true }), /lacks/, 'however often it is read')
  t.equal(await holdings.size(), 40)
})

t.test('what the portal holds no more when asked is gone, if it holds what it lists', async t => {
  const parts = await open(t, 40)
  const { reader, double, holdings } = parts
  const gone = double.list.splice(0, 2).map(({ id }) => id)
  const reading = await reader.all('sweep')
  double.asked()

  t.equal(await reader.doubtOn(reading!, 'sweep'), null)

  const asked = double.asked()
  t.strictSame(asked.slice(0, 2).sort(), gone.map(id => `get ${id}`).sort())
  t.strictSame(asked.slice(2), [`get ${reading!.entries.at(-1)!.id}`])
  t.equal(await holdings.size(), 38)
})

t.test('a portal that holds nothing when asked says nothing by it; two whole readings do', async t => {
  const parts = await open(t, 40)
  const { reader, double, holdings } = parts
  const [gone] = double.list.splice(0, 1)
  for (const { id } of double.list) double.hidden.add(id)
  const reading = await reader.all('sweep')

  t.match(await reader.doubtOn(reading!, 'sweep'), /lists inv_\S+, but answers that it holds no such invoice/)
  t.equal(await holdings.has(gone!.id), true)

  t.equal(await reader.doubtOn(reading!, 'sweep', { isAgreed: true }), null)
  t.equal(await holdings.has(gone!.id), false)
  t.equal(await holdings.size(), 39)
})

t.test('what is missing and not answered for is neither there nor gone', async t => {
  const parts = await open(t, 40)
  const { reader, double, holdings } = parts
  const [silent, gone] = double.list.splice(0, 2)
  double.onCall = call => {
    if (call === `get ${silent!.id}`) throw new BridgeError('PORTAL_UNREACHABLE', 'the portal answered 500')
  }
  const reading = await reader.all('sweep')

  for (const isAgreed of [false, true])
    t.equal(
      await reader.doubtOn(reading!, 'sweep', { isAgreed }),
      `the portal's list lacks ${silent!.id}, and the portal does not say whether it is there: the portal answered 500`
    )
  t.ok((await holdings.has(silent!.id)) && (await holdings.has(gone!.id)))
})

t.test('denials are worth nothing while the one that is listed is not answered for; two readings are', async t => {
  const parts = await open(t, 40)
  const { reader, double, holdings } = parts
  const [gone] = double.list.splice(0, 1)
  const reading = await reader.all('sweep')
  const listed = reading!.entries.at(-1)!.id
  double.onCall = call => {
    if (call === `get ${listed}`) throw new BridgeError('PORTAL_UNREACHABLE', 'the portal answered 500')
  }

  t.equal(await reader.lose([gone!.id], reading!, 'sweep'), 'the portal answered 500')
  t.equal(await reader.doubtOn(reading!, 'sweep'), 'the portal answered 500')
  t.ok(await holdings.has(gone!.id))

  t.equal(await reader.doubtOn(reading!, 'sweep', { isAgreed: true }), null)
  t.equal(await holdings.size(), 39)
  t.notOk(await holdings.has(gone!.id))
})

t.test('a portal that answers nothing, or asks for a pause, leaves no single question unanswered', async t => {
  for (const code of ['PORTAL_UNREACHABLE', 'PORTAL_BUSY', 'PORTAL_UNAUTHORIZED'] as const) {
    const { reader, double, holdings } = await open(t, 40)
    double.list.splice(0, 2)
    const reading = await reader.all('sweep')
    double.asked()
    double.onCall = throwing(new BridgeError(code))

    await t.rejects(reader.doubtOn(reading!, 'sweep', { isAgreed: true }), { code })
    const isAsked = code === 'PORTAL_UNREACHABLE'
    t.equal(double.asked().slice(1).join(), isAsked ? 'list 1' : '', 'it is asked whether it is there at all')
    t.equal(await holdings.size(), 40)
  }
})

t.test('so many are asked for, and no more: a list that lacks more is not believed', async t => {
  const parts = await open(t, 60)
  const { reader, double, holdings } = parts
  double.list.splice(0, 20)
  const reading = await reader.all('sweep')
  double.asked()
  t.equal(await reader.doubtOn(reading!, 'sweep'), null)
  t.equal(double.asked().length, 21, 'each, and one that it listed')
  t.equal(await holdings.size(), 40)

  double.list.splice(0, 21)
  const next = await reader.all('sweep')
  double.asked()
  t.match(await reader.doubtOn(next!, 'sweep', { isAgreed: true }), /lacks more than 20/)
  t.strictSame(double.asked(), [])
  t.equal(await holdings.size(), 40)
})

t.test('an empty list is one that lacks everything', async t => {
  for (const [count, why] of [
    [20, null],
    [21, /lacks more than 20/]
  ] as const) {
    const { reader, double, holdings } = await open(t, count)
    double.list.splice(0)
    const said = await reader.doubtOn((await reader.all('sweep'))!, 'sweep')
    if (why === null) t.strictSame([said, await holdings.size()], [null, 0], 'none is there when asked for')
    else t.match([said, await holdings.size()], [why, count])
  }
})

t.test('of a part of the list only its range counts, but of one that came to both ends everything', async t => {
  const parts = await open(t, 60)
  const { reader, double } = parts
  double.remove(double.list[1]!)
  const part = await since(parts, 50)
  double.asked()
  t.equal(part.isWhole, false)
  t.equal(await reader.doubtOn(part, 'sweep'), null)
  t.strictSame(double.asked(), [], 'what is older stands elsewhere')

  const whole = await since(parts, 4)
  double.asked()
  t.equal(whole.isWhole, true)
  t.equal(await reader.doubtOn(whole, 'sweep'), null)
  t.match(double.asked(), [/^get inv_\d+_2$/, /^get /])
})

t.test('it came to both ends where it says so, from either end', async t => {
  const { reader, double } = await open(t, 60)
  const whole = async (order: 'newest' | 'oldest', n: number) => {
    double.order = order
    return (await reader.since(entryOf(n).createdAt ?? 0, order, 'sweep'))?.isWhole
  }
  t.strictSame([await whole('newest', 61), await whole('newest', 1)], [false, true])
  t.strictSame([await whole('oldest', 61), await whole('oldest', 1)], [false, true])
  t.equal((await reader.all('sweep'))?.isWhole, true)
})

t.test('a clock that went back hides nothing behind what seems to be older', async t => {
  const list = entries(60)
  const young = entryOf(46).createdAt ?? 0
  // The first page ends with one that was created before `since`, and the next one begins with one that was not.
  list[45] = { ...list[45]!, createdAt: young - backMsMax }
  list[44] = { ...list[44]!, createdAt: young }
  const { reader, double } = openParts(t, list)

  const reading = await reader.since(young, 'newest', 'sweep')

  t.ok(ids(reading?.entries ?? []).includes(list[44]!.id))
  t.strictSame(double.asked(), ['list 1', 'list 2'])
})

t.test('a portal that ignores which page is asked for is noticed at the second', async t => {
  const { reader, double } = await open(t, 60)
  const { invoicesPage } = double.portal
  double.portal.invoicesPage = async number => {
    double.calls.push(`page ${number}`)
    return { items: (await invoicesPage(1)).items, more: true }
  }
  const refused = { code: 'PORTAL_UNREACHABLE', message: /page \d shows only what other pages have shown/ }

  await t.rejects(reader.all('sweep'), refused)
  t.strictSame(double.asked(), ['page 1', 'list 1', 'page 2', 'list 1'])
  await t.rejects(reader.since(0, 'newest', 'sweep'), refused)
  await t.rejects(reader.since(0, 'oldest', 'sweep'), refused)
})

t.test('what moved to a later page by one is no repetition', async t => {
  const { reader, double } = await open(t, 46)
  double.onPage = page => {
    if (page === 3) double.list.push(entryOf(47))
  }

  t.match(await reader.all('sweep'), { entries: { length: 46 } })
})

t.test('a list of so many entries without a single number is no list', async t => {
  const without = (count: number) => entries(count).map(entry => ({ ...entry, invoiceNumber: null }))
  const { reader, double } = await open(t, 0)
  double.list = without(9)
  t.match(await reader.all('sweep'), { entries: { length: 9 } })

  double.list = without(10)
  await t.rejects(reader.all('sweep'), { code: 'PORTAL_UNREACHABLE', message: /no invoice number/ })
  double.list = [...without(30), entryOf(31)]
  t.match(await reader.all('sweep'), { entries: { length: 31 } }, 'one or another may lack it')
  double.order = 'oldest'
  await t.rejects(reader.all('sweep'), { message: /no invoice number/ })
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
  const { reader, budget, double } = await open(t, 20, { read: false })
  await reader.all('sweep')
  await reader.customers('sweep')
  await reader.one(entryOf(1).id, 'doubt')
  t.match(await reader.peek('delivery'), { length: 15, 0: { id: entryOf(20).id } }, 'it answers what it showed')
  await reader.learnMissing('sweep')
  double.onCall = throwing(new BridgeError('PORTAL_UNREACHABLE'))
  await t.rejects(reader.probe('delivery'), { code: 'PORTAL_UNREACHABLE' })
  await t.rejects(reader.all('sweep'), { code: 'PORTAL_UNREACHABLE' })

  t.equal(budget.state().taken, double.calls.length)
  t.equal(double.calls.length, 8)
})

t.test('what a delivery asks for is put back like a delivery; other questions wait', async t => {
  const { reader, clock, double } = openParts(t, entries(2), { perMinute: 1 })
  await reader.probe('sweep')
  const asked = reader.one(entryOf(1).id, 'delivery')
  const other = reader.probe('sweep')
  await clock.advance(minute - 1)
  double.onCall = () => clock.sleep(2 * minute)
  const late = reader.one(entryOf(2).id, 'delivery')
  const rejected = t.rejects(late, { code: 'PORTAL_BUSY', retryAfterMs: Number })
  await clock.advance(1)
  await clock.advance(2 * minute)
  await asked
  await rejected

  double.onCall = () => {}
  await clock.advance(2 * minute)
  await other
})

t.test('a reader that was called off waits for no slot; the others go on', async t => {
  const { reader, budget, clock, double } = openParts(t, entries(20), { perMinute: 1 })
  const stopping = new AbortController()
  const stoppable = reader.until(stopping.signal)
  await reader.probe('sweep')
  const [stopped, other] = [stoppable.all('sweep'), reader.probe('sweep')]
  const rejected = t.rejects(stopped, { code: 'PORTAL_BUSY' })
  await clock.rest()

  stopping.abort()
  await rejected
  t.equal(budget.state().waiting.sweep, 1)
  await t.rejects(stoppable.probe('delivery'), { code: 'PORTAL_BUSY' })
  await clock.advance(60_000)
  await other
  t.strictSame(double.asked(), ['list 1', 'list 1'])
})

const customersOf = (count: number): PortalCustomer[] =>
  Array.from({ length: count }, (_, n) => ({ id: `cst_${n}`, primaryEmail: `${n}@a.example` }) as PortalCustomer)

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

t.test('a customer that is neither listed nor answered for stays as it was, and stops nothing', async t => {
  const { reader, double, holdings } = await open(t, 0)
  double.customers = customersOf(3)
  await reader.customers('sweep')
  double.customers = double.customers.slice(2)
  const never = throwing(new BridgeError('PORTAL_UNREACHABLE', 'the portal answered 500'))
  double.onCall = call => {
    if (call === 'customer cst_0') never()
  }

  t.equal(await reader.customers('sweep'), true)
  t.match(await holdings.customer('cst_0'), { primaryEmail: '0@a.example' })
  t.equal(await holdings.customer('cst_1'), null, 'of the next one it says that it is gone')

  double.onCall = call => {
    if (!call.startsWith('customers')) never()
  }
  await t.rejects(reader.customers('sweep'), { code: 'PORTAL_UNREACHABLE' }, 'it answers nothing else, either')
})

t.test('a list that lost many of whom some are there is not believed', async t => {
  const { reader, double, holdings } = await open(t, 0)
  double.customers = customersOf(40)
  await reader.customers('sweep')

  const page = double.portal.customersPage
  double.portal.customersPage = async number => ({ ...(await page(number)), items: [] })
  const unbelieved = { code: 'PORTAL_UNREACHABLE', message: /lacks many customers .*, and not all of them are gone$/ }
  await t.rejects(reader.customers('sweep'), unbelieved)
  t.equal(await holdings.customersSize(), 40)

  double.customers = []
  double.onCall = call => {
    if (call === 'customer cst_0') throwing(new BridgeError('PORTAL_UNREACHABLE'))()
  }
  await t.rejects(reader.customers('sweep'), unbelieved, 'nor one whose lost are not all answered for')
  t.equal(await holdings.customersSize(), 40)

  double.onCall = () => {}
  t.equal(await reader.customers('sweep'), true)
  t.equal(await holdings.customersSize(), 0)
})
