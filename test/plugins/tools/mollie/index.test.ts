import { SignatureValidator } from 'mollie-api-typescript/utils/webhooks/signature_validator.js'
import { tool } from '../../../../plugins/tools/mollie/index.ts'
import { type Sent, toolContract } from '../contract.ts'
import { entity, eventOf, invoice, now, sparse, timeZone, webhookSecret } from './parts.ts'

const body = (json: object) => Buffer.from(JSON.stringify(json))
const { invoice: facts } = invoice
const paid = { status: 'paid', paidAt: '2026-10-05T12:20:09+00:00' }
const paidAt = Date.UTC(2026, 9, 5, 12, 20, 9)

const read = {
  'an event with the invoice in it': { body: eventOf('sales-invoice.issued', entity()), invoices: [invoice] },
  'the bare invoice': { body: body(entity()), invoices: [invoice] },
  paid: {
    body: eventOf('sales-invoice.paid', entity(paid)),
    invoices: [{ ...invoice, invoice: { ...facts, paidAt } }]
  },
  'paid at once, and never issued': {
    body: eventOf('sales-invoice.paid', entity({ ...paid, issuedAt: null })),
    invoices: [{ ...invoice, invoice: { ...facts, paidAt }, finalisedAt: paidAt }]
  }
}

const ignored = {
  'a test of the webhook': { body: eventOf('hook.ping', { resource: 'hook' }), reason: 'hook.ping' },
  'an event of a payment': { body: eventOf('payment.paid', { resource: 'payment' }), reason: 'payment.paid' },
  'a type with data in it': { body: eventOf('Atelier Zonneveld'), reason: 'another event' },
  'a draft': { body: body(sparse({ status: 'draft' })), reason: 'not final yet' },
  'without a number yet': { body: body(entity({ invoiceNumber: null })), reason: 'not final yet' },
  'an invoice of test mode': { body: body(entity({ mode: 'test' })), reason: 'test mode' },
  'something else': { body: body({ resource: 'payment', id: 'tr_1' }), reason: 'not about an invoice' },
  'not JSON': { body: Buffer.from('id=tr_voorbeeld'), reason: 'not about an invoice' }
}

const unreadable = {
  'an event without the invoice, where nobody can ask': {
    body: eventOf('sales-invoice.issued'),
    problem: 'expected the invoice in the event'
  },
  'an invoice that lacks nearly everything': { body: body(sparse()), problem: 'expected the invoice in the event' },
  'an amount with a comma': {
    body: body(entity({ totalAmount: { value: '96,80', currency: 'EUR' } })),
    problem: 'totalAmount: expected'
  },
  'an amount without a currency': {
    body: body(entity({ totalAmount: { value: '96.80' } })),
    problem: 'totalAmount.currency: expected'
  },
  'a status that nobody documents': { body: body(entity({ status: 'lost' })), problem: 'status: expected' },
  'no time at all': { body: body(entity({ issuedAt: null, createdAt: null })), problem: 'issuedAt: expected' }
}

// By the vendor's own hand, which takes its time.
const signatures = new Map(
  await Promise.all(
    [read, ignored, unreadable].flatMap(events =>
      Object.values<{ body: Buffer }>(events).map(
        async ({ body }) =>
          [String(body), await SignatureValidator.createSignature(String(body), webhookSecret)] as const
      )
    )
  )
)

const sign = (body: Buffer): Sent => ({
  body,
  headers: { 'content-type': 'application/json', 'x-mollie-signature': `sha256=${signatures.get(String(body))}` }
})

toolContract({
  tool,
  env: { MOLLIE_WEBHOOK_SECRET: webhookSecret },
  now,
  timeZone,
  sign,
  proof: { headers: ['x-mollie-signature'], timed: false },
  read,
  ignored,
  unreadable,
  personal: ['Zonneveld', 'zonneveld.example', 'Dijkweg', '1621', '96.80', '96,80', 'klant-104']
})
