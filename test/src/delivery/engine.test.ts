// The parts put together, around a portal in memory and on a clock in the test's hand.

import t, { type Test } from 'tap'
import { BridgeError } from '../../../src/core/errors.ts'
import type { Alert, AlertOfEnd } from '../../../src/delivery/alert.ts'
import { createBudgetFor, createEngine, type EngineOptions } from '../../../src/delivery/engine.ts'
import type { Hint } from '../../../src/ledger/driver.ts'
import type { Ledger } from '../../../src/ledger/ledger.ts'
import { openSpool } from '../../../src/ledger/spool.ts'
import type { Written } from '../../../src/portal/client.ts'
import { portalCustomerOf } from '../ledger/contract/customers.ts'
import { arrivalOf, bodyOf, minute, rowOf } from '../ledger/fixtures.ts'
import { entryOf } from '../portal/double.ts'
import { arrived, openParts } from '../portal/parts.ts'
import { rules, withoutTools } from './delivery.ts'

const settleMs = 10_000

type Changed = Partial<EngineOptions> & { watch?: (ledger: Ledger) => Ledger }

const open = async (t: Test, { watch = ledger => ledger, ...changed }: Changed = {}) => {
  const parts = openParts(t)
  const { clock, ledger, double, log } = parts
  const spool = openSpool(t.testdir(), { bytesMax: 100_000 })
  const document = await spool.keep(
    (async function* () {
      yield Buffer.from('%PDF-')
    })()
  )
  const alerts: Parameters<Alert>[] = []
  const over: Parameters<AlertOfEnd>[0][] = []
  const recorded: [string | null, string, string][] = []
  const options: EngineOptions = {
    ledger: watch(ledger),
    spool,
    portal: double.portal,
    budget: await createBudgetFor(ledger, { clock, log, perMinute: 1000, requestMsMax: 30_000 }),
    fetchPdf: async () => document,
    ...withoutTools({ ledger, spool, clock }),
    clock,
    random: () => 0.5,
    log,
    alert: (...told) => alerts.push(told),
    over: what => over.push(what),
    rules,
    matching: { match: 'email', create: false },
    patience: { retryFirstMs: 1000, retryLongestMs: minute, retryForMs: 60 * minute },
    identity: { url: 'https://portal.example', token: 'token' },
    portalTimeoutMs: 5000,
    portalSettleMs: settleMs,
    portalSettleInheritedMs: settleMs,
    concurrency: 4,
    loanMs: minute,
    recorded: ({ tool, invoiceNumber }, { to }) => recorded.push([tool, invoiceNumber, to]),
    ...changed
  }
  const make = () => {
    const engine = createEngine(options)
    t.teardown(async () => {
      const stopping = engine.stop(0)
      await clock.advance(0)
      await stopping
    })
    return engine
  }
  const engine = make()
  const receive = async (invoiceNumber = '2026-0042', facts: Parameters<typeof arrivalOf>[0] = {}) => {
    const customer = { portalId: 'cst_1', ...facts.customer }
    await ledger.receive(arrivalOf({ invoiceNumber, sourceId: invoiceNumber, ...facts, customer }), clock.now())
    engine.wake()
    await clock.rest()
  }
  return { ...parts, engine, make, alerts, over, recorded, receive }
}

t.test('the portal is read before anything is created, then an invoice costs one call', async t => {
  const { engine, double, receive, clock, recorded } = await open(t)
  await receive()
  t.match(engine.portal().filling, { pages: 0 })
  await engine.recognise()
  engine.start()
  await clock.advance(settleMs + 100)

  const asked = ['get an id that nobody has', 'customers 1', 'list 1', 'list 1', 'create 2026-0042']
  t.strictSame(double.asked(), asked)
  t.strictSame(recorded, [['acme', '2026-0042', 'delivered']])
  t.match(engine.portal(), { state: 'open', filling: null, budget: { perMinute: 1000, taken: 5 } })
  t.ok(clock.monotonic() - engine.turnedAt() <= 5000)
})

