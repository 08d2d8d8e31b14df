import { readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { samplePdf } from '../../../plugins/intake/sample.ts'
import { BridgeError } from '../../../src/core/errors.ts'
import type { Override } from '../../../src/core/row.ts'
import { fetchPdf } from '../../../src/delivery/pdf.ts'
import { openHttp } from '../../../src/network/http.ts'
import { decide } from '../../../src/rules/decide.ts'
import { serve } from '../../server.ts'
import { portalCustomerOf } from '../ledger/contract/customers.ts'
import { arrivalOf, borrowOne, rowOf } from '../ledger/fixtures.ts'
import { arrival, customerId, type DeliveryOptions, type Opened, openDelivery } from './delivery.ts'

const invoiceNumber = '2026-0042'
const byHand = { customerId, invoiceNumber, issuedAt: '2026-11-20', amount: '121.00' }

t.test('what the rules say of an amount or a currency holds before anything is fetched', async t => {
  const opened = await openDelivery(t)
  const loan = await opened.lend()
  const credit = { amountCents: -100 }
  const zero = { amountCents: 0 }
  const held = (code: string, detail: string | null = null) => ({ kind: 'failed', code, detail })
  const goesOn = { kind: 'created' }
  const cases: [object, object, Override[], object][] = [
    [credit, {}, [], held('CREDIT_NOTE')],
    [credit, { creditNotes: 'dismiss' }, [], { kind: 'dismissed', code: 'CREDIT_NOTE' }],
    [zero, {}, [], { kind: 'dismissed', code: 'ZERO_AMOUNT' }],
    [zero, { zeroAmounts: 'hold' }, [], held('ZERO_AMOUNT')],
    [zero, { zeroAmounts: 'hold' }, ['CREDIT_NOTE'], held('ZERO_AMOUNT')],
    [{ currency: 'USD' }, {}, [], held('CURRENCY_UNSUPPORTED', 'USD')],
    [{ currency: 'USD', ...zero }, {}, ['ZERO_AMOUNT'], held('CURRENCY_UNSUPPORTED', 'USD')],
    [
      { customer: { ...loan.invoice.customer, portalId: null } },
      {},
      [],
      held('CUSTOMER_UNKNOWN', 'no portal customer has its e-mail address')
    ]
  ]

  for (const [facts, rules, overrides, outcome] of cases)
    t.match(await opened.deliver({ ...loan, invoice: { ...loan.invoice, ...facts }, overrides }, rules), outcome)
  t.strictSame(opened.fetched, [])
  t.equal(opened.sandbox.counts.requests, 0)

  opened.sandbox.negativeAmounts = true
  const passes: [object, object, Override[]][] = [
    [credit, { creditNotes: 'deliver' }, []],
    [credit, {}, ['CREDIT_NOTE']],
    [zero, {}, ['ZERO_AMOUNT']]
  ]
  for (const [at, [facts, rules, overrides]] of passes.entries()) {
    const lent = await opened.lend(arrival({ ...facts, invoiceNumber: `C-${at}`, sourceId: `c-${at}` }))
    t.match(await opened.deliver({ ...lent, overrides }, rules), goesOn)
  }
  t.strictSame(
    opened.sandbox.invoices.map(({ amount }) => amount),
    ['-1.00', '-1.00', '0.00']
  )
})

t.test('a date that no invoice has is held, by the day of delivery in the portal’s zone', async t => {
  const opened = await openDelivery(t)
  const { ledger, clock } = opened
  const loan = await opened.lend()
  const dated = (issuedAt: string, overrides: Override[] = []) =>
    opened.deliver({ ...loan, invoice: { ...loan.invoice, issuedAt }, overrides })
  const held = (detail: string) => ({ kind: 'failed', code: 'DATE_IMPLAUSIBLE', detail })

  for (const issuedAt of ['2027-11-21', '2206-11-20', '2016-11-19', '0206-11-20'])
    t.strictSame(await dated(issuedAt), held(issuedAt))
  t.strictSame(await dated('2206-11-20', ['REVIEW', 'CREDIT_NOTE']), held('2206-11-20'))
  t.strictSame(opened.fetched, [])
  t.equal(opened.sandbox.counts.requests, 0)

  // Half past eleven at night in UTC is tomorrow in Amsterdam.
  clock.set(11.5 * 3_600_000)
  t.strictSame(await dated('2016-11-20'), held('2016-11-20'), 'what waited is judged by the day it leaves')
  await ledger.act(invoiceNumber, 'dismiss', clock.now())
  const early = await opened.lend(arrival({ invoiceNumber: 'B-0', sourceId: 'b-0', issuedAt: '2027-11-21' }))
  t.match(await opened.deliver(early), { kind: 'created' })

  const patience = { retryFirstMs: 1, retryLongestMs: 1, retryForMs: 1 }
  const late = await opened.lend(arrival({ invoiceNumber: 'B-1', sourceId: 'b-1', issuedAt: '2006-11-20' }))
  const outcome = (await opened.deliver(late))!
  await ledger.record(
    late,
    decide(outcome, late, { now: clock.now(), random: 0, patience, standing: 'open' }),
    clock.now()
  )
  t.match(await rowOf(ledger, 'B-1'), { state: 'held', code: 'DATE_IMPLAUSIBLE' })
  await ledger.act('B-1', 'deliver', clock.now())
  t.match(await opened.deliver(await borrowOne(ledger, clock.now())), { kind: 'created' }, 'a person knows better')
})

t.test('a PDF is fetched once, and kept for every later attempt', async t => {
  const opened = await openDelivery(t)
  opened.sandbox.fault({ on: { call: 'create' }, fault: '429', ms: 1000 })

  const loan = await opened.lend()
  t.match(await opened.deliver(loan), { kind: 'failed', code: 'PORTAL_BUSY', retryAfterMs: 1000 })
  const at = opened.clock.now()
  await opened.ledger.record(loan, { to: 'waiting', at, code: 'PORTAL_BUSY', detail: null, spent: false }, at)
  t.match(await opened.deliver(await borrowOne(opened.ledger, at)), { kind: 'created' })

  t.strictSame(opened.fetched, ['https://acme.example/42.pdf'])
  t.equal(opened.sandbox.invoices[0]?.bytes, samplePdf('https://acme.example/42.pdf').length)
})

t.test('a PDF that a tool gives without an address is judged and kept like any other', async t => {
  const giving = (bytes: Buffer) =>
    openDelivery(t, {
      watch: delivery => ({ ...delivery, toolClient: { ...delivery.toolClient, pdf: async () => ({ bytes }) } })
    })
  const bytes = samplePdf('42')
  const opened = await giving(bytes)
  t.match(await opened.deliver(await opened.lend()), { kind: 'created' })
  t.strictSame(opened.fetched, [])
  t.equal(opened.sandbox.invoices[0]?.bytes, bytes.length)

  const page = await giving(Buffer.from('<html>'))
  t.match(await page.deliver(await page.lend()), { kind: 'failed', code: 'PDF_NOT_A_PDF' })
})

t.test('a PDF that cannot be had says why, and nothing is sent', async t => {
  for (const code of ['PDF_UNREACHABLE', 'PDF_NOT_A_PDF', 'PDF_TOO_LARGE', 'PDF_ADDRESS_REFUSED'] as const) {
    const opened = await openDelivery(t, {
      watch: delivery => ({
        ...delivery,
        fetchPdf: async () => {
          throw new BridgeError(code, 'why', { retryAfterMs: 7000 })
        }
      })
    })
    t.match(await opened.deliver(await opened.lend()), {
      kind: 'failed',
      code,
      detail: 'why',
      retryAfterMs: 7000
    })
    t.equal(opened.sandbox.counts.requests, 0)
    t.match(await rowOf(opened.ledger), { state: 'waiting' })
  }

  const opened = await openDelivery(t)
  const without = await opened.lend(arrival({ pdfUrl: null }))
  t.match(await opened.deliver(without), { kind: 'failed', code: 'PDF_NOT_READY' })
  t.equal(opened.sandbox.counts.requests, 0)
})

t.test('a PDF address that answers 404 needs a person after an hour, and says what to look at', async t => {
  const server = await serve(t, (_request, response) => response.writeHead(404).end())
  const http = openHttp({ allowPrivate: true, timeoutMs: 60_000 })
  t.teardown(http.close)
  const opened = await openDelivery(t, {
    watch: delivery => ({
      ...delivery,
      fetchPdf: ({ url }) => fetchPdf(url, { http, spool: delivery.spool, timeoutMs: 60_000 })
    })
  })
  const { ledger, clock } = opened
  const patience = { retryFirstMs: 5000, retryLongestMs: 3_600_000, retryForMs: 72 * 3_600_000 }
  const begun = clock.now()
  const detail = /^localhost:\d+ answered 404: look at the address$/
  let loan = await opened.lend(arrival({ pdfUrl: `${server.origin}/42.pdf` }))
  for (;;) {
    const outcome = (await opened.deliver(loan))!
    const around = { now: clock.now(), random: 0.5, patience, standing: 'open' } as const
    await ledger.record(loan, decide(outcome, loan, around), clock.now())
    const { state, code, nextAttemptAt } = await rowOf(ledger)
    if (state !== 'waiting') break
    t.equal(code, 'PDF_UNREACHABLE')
    clock.set(nextAttemptAt! - clock.now())
    loan = await borrowOne(ledger, clock.now())
  }

  const { history, ...row } = await rowOf(ledger)
  t.match(row, { state: 'held', code: 'ATTEMPTS_EXHAUSTED' })
  t.equal(clock.now() - begun, 3_600_000)
  t.match(history.at(-1), {
    event: 'held',
    detail: new RegExp(`^PDF_UNREACHABLE: ${detail.source.slice(1)}`)
  })
  t.match(history.at(-2), { event: 'waiting', code: 'PDF_UNREACHABLE', detail })
})

/** Ways in which a kept file is no longer what was kept. */
const losses: Record<string, (file: string) => void> = {
  'gone from the disk': file => rmSync(file),
  'other bytes, as many': file => writeFileSync(file, Buffer.alloc(statSync(file).size, '%PDF-1.7 other ')),
  'cut off': file => truncateSync(file, 9),
  empty: file => truncateSync(file, 0)
}

for (const [how, lose] of Object.entries(losses))
  t.test(`a kept PDF is fetched again, from wherever it can be had: ${how}`, async t => {
    const fromTool = { url: 'https://tool.example/42.pdf' }
    const cases: [from: string, pdfUrl: string | null, watch: NonNullable<DeliveryOptions['watch']>][] = [
      ['https://acme.example/42.pdf', 'https://acme.example/42.pdf', delivery => delivery],
      [
        fromTool.url,
        null,
        delivery => ({ ...delivery, toolClient: { ...delivery.toolClient, pdf: async () => fromTool } })
      ]
    ]
    for (const [from, pdfUrl, watch] of cases) {
      const opened = await openDelivery(t, { watch })
      const document = await opened.keepPdf()
      const loan = await opened.lend(arrival({ pdfUrl }, { document }))
      lose(join(t.testdirName, document.file))

      t.match(await opened.deliver(loan, { review: true }), { kind: 'review' })
      t.strictSame([...(await opened.ledger.documents())].includes(document.file), false, 'the row has the new one')
      await opened.ledger.record(loan, { to: 'held', code: 'REVIEW', detail: null }, opened.clock.now())
      await opened.ledger.act(invoiceNumber, 'deliver', opened.clock.now())
      t.match(await opened.deliver(await borrowOne(opened.ledger, opened.clock.now())), { kind: 'created' })
      t.strictSame(opened.fetched, [from])
      t.equal(opened.sandbox.invoices[0]?.bytes, samplePdf(from).length)
      t.strictSame(readdirSync(t.testdirName), [...(await opened.ledger.documents())], 'and nothing else stays')
    }
  })

for (const [how, lose] of Object.entries(losses))
  t.test(`a PDF that nobody can be asked for is held at once, until it is sent again: ${how}`, async t => {
    const opened = await openDelivery(t)
    const { ledger, clock } = opened
    const document = await opened.keepPdf()
    const facts = { pdfUrl: null, sourceId: null }
    const loan = await opened.lend(arrival(facts, { document }))
    lose(join(t.testdirName, document.file))

    const outcome = await opened.deliver(loan)
    t.match(outcome, {
      kind: 'failed',
      code: 'PDF_NOT_A_PDF',
      detail:
        how === 'gone from the disk'
          ? /gone from the disk.*send the invoice again/
          : /not the one that was kept.*send the invoice again/
    })
    t.equal(opened.sandbox.counts.requests, 0)
    const patience = { retryFirstMs: 1, retryLongestMs: 1, retryForMs: 1 }
    const standing = { now: clock.now(), random: 0, patience, standing: 'open' } as const
    await ledger.record(loan, decide(outcome!, loan, standing), clock.now())
    t.match(await rowOf(ledger), { state: 'held', code: 'PDF_NOT_A_PDF' })

    await ledger.receive(arrival(facts, { document: await opened.keepPdf() }), clock.now())
    t.match(await opened.deliver(await borrowOne(ledger, clock.now())), { kind: 'created' })
  })

t.test('a bug on the way to the PDF is no outcome', async t => {
  const opened = await openDelivery(t, {
    watch: delivery => ({ ...delivery, fetchPdf: () => Promise.reject(new TypeError('a bug')) })
  })
  await t.rejects(opened.deliver(await opened.lend()), TypeError)
})

t.test('a PDF that comes after the loan ran out is removed again', async t => {
  const opened = await openDelivery(t, {
    watch: delivery => ({
      ...delivery,
      fetchPdf: async url => {
        const document = await delivery.fetchPdf(url)
        await delivery.ledger.receive(arrival({ dueAt: '2026-12-20' }), delivery.clock.now())
        return document
      }
    })
  })

  t.equal(await opened.deliver(await opened.lend()), null)
  t.equal(await opened.spool.sweep(new Set()), 0)
  t.equal(opened.sandbox.counts.requests, 0)
})

t.test('review stops before the portal is asked, and shows exactly what would be sent', async t => {
  const opened = await openDelivery(t)
  const paidAt = Temporal.Instant.from('2026-11-21T10:00:00Z').epochMilliseconds
  const loan = await opened.lend(arrival({ paidAt }, { notify: false }))
  const wouldSend = {
    ...byHand,
    newCustomer: null,
    paidAt: '2026-11-21 11:00:00',
    sendNotification: false
  }
  const seen = { kind: 'review', wouldSend, detail: null }

  t.strictSame(await opened.deliver(loan, { review: true }), seen)
  t.strictSame(await opened.deliver({ ...loan, test: true }), seen, 'a test always does')
  t.equal(opened.sandbox.counts.requests, 0)
  t.equal(opened.fetched.length, 1, 'with the PDF at hand')

  t.match(await opened.deliver({ ...loan, overrides: ['REVIEW'] }, { review: true }), { kind: 'created' })
  t.match(opened.sandbox.invoices, [
    { fields: { ...byHand, paidAt: '2026-11-21 11:00:00', sendNotification: 'false' } }
  ])
})

t.test('an invoice costs one request, and the row says `sending` before its first byte', async t => {
  const states: unknown[] = []
  const opened = await openDelivery(t, {
    watch: delivery => ({
      ...delivery,
      portal: {
        ...delivery.portal,
        createInvoice: async (...call) => {
          const { state, body } = await rowOf(delivery.ledger)
          states.push([state, body])
          return delivery.portal.createInvoice(...call)
        }
      }
    })
  })

  const outcome = await opened.deliver(await opened.lend())

  t.match(outcome, {
    kind: 'created',
    holding: { id: /^inv_/, invoiceNumber, customerId, amountCents: 12100 }
  })
  t.strictSame(states, [['sending', { ...byHand, paidAt: null, sendNotification: true }]])
  t.strictSame([opened.sandbox.counts.requests, opened.sandbox.counts.calls.create], [1, 1])
  t.equal(opened.budget.state().taken, 1)
})

t.test('an answer that tells no more than the id is filled up with what was sent', async t => {
  const portal = await serve(t, (request, response) => {
    request.resume().on('end', () => response.writeHead(201).end('{"id":"inv_1"}'))
  })
  const opened = await openDelivery(t, { portalUrl: portal.origin })

  t.match(await opened.deliver(await opened.lend()), {
    kind: 'created',
    holding: { id: 'inv_1', customerId, invoiceNumber, issuedAt: '2026-11-20', amountCents: 12100 }
  })
})

/** Of a customer that a person linked: held for review, and released. */
const release = async (t: Test) => {
  const opened = await openDelivery(t)
  const { ledger, clock } = opened
  const told = (facts: Parameters<typeof arrivalOf>[0] = {}, rest: Parameters<typeof arrivalOf>[1] = {}) =>
    ledger.receive(arrivalOf(facts, rest), clock.now())
  const link = (portalId: string) =>
    ledger.customers.link({ tool: 'acme', ref: arrivalOf().invoice.customer.ref }, portalId, clock.now())
  await link(customerId)
  await ledger.holdings.learnCustomer(portalCustomerOf('cst_2', null), clock.now())
  await told()
  return { ...opened, told, link, again: await releaseOne(opened) }
}

/** What comes of it once a person has seen and released it. */
const releaseOne = async (opened: Opened) => {
  const { ledger, clock } = opened
  const loan = await borrowOne(ledger, clock.now())
  const seen = (await opened.deliver(loan, { review: true }))!
  const around = { now: clock.now(), random: 0.5, patience, standing: 'open' } as const
  await ledger.record(loan, decide(seen, loan, around), clock.now())
  await ledger.act('2026-0042', 'deliver', clock.now())
  return async () => opened.deliver(await borrowOne(ledger, clock.now()), { review: true })
}

const patience = { retryFirstMs: 5000, retryLongestMs: 3_600_000, retryForMs: 72 * 3_600_000 }

t.test('what was released is sent, and may have been paid meanwhile', async t => {
  const { clock, told, again, sandbox } = await release(t)
  await told({ paidAt: clock.now() })

  t.match(await again(), { kind: 'created' })
  t.equal(sandbox.invoices.length, 1)
})

const changes: Record<string, (opened: Awaited<ReturnType<typeof release>>) => Promise<unknown>> = {
  PDF: async ({ told, keepPdf }) => told({}, { document: await keepPdf('another') }),
  'customer, by a link': ({ link }) => link('cst_2'),
  'customer, by a newer event': ({ told }) => told({ customer: { portalId: 'cst_2' } }),
  amount: ({ told }) => told({ amountCents: 24200 }),
  date: ({ told }) => told({ issuedAt: '2026-11-19' }),
  mail: ({ told }) => told({ amountCents: 24200 }, { notify: false })
}
for (const [what, change] of Object.entries(changes))
  t.test(`a release is of what was shown; otherwise it is seen again first: ${what}`, async t => {
    const opened = await release(t)
    await change(opened)

    t.match(await opened.again(), { kind: 'review' })
    t.equal(opened.sandbox.invoices.length, 0)
  })

t.test('what changed since it was released is said', async t => {
  const { link, told, keepPdf, again } = await release(t)
  await link('cst_2')
  await told({}, { document: await keepPdf('another') })

  t.match(await again(), { detail: 'changed since it was released: customer, PDF' })
})

t.test('a customer that was announced as new is created after the release', async t => {
  const opened = await openDelivery(t, { creates: true })
  await opened.ledger.receive(arrivalOf(), opened.clock.now())
  const again = await releaseOne(opened)
  t.notMatch(opened.sandbox.customers, [{ primaryEmail: 'kees@bakker.example' }])

  t.match(await again(), { kind: 'created', holding: { customerId: opened.sandbox.customers.at(-1)?.id } })
  t.match(opened.sandbox.customers.at(-1), { primaryEmail: 'kees@bakker.example' })
})

t.test('one that was announced as new, and stands in the portal by now, is seen first', async t => {
  const opened = await openDelivery(t, { creates: true })
  await opened.ledger.receive(arrivalOf(), opened.clock.now())
  const again = await releaseOne(opened)
  const where = { address: 'Kade 1', zipCode: '1234 AB', city: 'Ons Dorp' }
  await opened.enterCustomer({ ...where, companyName: 'De oude Kees', primaryEmail: 'kees@bakker.example' })

  t.match(await again(), {
    kind: 'review',
    wouldSend: { customerId: opened.sandbox.customers.at(-1)?.id, newCustomer: null },
    detail: 'changed since it was released: customer'
  })
  t.equal(opened.sandbox.invoices.length, 0)
})
