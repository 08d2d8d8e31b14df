// Absence is absence: whatever happens to the list while it is read, what stands in it is never taken for absent.

import t, { type Test } from 'tap'
import { BridgeError } from '../../../src/core/errors.ts'
import type { PortalInvoice } from '../../../src/core/portal-entry.ts'
import { backMsMax } from '../../../src/portal/reading.ts'
import { entryOf } from './double.ts'
import { arrived, entries, inDoubt, know, minute, openParts, type Parts, startLook, stateOf } from './parts.ts'

const settleMs = minute

const waiting = ['waiting', 'PORTAL_UNREACHABLE', null]
const sending = ['sending', null, null]
const adopted = ['delivered', null, arrived(0).id]

/** A doubt, over so many entries; `ours` stands where it is put, or nowhere. */
const open = async (
  t: Test,
  count: number,
  how: { order?: Parts['double']['order']; ours?: number; list?: PortalInvoice[] } = {}
) => {
  const parts = openParts(t, how.list ?? entries(count))
  parts.double.order = how.order ?? (list => [...list])
  await know(parts)
  await inDoubt(parts)
  if (how.ours !== undefined) parts.double.list.splice(how.ours, 0, arrived(parts.clock.now()))
  return { ...parts, look: () => startLook(t, parts).look }
}

t.test('an entry deleted between two pages draws ours over their boundary: it is found all the same', async t => {
  const { clock, ledger, double, look } = await open(t, 45, { ours: 15 })
  double.onPage = page => {
    if (page === 1 && double.calls.length === 1) double.remove(double.list[3]!)
  }
  look()

  await clock.advance(settleMs)

  t.strictSame(await stateOf(ledger), adopted)
  t.equal(double.calls.filter(call => call === 'list 1').length, 2, 'the first reading missed it')
})

t.test('while entries are deleted under the reading nothing is concluded', async t => {
  const { clock, ledger, double, look } = await open(t, 100)
  double.onPage = page => {
    if (page === 2) double.remove(double.list[3]!)
  }
  look()

  await clock.advance(settleMs)
  t.strictSame(await stateOf(ledger), sending)
  t.equal(double.asked().filter(call => call === 'list 1').length, 6, 'and after so many it rests')

  await clock.advance(5 * minute - 1)
  t.strictSame(double.asked(), [])
  double.onPage = () => {}
  await clock.advance(1)
  t.strictSame(await stateOf(ledger), waiting)
})

for (const end of ['beginning', 'end'] as const) {
  t.test(`what is added at the ${end} while it is read is no obstacle, and hides nothing`, async t => {
    for (const ours of [undefined, 14, 15, 29, 44]) {
      const { clock, ledger, double, look } = await open(t, 45, ours === undefined ? {} : { ours })
      let added = 100
      double.onPage = () => {
        added += 1
        const entry = entryOf(added, { createdAt: clock.now() })
        if (end === 'end') double.list.push(entry)
        else double.list.unshift(entry)
        if (added % 14 === 0) double.onPage = () => {}
      }
      look()

      await clock.advance(settleMs)

      t.strictSame(await stateOf(ledger), ours === undefined ? waiting : adopted)
    }
  })
}

const news: [what: string, createdAt: (newest: number) => number | null, agrees: boolean][] = [
  ['later than all that was known', newest => newest + 1, true],
  ['at the same time as the latest that was known', newest => newest, true],
  ['before that by as much as clocks go back', newest => newest - backMsMax, true],
  ['further before that, and so was missed', newest => newest - backMsMax - 1, false],
  ['at a time that is not told', () => null, false]
]
for (const [what, createdAt, agrees] of news) {
  t.test(`the second reading sees one that was created ${what}`, async t => {
    const { clock, ledger, double, look } = await open(t, 20)
    const newest = double.list.at(-1)?.createdAt ?? 0
    double.onPage = page => {
      if (page !== 2) return
      double.list.push(entryOf(300, { createdAt: createdAt(newest) }))
      double.onPage = () => {}
    }
    look()

    await clock.advance(settleMs)

    t.strictSame(await stateOf(ledger), waiting)
    t.equal(double.calls.filter(call => call === 'list 1').length, agrees ? 2 : 3)
  })
}

t.test('entries that were all created at one time prove no order, and hide nothing', async t => {
  const at = entryOf(1).createdAt
  const list = entries(45).map(entry => ({ ...entry, createdAt: at }))
  for (const order of ['newest', 'oldest'] as const) {
    const { clock, ledger, double, look } = await open(t, 45, { order, list })
    double.list.push(arrived(clock.now()))
    look()

    await clock.advance(settleMs)

    t.strictSame(await stateOf(ledger), adopted, order)
  }
})

