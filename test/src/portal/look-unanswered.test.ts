// Single ids for which the portal does not answer, though it is there: they keep no other doubt open, and are never
// taken for absent.

import t, { type Test } from 'tap'
import { BridgeError } from '../../../src/core/errors.ts'
import { rowOf } from '../ledger/fixtures.ts'
import { day } from './copies.ts'
import { throwing } from './double.ts'
import { arrived, entries, inDoubt, know, minute, openParts, startLook, stateOf } from './parts.ts'

const settleMs = minute
const words = 'asked for it and answered with another'

const waiting = ['waiting', 'PORTAL_UNREACHABLE', null]
const sending = ['sending', null, null]
const unclear = ['held', 'PORTAL_UNCLEAR', null]

/** In doubt; of these the portal shows each but those under `absent`, and of those under `never` only in its list. */
const open = async (t: Test, numbers: string[], { isKnown = false } = {}) => {
  const parts = openParts(t, entries(20))
  const { clock, ledger, double, holdings } = parts
  await know(parts)
  for (const invoiceNumber of numbers) {
    await inDoubt(parts, invoiceNumber)
    if (invoiceNumber.startsWith('absent')) continue
    const entry = arrived(clock.now(), { id: `inv_${invoiceNumber}`, invoiceNumber })
    double.list.push(entry)
    if (isKnown) await holdings.learn([entry], null, clock.now())
  }
  double.onCall = call => {
    if (call.startsWith('get inv_never')) throw new BridgeError('PORTAL_UNREACHABLE', words)
  }
  const states = async () => {
    const found: unknown[] = []
    for (const number of numbers) found.push(await stateOf(ledger, number))
    return found
  }
  return { ...parts, states, look: () => startLook(t, parts, { settleInheritedMs: settleMs }) }
}

t.test('an invoice about which the portal never answers keeps only its own doubt open, and for a day', async t => {
  const { clock, ledger, holdings, states, look } = await open(t, ['never', 'there', 'absent'])
  const { heard } = look()

  await clock.advance(settleMs)
  const others = [['delivered', null, 'inv_there'], waiting]
  t.strictSame(await states(), [sending, ...others])
  t.equal(heard.at(-1), 'PORTAL_UNREACHABLE')
  t.match(await holdings.copy(), { unclear: { why: words } })

  await clock.advance(day - settleMs - 1)
  // Sweeps can be believed all the while.
  await holdings.setCopy({ unclear: null })
  t.strictSame(await states(), [sending, ...others])
  await clock.advance(minute)
  t.strictSame(await states(), [unclear, ...others])
  t.match((await rowOf(ledger, 'never')).history.at(-1), { event: 'held', detail: words })
})

t.test('it costs two requests a minute, and what comes later waits no longer for it', async t => {
  const parts = await open(t, ['never'])
  const { clock, ledger, double, look } = parts
  look()
  await clock.advance(10 * minute)
  double.asked()
  await clock.advance(minute)
  t.strictSame(double.asked(), ['get inv_never', 'list 1'])

  await inDoubt(parts, 'later')
  await clock.advance(settleMs + minute)
  t.strictSame(await stateOf(ledger, 'later'), waiting)

  double.onCall = () => {}
  await clock.advance(minute)
  t.strictSame(await stateOf(ledger, 'never'), ['delivered', null, 'inv_never'])
})

t.test('a portal that is down is not asked for one after the other', async t => {
  const { clock, double, states, look } = await open(t, ['A', 'B', 'C'], { isKnown: true })
  double.onCall = throwing(new BridgeError('PORTAL_UNREACHABLE'))
  double.asked()
  look()

  await clock.advance(settleMs)
  t.strictSame(double.asked(), ['get inv_A', 'list 1'])
  await clock.advance(3 * day)
  t.strictSame(await states(), [sending, sending, sending], 'nor is anybody held for it')
})

