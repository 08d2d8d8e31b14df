import { entityWebhookEventFromJSON } from 'mollie-api-typescript/models/entitywebhookevent.js'
import { salesInvoiceResponseFromJSON } from 'mollie-api-typescript/models/salesinvoiceresponse.js'
import t from 'tap'
import { parseInvoice } from '../../../../plugins/tools/mollie/invoice.ts'
import { entity, eventOf, invoice, now, sparse, timeZone } from './parts.ts'

const context = { timeZone, seenAt: now }
const parse = (changes: Record<string, unknown> = {}) => parseInvoice(entity(changes), context)
const recipient = entity().recipient as Record<string, unknown>

t.test('the fixtures are what Mollie’s own library takes', async t => {
  for (const json of [entity(), entity({ status: 'paid' }), sparse()])
    t.equal(salesInvoiceResponseFromJSON(JSON.stringify(json)).ok, true)
  t.equal(entityWebhookEventFromJSON(String(eventOf('sales-invoice.issued', entity()))).ok, true)
})

t.test('an invoice is read as it stands, with the day of the portal', async t => {
  t.strictSame(parse(), invoice)
  t.match(parse({ issuedAt: '2026-10-05T22:30:00+00:00' }), { invoice: { issuedAt: '2026-10-06' } })
  t.match(parse({ totalAmount: { value: '5000', currency: 'JPY' } }), {
    invoice: { amountCents: 500_000, currency: 'JPY' }
  })
  t.match(parse({ totalAmount: { value: '-96.80', currency: 'EUR' } }), { invoice: { amountCents: -9680 } })
})

t.test('what is paid without a time was paid when Mollie said so', async t => {
  t.match(parse({ status: 'paid' }), { invoice: { paidAt: now } })
  t.match(parse({ status: 'paid', issuedAt: null }), { finalisedAt: Date.UTC(2026, 9, 5, 12, 10) })
})

t.test('an invoice stays final whatever becomes of its payment', async t => {
  const told = { paidAt: '2026-10-20T09:00:00+00:00' }
  for (const status of ['overdue', 'payment-reversed', 'payment_reversed'])
    t.strictSame(parse({ status, ...told }), invoice, `${status}: not paid (any more)`)
  for (const status of ['pending-payment', 'pending_payment'])
    t.strictSame(parse({ status }), { ...invoice, collectsItself: true }, `${status}: Mollie is collecting it`)
})

t.test('an e-invoice is not final before the network has taken it, and one that failed is for a person', async t => {
  t.match(parse({ status: 'issuing' }), { stage: 'draft' })
  t.match(parse({ status: 'failed' }), { problem: /^status: .*, not one that failed$/, sourceId: entity().id })
})

t.test('the customer is the merchant’s own, and the portal’s only where somebody wrote it down', async t => {
  const customerOf = (changes: Record<string, unknown>) => {
    const parsed = parse(changes)
    return 'problem' in parsed ? parsed.problem : parsed.invoice.customer
  }
  const without = { recipientIdentifier: null, customerId: 'cst_vanmollie' }

  t.match(customerOf({ customerId: 'cst_vanmollie' }), { ref: 'klant-104' })
  t.match(customerOf(without), { ref: 'cst_vanmollie', portalId: null })
  t.match(customerOf({ ...without, customerId: null }), { ref: 'facturen@zonneveld.example' })
  t.match(customerOf({ ...without, customerId: null, recipient: null }), { ref: 'invoice_voorbeeld0001', emails: [] })
  t.match(customerOf({ metadata: { mijnklantportaal_customer_id: 'cst_portaal' } }), { portalId: 'cst_portaal' })
  t.match(customerOf({ metadata: { mijnklantportaal_customer_id: 'portaal' } }), { portalId: null })
  t.match(customerOf({ metadata: 'tekst' }), { portalId: null })
  t.match(customerOf({ recipient: { ...recipient, organizationName: null } }), { name: 'Noor Zonneveld' })
  t.match(customerOf({ recipient: { ...recipient, streetAdditional: 'Unit 3' } }), { address: 'Dijkweg 8, Unit 3' })
})

t.test('what was cancelled is voided, with its number where that is still told', async t => {
  t.strictSame(parse({ status: 'canceled' }), { ...invoice, stage: 'voided' })
  t.match(parseInvoice(sparse({ status: 'cancelled' }), context), {
    stage: 'voided',
    invoice: { invoiceNumber: 'invoice_voorbeeld0001' }
  })
})

t.test('what is no invoice is named', async t => {
  for (const json of [null, [], 'x', 1, {}])
    t.match(parseInvoice(json, context), { problem: /expected/, sourceId: null })
  t.match(parse({ id: '' }), { problem: 'id: expected an id', sourceId: null })
  t.match(parse({ invoiceNumber: '.' }), { problem: /^invoiceNumber: expected/, sourceId: 'invoice_voorbeeld0001' })
})