t.test('a reading that breaks off counts for nothing: two whole ones in a row are needed', async t => {
  const { clock, ledger, double, look } = await open(t, 45)
  let broken = false
  double.onCall = call => {
    broken ||= double.calls.filter(other => other === 'list 1').length === 2 && call === 'list 3'
    if (broken) throw new BridgeError('PORTAL_UNREACHABLE')
  }
  look()
  await clock.advance(settleMs)
  t.strictSame(await stateOf(ledger), sending)

  double.asked()
  double.onCall = () => {}
  await clock.advance(5000)

  t.strictSame(await stateOf(ledger), waiting)
  t.strictSame(double.asked(), ['list 1', 'list 2', 'list 3', 'list 1', 'list 2', 'list 3'])
})

for (const [was, is] of [
  ['newest', 'oldest'],
  ['oldest', 'newest'],
  ['newest', 'issued'],
  ['oldest', 'issued']
] as const) {
  t.test(`a list that turned from ${was} first to ${is} is read whole, and ours is found in it`, async t => {
    const { clock, ledger, holdings, double, look } = await open(t, 60, { order: was })
    const issued = (list: PortalInvoice[]) => list.toSorted((a, b) => (`${a.issuedAt}` < `${b.issuedAt}` ? -1 : 1))
    double.order = is === 'issued' ? issued : is
    double.list.push(arrived(clock.now()))
    look()

    await clock.advance(settleMs)

    t.strictSame(await stateOf(ledger), adopted)
    if (is === 'issued') t.match(await holdings.copy(), { order: 'unknown', orderSeen: false })
  })
}

t.test('the order turns between two readings: nothing is concluded from one of each', async t => {
  const { clock, ledger, double, look } = await open(t, 60, { order: 'newest' })
  double.onPage = () => {
    double.order = 'oldest'
    double.onPage = () => {}
  }
  look()

  await clock.advance(settleMs)

  t.strictSame(await stateOf(ledger), waiting)
  t.equal(double.calls.filter(call => call === 'list 4').length, 2, 'it was read whole, twice')
})

t.test('what is known but was not seen at that end says that the order is wrong', async t => {
  const { clock, ledger, holdings, double, look } = await open(t, 60, { order: 'newest' })
  const own = entryOf(400, { createdAt: clock.now() })
  await holdings.learn([own], null, clock.now())
  double.list.push(own)
  double.order = list => [...list.slice(0, -1).toReversed(), own]
  look()

  await clock.advance(settleMs)

  t.strictSame(await stateOf(ledger), waiting)
  t.match(await holdings.copy(), { order: 'unknown', orderSeen: false })
})

t.test('what is known there and was deleted proves nothing against the order', async t => {
  const { clock, ledger, holdings, double, look } = await open(t, 60, { order: 'newest' })
  const gone = double.list.at(-1)!
  double.remove(gone)
  look()

  await clock.advance(settleMs)

  t.strictSame(await stateOf(ledger), waiting)
  t.match(await holdings.copy(), { order: 'newest', orderSeen: true })
  t.equal(await holdings.size(), 59)
  const listed = `get ${entryOf(45).id}`
  t.strictSame(double.calls, ['list 1', `get ${gone.id}`, listed, 'list 1', 'list 1'])
})

for (const [lost, state] of [
  [20, waiting],
  [21, sending]
] as const) {
  t.test(`${lost} that are known to stand there are not listed: ${state[0]}`, async t => {
    const list = entries(60).map((entry, index) =>
      index < 30 ? entry : { ...entry, createdAt: entryOf(60).createdAt }
    )
    const { clock, ledger, double, look } = await open(t, 60, { order: 'newest', list })
    for (const entry of list.slice(60 - lost)) double.remove(entry)
    look()

    await clock.advance(settleMs)

    t.strictSame(await stateOf(ledger), state)
    const gets = double.calls.filter(call => call.startsWith('get')).length
    t.equal(gets, lost > 20 ? 0 : lost + 1, 'so many are worth asking for, and no more')
    if (lost > 20) t.equal(double.calls.filter(call => call === 'list 3').length, 2, 'everything is read')
  })
}

t.test('the clock of the portal went back an hour: what it made since then is found all the same', async t => {
  for (const order of ['newest', 'oldest'] as const) {
    for (const isSorted of [true, false]) {
      const at = Date.UTC(2026, 10, 20, 12)
      const list = entries(60).map((entry, n) => ({ ...entry, createdAt: at - (60 - n) * minute }))
      const { clock, ledger, double, look } = await open(t, 60, { order, list })
      double.list.push(arrived(clock.now() - 60 * minute))
      if (isSorted) double.list.sort((a, b) => a.createdAt! - b.createdAt!)
      look()

      await clock.advance(settleMs)

      t.strictSame(await stateOf(ledger), adopted, `${order}, ${isSorted ? 'sorted by it' : 'as they came'}`)
    }
  }
})

