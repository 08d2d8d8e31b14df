import t from 'tap'
import { BridgeError } from '../../../src/core/errors.ts'
import { decide } from '../../../src/rules/decide.ts'
import { serve } from '../../server.ts'
import { borrowOne, minute, rowOf } from '../ledger/fixtures.ts'
import { arrival, customerId, type Opened, openDelivery } from './delivery.ts'

const invoiceNumber = '2026-0042'
const patience = { retryFirstMs: 1, retryLongestMs: 1, retryForMs: 1 }
const paidAt = Temporal.Instant.from('2026-11-21T10:00:00Z').epochMilliseconds

/** Delivered while it was not paid, and paid since: lent out to be marked. */
const lendPaid = async ({ ledger, lend, deliver, clock }: Opened) => {
  const loan = await lend()
  const outcome = await deliver(loan)
  if (outcome?.kind !== 'created') throw new Error('it was not created')
  const { holding } = outcome
  await ledger.record(loan, { to: 'delivered', holding, how: 'created', code: null }, clock.now())
  await ledger.receive(arrival({ paidAt }), clock.now())
  return borrowOne(ledger, clock.now())
}

t.test('what is paid after it was delivered is looked at, and marked with its own time', async t => {
  const opened = await openDelivery(t)
  const loan = await lendPaid(opened)
  const outcome = await opened.deliver(loan)

  t.match(loan, { work: 'pay', paying: false })
  t.match(outcome, { kind: 'paid', marked: true, holding: { id: loan.portalId, paidAt } })
  t.match(opened.sandbox.invoices, [{ paidAt }])
  t.match(opened.sandbox.counts.calls, { pay: 1, get: 1 })
  t.equal(opened.budget.state().taken, 3, 'and the one that made it')
})

t.test('created as paid, and the portal dropped it: it is marked', async t => {
  for (const keepsPaidAt of [true, false]) {
    const opened = await openDelivery(t, { sandbox: { keepsPaidAt } })
    const { ledger, clock, sandbox } = opened
    const loan = await opened.lend(arrival({ paidAt }))
    const outcome = await opened.deliver(loan)
    t.match(outcome, { kind: 'created', holding: { paidAt: keepsPaidAt ? paidAt : null } })
    await ledger.record(loan, decide(outcome!, loan, { now: 0, random: 0, patience, standing: 'open' }), clock.now())

    const [pay] = await ledger.borrow(1, clock.now(), clock.now() + minute)
    t.equal(pay === undefined, keepsPaidAt)
    if (pay) t.match(await opened.deliver(pay), { kind: 'paid', marked: true })
    t.match(sandbox.invoices, [{ paidAt }])
    t.match(sandbox.counts.calls, { create: 1, pay: keepsPaidAt ? 0 : 1, get: keepsPaidAt ? 0 : 1 })
  }
})

t.test('what somebody else has marked is left as it is', async t => {
  const opened = await openDelivery(t)
  const loan = await lendPaid(opened)
  const before = paidAt - 5 * minute
  await opened.delivery.portal.markPaid(loan.portalId ?? '', before)

  t.match(await opened.deliver(loan), { kind: 'paid', marked: false, holding: { paidAt: before } })
  t.equal(opened.sandbox.counts.calls.pay, 1)
  t.match(opened.sandbox.invoices, [{ paidAt: before }])
})

t.test('review mode does not hold back that a delivered invoice was paid', async t => {
  const opened = await openDelivery(t)
  const loan = await lendPaid(opened)

  t.match(await opened.deliver(loan, { review: true }), { kind: 'paid', marked: true })
  t.match(opened.sandbox.invoices, [{ paidAt }])
})

t.test('what may have been marked before is looked at first', async t => {
  const opened = await openDelivery(t)
  const loan = await lendPaid(opened)
  opened.sandbox.fault({ on: { call: 'pay' }, fault: 'lost' })

  t.match(await opened.deliver(loan), { kind: 'failed', code: 'PORTAL_UNREACHABLE' })
  await opened.clock.advance(minute)
  const again = await borrowOne(opened.ledger, opened.clock.now())
  const outcome = await opened.deliver(again)

  t.match(again, { work: 'pay', paying: true })
  t.match(outcome, { kind: 'paid', marked: true, holding: { paidAt } })
  t.match(opened.sandbox.counts.calls, { pay: 1, get: 2 })
  if (outcome?.kind !== 'paid') return
  const { holding, marked } = outcome
  t.ok(
    await opened.ledger.record(again, { to: 'paid', holding, marked }, opened.clock.now()),
    'and its loan still holds'
  )
})

