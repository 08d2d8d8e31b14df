// What stands in the portal already, and what the portal answers.

import t from 'tap'
import { BridgeError } from '../../../src/core/errors.ts'
import { seenAs } from '../../../src/core/row.ts'
import { bodyOf, borrowOne, doubt, holdingOf, minute, rowOf } from '../ledger/fixtures.ts'
import { arrival, customerId, type Opened, openDelivery } from './delivery.ts'

const invoiceNumber = '2026-0042'
const byHand = { customerId, invoiceNumber, issuedAt: '2026-11-20', amount: '121.00' }

/** Somebody else made it, and the copy was told. */
const addKnown = async ({ sandbox, reader }: Opened, facts: Partial<typeof byHand> = {}) => {
  const { id } = sandbox.add({ ...byHand, ...facts })
  await reader.all('sweep')
  return id
}

t.test('what the portal holds already is asked for once more, and adopted', async t => {
  const opened = await openDelivery(t)
  const id = await addKnown(opened, { invoiceNumber: ' 2026-0042 ' })

  t.match(await opened.deliver(await opened.lend()), { kind: 'adopted', holding: { id }, code: null })
  t.match(opened.sandbox.counts.calls, { get: 1, create: 0 })
  t.match(await rowOf(opened.ledger), { state: 'waiting' })
})

t.test('what the portal does not hold when asked stops the create until it is read again', async t => {
  const opened = await openDelivery(t)
  const id = await addKnown(opened)
  opened.sandbox.delete(id)
  const loan = await opened.lend()

  t.match(await opened.deliver(loan), {
    kind: 'failed',
    code: 'PORTAL_UNREACHABLE',
    detail: `the portal lists ${id}, but answers that it holds no such invoice`
  })
  t.equal(opened.sandbox.counts.calls.create, 0)

  const reading = await opened.reader.all('sweep')
  await opened.reader.doubtOn(reading!, 'sweep')
  t.match(await opened.deliver(loan), { kind: 'created' }, 'neither listed nor there: it is gone')
})

t.test('what the list has since then is adopted, whatever is said when it is asked for', async t => {
  const opened = await openDelivery(t)
  const id = await addKnown(opened)
  opened.sandbox.fault({ on: { call: 'get' }, fault: '404', times: 9 })
  const loan = await opened.lend()
  t.match(await opened.deliver(loan), { kind: 'failed', code: 'PORTAL_UNREACHABLE' })

  await opened.reader.all('sweep')

  t.match(await opened.deliver(loan), { kind: 'adopted', holding: { id }, code: null })
  t.equal(opened.sandbox.counts.calls.create, 0)
})

/** Refused, though the portal kept it; released by a person. */
const lendRefused = async (opened: Opened, words?: { absent?: boolean }) => {
  const { ledger, clock, sandbox } = opened
  sandbox.fault({ on: { call: 'create' }, fault: 'refused-after' })
  const loan = await opened.lend()
  const outcome = await opened.deliver(loan)
  t.match(outcome, { kind: 'failed', code: 'PORTAL_REJECTED' })
  await ledger.record(loan, { to: 'held', code: 'PORTAL_REJECTED', detail: null }, clock.now())
  await ledger.act(invoiceNumber, 'deliver', clock.now(), words)
  return borrowOne(ledger, clock.now())
}

t.test('what was sent before is looked for before it is sent again, whoever asks', async t => {
  const opened = await openDelivery(t)
  const loan = await lendRefused(opened)
  await opened.reader.all('sweep')

  t.match(await opened.deliver(loan), { kind: 'unproven', body: { invoiceNumber, amount: '121.00' } })
  t.match(opened.sandbox.counts.calls, { create: 1, get: 0 }, 'even where the copy knows one: it may not be all')
})

t.test('a person who says that it is absent has it sent', async t => {
  const opened = await openDelivery(t)
  const loan = await lendRefused(opened, { absent: true })

  t.match(await opened.deliver(loan), { kind: 'created' })
})

t.test('the ledger has the last word on whether it is proven; the turn is given back', async t => {
  const opened = await openDelivery(t)
  const loan = await lendRefused(opened)
  const { taken } = opened.budget.state()

  t.match(await opened.deliver({ ...loan, unproven: false }), { kind: 'unproven' })
  t.equal(opened.sandbox.counts.calls.create, 1)
  t.equal(opened.budget.state().taken, taken)
})

t.test('in review a person sees it first, whatever was sent before', async t => {
  const opened = await openDelivery(t)
  const loan = await lendRefused(opened)

  t.match(await opened.deliver(loan, { review: true }), { kind: 'review' })
})

