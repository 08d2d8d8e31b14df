// Stripe signs `<t>.<body>` with HMAC-SHA256 as `stripe-signature: t=<unix seconds>,v1=<hex>`; the key is the whole
// secret, whsec_ included. Events carry the whole invoice, so it works without an API key; with one it is read again.
// https://docs.stripe.com/webhooks

import { defineTool } from '../../../src/tools/tool.ts'
import { timedSignature, verifyTimedSignature } from '../../timed-signature.ts'
import { webhook } from '../../webhook.ts'
import { getInvoice, portalIdOf } from './api.ts'
import { missed } from './catch-up.ts'
import { check } from './check.ts'
import { connect } from './connect.ts'
import { readEvent } from './event.ts'
import { portalIdKey } from './invoice.ts'
import { settings } from './settings.ts'

export const tool = defineTool({
  name: 'stripe',
  settings,

  missingSecret: ({ STRIPE_WEBHOOK_SECRET }) => (STRIPE_WEBHOOK_SECRET ? null : 'STRIPE_WEBHOOK_SECRET'),

  testMode: ({ STRIPE_TEST_MODE }) => (STRIPE_TEST_MODE ? 'STRIPE_TEST_MODE' : null),

  verify({ body, headers, receivedAt }, { STRIPE_WEBHOOK_SECRET: secrets = [] }) {
    const name = 'stripe-signature'
    verifyTimedSignature({ header: headers[name], body, secrets, receivedAt, name })
  },

  read(body, context) {
    let event: unknown
    try {
      event = JSON.parse(body.toString())
    } catch {
      return { kind: 'unreadable', problem: 'the body is not JSON', sourceId: null }
    }
    return readEvent(event, context)
  },

  canAsk: ({ STRIPE_API_KEY }) => STRIPE_API_KEY !== undefined,

  async load(sourceId, connection) {
    const told = await getInvoice(sourceId, connection)
    if (told === null || told.stage !== 'final' || told.invoice.customer.portalId !== null) return told
    const { customer } = told.invoice
    const portalId = await portalIdOf(customer.ref, connection)
    return { ...told, invoice: { ...told.invoice, customer: { ...customer, portalId } } }
  },

  /** Links run out, after a month at the earliest; one that was just asked for is good for days. */
  async pdf({ sourceId, pdfUrl }, connection) {
    const asked = connection.settings.STRIPE_API_KEY !== undefined && sourceId !== null
    const told = asked ? await getInvoice(sourceId, connection) : null
    const url = told?.invoice.pdfUrl ?? pdfUrl
    return url === null ? null : { url }
  },

  missed,
  connect,
  check,

  sample({ STRIPE_WEBHOOK_SECRET: [secret = ''] = [] }, { invoiceNumber, customerId, at }) {
    const now = Math.floor(at / 1000)
    const invoice = {
      id: `in_test_${invoiceNumber}`,
      object: 'invoice',
      number: invoiceNumber,
      status: 'open',
      collection_method: 'send_invoice',
      currency: 'eur',
      total: 12100,
      created: now,
      effective_at: now,
      status_transitions: { finalized_at: now, paid_at: null },
      invoice_pdf: null,
      metadata: { [portalIdKey]: customerId },
      customer: 'cus_test',
      customer_name: 'Test'
    }
    const body = JSON.stringify({
      id: `evt_test_${invoiceNumber}`,
      object: 'event',
      type: 'invoice.finalized',
      livemode: true,
      created: now,
      data: { object: invoice }
    })
    return {
      body,
      headers: { 'content-type': 'application/json', 'stripe-signature': timedSignature(body, secret, at) }
    }
  }
})

export default webhook(tool)
