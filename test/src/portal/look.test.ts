// How a doubt ends. That absence is absence is argued in look-absence.test.ts.

import t from 'tap'
import { BridgeError } from '../../../src/core/errors.ts'
import type { PortalInvoice } from '../../../src/core/portal-entry.ts'
import { bodyOf, borrowOne } from '../ledger/fixtures.ts'
import { throwing } from './double.ts'
import { arrived, entries, inDoubt, inDoubtOverridden, know, minute, openParts, startLook, stateOf } from './parts.ts'

const settleMs = minute

const waiting = ['waiting', 'PORTAL_UNREACHABLE', null]
const sending = ['sending', null, null]

t.test('a doubt ripens on the monotonic clock, from when this process first saw it', async t => {
  const parts = openParts(t, entries(20))
  const { clock, ledger, double } = parts
  await know(parts)
  await inDoubt(parts)
  clock.set(5 * 60 * minute)
  const { settled, heard } = startLook(t, parts)

  await clock.advance(settleMs - 1)
  t.strictSame(double.asked(), [])
  t.strictSame(heard, [], 'where nothing was asked nothing is told')

  await clock.advance(1)
  t.strictSame(double.asked(), ['list 1', 'list 1'])
  t.strictSame(await stateOf(ledger), waiting)
  t.strictSame(settled, ['2026-0042 waiting'])
  t.strictSame(heard, [null])
})

t.test('before the copy is filled nothing is settled', async t => {
  const parts = openParts(t, entries(20))
  await inDoubt(parts)
  let isFilled = false
  startLook(t, parts, { isReady: () => isFilled })

  await parts.clock.advance(10 * minute)
  t.strictSame(parts.double.asked(), [])
  isFilled = true
  await parts.clock.advance(settleMs + 5000)
  t.strictSame(await stateOf(parts.ledger), waiting)
})

for (const order of ['newest', 'oldest'] as const) {
  for (const isThere of [true, false]) {
    t.test(`on an idle portal a doubt costs at most 4 requests: ${order} first, ${isThere}`, async t => {
      for (const count of [0, 1, 14, 15, 16, 29, 30, 31, 44, 45, 46, 300, 301]) {
        const parts = openParts(t, entries(count))
        parts.double.order = order
        await know(parts)
        await inDoubt(parts)
        if (isThere) parts.double.list.push(arrived(parts.clock.now()))
        const { look } = startLook(t, parts)

        await parts.clock.advance(settleMs)

        const { length } = parts.double.asked()
        t.ok(length <= 4, `${count} entries: ${length} requests`)
        t.strictSame(
          await stateOf(parts.ledger),
          isThere ? ['delivered', null, arrived(0).id] : waiting,
          `${count} entries`
        )
        await look.stop()
      }
    })
  }
}

t.test('one read serves all doubts, however many', async t => {
  const parts = openParts(t, entries(20))
  const { clock, ledger, double } = parts
  await know(parts)
  for (let n = 1; n <= 250; n += 1) await inDoubt(parts, `N${n}`)
  double.list.push(arrived(clock.now(), { invoiceNumber: 'N7' }))
  const { settled } = startLook(t, parts)

  await clock.advance(settleMs)
  t.equal(settled.length, 200, 'so many at once')
  t.equal(double.asked().filter(call => call.startsWith('list')).length, 2)

  await clock.advance(settleMs + 5000)
  t.strictSame(double.asked(), ['list 1', 'list 1'])
  t.match(await ledger.summary(), { sending: 0, waiting: 249, delivered: 1 })
})

t.test('a doubt that ripens during a look waits for the next one', async t => {
  const parts = openParts(t, entries(20))
  const { clock, ledger, double } = parts
  await know(parts)
  await inDoubt(parts, 'old')
  startLook(t, parts)
  await clock.advance(minute / 2)
  await inDoubt(parts, 'young')
  double.onCall = call => (call === 'list 1' ? clock.sleep(40_000) : undefined)

  await clock.advance(minute / 2 + 80_000)
  t.strictSame(await stateOf(ledger, 'old'), waiting)
  t.strictSame(await stateOf(ledger, 'young'), sending)

  await clock.advance(85_000)
  t.strictSame(await stateOf(ledger, 'young'), waiting)
  t.equal(double.asked().length, 4)
})