t.test('before own creates were seen at an end, absence is not concluded there', async t => {
  const { clock, ledger, holdings, double, look } = await open(t, 60, { order: 'newest' })
  await holdings.setCopy({ orderSeen: false })
  look()

  await clock.advance(settleMs)

  t.strictSame(await stateOf(ledger), waiting)
  t.equal(double.calls.filter(call => call === 'list 4').length, 2)
})

for (const order of ['newest', 'oldest'] as const) {
  t.test(`others crowd the end: ${order} first, it is read back to before the doubt`, async t => {
    const { clock, ledger, double, look } = await open(t, 60, { order })
    double.list.push(arrived(clock.now()))
    for (let n = 100; n < 150; n += 1) double.list.push(entryOf(n, { createdAt: clock.now() + n }))
    look()

    await clock.advance(settleMs)

    t.strictSame(await stateOf(ledger), adopted)
  })
}

for (const gone of [0, 1, 14, 15, 16, 40]) {
  t.test(`oldest first, the last page is elsewhere: ${gone} others were deleted`, async t => {
    for (const isThere of [true, false]) {
      const { clock, ledger, double, look } = await open(t, 60, { order: 'oldest' })
      double.list.splice(0, gone)
      if (isThere) double.list.push(arrived(clock.now()))
      look()

      await clock.advance(settleMs)

      t.strictSame(await stateOf(ledger), isThere ? adopted : waiting)
    }
  })
}

t.test('oldest first, what is deleted far before the range draws ours over a boundary of it', async t => {
  const { clock, ledger, double, look } = await open(t, 60, { order: 'oldest' })
  double.list.push(arrived(clock.now()))
  double.onPage = page => {
    if (page === 4) double.remove(double.list[0]!)
    double.onPage = () => {}
  }
  look()

  await clock.advance(settleMs)

  t.strictSame(await stateOf(ledger), adopted)
})

t.test('a doubt that ended otherwise while it was looked for is left alone', async t => {
  const { clock, ledger, double, look } = await open(t, 20)
  const [doubt] = await ledger.doubts(clock.now(), 1)
  const held = { to: 'held', code: 'PORTAL_REJECTED', detail: null } as const
  double.onPage = () => void ledger.settle(doubt!, held, clock.now())
  look()

  await clock.advance(settleMs)

  t.strictSame(await stateOf(ledger), ['held', 'PORTAL_REJECTED', null])
})

t.test('an entry that is dated in the future hides nothing that was created after it', async t => {
  for (const order of ['newest', 'oldest'] as const) {
    const list = [...entries(40), entryOf(41, { createdAt: Date.UTC(2030, 1) })]
    const { clock, ledger, double, look } = await open(t, 41, { order, list })
    const later = Array.from({ length: 40 }, (_, n) => entryOf(100 + n, { createdAt: clock.now() + n }))
    double.list.splice(40, 0, arrived(clock.now()), ...later)
    look()

    await clock.advance(settleMs)

    t.strictSame(await stateOf(ledger), adopted, order)
  }
})

t.test('listed, but not there when it is asked for: a reading that has it since then settles it', async t => {
  const { clock, ledger, double, look } = await open(t, 20, { ours: 3 })
  double.hidden.add(arrived(0).id)
  look()

  await clock.advance(settleMs)

  t.strictSame(await stateOf(ledger), adopted)
  const get = `get ${arrived(0).id}`
  t.strictSame(double.calls, ['list 1', 'list 2', get, 'list 1', 'list 2', get])
})

t.test('and what else stands there so is not absent, either: nobody knows until it is read again', async t => {
  const { clock, ledger, holdings, double, look } = await open(t, 20)
  double.list.splice(3, 0, arrived(clock.now(), { amountCents: 1 }))
  double.hidden.add(arrived(0).id)
  look()

  await clock.advance(settleMs)
  t.strictSame(await stateOf(ledger), sending)
  t.match(await holdings.copy(), { unclear: { since: clock.now(), why: /^the portal lists inv_\S+, but/ } })

  await clock.advance(5 * minute - 1)
  t.strictSame(await stateOf(ledger), sending)
  await clock.advance(1)
  t.strictSame(await stateOf(ledger), ['held', 'INVOICE_CONFLICT', null])
  t.match(await holdings.copy(), { unclear: null })
})