t.test('what stands there twice is adopted once, with a note', async t => {
  const opened = await openDelivery(t)
  await addKnown(opened)
  await addKnown(opened)

  t.match(await opened.deliver(await opened.lend()), { kind: 'adopted', code: 'PORTAL_DUPLICATE' })
})

t.test('other facts under the number are for a person, who can say to deliver all the same', async t => {
  const opened = await openDelivery(t)
  const id = await addKnown(opened, { amount: '99.00' })
  const loan = await opened.lend()

  t.strictSame(await opened.deliver(loan), {
    kind: 'failed',
    code: 'INVOICE_CONFLICT',
    detail: `the portal holds ${id} under this number`
  })
  t.equal(opened.sandbox.counts.calls.create, 0)

  await opened.ledger.record(loan, { to: 'held', code: 'INVOICE_CONFLICT', detail: null }, opened.clock.now())
  await opened.ledger.act(invoiceNumber, 'deliver', opened.clock.now())
  t.match(await opened.deliver(await borrowOne(opened.ledger, opened.clock.now())), { kind: 'created' })
})

for (const was of ['sent, and called absent', 'not sent, as far as a ledger knows that was put back'] as const)
  t.test(`a person's word covers what stood there when they gave it: ${was}`, async t => {
    const opened = await openDelivery(t)
    const { ledger, clock } = opened
    await addKnown(opened, { amount: '99.00' })
    await ledger.record(await opened.lend(), { to: 'held', code: 'INVOICE_CONFLICT', detail: null }, clock.now())
    await ledger.act(invoiceNumber, 'deliver', clock.now())
    if (was.startsWith('sent')) {
      const loan = await borrowOne(ledger, clock.now())
      await ledger.sending(loan, bodyOf(loan), clock.now())
      await ledger.record(loan, doubt, clock.now())
      const [one] = await ledger.doubts(clock.now(), 1)
      const at = clock.now()
      await ledger.settle(one!, { to: 'waiting', at, code: 'PORTAL_UNREACHABLE', detail: null, spent: true }, at)
    }
    // What was sent, shown otherwise.
    const late = await addKnown(opened, { amount: '121.01' })

    const loan = await borrowOne(ledger, clock.now())
    t.match(await opened.deliver(loan), {
      kind: 'failed',
      code: 'INVOICE_CONFLICT',
      detail: `the portal holds ${late} under this number`
    })
    t.equal(opened.sandbox.counts.calls.create, 0)
    await ledger.record(loan, { to: 'held', code: 'INVOICE_CONFLICT', detail: null }, clock.now())

    await ledger.act(invoiceNumber, 'deliver', clock.now())
    t.match(await opened.deliver(await borrowOne(ledger, clock.now())), { kind: 'created' }, 'they have seen that, too')
  })

/** A person says that what was refused is absent, then has it delivered beside what appears there. */
const overrulesAfterAbsent = async (opened: Opened, appears: () => Promise<string>): Promise<string> => {
  const { ledger, clock } = opened
  const refused = await opened.lend()
  await ledger.sending(refused, bodyOf(refused), clock.now())
  await ledger.record(refused, { to: 'held', code: 'PORTAL_REJECTED', detail: null }, clock.now())
  await ledger.act(invoiceNumber, 'deliver', clock.now(), { absent: true })
  const appeared = await appears()
  const loan = await borrowOne(ledger, clock.now())
  t.match(await opened.deliver(loan), { kind: 'failed', code: 'INVOICE_CONFLICT' })
  await ledger.record(loan, { to: 'held', code: 'INVOICE_CONFLICT', detail: null }, clock.now())
  await ledger.act(invoiceNumber, 'deliver', clock.now())
  return appeared
}

t.test('who says that it is absent, and overrules another, need not say so for ever', async t => {
  const opened = await openDelivery(t)
  const { ledger, clock } = opened
  await overrulesAfterAbsent(opened, () => addKnown(opened, { amount: '99.00' }))

  t.match(await opened.deliver(await borrowOne(ledger, clock.now())), { kind: 'created' })
})

t.test('a portal that cannot be asked is no absence', async t => {
  const opened = await openDelivery(t)
  await addKnown(opened)
  const refusals = [
    ['fail-before', 'PORTAL_UNREACHABLE'],
    ['401', 'PORTAL_UNAUTHORIZED'],
    ['429', 'PORTAL_BUSY']
  ] as const

  const loan = await opened.lend()
  for (const [fault, code] of refusals) {
    opened.sandbox.fault({ on: { call: 'get' }, fault })
    t.match(await opened.deliver(loan), { kind: 'failed', code })
    opened.clock.set(0)
    await opened.clock.advance(1000)
  }
  t.equal(opened.sandbox.counts.calls.create, 0)
})