t.test('processes let each other know what is due, and hear it', async t => {
  const hints: Hint[] = []
  const { engine, double, clock, ledger } = await open(t, { hint: told => hints.push(told) })
  await engine.recognise()
  engine.start()
  await clock.advance(settleMs + 100)
  t.strictSame(hints, [], 'what happens by itself is no news')
  engine.wake()
  await clock.rest()
  t.strictSame(hints, ['due'])

  // As another process does, and lets this one know.
  await ledger.receive(arrivalOf({ customer: { portalId: 'cst_1' } }), clock.now())
  double.asked()
  await clock.advance(1)
  t.strictSame(double.asked(), [])
  engine.hear('due')
  await clock.advance(1)
  t.strictSame(double.asked(), ['create 2026-0042'])
  engine.hear('sweep')
  await clock.advance(1)
  t.ok(double.asked().includes('list 1'), 'the portal is read')
  t.strictSame(hints, ['due'], 'and nothing is passed on')
})

t.test('a doubt is settled once it is old enough, without waiting for a next turn', async t => {
  const lost: Written<never> = { outcome: 'unknown', detail: 'time-out', answered: false }
  const opened = await open(t)
  const { engine, double, receive, clock, ledger, recorded } = opened
  double.portal.createInvoice = async () => lost
  await engine.recognise()
  engine.start()
  await clock.advance(settleMs + 100)
  await receive()
  t.match(await rowOf(ledger), { state: 'sending' })
  double.list.push(arrived(clock.now()))
  await clock.advance(settleMs + 100)

  t.match(await rowOf(ledger), { state: 'delivered', portalId: /^inv_/ })
  t.strictSame(recorded, [
    ['acme', '2026-0042', 'doubt'],
    [null, '2026-0042', 'delivered']
  ])
})

t.test('a doubt from before the start is settled within its time after it, too', async t => {
  const { engine, receive, clock, ledger, double } = await open(t)
  await receive()
  const [loan] = await ledger.borrow(1, clock.now(), clock.now() + minute)
  await ledger.sending(
    loan!,
    {
      customerId: 'cst_1',
      invoiceNumber: '2026-0042',
      issuedAt: '2026-11-20',
      amount: '121.00',
      paidAt: null,
      sendNotification: true
    },
    clock.now()
  )
  await ledger.record(loan!, { to: 'doubt', detail: null }, clock.now())
  double.list.push(arrived(clock.now()))
  await engine.recognise()
  engine.start()
  await clock.advance(settleMs + 500)

  t.match(await rowOf(ledger), { state: 'delivered' })
})

t.test('a person is told of what needs one, once', async t => {
  const { engine, receive, clock, alerts, double } = await open(t)
  await engine.recognise()
  engine.start()
  await clock.advance(settleMs + 100)
  await receive('1', { amountCents: -100 })
  await receive('2', { amountCents: 0 })
  t.strictSame(alerts, [['CREDIT_NOTE', '1']])

  double.portal.createInvoice = async () => ({
    outcome: 'not-done',
    code: 'PORTAL_UNAUTHORIZED',
    detail: '401'
  })
  await receive('3')
  await clock.advance(5 * minute)
  t.strictSame(alerts.slice(1), [['PORTAL_UNAUTHORIZED', null]])
  t.equal(engine.portal().state, 'refused')
})

t.test('and of what only the answer of the portal has told', async t => {
  const { engine, receive, clock, alerts, double, recorded } = await open(t)
  const { createInvoice } = double.portal
  double.portal.createInvoice = async (...asked) => {
    const written = await createInvoice(...asked)
    if (written.outcome !== 'done') return written
    const { invoiceNumber } = written.value
    if (invoiceNumber === '1') return { ...written, value: { ...written.value, amountCents: 5 } }
    return { ...written, value: { ...written.value, invoiceNumber: '1' } }
  }
  await engine.recognise()
  engine.start()
  await clock.advance(settleMs + 100)
  await receive('1')
  await receive('2')

  t.strictSame(alerts, [
    ['INVOICE_CONFLICT', '1'],
    ['PORTAL_UNCLEAR', '2']
  ])
  t.strictSame(recorded, [
    ['acme', '1', 'delivered'],
    ['acme', '2', 'held']
  ])
})