t.test('what was not marked after all is marked now', async t => {
  const opened = await openDelivery(t)
  const loan = await lendPaid(opened)

  t.match(await opened.deliver({ ...loan, paying: true }), { kind: 'paid', marked: true })
  t.match(opened.sandbox.counts.calls, { pay: 1, get: 1 })
})

for (const paying of [false, true]) {
  t.test(`what the portal does not hold when asked is neither marked nor gone, ${paying}`, async t => {
    const opened = await openDelivery(t)
    const loan = await lendPaid(opened)
    opened.sandbox.delete(loan.portalId ?? '')

    for (const _ of ['once', 'twice']) {
      t.match(await opened.deliver({ ...loan, paying }), {
        kind: 'failed',
        code: 'PORTAL_UNREACHABLE',
        detail: /answers that it holds no such invoice/
      })
    }
    t.match(await rowOf(opened.ledger), { state: 'delivered', code: null })
    t.equal(opened.sandbox.counts.calls.pay, 0)
  })

  t.test(`what is not listed either is not marked, and gets its note, ${paying}`, async t => {
    const opened = await openDelivery(t)
    const loan = await lendPaid(opened)
    const id = loan.portalId ?? ''
    opened.sandbox.delete(id)
    await opened.ledger.holdings.lose(id, opened.clock.now())

    t.equal(await opened.deliver({ ...loan, paying }), null)
    t.match(await rowOf(opened.ledger), { code: 'DELETED_IN_PORTAL', nextAttemptAt: null })
    t.equal(opened.sandbox.counts.calls.pay, 0)
  })
}

t.test(
  'where the list has it since, what was never asked for is marked; what may have been is asked again',
  async t => {
    const opened = await openDelivery(t)
    const loan = await lendPaid(opened)
    const { reader } = opened
    const invoice = opened.sandbox.invoices[0]!
    opened.sandbox.delete(invoice.id)
    await opened.deliver(loan)
    const { holdings } = opened.ledger
    const { read } = await holdings.beginRead()
    const [entry] = await holdings.byNumber(invoiceNumber)
    await holdings.learn([entry!], read, opened.clock.now())

    t.match(await reader.one(invoice.id, 'delivery'), { id: invoice.id })
    t.match(await opened.deliver({ ...loan, paying: true }), { kind: 'failed', code: 'PORTAL_UNREACHABLE' })
    t.equal(opened.sandbox.counts.calls.pay, 0)
    t.match(await opened.deliver(loan), { kind: 'failed', code: 'PORTAL_REJECTED' }, 'it was asked for')
    t.equal(opened.sandbox.counts.calls.pay, 1)
  }
)

t.test('what another process may have under way is waited for, from when this one first saw it', async t => {
  const opened = await openDelivery(t)
  const loan = { ...(await lendPaid(opened)), paying: true, inherited: true }
  await opened.clock.advance(10_000)

  t.match(await opened.deliver(loan), { kind: 'failed', code: 'PORTAL_BUSY', retryAfterMs: 30_000 })
  await opened.clock.advance(29_999)
  t.match(await opened.deliver(loan), { kind: 'failed', code: 'PORTAL_BUSY', retryAfterMs: 1 })
  t.match(opened.sandbox.counts.calls, { pay: 0, get: 0 })
  await opened.clock.advance(1)
  t.match(await opened.deliver(loan), { kind: 'paid', marked: true })
  t.match(opened.sandbox.counts.calls, { pay: 1, get: 1 })

  const own = await openDelivery(t)
  const begun = { ...(await lendPaid(own)), paying: true, inherited: false }
  t.match(await own.deliver(begun), { kind: 'paid' }, 'of its own it knows that nothing is under way')
})

