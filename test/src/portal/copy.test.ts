// The first read, and how the copy begins and ends. How it is kept up: copy-sweeps.test.ts.

import t from 'tap'
import { BridgeError } from '../../../src/errors.ts'
import type { PortalCustomer } from '../../../src/portal/schemas.ts'
import { day, openCopy, startCopy } from './copies.ts'
import { entryOf, throwing } from './double.ts'
import { entries, minute, openParts } from './parts.ts'

t.test('the first read takes in customers and two readings that agree, and shows how far it is', async t => {
  const parts = openParts(t, entries(40))
  const { clock, double, holdings, lines } = parts
  double.customers = [{ id: 'cst_1' } as PortalCustomer]
  double.onCall = () => clock.sleep(1000)
  const { copy, filled, heard } = startCopy(t, parts)
  await clock.advance(3500)
  t.strictSame([copy.isFilled(), copy.state().filling, filled()], [false, { pages: 2 }, 0])

  await clock.advance(3500)
  t.strictSame([copy.isFilled(), copy.state().filling, filled()], [true, null, 1])
  t.strictSame(double.asked(), ['customers 1', 'list 1', 'list 2', 'list 3', 'list 1', 'list 2', 'list 3'])
  t.match(await holdings.copy(), {
    filled: true,
    order: 'newest',
    orderSeen: false,
    sweptTo: entryOf(40).createdAt,
    sweptAt: clock.now(),
    fullAt: clock.now()
  })
  t.equal(await holdings.customersSize(), 1)
  t.strictSame(heard, [null])
  t.strictSame(lines, ['portal copied'])
})

t.test('the first read goes on until nothing was missed', async t => {
  const parts = openParts(t, entries(40))
  const { clock, double, holdings } = parts
  double.order = 'oldest'
  let deletions = 2
  double.onPage = page => {
    if (page === 1 && deletions-- > 0) double.remove(double.list[0]!)
  }
  startCopy(t, parts)
  await clock.rest()

  t.equal(double.asked().filter(call => call === 'list 1').length, 4)
  t.equal(await holdings.size(), 38, 'what is gone was asked for')
})

t.test('a first read that breaks off begins again, later and later, and is told', async t => {
  const parts = openParts(t, entries(40))
  const { clock, double } = parts
  double.onCall = call => {
    if (call === 'list 2') throw new BridgeError('PORTAL_UNREACHABLE')
  }
  const { copy, heard } = startCopy(t, parts)
  await clock.advance(4999)
  t.strictSame(double.asked(), ['customers 1', 'list 1', 'list 2'])
  await clock.advance(1 + 10_000 + 20_000 + 40_000 + 60_000)
  t.equal(double.asked().length, 15)
  t.strictSame([...new Set(heard)], ['PORTAL_UNREACHABLE'])

  double.onCall = throwing(new BridgeError('PORTAL_BUSY', undefined, { retryAfterMs: 5 * minute }))
  await clock.advance(minute)
  double.onCall = () => {}
  await clock.advance(5 * minute - 1)
  t.notOk(copy.isFilled())
  await clock.advance(1)
  t.ok(copy.isFilled())
  t.equal(heard.at(-1), null)
})

t.test('a bug is logged as one, and the copy goes on', async t => {
  const parts = openParts(t, entries(3))
  parts.double.onCall = () => {
    throw new Error('bug')
  }
  const { heard, copy } = startCopy(t, parts)
  await parts.clock.rest()
  t.strictSame(heard, ['UNEXPECTED'])
  parts.double.onCall = () => {}
  await parts.clock.advance(5000)
  t.ok(copy.isFilled())
})

t.test('filled by an earlier process, deliveries begin before the first sweep', async t => {
  const parts = openParts(t, entries(40))
  await parts.holdings.setCopy({ filled: true, fullAt: parts.clock.now() })
  parts.double.onCall = throwing(new BridgeError('PORTAL_UNREACHABLE'))
  const { copy, filled } = startCopy(t, parts)
  await parts.clock.rest()

  t.strictSame([copy.isFilled(), filled()], [true, 1])
  parts.double.onCall = () => {}
  await parts.clock.advance(minute)
  t.equal(filled(), 1)
})