const founds: [what: string, there: Partial<PortalInvoice>[], state: unknown[]][] = [
  ['the same is adopted', [{}], ['delivered', null, arrived(0).id]],
  ['the same, twice, is a duplicate', [{}, { id: 'b' }], ['delivered', 'PORTAL_DUPLICATE']],
  [
    'the same beside another is a duplicate',
    [{ id: 'b', amountCents: 1 }, {}],
    ['delivered', 'PORTAL_DUPLICATE', arrived(0).id]
  ],
  ['another amount is for a person', [{ amountCents: 1 }], ['held', 'INVOICE_CONFLICT', null]],
  ['no amount is for a person', [{ amountCents: null }], ['held', 'INVOICE_CONFLICT', null]],
  ['another customer is for a person', [{ customerId: 'cst_2' }], ['held', 'INVOICE_CONFLICT', null]],
  ['another date is for a person', [{ issuedAt: '2026-11-21' }], ['held', 'INVOICE_CONFLICT', null]],
  ['another notation of the number is the number', [{ invoiceNumber: ' 2026-0042 ' }], ['delivered', null]]
]
for (const [what, there, state] of founds) {
  t.test(`found in the portal: ${what}`, async t => {
    const parts = openParts(t, entries(20))
    const { clock, ledger, double } = parts
    await know(parts)
    await inDoubt(parts)
    for (const facts of there) double.list.push(arrived(clock.now(), facts))
    startLook(t, parts)

    await clock.advance(settleMs)

    t.match(await stateOf(ledger), state)
    t.ok(double.asked().some(call => call.startsWith('get')))
  })
}

t.test('another invoice under its number ends no doubt: what was sent may stand beside it', async t => {
  const parts = openParts(t, entries(20))
  const { clock, ledger, holdings, double } = parts
  await know(parts)
  await inDoubt(parts)
  const byHand = arrived(clock.now(), { id: 'inv_by_hand', amountCents: 1 })
  await holdings.learn([byHand], null, clock.now())
  double.list.push(byHand, arrived(clock.now()))
  startLook(t, parts)

  await clock.advance(settleMs)

  t.strictSame(await stateOf(ledger), ['delivered', 'PORTAL_DUPLICATE', arrived(0).id])
})

t.test('what a person has seen there and overruled is neither adopted nor in the way', async t => {
  const parts = openParts(t, [...entries(20), arrived(0, { id: 'inv_by_hand', amountCents: 1 })])
  await know(parts)
  await inDoubtOverridden(parts)
  startLook(t, parts)

  await parts.clock.advance(settleMs)

  t.strictSame(await stateOf(parts.ledger), waiting)
})

for (const facts of [{ issuedAt: '20-11-2026' }, { amountCents: 12_099 }, { customerId: 'cst_2' }]) {
  t.test(`of what came since ${JSON.stringify(facts)} may be what was sent: a person looks again`, async t => {
    const other = arrived(1, { id: 'inv_other', amountCents: 1 })
    const parts = openParts(t, [...entries(20), other])
    const { clock, ledger, double } = parts
    await know(parts)
    await inDoubtOverridden(parts)
    double.list.push(arrived(clock.now(), facts))
    startLook(t, parts)

    await clock.advance(settleMs)

    t.strictSame(await stateOf(ledger), ['held', 'INVOICE_CONFLICT', null])
  })
}

t.test('what came since as it was sent is adopted without a note: a person knew of the other', async t => {
  const other = arrived(1, { id: 'inv_other', amountCents: 1 })
  const parts = openParts(t, [...entries(20), other])
  const { clock, ledger, double } = parts
  await know(parts)
  await inDoubtOverridden(parts)
  double.list.push(arrived(clock.now()))
  startLook(t, parts)

  await clock.advance(settleMs)

  t.strictSame(await stateOf(ledger), ['delivered', null, arrived(0).id])
})

t.test('what the copy learns while the rest is confirmed is not overruled, either', async t => {
  const other = arrived(1, { id: 'inv_other', amountCents: 1 })
  const parts = openParts(t, [...entries(20), other])
  const { clock, ledger, holdings, double } = parts
  await know(parts)
  await inDoubtOverridden(parts)
  double.onCall = call => {
    if (call !== 'get inv_other' || double.list.length > 21) return
    // It becomes visible, and a sweep reads it.
    const late = arrived(clock.now(), { issuedAt: '20-11-2026' })
    double.list.push(late)
    void holdings.learn([late], 99, clock.now())
  }
  startLook(t, parts)

  await clock.advance(settleMs)

  t.strictSame(await stateOf(ledger), ['held', 'INVOICE_CONFLICT', null])
})

for (const words of [['dismiss', 'deliver'], ['deliver']] as const)
  t.test(`once a look holds it again, the earlier word is used up: ${words.join(', then ')}`, async t => {
    const other = arrived(1, { id: 'inv_other', amountCents: 1 })
    const parts = openParts(t, [...entries(20), other])
    const { clock, ledger, double } = parts
    await know(parts)
    await inDoubtOverridden(parts)
    double.list.push(arrived(clock.now(), { issuedAt: '20-11-2026' }))
    const { look } = startLook(t, parts)
    await clock.advance(settleMs)
    t.strictSame(await stateOf(ledger), ['held', 'INVOICE_CONFLICT', null])
    await look.stop()

    for (const word of words) await ledger.act('2026-0042', word, clock.now())

    const loan = await borrowOne(ledger, clock.now())
    const isAboutThis = words[0] === 'deliver'
    t.strictSame(loan.overrides, isAboutThis ? ['INVOICE_CONFLICT'] : [])
    t.equal(await ledger.sending(loan, bodyOf(loan), clock.now()), isAboutThis ? 'granted' : 'known')
  })