t.test("another's answer says neither that it is paid nor that it was marked", async t => {
  let mixedUp = 'GET'
  let paidSince: string | null = null
  const portal = await serve(t, (request, response) => {
    const own = { id: 'inv_1', customerId, invoiceNumber, amount: '121.00', issuedAt: '2026-11-20', paidAt: paidSince }
    const another = { ...own, id: 'inv_2', invoiceNumber: '2', paidAt: '2026-11-19T10:00:00Z' }
    const answer = request.method === mixedUp ? another : own
    request.resume().on('end', () => response.end(JSON.stringify(answer)))
  })
  const opened = await openDelivery(t, { portalUrl: portal.origin })
  const loan = await lendPaid(opened)

  t.match(await opened.deliver(loan), { code: 'PORTAL_UNREACHABLE', detail: /asked for inv_1 and answered with inv_2/ })
  mixedUp = 'PATCH'
  t.match(await opened.deliver(loan), { code: 'PORTAL_UNREACHABLE', detail: /to change inv_1 and answered with inv_2/ })
  paidSince = '2026-11-21T10:00:00Z'
  await opened.clock.advance(6000)
  t.match(await opened.deliver({ ...loan, paying: true }), { kind: 'paid', holding: { id: 'inv_1', paidAt } })

  t.strictSame(
    portal.requests.map(line => line.split(' ')[0]),
    ['POST', 'GET', 'GET', 'PATCH', 'GET'],
    'the next attempt asks first'
  )
})

t.test('a mark whose answer was lost is looked for after the settle time, and not made again before', async t => {
  for (const fault of ['lost', 'fail-before'] as const) {
    const opened = await openDelivery(t)
    const loan = await lendPaid(opened)
    opened.sandbox.fault({ on: { call: 'pay' }, fault })

    t.match(await opened.deliver(loan), { kind: 'failed', code: 'PORTAL_UNREACHABLE', retryAfterMs: 6000 })
    const again = { ...loan, paying: true }
    await opened.clock.advance(5999)
    t.match(await opened.deliver(again), { kind: 'failed', code: 'PORTAL_BUSY', retryAfterMs: 1 })
    t.match(opened.sandbox.counts.calls, { pay: 1, get: 1 })
    await opened.clock.advance(1)
    t.match(await opened.deliver(again), { kind: 'paid', marked: true, holding: { paidAt } })
    t.equal(opened.sandbox.counts.calls.pay, fault === 'lost' ? 1 : 2)
  }
})

t.test('a process that froze before it marked does not mark late', async t => {
  const opened = await openDelivery(t, {
    watch: delivery => ({
      ...delivery,
      ledger: {
        ...delivery.ledger,
        paying: async (...asked) => {
          const isPermitted = await delivery.ledger.paying(...asked)
          await opened.clock.advance(5001)
          return isPermitted
        }
      }
    })
  })

  t.match(await opened.deliver(await lendPaid(opened)), { kind: 'failed', code: 'PORTAL_UNREACHABLE' })
  t.equal(opened.sandbox.counts.calls.pay, 0)
})

t.test('a ledger that cannot write marks nothing, and the slot is given back', async t => {
  const opened = await openDelivery(t, {
    watch: delivery => ({
      ...delivery,
      ledger: { ...delivery.ledger, paying: () => Promise.reject(new BridgeError('LEDGER_UNAVAILABLE')) }
    })
  })
  const loan = await lendPaid(opened)
  const { taken } = opened.budget.state()

  await t.rejects(opened.deliver(loan), { code: 'LEDGER_UNAVAILABLE' })
  t.equal(opened.sandbox.counts.calls.pay, 0)
  t.equal(opened.budget.state().taken, taken + 1, 'that of the look, and no other')
})

t.test('whatever breaks in us while it is marked is unknown, and looked at like a lost answer', async t => {
  const opened = await openDelivery(t, {
    watch: delivery => ({
      ...delivery,
      portal: { ...delivery.portal, markPaid: () => Promise.reject(new Error('a bug')) }
    })
  })

  t.match(await opened.deliver(await lendPaid(opened)), {
    kind: 'failed',
    code: 'PORTAL_UNREACHABLE',
    detail: 'a bug',
    answered: false,
    retryAfterMs: 6000
  })
})

