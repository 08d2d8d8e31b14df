// One id for which the portal never answers: what that keeps from being read, and from being sent.

import t, { type Test } from 'tap'
import { BridgeError } from '../../../src/core/errors.ts'
import { emptyCopy } from '../../../src/ledger/holdings.ts'
import { day, openCopy, quarter, startCopy } from './copies.ts'
import { entryOf } from './double.ts'
import { arrived, entries, know, minute, openParts, type Parts } from './parts.ts'

const words = 'the portal was asked for inv_never and answered with inv_1'

/** Never answered for. `isListed`: its list shows it. */
const keepSilent = async ({ double, holdings, clock }: Parts, createdAt: number, { isListed = false } = {}) => {
  const never = arrived(createdAt, { id: 'inv_never' })
  await holdings.learn([never], null, clock.now())
  if (isListed) double.list.push(never)
  double.onCall = call => {
    if (call === 'get inv_never') throw new BridgeError('PORTAL_UNREACHABLE', words)
  }
}

/** Known, in an order that is proven, to a process that died five minutes ago. */
const restarted = async (t: Test) => {
  const parts = openParts(t, entries(40))
  await know(parts)
  const now = parts.clock.now()
  const backTo = now - 5 * minute
  await parts.holdings.setCopy({ sweptTo: now - 10 * minute, sweptAt: now, fullAt: now, backTo })
  return { parts, backTo }
}

t.test('after a restart what is listed and never answered for keeps nothing closed', async t => {
  const { parts, backTo } = await restarted(t)
  await keepSilent(parts, backTo, { isListed: true })
  const { copy, heard } = startCopy(t, parts)
  await parts.clock.rest()

  t.ok(copy.isFilled())
  t.strictSame(heard, [null])
})

t.test('after a restart what is neither listed nor answered for opens nothing, for a day', async t => {
  const { parts, backTo } = await restarted(t)
  const { clock, holdings } = parts
  await keepSilent(parts, backTo)
  const { copy } = startCopy(t, parts)

  await clock.advance(day - quarter)
  t.notOk(copy.isFilled())
  t.match(await holdings.copy(), { unclear: { since: clock.now() - day + quarter, why: /lacks inv_never, and/ } })

  await clock.advance(2 * quarter)
  t.ok(copy.isFilled(), 'the others do not wait for ever')
})

t.test('it opens as soon as the portal says that it is gone', async t => {
  const { parts, backTo } = await restarted(t)
  const { clock, double, holdings } = parts
  await keepSilent(parts, backTo)
  const { copy } = startCopy(t, parts)
  await clock.advance(quarter)
  t.notOk(copy.isFilled())

  double.onCall = () => {}
  await clock.advance(6 * minute)
  t.ok(copy.isFilled())
  t.notOk(await holdings.has('inv_never'))
})

t.test('a ledger that may have been put back opens only when the portal has answered for it', async t => {
  const parts = openParts(t, entries(40))
  const { clock, double, holdings } = parts
  await know(parts)
  await holdings.setCopy({ ...emptyCopy, rolledBack: true })
  await keepSilent(parts, clock.now())
  const { copy } = startCopy(t, parts)

  await clock.advance(day + quarter)
  t.notOk(copy.isFilled(), 'what was sent since may be as invisible')
  t.match(await holdings.copy(), { unclear: { why: /lacks inv_never/ } })

  double.onCall = () => {}
  await clock.advance(6 * minute)
  t.ok(copy.isFilled())
})

t.test('while one id is not answered for sweeps show what is new, and none is believed', async t => {
  const parts = await openCopy(t, entries(40))
  const { clock, double, holdings, filled, heard } = parts
  await keepSilent(parts, clock.now())

  await clock.advance(quarter)
  t.match(await holdings.copy(), { unclear: { since: clock.now(), why: `the portal's list lacks inv_never` } })
  double.list.push(entryOf(99, { createdAt: clock.now() }))
  await clock.advance(quarter)
  t.ok(await holdings.has(entryOf(99).id))
  t.equal(filled(), 1, 'deliveries go on all the while')

  double.onCall = () => {}
  await clock.advance(6 * minute)
  t.match(await holdings.copy(), { order: 'newest', unclear: null })
  t.equal(heard.at(-1), null)
})
