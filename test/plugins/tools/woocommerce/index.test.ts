import { createHmac } from 'node:crypto'
import { tool } from '../../../../plugins/tools/woocommerce/index.ts'
import { type Sent, toolContract } from '../contract.ts'
import { event, invoice, now, timeZone, webhookSecret } from './parts.ts'

const sign = (body: Buffer): Sent => ({
  body,
  headers: {
    'content-type': 'application/json',
    'x-wc-webhook-topic': 'order.invoice-saved',
    'x-wc-webhook-signature': createHmac('sha256', webhookSecret).update(body).digest().toString('base64')
  }
})

const { invoice: facts } = invoice

toolContract({
  tool,
  env: { WOOCOMMERCE_WEBHOOK_SECRET: webhookSecret },
  now,
  timeZone,
  sign,
  proof: { headers: ['x-wc-webhook-signature'], timed: false },
  read: {
    paid: { body: event(), invoices: [invoice] },
    'to be paid': {
      body: event({ status: 'on-hold', date_paid_gmt: null }),
      invoices: [{ ...invoice, invoice: { ...facts, paidAt: null } }]
    },
    cancelled: { body: event({ status: 'cancelled' }), invoices: [{ ...invoice, stage: 'voided' }] }
  },
  ignored: {
    'an order without an invoice': { body: event({ wpo_wcpdf_invoice_number: '' }), reason: 'no invoice yet' },
    'without the plugin': { body: event({ wpo_wcpdf_invoice_number: undefined }), reason: 'no invoice yet' },
    'a payment that failed': { body: event({ status: 'failed' }), reason: 'no invoice yet' },
    'an order that is gone': { body: Buffer.from('{"id":727,"status":"trash"}'), reason: 'no invoice yet' }
  },
  unreadable: {
    'an amount with a comma': { body: event({ total: '121,00' }), problem: 'total: expected' },
    'no currency': { body: event({ currency: '' }), problem: 'currency: expected' },
    'no order': { body: Buffer.from('{"action":"ping"}'), problem: 'id: expected' },
    'not JSON': { body: Buffer.from('webhook_id=7'), problem: 'expected an order' }
  },
  personal: ['Bakkerij', 'devos.example', 'Dorpsstraat', '8011', '121', 'wc_order_58d2d042d1d']
})