t.test('a portal that is down pauses everything, and it goes on by itself', async t => {
  const { engine, receive, clock, double, ledger, alerts, over } = await open(t, { concurrency: 1 })
  await engine.recognise()
  engine.start()
  await clock.advance(settleMs + 100)
  const create = double.portal.createInvoice
  double.portal.createInvoice = async () => ({
    outcome: 'not-done',
    code: 'PORTAL_UNREACHABLE',
    detail: 'refused'
  })
  double.onCall = () => {
    throw new BridgeError('PORTAL_UNREACHABLE')
  }
  for (const number of ['1', '2', '3', '4', '5']) await receive(number)
  await clock.advance(minute)
  t.equal(engine.portal().state, 'down')
  t.match(alerts, [['PORTAL_UNREACHABLE', null]])
  t.strictSame(over, [])

  double.onCall = () => {}
  double.portal.createInvoice = create
  const entered = entryOf(7)
  double.list.push(entered)
  await clock.advance(5 * minute)
  t.equal(engine.portal().state, 'open')
  t.ok(await ledger.holdings.has(entered.id), 'what the portal showed when it was back is known')
  t.strictSame(over, [{ code: 'PORTAL_UNREACHABLE' }], 'that it is over is told as well')
  t.match(await ledger.summary(), { delivered: 5, waiting: 0 })
})

t.test('a ledger that was lost, and a portal that finds nothing by its id: nothing is sent twice', async t => {
  const { engine, receive, clock, double, ledger, alerts } = await open(t)
  const numbers = Array.from({ length: 30 }, (_, n) => `N-${n}`)
  for (const [n, invoiceNumber] of numbers.entries()) {
    double.list.push(arrived(clock.now() - n, { id: `inv_${n}`, invoiceNumber }))
    double.hidden.add(`inv_${n}`)
  }
  await engine.recognise()
  engine.start()
  await clock.advance(settleMs + 100)
  for (const number of numbers) await receive(number)
  await clock.advance(2 * minute)

  t.strictSame(
    double.calls.filter(call => call.startsWith('create')),
    []
  )
  t.match(await ledger.summary(), { delivered: 30, waiting: 0, held: 0 })
  t.strictSame(alerts, [])
})

t.test('refused though it was kept, and released by a person: it is found, and not sent again', async t => {
  const { engine, receive, clock, double, ledger, alerts } = await open(t)
  double.portal.createInvoice = async () => {
    double.calls.push('create')
    double.list.push(arrived(clock.now()))
    return { outcome: 'not-done', code: 'PORTAL_REJECTED', detail: '422' }
  }
  await engine.recognise()
  engine.start()
  await clock.advance(settleMs + 100)
  await receive()
  t.match(await rowOf(ledger), { state: 'held', code: 'PORTAL_REJECTED' })

  await ledger.act('2026-0042', 'deliver', clock.now())
  engine.wake()
  await clock.advance(100)
  t.match(await rowOf(ledger), { state: 'sending' })
  await clock.advance(settleMs)

  t.match(await rowOf(ledger), { state: 'delivered', code: null, portalId: arrived(0).id })
  t.equal(double.calls.filter(call => call === 'create').length, 1)
  t.strictSame(alerts, [['PORTAL_REJECTED', '2026-0042']])
})

t.test('after a restart it is read back to the last sign of life before the first create', async t => {
  const parts = await open(t)
  const { engine, receive, clock, double, holdings, ledger, reader } = parts
  for (let n = 1; n <= 40; n += 1) double.list.push(entryOf(n))
  await reader.all('sweep')
  const state = { filled: true, order: 'newest', orderSeen: true } as const
  await holdings.setCopy({ ...state, sweptTo: clock.now(), sweptAt: clock.now(), fullAt: clock.now() })
  await ledger.beat(clock.now() - minute)
  // Sent by the process before, of which a copy of its ledger knows nothing.
  double.list.push(arrived(clock.now() - 30_000))
  await receive()
  double.asked()

  await engine.recognise()
  engine.start()
  await clock.advance(1000)

  const asked = double.asked()
  t.strictSame(asked.slice(0, 3), ['get an id that nobody has', 'list 1', 'list 1'])
  t.notOk(asked.some(call => call.startsWith('create')))
  t.match(await rowOf(ledger), { state: 'delivered', portalId: arrived(0).id })
})