t.test('a late answer settles a doubt with one request', async t => {
  const parts = openParts(t, entries(20))
  const { clock, ledger, holdings, double } = parts
  await know(parts)
  await inDoubt(parts)
  double.list.push(arrived(clock.now()))
  await holdings.learn([arrived(clock.now())], null, clock.now())
  startLook(t, parts)

  await clock.advance(settleMs)

  t.strictSame(double.asked(), [`get ${arrived(0).id}`])
  t.strictSame(await stateOf(ledger), ['delivered', null, arrived(0).id])
})

t.test('what fails between two adoptions undoes none and keeps no other in doubt', async t => {
  const parts = openParts(t, entries(20))
  const { clock, ledger, double } = parts
  await know(parts)
  for (const number of ['A', 'B', 'C']) {
    await inDoubt(parts, number)
    double.list.push(arrived(clock.now(), { id: `inv_${number}`, invoiceNumber: number }))
  }
  const { heard } = startLook(t, parts)
  double.onCall = call => {
    if (call === 'get inv_B') throw new BridgeError('PORTAL_UNREACHABLE')
  }

  await clock.advance(settleMs)
  t.strictSame(await stateOf(ledger, 'A'), ['delivered', null, 'inv_A'])
  t.strictSame(await stateOf(ledger, 'B'), sending)
  t.strictSame(await stateOf(ledger, 'C'), ['delivered', null, 'inv_C'])
  t.strictSame(heard, ['PORTAL_UNREACHABLE'])

  double.onCall = () => {}
  await clock.advance(5000)
  t.strictSame(await stateOf(ledger, 'B'), ['delivered', null, 'inv_B'])
})

t.test('a portal that asks for a pause, or does not answer, is asked again later and later', async t => {
  const parts = openParts(t, entries(20))
  const { clock, double } = parts
  await know(parts)
  await inDoubt(parts)
  const { heard } = startLook(t, parts)
  double.onCall = throwing(new BridgeError('PORTAL_BUSY', undefined, { retryAfterMs: 20_000 }))
  await clock.advance(settleMs)
  double.onCall = throwing(new BridgeError('PORTAL_UNREACHABLE'))
  await clock.advance(19_999)
  t.equal(double.asked().length, 1)

  await clock.advance(1 + 10_000 + 20_000 + 40_000 + 60_000 + 60_000)
  t.equal(double.asked().length, 6)
  t.strictSame(heard.slice(0, 2), ['PORTAL_BUSY', 'PORTAL_UNREACHABLE'])
})

t.test('a bug is logged as one, and the look goes on', async t => {
  const parts = openParts(t, entries(20))
  await know(parts)
  await inDoubt(parts)
  const { heard } = startLook(t, parts)
  parts.double.onCall = () => {
    throw new Error('bug')
  }

  await parts.clock.advance(settleMs)
  t.strictSame(parts.lines, ['a doubt could not be settled'])
  t.strictSame(heard, ['UNEXPECTED'])
  parts.double.onCall = () => {}
  await parts.clock.advance(5000)
  t.strictSame(await stateOf(parts.ledger), waiting)
})

t.test('a stop ends a look after its page, and settles nothing', async t => {
  const parts = openParts(t, entries(60))
  await parts.holdings.setCopy({ filled: true })
  await inDoubt(parts)
  const { look } = startLook(t, parts)
  parts.double.onPage = page => {
    if (page === 2) void look.stop()
  }

  await parts.clock.advance(settleMs)
  await look.stop()

  t.strictSame(parts.double.calls, ['list 1', 'list 2'])
  t.strictSame(await stateOf(parts.ledger), sending)
})

t.test('a stop does not wait for a slot of the budget', async t => {
  const parts = openParts(t, entries(60), { perMinute: 2 })
  await parts.holdings.setCopy({ filled: true })
  await inDoubt(parts)
  const { look, heard } = startLook(t, parts)
  await parts.clock.advance(settleMs)
  t.equal(parts.budget.state().waiting.doubt, 1)

  await look.stop()

  t.equal(parts.budget.state().waiting.doubt, 0)
  t.strictSame(parts.double.calls, ['list 1', 'list 2'])
  t.strictSame(heard, [])
})

t.test('wakes for a doubt that is new, so that it ripens from then', async t => {
  const parts = openParts(t, entries(20))
  await know(parts)
  const { look } = startLook(t, parts)
  await parts.clock.advance(100)
  await inDoubt(parts)
  look.wake()

  await parts.clock.advance(settleMs)
  t.strictSame(await stateOf(parts.ledger), waiting)
})
