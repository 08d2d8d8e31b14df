import Stripe from 'stripe'
import t from 'tap'
import { tool } from '../../../../plugins/tools/stripe/index.ts'
import type { PdfAddress, ToolInvoice } from '../../../../src/tools/tool.ts'
import {
  but,
  day,
  env,
  finalised,
  fixture,
  hold,
  invoice,
  nobody,
  now,
  openAsking,
  secret,
  toldOf,
  without
} from '../../../fixtures/stripe.ts'
import { toolContract } from '../contract.ts'

const in2020 = {
  invoiceNumber: '5B6C1C0A-0044',
  sourceId: 'in_voorbeeld0044',
  issuedAt: '2020-03-02',
  dueAt: '2020-04-01'
}
const events: Record<string, ToolInvoice> = {
  finalized: toldOf(),
  paid: toldOf({ paidAt: finalised + day }),
  voided: toldOf({}, { stage: 'voided' }),
  'marked-uncollectible': toldOf(),
  'finalized-2025-02-24.acacia': toldOf({
    invoiceNumber: 'KOREN-0043',
    sourceId: 'in_voorbeeld0043',
    customer: { portalId: 'cst_voorbeeld02' }
  }),
  'finalized-2020-03-02': toldOf(
    { ...in2020, customer: { portalId: null } },
    { finalisedAt: Date.UTC(2020, 2, 2, 17) }
  ),
  'paid-out-of-band-2020-03-02': toldOf(
    { ...in2020, customer: { portalId: null }, paidAt: Date.UTC(2020, 2, 3, 17) },
    { finalisedAt: Date.UTC(2020, 2, 2, 17) }
  ),
  'zero-paid-while-open-2024-06-20': toldOf(
    {
      invoiceNumber: 'KOREN-0045',
      sourceId: 'in_voorbeeld0045',
      amountCents: 0,
      dueAt: null,
      paidAt: finalised,
      customer: { portalId: null, ...nobody }
    },
    { collectsItself: true }
  ),
  'finalized-expanded': toldOf(
    {
      invoiceNumber: 'KOREN-0046',
      sourceId: 'in_voorbeeld0046',
      dueAt: null,
      customer: { ref: 'cus_voorbeeld02', portalId: 'cst_voorbeeld03' }
    },
    { collectsItself: true }
  ),
  'finalized-customer-account': toldOf({
    invoiceNumber: 'KOREN-0047',
    sourceId: 'in_voorbeeld0047',
    customer: { ref: 'acct_voorbeeld09', portalId: 'cst_voorbeeld04' }
  }),
  'finalized-organisation': toldOf()
}

const unreadable: Record<string, { body: Buffer; problem: string }> = {
  'not JSON': { body: Buffer.from('{"object":"event"'), problem: 'the body is not JSON' },
  'no type': { body: but({}, { type: undefined }), problem: 'type: ' },
  'no mode': { body: but({}, { livemode: null }), problem: 'livemode: ' },
  'no time': { body: but({}, { created: 'gisteren' }), problem: 'created: ' },
  'no data': { body: but({}, { data: null }), problem: 'data: ' },
  'no invoice': { body: but({}, { data: {} }), problem: 'data.object: ' },
  'another object': { body: but({ object: 'credit_note' }), problem: 'data.object.object: ' },
  'no id': { body: without('id'), problem: 'data.object.id: ' },
  'a number nobody sees': { body: but({ number: '\u200b' }), problem: 'data.object.number: ' },
  'a number that is none': { body: but({ number: { is: 42 } }), problem: 'data.object.number: ' },
  'a new status': { body: but({ status: 'parked' }), problem: 'data.object.status: ' },
  'no total': { body: without('total'), problem: 'data.object.total: ' },
  'a broken total': { body: but({ total: 242.5 }), problem: 'data.object.total: ' },
  'a huge total': { body: but({ total: 1e21 }), problem: 'data.object.total: ' },
  'no currency': { body: but({ currency: null }), problem: 'data.object.currency: ' },
  'a time in words': { body: but({ effective_at: '2026-11-01' }), problem: 'data.object.effective_at: ' },
  'paid at some time': {
    body: but({ status_transitions: { paid_at: true } }),
    problem: 'data.object.status_transitions.paid_at: '
  },
  'a customer that is none': { body: but({ customer: [] }), problem: 'data.object.customer: ' }
}

