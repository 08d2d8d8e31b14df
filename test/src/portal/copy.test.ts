// The first read, and how the copy begins and ends. How it is kept up: copy-sweeps.test.ts.

import t, { type Test } from 'tap'
import { BridgeError } from '../../../src/core/errors.ts'
import type { PortalCustomer } from '../../../src/core/portal-entry.ts'
import { emptyCopy } from '../../../src/ledger/holdings.ts'
import { backMsMax, skewMs } from '../../../src/portal/reading.ts'
import { day, openCopy, quarter, startCopy } from './copies.ts'
import { entryOf, throwing } from './double.ts'
import { arrived, entries, know, minute, openParts } from './parts.ts'

t.test('the first read takes in customers and two readings that agree, and shows how far it is', async t => {
  const parts = openParts(t, entries(40))
  const { clock, double, holdings, lines } = parts
  double.customers = [{ id: 'cst_1' } as PortalCustomer]
  double.onCall = () => clock.sleep(1000)
  const { copy, filled, heard } = startCopy(t, parts)
  await clock.advance(4500)
  t.match([copy.isFilled(), copy.state().filling, filled()], [false, { pages: 2 }, 0])

  await clock.advance(3500)
  t.strictSame([copy.isFilled(), copy.state().filling, filled()], [true, null, 1])
  const list = ['list 1', 'list 2', 'list 3']
  t.strictSame(double.asked(), ['get an id that nobody has', 'customers 1', ...list, ...list])
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
  t.strictSame(double.asked(), ['get an id that nobody has', 'customers 1', 'list 1', 'list 2'])
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
  parts.double.onCall = call => {
    if (call !== 'get an id that nobody has') throw new BridgeError('PORTAL_UNREACHABLE')
  }
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
  t.match(parts.budget.state().waiting, { sweep: 1 })

  await copy.stop()
  t.strictSame([heard, parts.lines], [[], []])
})

t.test('what a ledger that was rolled back sent last is waited for, until the portal must show it', async t => {
  const parts = openParts(t, entries(2))
  const { clock, double } = parts
  await parts.holdings.setCopy({ rolledBack: true })
  const { copy } = startCopy(t, parts, async () => true, { settleInheritedMs: minute })

  await clock.advance(minute - 1)
  t.strictSame(double.asked(), ['get an id that nobody has', 'customers 1'])
  t.equal(copy.isFilled(), false)

  double.list.push(entryOf(3))
  await clock.advance(1)
  t.strictSame(double.asked(), ['list 1', 'list 1'])
  t.equal(copy.isFilled(), true)
  t.equal(await parts.holdings.size(), 3)
  t.equal((await parts.holdings.copy()).rolledBack, false)
})

t.test('a portal that breaks on an id that nobody has is read all the same', async t => {
  const parts = openParts(t, entries(2))
  parts.double.missing = null
  const { copy } = startCopy(t, parts)
  await parts.clock.rest()

  t.ok(copy.isFilled())
})

t.test('a first read is not over while the portal hides what is known to stand there', async t => {
  const parts = openParts(t, entries(40))
  const { clock, double, holdings } = parts
  await know(parts)
  await holdings.setCopy({ ...emptyCopy, rolledBack: true })
  const [hidden] = double.list
  double.order = list => list.filter(entry => entry !== hidden).toReversed()
  const { copy, heard, filled } = startCopy(t, parts)
  await clock.rest()
  t.strictSame([copy.isFilled(), filled(), heard], [false, 0, ['PORTAL_UNREACHABLE']])
  t.match(await holdings.copy(), { filled: false, rolledBack: true, unclear: { why: /lacks inv_/ } })

  await clock.advance(6 * minute - 1)
  t.notOk(copy.isFilled())
  double.order = 'newest'
  await clock.advance(1)
  t.ok(copy.isFilled())
  t.match(await holdings.copy(), { filled: true, rolledBack: false, unclear: null })
})

t.test('where the portal holds nothing that it is asked for, two readings of all tell what is gone', async t => {
  const parts = openParts(t, entries(40))
  const { clock, double, holdings } = parts
  await know(parts)
  await holdings.setCopy({ ...emptyCopy, rolledBack: true })
  const [deleted, ...others] = double.list
  double.remove(deleted!)
  for (const { id } of others) double.hidden.add(id)
  const { copy } = startCopy(t, parts)
  await clock.rest()

  t.ok(copy.isFilled())
  t.equal(await holdings.has(deleted!.id), false)
})

/** Known, in an order that is proven, to a process that died five minutes ago. */
const restarted = async (t: Test) => {
  const parts = openParts(t, entries(40))
  const { clock, holdings } = parts
  await know(parts)
  await holdings.setCopy({ sweptTo: clock.now() - 10 * minute, sweptAt: clock.now(), fullAt: clock.now() })
  const lastBeat = clock.now() - 5 * minute
  await holdings.setCopy({ backTo: lastBeat })
  return { ...parts, lastBeat, start: () => startCopy(t, parts) }
}

const learned = 'get an id that nobody has'

t.test('at a start it is read back to the last sign of life, twice, before anything is created', async t => {
  const { clock, double, holdings, lastBeat, start } = await restarted(t)
  // Sent by the process before, and unknown to a copy of its ledger; others were made since.
  double.list.push(arrived(lastBeat - minute))
  for (let n = 0; n < 20; n += 1) double.list.push(entryOf(100 + n, { createdAt: lastBeat + n }))
  const opened: boolean[] = []
  double.onCall = call => {
    if (call === 'list 1') opened.push(filled() > 0)
  }
  const { filled } = start()
  await clock.rest()

  const pages = ['list 1', 'list 2']
  t.strictSame(double.asked(), [learned, ...pages, ...pages, ...pages])
  t.strictSame(opened, [false, false, true], 'the third is the first sweep')
  t.equal((await holdings.byNumber('2026-0042')).length, 1)
})

