// One webhook from WooCommerce: a whole order, signed
// `X-WC-Webhook-Signature: <base64 of the HMAC-SHA256 of the body>`. It has no time in it, so an old event can be sent
// again: that says only what is known already.

import { createHash, createHmac } from 'node:crypto'
import { attempt } from '../../../src/core/attempt.ts'
import { isoInstant } from '../../../src/core/clock.ts'
import { fieldIn, textIn } from '../../../src/tools/api.ts'
import type { About, Sample } from '../../../src/tools/source.ts'
import type { Delivery, EventReading, ReadContext } from '../../../src/tools/tool.ts'
import { notAuthentic, sameBytes } from '../../signatures/comparison.ts'
import { parseInvoice } from './invoice.ts'
import { canAsk, type Settings } from './settings.ts'

const signatureHeader = 'x-wc-webhook-signature'

// Compared as text: the base64 of a signature has only one spelling.
const sign = (body: Buffer | string, secret: string): Buffer =>
  Buffer.from(createHmac('sha256', secret).update(body).digest('base64'))

export const verify = (
  { body, headers }: Delivery,
  { WOOCOMMERCE_WEBHOOK_SECRET: secrets = [] }: Pick<Settings, 'WOOCOMMERCE_WEBHOOK_SECRET'>
): void => {
  const given = headers[signatureHeader]
  if (typeof given !== 'string' || given === '') throw notAuthentic('X-WC-Webhook-Signature is missing')
  const matches = secrets.map(secret => sameBytes(Buffer.from(given, 'latin1'), sign(body, secret)))
  if (!matches.includes(true)) throw notAuthentic('X-WC-Webhook-Signature does not match the body')
}

/** The ping, sent when the webhook is registered: a form with its id, unsigned. It must get exactly 200. */
export const isRegistrationCheck = ({ body, headers }: Delivery): boolean =>
  headers[signatureHeader] === undefined && body.length < 100 && /^webhook_id=\d+$/.test(body.toString())

export const read = (body: Buffer, { timeZone, settings }: ReadContext<Settings>): EventReading => {
  const order: unknown = attempt(() => JSON.parse(body.toString()))
  if (typeof order !== 'object' || order === null || Array.isArray(order))
    return { kind: 'unreadable', problem: 'expected an order in JSON', sourceId: null }
  if (canAsk(settings) && isFromElsewhere(order, settings)) return { kind: 'hint', sourceId: idIn(order) }
  const parsed = parseInvoice(order, { timeZone })
  if ('problem' in parsed) return { kind: 'unreadable', problem: parsed.problem, sourceId: idIn(order) }
  if (parsed.stage === 'draft') return { kind: 'ignored', reason: 'no invoice yet' }
  return { kind: 'invoices', invoices: [parsed] }
}

/**
 * A copy of the shop, made to try something, has its orders and its webhooks, secret included. What becomes of an order
 * there must not void the invoice here, or mark it as paid; so the shop is asked.
 */
const isFromElsewhere = (order: object, { WOOCOMMERCE_URL: shop }: Settings): boolean => {
  const [self] = [fieldIn(fieldIn(order, '_links'), 'self')].flat()
  const from = siteOf(textIn(self, 'href'))
  return from !== undefined && from !== siteOf(shop)
}

/** A copy may be in a folder of the shop. */
const siteOf = (url = ''): string | undefined => {
  const parsed = URL.parse(url)
  return parsed
    ? parsed.host.replace(/^www\./, '') + parsed.pathname.replace(/\/((index\.php|wp-json)(\/.*)?)?$/, '')
    : undefined
}

export const idIn = (order: object): string | null => {
  const { id } = order as { id?: unknown }
  const digits = typeof id === 'number' || typeof id === 'string' ? String(id) : ''
  return /^[1-9]\d{0,18}$/.test(digits) ? digits : null
}

export const sample = (
  { WOOCOMMERCE_WEBHOOK_SECRET: [secret] = [] }: Settings,
  { invoiceNumber, customerId, at }: About
): Sample => {
  const hash = createHash('sha256').update(invoiceNumber).digest('hex')
  const time = isoInstant(at).slice(0, 19)
  const body = JSON.stringify({
    id: Number.parseInt(hash.slice(0, 12), 16) + 1,
    number: '1',
    status: 'processing',
    currency: 'EUR',
    date_created_gmt: time,
    date_paid_gmt: null,
    total: '121.00',
    customer_id: 1,
    billing: { company: 'Factuurbrug' },
    meta_data: [{ key: 'mijnklantportaal_customer_id', value: customerId }],
    wpo_wcpdf_invoice_number: invoiceNumber
  })
  const signature = secret === undefined ? {} : { [signatureHeader]: sign(body, secret).toString() }
  return { body, headers: { 'content-type': 'application/json', ...signature } }
}
