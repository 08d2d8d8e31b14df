import t from 'tap'
import { serve } from '../server.ts'
import { arrival, customerId, type Opened, openDelivery } from './delivery.ts'
import { borrowOne, minute, rowOf } from './ledger/fixtures.ts'

const invoiceNumber = '2026-0042'
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

t.test('what is paid after it was delivered is marked, with its own time and one request', async t => {
  const opened = await openDelivery(t)
  const loan = await lendPaid(opened)
  const outcome = await opened.deliver(loan)

  t.match(loan, { work: 'pay', paying: false })
  t.match(outcome, { kind: 'paid', marked: true, holding: { id: loan.portalId, paidAt } })
  t.match(opened.sandbox.invoices, [{ paidAt }])
  t.match(opened.sandbox.counts.calls, { pay: 1, get: 0 })
  t.equal(opened.pace.budget().taken, 2)
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
  t.match(opened.sandbox.counts.calls, { pay: 1, get: 1 })
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

t.test('what is gone from the portal is not marked, and gets its note', async t => {
  const opened = await openDelivery(t)
  const loan = await lendPaid(opened)
  opened.sandbox.delete(loan.portalId ?? '')

  t.equal(await opened.deliver({ ...loan, paying: true }), null)
  t.match(await rowOf(opened.ledger), { state: 'delivered', code: 'DELETED_IN_PORTAL', nextAttemptAt: null })
  t.equal(opened.sandbox.counts.calls.pay, 0)
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
  t.equal(opened.pace.budget().taken, 0)
})

t.test('without a turn in time it is put back', async t => {
  const opened = await openDelivery(t, { perMinute: 1 })
  const delivering = opened.deliver(await lendPaid(opened))
  await opened.pace.heard({ remaining: null, pauseMs: 200_000 })
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
  t.match(await opened.ledger.holdings.byNumber(invoiceNumber), [
    { id: 'inv_1', customerId, amountCents: 12100 }
  ])
})

t.test('a loan without anything to mark is a bug, and says so', async t => {
  const opened = await openDelivery(t)
  const loan = await lendPaid(opened)

  await t.rejects(opened.deliver({ ...loan, portalId: null }), /^bug/)
})