t.test('it goes on until two readings in a row agree', async t => {
  const { clock, double, lastBeat, start } = await restarted(t)
  double.list.push(arrived(lastBeat))
  let deletions = 2
  double.onPage = () => {
    if (deletions-- > 0) double.remove(double.list.at(-1)!)
  }
  const { copy } = start()
  await clock.rest()

  const gets = double.calls.filter(call => call.startsWith('get inv'))
  t.ok(copy.isFilled())
  t.ok(double.calls.filter(call => call === 'list 1').length >= 4)
  t.ok(gets.length > 0, 'what was seen and is gone was asked for')
})

t.test('so much further back as the clocks of one portal differ, and one of them may go back', async t => {
  const { clock, double, lastBeat, start } = await restarted(t)
  for (let n = 0; n < 15; n += 1)
    double.list.push(entryOf(100 + n, { createdAt: lastBeat - backMsMax - (n === 0 ? skewMs : 0) }))
  start()
  await clock.rest()
  t.strictSame(double.asked().slice(0, 5), [learned, 'list 1', 'list 2', 'list 1', 'list 2'])
})

t.test('a clock that was set back since the last sign of life shortens nothing', async t => {
  const { clock, double, holdings, start } = await restarted(t)
  double.list.push(arrived(clock.now() - minute))
  for (let n = 0; n < 20; n += 1) double.list.push(entryOf(100 + n, { createdAt: clock.now() }))
  await holdings.setCopy({ backTo: clock.now() + day })
  start()
  await clock.rest()

  t.strictSame(double.asked().slice(0, 5), [learned, 'list 1', 'list 2', 'list 1', 'list 2'])
})

t.test('without a sign of life, or without an order, there is nothing to read back to', async t => {
  const silent = await restarted(t)
  await silent.holdings.setCopy({ backTo: null })
  silent.start()
  await silent.clock.rest()
  t.strictSame(silent.double.asked(), [learned, 'list 1'])

  const unordered = await restarted(t)
  await unordered.holdings.setCopy({ order: 'unknown' })
  unordered.start()
  await unordered.clock.rest()
  t.strictSame(unordered.double.asked(), [learned, 'customers 1', 'list 1', 'list 2', 'list 3'])
})

t.test('it is read back once, and not with each sweep', async t => {
  const { clock, double, start } = await restarted(t)
  start()
  await clock.rest()
  double.asked()
  await clock.advance(quarter)
  t.strictSame(double.asked(), ['list 1'])
})

t.test('an order that proves wrong on the way back is none: everything is read first', async t => {
  const { clock, double, holdings, lastBeat, start } = await restarted(t)
  double.list.push(arrived(lastBeat, { id: 'inv_late' }))
  await holdings.learn([arrived(lastBeat, { id: 'inv_late' })], null, clock.now())
  double.order = list => [...list.slice(0, -1).toReversed(), list.at(-1)!]
  const opened: boolean[] = []
  double.onCall = call => {
    if (call === 'list 1') opened.push(filled() > 0)
  }
  const { filled } = start()
  await clock.rest()

  const all = ['list 1', 'list 2', 'list 3']
  t.strictSame(double.asked(), [learned, 'list 1', 'get inv_late', ...all, ...all, 'customers 1', ...all])
  t.strictSame(opened, [false, false, false, true], 'the last is the first sweep')
  t.match(await holdings.copy(), { order: 'unknown' })
})

t.test('what is not to be believed on the way back opens nothing, for a day', async t => {
  const { clock, double, holdings, lastBeat, start } = await restarted(t)
  const hidden = arrived(lastBeat, { id: 'inv_hidden' })
  await holdings.learn([hidden], null, clock.now())
  double.portal.invoice = async () => hidden
  const { copy, heard } = start()
  await clock.advance(day - quarter)
  t.strictSame([copy.isFilled(), [...new Set(heard)]], [false, ['PORTAL_UNREACHABLE']])
  t.match(copy.state().failure, { message: /lacks inv_hidden, although the portal shows it/ })

  await clock.advance(2 * quarter)
  t.ok(copy.isFilled(), 'the others do not wait for ever')
})

t.test('what is shown again on the way back opens at once', async t => {
  const { clock, double, holdings, lastBeat, start } = await restarted(t)
  const hidden = arrived(lastBeat, { id: 'inv_hidden' })
  await holdings.learn([hidden], null, clock.now())
  double.portal.invoice = async () => hidden
  const { copy } = start()
  await clock.advance(6 * minute)
  t.notOk(copy.isFilled())

  double.list.push(hidden)
  await clock.advance(6 * minute)
  t.ok(copy.isFilled())
})

t.test('a portal that does not answer then is asked again, and nothing is created meanwhile', async t => {
  const { clock, double, start } = await restarted(t)
  double.onCall = call => {
    if (call === 'list 1') throw new BridgeError('PORTAL_UNREACHABLE')
  }
  const { copy, heard } = start()
  await clock.rest()
  t.strictSame([copy.isFilled(), heard], [false, ['PORTAL_UNREACHABLE']])

  double.onCall = () => {}
  await clock.advance(5000)
  t.ok(copy.isFilled())
})

t.test('a stop on the way back opens nothing', async t => {
  const { clock, double, start } = await restarted(t)
  let stopped: Promise<void> | undefined
  double.onPage = () => {
    stopped = copy.stop()
  }
  const { copy } = start()
  await clock.rest()
  await stopped

  t.notOk(copy.isFilled())
  t.strictSame(double.calls, [learned, 'list 1'])
})