t.test('what the copy learns while we wait for our turn is looked at before anything is sent', async t => {
  let learns = true
  const opened = await openDelivery(t, {
    watch: delivery => ({
      ...delivery,
      budget: {
        ...delivery.budget,
        slot: async (...asked) => {
          if (learns) {
            learns = false
            await opened.reader.all('sweep')
          }
          return delivery.budget.slot(...asked)
        }
      }
    })
  })
  const { id } = opened.sandbox.add(byHand)

  t.match(await opened.deliver(await opened.lend()), { kind: 'adopted', holding: { id } })
  t.equal(opened.sandbox.counts.calls.create, 0)
})

t.test('a copy that never stands still is tried again later, not for ever', async t => {
  let told = 0
  const opened = await openDelivery(t, {
    watch: delivery => ({
      ...delivery,
      budget: {
        ...delivery.budget,
        slot: async (...asked) => {
          told += 1
          await delivery.ledger.holdings.learn([holdingOf(`inv_${told}`)], null, delivery.clock.now())
          return delivery.budget.slot(...asked)
        }
      },
      reader: {
        ...delivery.reader,
        // A reading has found meanwhile that it is gone.
        one: async (id, errand) => {
          await delivery.ledger.holdings.lose(id, delivery.clock.now())
          return opened.reader.one(id, errand)
        }
      }
    })
  })

  t.match(await opened.deliver(await opened.lend()), { kind: 'failed', code: 'PORTAL_UNREACHABLE' })
  t.equal(told, 5)
  t.equal(opened.sandbox.counts.calls.create, 0)
})

t.test('whoever lost the loan sends nothing, and gives its turn back', async t => {
  const opened = await openDelivery(t)
  const loan = await opened.lend(arrival({}, { document: await opened.keepPdf() }))
  await opened.ledger.act(invoiceNumber, 'dismiss', opened.clock.now())

  t.equal(await opened.deliver(loan), null)
  t.equal(opened.sandbox.counts.requests, 0)
  t.equal(opened.budget.state().taken, 0)
})

t.test('a ledger that cannot say `sending` keeps everybody silent', async t => {
  const opened = await openDelivery(t, {
    watch: delivery => ({
      ...delivery,
      ledger: {
        ...delivery.ledger,
        sending: () => Promise.reject(new BridgeError('LEDGER_UNAVAILABLE'))
      }
    })
  })

  await t.rejects(opened.deliver(await opened.lend()), { code: 'LEDGER_UNAVAILABLE' })
  t.equal(opened.sandbox.counts.requests, 0)
  t.equal(opened.budget.state().taken, 0)
})

t.test('without a turn in time it is put back, and told how long', async t => {
  const opened = await openDelivery(t, { perMinute: 1 })
  const taken = await opened.budget.slot('sweep')
  const loan = await opened.lend(arrival({}, { document: await opened.keepPdf() }))
  const delivering = opened.deliver(loan)
  await opened.clock.advance(75_000)

  t.match(await delivering, { kind: 'failed', code: 'PORTAL_BUSY', retryAfterMs: minute })
  taken?.done()
  t.match(await rowOf(opened.ledger), { state: 'waiting' })
})

t.test('a process that froze before the first byte does not speak late', async t => {
  const opened = await openDelivery(t, {
    watch: delivery => ({
      ...delivery,
      ledger: {
        ...delivery.ledger,
        sending: async (...asked) => {
          const permission = await delivery.ledger.sending(...asked)
          await opened.clock.advance(5001)
          return permission
        }
      }
    })
  })

  t.match(await opened.deliver(await opened.lend()), { kind: 'failed', code: 'PORTAL_UNREACHABLE' })
  t.equal(opened.sandbox.counts.requests, 0)
})

