import t from 'tap'
import { isRegistrationCheck, read, sample, verify } from '../../../../plugins/tools/woocommerce/event.ts'
import { settings } from '../../../../plugins/tools/woocommerce/settings.ts'
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
  t.match(read(event({ total: 121 }), { timeZone }), { kind: 'unreadable', sourceId: '727' })
  t.match(read(Buffer.from('{"id":{}}'), { timeZone }), { kind: 'unreadable', sourceId: null })
})
