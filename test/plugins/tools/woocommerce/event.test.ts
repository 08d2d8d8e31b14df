import t from 'tap'
import { isRegistrationCheck, read, sample, verify } from '../../../../plugins/tools/woocommerce/event.ts'
import { settings } from '../../../../plugins/tools/woocommerce/settings.ts'
import { key, secret } from '../../../fixtures/woocommerce-api.ts'
import { event, now, timeZone, webhookSecret } from './parts.ts'

const delivery = (body: string, headers: Record<string, string> = {}) => ({
  body: Buffer.from(body),
  headers,
  receivedAt: now
})

t.test('the ping of a registration is known by what it says, and has no signature', async t => {
  t.ok(isRegistrationCheck(delivery('webhook_id=7')))
  t.notOk(isRegistrationCheck(delivery('webhook_id=7', { 'x-wc-webhook-signature': 'x' })))
  for (const other of ['', 'webhook_id=', 'webhook_id=7&a=b', event().toString()])
    t.notOk(isRegistrationCheck(delivery(other)), other.slice(0, 20))
})

t.test('while one secret replaces another both are believed', async t => {
  const about = { invoiceNumber: 'TEST-1', customerId: 'cst_1', at: now, timeZone }
  const { body, headers } = sample(settings.parse({ WOOCOMMERCE_WEBHOOK_SECRET: webhookSecret }), about)
  const both = settings.parse({ WOOCOMMERCE_WEBHOOK_SECRET: `an older one of the shop, ${webhookSecret}` })

  t.doesNotThrow(() => verify(delivery(body, headers), both))
  t.throws(() => verify(delivery(body, headers), settings.parse({})), { code: 'NOT_AUTHENTIC' })
  t.strictSame(sample(settings.parse({}), about).headers, { 'content-type': 'application/json' })
})

t.test('what cannot be read is held under the id of its order', async t => {
  t.match(read(event({ total: 121 }), { timeZone, settings: settings.parse({}) }), {
    kind: 'unreadable',
    sourceId: '727'
  })
  for (const body of ['{"id":{}}', '{"id":{"toString":1}}'])
    t.match(read(Buffer.from(body), { timeZone, settings: settings.parse({}) }), { kind: 'unreadable', sourceId: null })
})

t.test('a copy of the shop, with its secret, voids nothing and marks nothing as paid: the shop is asked', async t => {
  const asking = { WOOCOMMERCE_URL: 'https://winkel.example', WOOCOMMERCE_KEY: key, WOOCOMMERCE_SECRET: secret }
  const readAt = (host: string, env: Record<string, string> = asking) => {
    const self = [{ href: `https://${host}/wp-json/wc/v3/orders/727` }]
    return read(event({ status: 'cancelled', _links: { self } }), { timeZone, settings: settings.parse(env) })
  }

  t.strictSame(readAt('test.winkel.example'), { kind: 'hint', sourceId: '727' })
  t.match(readAt('winkel.example'), { kind: 'invoices' })
  t.match(readAt('WWW.winkel.example'), { kind: 'invoices' })
  t.match(readAt('winkel.example/test'), { kind: 'hint' }, 'a copy in a folder of the shop')
  t.match(readAt('winkel.example/index.php'), { kind: 'invoices' })
  const folder = { ...asking, WOOCOMMERCE_URL: 'https://voorbeeld.example/winkel/' }
  t.match(readAt('voorbeeld.example/winkel', folder), { kind: 'invoices' })
  t.match(readAt('voorbeeld.example', folder), { kind: 'hint' })
  for (const _links of [null, {}, { self: 'x' }, { self: [{ href: 'order 727' }] }])
    t.match(read(event({ _links }), { timeZone, settings: settings.parse(asking) }), { kind: 'invoices' }, 'no address')
  t.match(readAt('test.winkel.example', {}), { kind: 'invoices' }, 'nobody can ask')
})