t.test('a portal that answers unclearly is there: that is no failure of the portal', async t => {
  const opened = await openDelivery(t)
  const loan = await lendPaid(opened)
  opened.sandbox.fault({ on: { call: 'pay' }, fault: '409' })

  t.match(await opened.deliver(loan), { kind: 'failed', code: 'PORTAL_UNREACHABLE', answered: true })
})

t.test('a portal that takes the date, and does not show it, is not asked again: that is said', async t => {
  const portal = await serve(t, (request, response) => {
    const invoice = { id: 'inv_1', customerId, invoiceNumber, amount: '121.00', issuedAt: '2026-11-20' }
    request.resume().on('end', () => response.end(JSON.stringify(invoice)))
  })
  const opened = await openDelivery(t, { portalUrl: portal.origin })
  const loan = await lendPaid(opened)

  const outcome = await opened.deliver(loan)

  t.match(outcome, { kind: 'failed', code: 'PORTAL_REJECTED', detail: /does not show it/ })
  t.match(decide(outcome!, loan, { now: 0, random: 0, patience, standing: 'open' }), {
    to: 'unpaid',
    code: 'PAID_NOT_MARKED'
  })
})

t.test('each refusal keeps its name', async t => {
  const refusals = [
    ['401', 'PORTAL_UNAUTHORIZED'],
    ['422', 'PORTAL_REJECTED'],
    ['429', 'PORTAL_BUSY'],
    ['503', 'PORTAL_UNREACHABLE'],
    ['reset-before', 'PORTAL_UNREACHABLE']
  ] as const
  for (const [fault, code] of refusals) {
    const opened = await openDelivery(t)
    const loan = await lendPaid(opened)
    opened.sandbox.fault({ on: { call: 'pay' }, fault })
    t.match(await opened.deliver(loan), { kind: 'failed', code }, fault)
  }

  const opened = await openDelivery(t)
  const loan = await lendPaid(opened)
  opened.sandbox.fault({ on: { call: 'get' }, fault: '503' })
  t.match(
    await opened.deliver({ ...loan, paying: true }),
    { kind: 'failed', code: 'PORTAL_UNREACHABLE' },
    'a look that fails is no answer'
  )
  t.equal(opened.sandbox.counts.calls.pay, 0)
})

t.test('whoever lost the loan marks nothing', async t => {
  const opened = await openDelivery(t)
  const loan = await lendPaid(opened)
  await opened.clock.advance(minute)

  t.equal(await opened.deliver(loan), null)
  t.equal(opened.sandbox.counts.calls.pay, 0)
  t.equal(opened.budget.state().taken, 1, 'it was looked at')
})

t.test('without a turn in time it is put back', async t => {
  const opened = await openDelivery(t, { perMinute: 1 })
  const delivering = opened.deliver(await lendPaid(opened))
  await opened.budget.heard({ remaining: null, pauseMs: 200_000 })
  await opened.clock.advance(75_000)

  t.match(await delivering, { kind: 'failed', code: 'PORTAL_BUSY' })
})

t.test('an answer that tells no more than the id does not make the copy forget the rest', async t => {
  const portal = await serve(t, (request, response) => {
    request.resume().on('end', () => response.end('{"id":"inv_1"}'))
  })
  const opened = await openDelivery(t, { portalUrl: portal.origin })
  const loan = await lendPaid(opened)
  const outcome = await opened.deliver(loan)

  t.match(outcome, { kind: 'paid', holding: { id: 'inv_1', invoiceNumber } })
  if (outcome?.kind !== 'paid') return
  await opened.ledger.record(loan, { to: 'paid', holding: outcome.holding, marked: true }, opened.clock.now())
  t.match(await opened.ledger.holdings.byNumber(invoiceNumber), [{ id: 'inv_1', customerId, amountCents: 12100 }])
})

t.test('a loan without anything to mark is a bug, and says so', async t => {
  const opened = await openDelivery(t)
  const loan = await lendPaid(opened)

  await t.rejects(opened.deliver({ ...loan, portalId: null }), /^bug/)
})
