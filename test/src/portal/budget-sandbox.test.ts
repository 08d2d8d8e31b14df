// The budget against the sandbox's rate limit, both on one clock in the test's hand.

import t, { type Test } from 'tap'
import { buildSandbox } from '../../../plugins/sandbox/sandbox.ts'
import { type Budget, createBudget, type Errand } from '../../../src/portal/budget.ts'
import { createPortal } from '../../../src/portal/client.ts'
import { openMemory } from '../ledger/memory.ts'
import { handClock } from './hand-clock.ts'

const minute = 60_000
const perMinute = 60

// There and back, each.
const underWayMs = 200

const pdf = new Blob(['%PDF-1.7'], { type: 'application/pdf' })
const authorization = 'Bearer key'

const open = async (t: Test) => {
  let calls = 0
  const clock = handClock({ busy: () => calls > 0 })
  const app = await buildSandbox({ clock, requestsPerMinute: perMinute })
  t.teardown(() => app.close())
  const ledger = openMemory({ defer: queueMicrotask })
  t.teardown(() => ledger.close())
  const address = await app.listen({ port: 0, host: '127.0.0.1' })

  const startBudget = async (): Promise<Budget> =>
    createBudget({
      perMinute,
      clock,
      takenBefore: await ledger.holdings.slotsTaken(),
      async keep() {
        await ledger.holdings.takeSlot(clock.now(), { perMinute, requestMsMax: 30_000 }, clock.now())
        return { end: () => {} }
      }
    })
  let budget = await startBudget()
  const portal = createPortal({
    url: `${address}/v1`,
    token: 'key',
    timeoutMs: minute,
    timeZone: 'Europe/Amsterdam',
    clock,
    onAnswer: ({ remaining, pauseMs }) => budget.heard({ remaining, pauseMs })
  })
  t.teardown(() => portal.close())

  /** One request in a slot, with its way there and back. */
  const ask = async (errand: Errand, call: () => Promise<unknown>): Promise<void> => {
    const slot = await budget.slot(errand)
    await clock.sleep(underWayMs)
    calls += 1
    await call()
    calls -= 1
    await clock.sleep(underWayMs)
    slot?.done()
  }

  let left = 0
  const deliver = async (): Promise<void> => {
    while (left > 0) {
      const invoiceNumber = `N${left--}`
      const body = { customerId: 'cst_bakkerijdevos1', invoiceNumber, issuedAt: '2026-11-20', amount: '1.00' }
      await ask('delivery', () => portal.createInvoice({ ...body, paidAt: null, sendNotification: false }, pdf))
    }
  }

  return {
    clock,
    sandbox: app.sandbox,
    portal,
    ask,
    /** Four at once, until all are made. */
    begin(backlog: number) {
      left = backlog
      for (let lane = 0; lane < 4; lane += 1) void deliver()
    },
    async restart() {
      budget = await startBudget()
    },
    others: (count: number) =>
      Promise.all(
        Array.from({ length: count }, () => app.inject({ url: '/v1/customers', headers: { authorization } }))
      ),
    answered: (status: number) => app.sandbox.requests.filter(request => request.status === status).length
  }
}

t.test('a backlog of 300 uses more than 95 % of the budget, and meets no 429', async t => {
  const { clock, sandbox, begin, answered } = await open(t)
  begin(300)

  await clock.advance(4 * minute)
  t.ok(answered(201) >= 0.95 * 4 * perMinute, `${answered(201)} in four minutes`)
  await clock.advance(minute)

  t.equal(sandbox.invoices.length, 300)
  t.equal(sandbox.requests.length, 300)
  t.equal(answered(429), 0)
})

t.test('doubts and sweeps beside it take their share, and meet none either', async t => {
  const { clock, sandbox, begin, ask, portal, answered } = await open(t)
  begin(300)
  for (const errand of ['doubt', 'sweep'] as const) {
    void (async () => {
      for (let n = 0; n < 30; n += 1) await ask(errand, () => portal.invoicesPage(1))
    })()
  }

  await clock.advance(10 * minute)

  t.equal(sandbox.requests.length, 360)
  t.equal(answered(429), 0)
})

t.test('others who spend from the same token are seen in time', async t => {
  const { clock, sandbox, begin, others, answered } = await open(t)
  for (const at of [0, 1, 2]) {
    await others(30)
    if (at === 0) begin(60)
    await clock.advance(minute + 5000)
  }

  t.equal(sandbox.invoices.length, 60)
  t.equal(answered(429), 0)
})

t.test('after a kill in the middle of it the budget is not overrun', async t => {
  const { clock, sandbox, begin, restart, answered } = await open(t)
  begin(50)
  await clock.advance(3000)
  await restart()
  begin(100)
  clock.set(-60 * minute)
  await clock.advance(3 * minute)

  t.ok(sandbox.invoices.length >= 100)
  t.equal(answered(429), 0)
})

t.test('a 429 makes everybody wait as long as it says', async t => {
  const { clock, sandbox, begin, ask, portal } = await open(t)
  sandbox.fault({ on: { call: 'create' }, fault: '429', ms: 90_000 })
  begin(1)
  await clock.advance(2 * underWayMs)
  begin(3)
  for (const errand of ['doubt', 'sweep'] as const) void ask(errand, () => portal.invoicesPage(1))

  await clock.advance(89_000)
  t.equal(sandbox.requests.length, 1)
  await clock.advance(1000 + 2 * underWayMs)
  t.equal(sandbox.requests.length, 6)
})