t.test('a portal that was read before, and is down now, leaves nobody to a person', async t => {
  const parts = await open(t, ['there'])
  const { clock, ledger, double, holdings, states, look } = parts
  look()
  await clock.advance(settleMs)
  t.strictSame(await states(), [['delivered', null, 'inv_there']])

  await inDoubt(parts, 'later')
  double.onCall = throwing(new BridgeError('PORTAL_UNREACHABLE'))
  await clock.advance(day + minute)
  t.strictSame(await stateOf(ledger, 'later'), sending)
  t.match(await holdings.copy(), { unclear: null }, 'nothing was shown that could not be believed')
})

t.test('after three it asks for no more, and settles what needs no question', async t => {
  const numbers = ['never1', 'never2', 'never3', 'never4', 'there', 'absent']
  const { clock, ledger, double, states, look } = await open(t, numbers, { isKnown: true })
  double.asked()
  look()

  await clock.advance(settleMs)
  t.strictSame(await states(), [...Array(5).fill(sending), waiting])
  const asked = double.asked().filter(call => call.startsWith('get'))
  const three = ['get inv_never1', 'get inv_never2', 'get inv_never3']
  t.strictSame(asked, [...three, ...three], 'once more after two readings')

  await clock.advance(day)
  t.strictSame(await states(), [...Array(5).fill(unclear), waiting])
  t.match((await rowOf(ledger, 'there')).history.at(-1), {
    detail: /^the portal does not answer for single invoices: /
  })
})

t.test(
  'what the list shows when an id is not answered for is not absent, though it is hidden from then on',
  async t => {
    const { clock, double, states, look } = await open(t, ['never', 'hidden'])
    const { onCall } = double
    let before = ''
    double.onCall = call => {
      const isShown = before === 'get inv_never'
      double.order = list => list.filter(({ id }) => isShown || id !== 'inv_hidden').toReversed()
      before = call
      return onCall(call)
    }
    look()

    await clock.advance(settleMs)
    t.strictSame(await states(), [sending, ['delivered', null, 'inv_hidden']])
  }
)

t.test('what the copy loses before it was answered is absent only after two readings', async t => {
  const { clock, double, holdings, states, look } = await open(t, ['never'], { isKnown: true })
  const { onCall } = double
  double.onCall = call => {
    // A sweep takes it for gone.
    if (call === 'list 1') void holdings.lose('inv_never', clock.now())
    return onCall(call)
  }
  double.asked()
  look()

  await clock.advance(settleMs)
  t.strictSame(double.asked(), ['get inv_never', 'list 1'])
  t.strictSame(await states(), [sending])

  double.onCall = onCall
  await clock.advance(minute)
  t.strictSame(await states(), [sending], 'it is listed')
})

t.test('one answer that fails holds nobody, however long it took to ask', async t => {
  const { clock, double, states, look } = await open(t, ['never', 'soon'], { isKnown: true })
  const { onCall } = double
  double.onCall = call => {
    if (call === 'get inv_soon') throw new BridgeError('PORTAL_UNREACHABLE', 'not yet')
    return onCall(call)
  }
  // The bridge was stopped.
  clock.set(2 * day)
  look()

  await clock.advance(settleMs)
  t.strictSame(await states(), [sending, sending])
  double.onCall = onCall
  await clock.advance(4 * minute)
  t.strictSame(await states(), [sending, ['delivered', null, 'inv_soon']])
  await clock.advance(2 * minute)
  t.strictSame(await states(), [unclear, ['delivered', null, 'inv_soon']])
})

t.test('another one under its number that is not answered for sends nothing again', async t => {
  const parts = await open(t, ['2026-0042'])
  const { clock, double, states, look } = parts
  double.list.at(-1)!.id = 'inv_never'
  double.list.at(-1)!.amountCents = 1
  look()

  await clock.advance(settleMs)
  t.strictSame(await states(), [sending])
  await clock.advance(10 * minute)
  double.asked()
  await clock.advance(minute)
  t.strictSame(double.asked(), ['get inv_never', 'list 1'], 'a reading tells nothing more of it')

  await clock.advance(day)
  t.strictSame(await states(), [unclear])
})