toolContract({
  tool,
  env,
  now,
  sign: (body, at) => ({
    body,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'stripe-signature': Stripe.webhooks.generateTestHeaderString({
        payload: body.toString(),
        secret,
        timestamp: Math.floor(at / 1000)
      })
    }
  }),
  proof: { headers: ['stripe-signature'], timed: true },
  read: Object.fromEntries(
    Object.entries(events).map(([name, invoice]) => [name, { body: fixture(name), invoices: [invoice] }])
  ),
  ignored: {
    'another event': { body: fixture('created'), reason: 'invoice.created' },
    'a credit note': { body: fixture('credit-note'), reason: 'credit_note.created' },
    'an event without data': { body: fixture('thin'), reason: 'not a snapshot event' },
    'another object': { body: Buffer.from('{"object":"list"}'), reason: 'not a snapshot event' },
    'an invoice of a connected account': {
      body: fixture('connected-account'),
      reason: 'from a connected account'
    },
    'an invoice of test mode': { body: fixture('test-mode'), reason: 'test mode' },
    'a type that says too much': { body: but({}, { type: 'Voor: Korenmaat' }), reason: 'another event' }
  },
  unreadable,
  personal: ['Korenmaat', 'korenmaat', 'KOREN', 'Utrecht', '24200', '242', 'gisteren', 'parked', 'voorbeeld']
})

t.test('load: the invoice as it is now, with the portal id that its customer has', async t => {
  const asking = await openAsking(t)
  hold(asking, { status: 'paid', metadata: {}, status_transitions: { finalized_at: 1, paid_at: 2 } })
  asking.stripe.customers.set('cus_voorbeeld01', {
    id: 'cus_voorbeeld01',
    object: 'customer',
    created: 1,
    metadata: { mijnklantportaal_customer_id: 'cst_klant' }
  })

  const told = await tool.load!('in_voorbeeld0042', asking.connection)

  t.match(told, { stage: 'final', invoice: { paidAt: 2000, customer: { portalId: 'cst_klant' } } })
  t.match(told?.invoice.pdfUrl, new RegExp(`^${asking.stripe.origin}/pdf/`))
  t.strictSame(asking.stripe.requests, ['GET /v1/invoices/in_voorbeeld0042', 'GET /v1/customers/cus_voorbeeld01'])
  t.strictSame([...asking.stripe.versions], ['2026-07-29.dahlia'])
})

t.test('load: the customer is asked for only where nothing nearer knows', async t => {
  const asking = await openAsking(t)
  const { stripe, connection } = asking
  hold(asking)
  t.equal((await tool.load!('in_voorbeeld0042', connection))?.invoice.customer.portalId, 'cst_voorbeeld01')
  hold(asking, { status: 'void', metadata: {} })
  t.equal((await tool.load!('in_voorbeeld0042', connection))?.stage, 'voided')
  hold(asking, { customer: null, customer_account: 'acct_1', metadata: {} })
  t.equal((await tool.load!('in_voorbeeld0042', connection))?.invoice.customer.portalId, null)
  t.equal(stripe.requests.filter(request => request.includes('customers')).length, 0)

  hold(asking, { metadata: {} })
  t.equal(
    (await tool.load!('in_voorbeeld0042', connection))?.invoice.customer.portalId,
    null,
    'a customer that is gone'
  )
})

t.test('load: paid without a time is paid when that was heard, in whole seconds', async t => {
  const asking = await openAsking(t)
  hold(asking, { status: 'paid', status_transitions: { finalized_at: 1, paid_at: null } })
  const clock = { ...asking.connection.clock, now: () => now + 999 }

  t.equal((await tool.load!('in_voorbeeld0042', { ...asking.connection, clock }))?.invoice.paidAt, now)
})

t.test('pdf: a link that has run out is renewed, and gets no key', async t => {
  const asking = await openAsking(t)
  const { stripe, connection } = asking
  hold(asking)
  const old = (await tool.load!('in_voorbeeld0042', connection))!.invoice
  stripe.expireLinks()
  t.equal((await fetch(old.pdfUrl!)).status, 404)

  const found = await tool.pdf!(old, connection)

  t.strictSame(Object.keys(found ?? {}), ['url'])
  t.equal((await fetch((found as PdfAddress).url)).status, 200)
})

t.test('pdf: without a key, or where Stripe knows no better, the link of the event serves', async t => {
  const asking = await openAsking(t)
  const url = invoice.pdfUrl
  const bare = { ...asking.connection, settings: tool.settings.parse(env) }

  t.strictSame(await tool.pdf!(invoice, bare), { url })
  t.strictSame(await tool.pdf!(invoice, asking.connection), { url }, 'not held')
  t.strictSame(await tool.pdf!({ ...invoice, sourceId: null }, asking.connection), { url })
  t.equal(await tool.pdf!({ ...invoice, pdfUrl: null }, bare), null)
  hold(asking, { status: 'draft', invoice_pdf: null })
  t.equal(await tool.pdf!({ ...invoice, pdfUrl: null }, asking.connection), null)
})