t.test('a portal that cannot be recognised is not read; it is asked again', async t => {
  const parts = openParts(t, entries(3))
  await parts.holdings.setCopy({ filled: true })
  const answers = [new BridgeError('PORTAL_UNAUTHORIZED'), new BridgeError('PORTAL_CHANGED'), true as const]
  const { copy, heard } = startCopy(t, parts, async () => {
    const answer = answers.shift()
    if (answer === undefined) throw new Error('once is enough')
    if (answer !== true && answer.code === 'PORTAL_CHANGED') throw answer
    return answer
  })
  await parts.clock.advance(14_999)
  t.strictSame([copy.isFilled(), parts.double.asked()], [false, []])
  t.strictSame(heard, ['PORTAL_UNAUTHORIZED', 'PORTAL_CHANGED'])

  await parts.clock.advance(day)
  t.ok(copy.isFilled())
})

t.test('hurried, it sweeps at once, also while it sweeps', async t => {
  const { clock, double, copy } = await openCopy(t, entries(40))
  copy.hurry()
  await clock.rest()
  t.strictSame(double.asked(), ['list 1'])

  double.onPage = () => {
    double.onPage = () => {}
    copy.hurry()
  }
  copy.hurry()
  await clock.rest()
  t.strictSame(double.asked(), ['list 1', 'list 1'])
})

t.test('a stop ends it after a page, wherever it reads', async t => {
  for (const [what, at] of [
    ['fill', 'customers 1'],
    ['fill', 'list 2'],
    ['full', 'customers 1'],
    ['full', 'list 2'],
    ['sweep', 'list 1']
  ] as const) {
    const parts = openParts(t, entries(60))
    const { clock, holdings, double } = parts
    double.customers = Array.from({ length: 20 }, (_, n) => ({ id: `cst_${n}` }) as PortalCustomer)
    if (what !== 'fill') await holdings.setCopy({ filled: true })
    if (what === 'sweep')
      await holdings.setCopy({ order: 'newest', sweptTo: entryOf(1).createdAt, fullAt: clock.now() })
    const before = await holdings.copy()
    let stopped: Promise<void> | undefined
    double.onCall = call => {
      if (call === at) stopped = copy.stop()
    }
    const { copy } = startCopy(t, parts)
    await clock.rest()

    t.ok(stopped, `${what}, ${at}`)
    await stopped
    t.equal(double.calls.at(-1), at)
    t.strictSame(await holdings.copy(), before)
  }
})

t.test('a stop does not wait for a slot of the budget, nor is it a failure', async t => {
  const parts = openParts(t, entries(60), { perMinute: 2 })
  const { copy, heard } = startCopy(t, parts)
  await parts.clock.rest()
  t.match(parts.pace.budget().waiting, { delivery: 1 })

  await copy.stop()
  t.strictSame([heard, parts.lines], [[], []])
})

t.test(
  'what a ledger that was rolled back sent last is waited for, until the portal must show it',
  async t => {
    const parts = openParts(t, entries(2))
    const { clock, double } = parts
    await parts.holdings.setCopy({ rolledBack: true })
    const { copy } = startCopy(t, parts, async () => true, { settleInheritedMs: minute })

    await clock.advance(minute - 1)
    t.strictSame(double.asked(), ['customers 1'])
    t.equal(copy.isFilled(), false)

    double.list.push(entryOf(3))
    await clock.advance(1)
    t.strictSame(double.asked(), ['list 1', 'list 1'])
    t.equal(copy.isFilled(), true)
    t.equal(await parts.holdings.size(), 3)
    t.equal((await parts.holdings.copy()).rolledBack, false)
  }
)