t.test('each answer of the portal is one of three: done, certainly not done, unknown', async t => {
  const opened = await openDelivery(t)
  const answers = [
    ['401', { kind: 'failed', code: 'PORTAL_UNAUTHORIZED' }],
    ['403', { kind: 'failed', code: 'PORTAL_UNAUTHORIZED' }],
    ['404', { kind: 'failed', code: 'PORTAL_REJECTED' }],
    ['422', { kind: 'failed', code: 'PORTAL_REJECTED' }],
    ['429', { kind: 'failed', code: 'PORTAL_BUSY', retryAfterMs: 60_000 }],
    ['409', { kind: 'unknown', answered: true }],
    ['redirect', { kind: 'unknown', answered: false }],
    ['garbage', { kind: 'unknown', answered: false }],
    ['page-before', { kind: 'unknown', answered: false }],
    ['page-after', { kind: 'unknown', answered: false }],
    ['garbage-json', { kind: 'unknown', answered: true }],
    ['408', { kind: 'unknown', answered: false }],
    ['503', { kind: 'unknown', answered: false }],
    ['fail-before', { kind: 'unknown', answered: false }],
    ['fail-after', { kind: 'unknown', answered: false }],
    ['lost', { kind: 'unknown', answered: false }],
    ['reset-before', { kind: 'unknown', answered: false }]
  ] as const

  for (const [fault, outcome] of answers) {
    const loan = await opened.lend(arrival({ invoiceNumber: fault, sourceId: fault }))
    opened.sandbox.fault({ on: { invoiceNumber: fault, call: 'create' }, fault })
    t.match(await opened.deliver(loan), outcome, fault)
    t.match(await rowOf(opened.ledger, fault), { state: 'sending' }, 'until it is recorded')
  }
  t.equal(opened.budget.state().taken, answers.length, 'each request rests its minute')
})

t.test('a portal that wants digits gets them the next time', async t => {
  const opened = await openDelivery(t, { sandbox: { notificationForm: 'digits' } })
  const [first, second] = [await opened.lend(), await opened.lend(arrival({ invoiceNumber: '2', sourceId: '2' }))]

  const outcome = await opened.deliver(first)
  t.match(outcome, { kind: 'failed', code: 'PORTAL_FORM_CHANGED' })
  t.match(await opened.deliver(second), { kind: 'created' })
  t.match(opened.sandbox.invoices, [{ invoiceNumber: '2', sendNotification: '1' }])

  const { ledger, clock } = opened
  const waits = {
    to: 'waiting',
    at: clock.now(),
    code: 'PORTAL_FORM_CHANGED',
    detail: null,
    spent: false
  } as const
  await ledger.record(first, waits, clock.now())
  const again = await borrowOne(ledger, clock.now())
  t.match(await opened.deliver(again), { kind: 'unproven' }, 'it may say so of a mail, and have kept the invoice')
})

t.test('what was sent before the ledger was lost is known again under another spelling of its number', async t => {
  for (const shown of ['2026 0042', '2026-00', '2026&#45;0042', '0002026-0042']) {
    const opened = await openDelivery(t)
    const id = await addKnown(opened, { invoiceNumber: shown })

    t.match(await opened.deliver(await opened.lend()), {
      kind: 'failed',
      code: 'PORTAL_UNCLEAR',
      detail: `the portal shows ${id} (${shown}), with the same customer, amount and date`
    })
    t.equal(opened.sandbox.counts.calls.create, 0)
  }
})

t.test('another number is no spelling of it, nor is it with other facts; and a person may say so', async t => {
  const opened = await openDelivery(t)
  await addKnown(opened, { invoiceNumber: '2026-0043' })
  await addKnown(opened, { invoiceNumber: '2026 0042', amount: '121.01' })
  t.match(await opened.deliver(await opened.lend()), { kind: 'created' })

  const other = await openDelivery(t)
  await addKnown(other, { invoiceNumber: '2026 0042' })
  const loan = await other.lend()
  const { ledger, clock } = other
  await ledger.record(loan, { to: 'held', code: 'PORTAL_UNCLEAR', detail: null }, clock.now())
  await ledger.act(invoiceNumber, 'deliver', clock.now(), { absent: true })
  t.match(await other.deliver(await borrowOne(ledger, clock.now())), { kind: 'created' })
})

t.test('whatever breaks in us after `sending` is unknown: a byte may have left', async t => {
  for (const thrown of [new Error('a bug'), 'not even an error']) {
    const opened = await openDelivery(t, {
      watch: delivery => ({
        ...delivery,
        portal: { ...delivery.portal, createInvoice: () => Promise.reject(thrown) }
      })
    })
    t.strictSame(await opened.deliver(await opened.lend()), {
      kind: 'unknown',
      detail: thrown instanceof Error ? 'a bug' : thrown,
      answered: false
    })
    t.equal(opened.budget.state().taken, 1)
  }
})

