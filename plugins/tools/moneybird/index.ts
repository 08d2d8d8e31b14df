// Moneybird. Its webhooks are signed `Moneybird-Signature: t=<unix seconds>,v1=<hex>` since June 2026, and have always
// carried a token in the body. They bring the whole invoice, but not always as it is now: where a token of the API is
// set it is read again. https://developer.moneybird.com/webhooks

import { createHash } from 'node:crypto'
import { dateOf } from '../../../src/core/invoice.ts'
import { type Delivery, defineTool, unprovenBytesMax } from '../../../src/tools/tool.ts'
import { timedSignature, verifyTimedSignature } from '../../timed-signature.ts'
import { webhook } from '../../webhook.ts'
import { getInvoice, missed, pdfAddress } from './api.ts'
import { check, connect } from './connect.ts'
import { eventIn, readEvent, verifyToken } from './event.ts'
import { settings } from './settings.ts'

const signatureOf = ({ headers }: Delivery) => headers['moneybird-signature']

export const tool = defineTool({
  name: 'moneybird',
  settings,
  missingSecret: ({ MONEYBIRD_WEBHOOK_SECRET }) =>
    MONEYBIRD_WEBHOOK_SECRET === undefined ? 'MONEYBIRD_WEBHOOK_SECRET' : null,

  /**
   * Once a signing secret is set, a signature that is there decides alone: a token in the same body cannot mend it. A
   * token is only believed where its owner has set one, for webhooks whose secret nobody knows.
   */
  verify(delivery, { MONEYBIRD_WEBHOOK_SECRET: { secrets, tokens } = { secrets: [], tokens: [] } }) {
    const { body, receivedAt } = delivery
    const header = signatureOf(delivery)
    if (secrets.length > 0 && (header !== undefined || tokens.length === 0)) {
      verifyTimedSignature({ header, body, secrets, receivedAt, name: 'Moneybird-Signature' })
      return
    }
    verifyToken(body, tokens)
  },

  /** Made before the secret is told, so it cannot be signed with it. What is about no entity would be ignored anyway. */
  isRegistrationCheck(delivery) {
    if (signatureOf(delivery) !== undefined) return false
    // No vendor needs so much to knock.
    if (delivery.body.length > unprovenBytesMax) return false
    const { entity_id: id, entity } = eventIn(delivery.body) ?? {}
    return (id ?? null) === null && (entity ?? null) === null
  },

  read: readEvent,

  canAsk: ({ MONEYBIRD_API_TOKEN }) => MONEYBIRD_API_TOKEN !== undefined,
  load: getInvoice,
  async pdf({ sourceId }, connection) {
    return sourceId === null ? null : pdfAddress(sourceId, connection)
  },
  missed,
  connect,
  check,

  sample(
    { MONEYBIRD_ADMINISTRATION_ID, MONEYBIRD_WEBHOOK_SECRET },
    { invoiceNumber, customerId, at, timeZone }
  ) {
    const { secrets: [secret] = [], tokens: [token] = [] } = MONEYBIRD_WEBHOOK_SECRET ?? {}
    const id = BigInt(`0x${createHash('sha256').update(invoiceNumber).digest('hex').slice(0, 15)}`).toString()
    const body = JSON.stringify({
      administration_id: MONEYBIRD_ADMINISTRATION_ID ?? '1',
      webhook_id: '1',
      // Sent only where there is nothing better: a real event's token is the whole proof of the others.
      ...(secret === undefined ? { webhook_token: token } : {}),
      entity_type: 'SalesInvoice',
      entity_id: id,
      state: 'open',
      action: 'sales_invoice_state_changed_to_open',
      entity: {
        id,
        contact_id: '1',
        contact: { id: '1', company_name: 'Factuurbrug', custom_fields: [{ value: customerId }] },
        invoice_id: invoiceNumber,
        state: 'open',
        invoice_date: dateOf(at, timeZone),
        currency: 'EUR',
        total_price_incl_tax: '121.0',
        paid_at: null,
        reference: null
      }
    })
    const signature = secret === undefined ? {} : { 'moneybird-signature': timedSignature(body, secret, at) }
    return { body, headers: { 'content-type': 'application/json', ...signature } }
  }
})

export default webhook(tool)