t.test('what another process sent has its own time to arrive', async t => {
  const { engine, receive, clock, ledger } = await open(t, {
    portalSettleInheritedMs: 3 * settleMs,
    watch: ledger => ({
      ...ledger,
      doubts: async (...asked) => (await ledger.doubts(...asked)).map(doubt => ({ ...doubt, inherited: true }))
    })
  })
  await receive()
  const [loan] = await ledger.borrow(1, clock.now(), clock.now() + minute)
  await ledger.sending(loan!, bodyOf(loan!), clock.now())
  await ledger.record(loan!, { to: 'doubt', detail: null }, clock.now())
  await engine.recognise()
  engine.start()

  await clock.advance(3 * settleMs - 100)
  t.match(await rowOf(ledger), { state: 'sending' })
  await clock.advance(100)
  t.match(await rowOf(ledger), { state: 'waiting' })
})

t.test('a stop ends all of it, and leaves nothing half done', async t => {
  const { engine, receive, clock, double } = await open(t)
  await engine.recognise()
  engine.start()
  await clock.advance(settleMs + 100)
  const stopping = engine.stop(25_000)
  await clock.rest()
  t.equal(await stopping, 0)

  double.asked()
  await receive()
  await clock.advance(60 * minute)
  t.strictSame(double.asked(), [])
})

t.test('slots that were taken shortly before a restart are still taken', async t => {
  const { ledger, clock, log } = openParts(t)
  await ledger.beat(clock.now())
  const limits = { perMinute: 60, requestMsMax: 30_000 }
  for (let at = 0; at < 5; at++) await ledger.holdings.takeSlot(clock.now(), limits, clock.now())

  t.equal((await createBudgetFor(ledger, { clock, log, ...limits })).state().taken, 5)
})

t.test('a create that never makes anything is asked for less and less often, and given up', async t => {
  const { engine, double, receive, clock, ledger } = await open(t)
  double.portal.createInvoice = async () => ({ outcome: 'unknown', detail: '500', answered: false })
  await engine.recognise()
  engine.start()
  await clock.advance(settleMs + 100)
  await receive()
  await clock.advance(10 * minute)
  const attempts = (await rowOf(ledger)).attempts
  await clock.advance(10 * minute)
  t.ok((await rowOf(ledger)).attempts - attempts < attempts)

  await clock.advance(3 * 60 * minute)
  t.match(await rowOf(ledger), { state: 'held', code: 'ATTEMPTS_EXHAUSTED' })
})

t.test('a customer that the portal links to a bookkeeping itself is warned of once, for ever', async t => {
  const { engine, make, clock, double, lines } = await open(t)
  const warnings = () => lines.filter(line => line.includes('bookkeeping')).length
  const linked = (id: string) => ({
    ...portalCustomerOf(id, `${id}@bakker.example`),
    integration: 'acumulus'
  })
  double.customers.push(linked('cst_1'), portalCustomerOf('cst_2', 'kees@bakker.example'))
  engine.start()
  await clock.advance(settleMs + 60 * minute)
  t.equal(warnings(), 1, 'however often it is read')

  const startAgain = async (running: typeof engine) => {
    const stopping = running.stop(0)
    await clock.advance(2000)
    await stopping
    const next = make()
    next.start()
    await clock.advance(60 * minute)
    return next
  }
  const second = await startAgain(engine)
  t.equal(warnings(), 1, 'nor after another start')

  double.customers.push(linked('cst_3'))
  await startAgain(second)
  t.equal(warnings(), 2, 'another one is')
})