t.test("a person's word does not cover what came after they looked", async t => {
  const opened = await openDelivery(t)
  const { ledger, clock } = opened
  await addKnown(opened, { amount: '99.00' })
  await ledger.record(await opened.lend(), { to: 'held', code: 'INVOICE_CONFLICT', detail: null }, clock.now())
  const seen = seenAs(await rowOf(ledger))
  // What a lost answer was about, shown otherwise: the copy learns of it while the person reads.
  await addKnown(opened, { amount: '121.01' })

  await t.rejects(ledger.act(invoiceNumber, 'deliver', clock.now(), { seen }), { code: 'STATE_CONFLICT' })

  await ledger.act(invoiceNumber, 'deliver', clock.now(), { seen: seenAs(await rowOf(ledger)) })
  t.match(await opened.deliver(await borrowOne(ledger, clock.now())), { kind: 'created' }, 'they have seen that, too')
})

t.test('who overrules what stands under the number has not seen it spelled otherwise', async t => {
  const opened = await openDelivery(t)
  const { ledger, clock } = opened
  // A lost ledger sent it, and the portal spells it otherwise.
  await addKnown(opened, { invoiceNumber: '20260042' })
  await addKnown(opened, { amount: '99.00' })
  const loan = await opened.lend()
  t.match(await opened.deliver(loan), { kind: 'failed', code: 'INVOICE_CONFLICT' })
  await ledger.record(loan, { to: 'held', code: 'INVOICE_CONFLICT', detail: null }, clock.now())
  await ledger.act(invoiceNumber, 'deliver', clock.now())

  const next = await borrowOne(ledger, clock.now())
  t.match(await opened.deliver(next), { kind: 'failed', code: 'PORTAL_UNCLEAR' })
  t.equal(opened.sandbox.counts.calls.create, 0)
  await ledger.record(next, { to: 'held', code: 'PORTAL_UNCLEAR', detail: null }, clock.now())

  await ledger.act(invoiceNumber, 'deliver', clock.now(), { absent: true })
  t.match(await opened.deliver(await borrowOne(ledger, clock.now())), { kind: 'created' })
})

t.test('who takes other facts has what was sent looked for since it was sent, whatever they overruled', async t => {
  const opened = await openDelivery(t)
  const { ledger, clock } = opened
  const kept = await overrulesAfterAbsent(opened, async () => {
    // It was kept all the same, under another spelling, and became visible late.
    const id = await addKnown(opened, { invoiceNumber: '20260042' })
    await addKnown(opened, { amount: '99.00' })
    return id
  })
  await ledger.receive(arrival({ amountCents: 24_200 }), clock.now())
  await ledger.act(invoiceNumber, 'take', clock.now())

  const again = await borrowOne(ledger, clock.now())
  t.match(await opened.deliver(again), { kind: 'unproven' })
  await ledger.record(again, { to: 'look', body: bodyOf(again) }, clock.now())
  const [doubtful] = await ledger.doubts(clock.now(), 1)
  const found = await ledger.holdings.strangers(doubtful!.sent, doubtful!.sentAfter)
  t.strictSame(
    found.map(({ id }) => id),
    [kept]
  )
})

for (const when of ['before the answer is kept', 'after it was delivered'] as const)
  t.test(`what comes under the number, beside what a person overruled, is a duplicate: ${when}`, async t => {
    const opened = await openDelivery(t)
    const { ledger, clock } = opened
    await addKnown(opened, { amount: '99.00' })
    await ledger.record(await opened.lend(), { to: 'held', code: 'INVOICE_CONFLICT', detail: null }, clock.now())
    await ledger.act(invoiceNumber, 'deliver', clock.now())
    const loan = await borrowOne(ledger, clock.now())
    await ledger.sending(loan, bodyOf(loan), clock.now())
    if (when.startsWith('before')) await addKnown(opened)
    const ours = holdingOf('inv_ours', { customerId })
    await ledger.record(loan, { to: 'delivered', holding: ours, how: 'created', code: null }, clock.now())
    if (when.startsWith('after')) {
      t.match(await rowOf(ledger), { state: 'delivered', code: null })
      await addKnown(opened)
    }

    t.match(await rowOf(ledger), { state: 'delivered', code: 'PORTAL_DUPLICATE' })
  })

t.test('what the copy is told of at the last moment is not overruled, either', async t => {
  const opened = await openDelivery(t)
  const { ledger, clock } = opened
  await addKnown(opened, { amount: '99.00' })
  await ledger.record(await opened.lend(), { to: 'held', code: 'INVOICE_CONFLICT', detail: null }, clock.now())
  await ledger.act(invoiceNumber, 'deliver', clock.now())
  const loan = await borrowOne(ledger, clock.now())
  await addKnown(opened, { amount: '121.01' })

  t.equal(await ledger.sending(loan, bodyOf(loan), clock.now()), 'known')
})
