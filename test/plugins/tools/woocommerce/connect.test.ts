import t from 'tap'
import { connect } from '../../../../plugins/tools/woocommerce/connect.ts'
import { settings } from '../../../../plugins/tools/woocommerce/settings.ts'
import { address, openLine, webhookSecret, webhooks } from './parts.ts'

t.test('a webhook is registered for each topic, under a secret that is shown once', async t => {
  const { connection, shop } = await openLine(t)
  const { WOOCOMMERCE_WEBHOOK_SECRET: _, ...unset } = connection.settings

  const { lines, secrets } = await connect(address, { ...connection, settings: unset })

  const made = secrets.WOOCOMMERCE_WEBHOOK_SECRET ?? ''
  t.ok(settings.safeParse({ WOOCOMMERCE_WEBHOOK_SECRET: made }).success)
  t.strictSame(
    shop.webhooks.map(({ topic, delivery_url, secret, status }) => [topic, delivery_url, secret, status]),
    ['order.invoice-saved', 'order.updated'].map(topic => [topic, address, made, 'active'])
  )
  t.equal(lines.length, 2)
})

t.test('what is registered is mended, and gets the secret that is set', async t => {
  const { connection, shop } = await openLine(t)
  shop.webhooks = webhooks({ status: 'disabled' })

  const { lines, secrets } = await connect(address, connection)

  t.strictSame(secrets, {})
  t.match(shop.webhooks, [
    { status: 'active', secret: webhookSecret },
    { status: 'active', secret: webhookSecret }
  ])
  t.match(lines, [/^Mended/, /is registered/, /^Mended/, /is registered/])
  t.equal(shop.webhooks.length, 2)
})

t.test('a bridge that was elsewhere is named, and left alone', async t => {
  const { connection, shop } = await openLine(t)
  shop.webhooks = webhooks({ delivery_url: 'https://old.example/webhooks/woocommerce' })

  const { lines } = await connect(address, connection)

  t.match(lines.slice(2), [/leads to https:\/\/old\.example: delete it/, /leads to https:\/\/old\.example/])
  t.equal(shop.webhooks.length, 4)
})

t.test('without the plugin, or the right to write, it says what is missing', async t => {
  const { connection, shop } = await openLine(t)
  shop.hasPlugin = false
  await t.rejects(connect(address, connection), { code: 'TOOL_UNREACHABLE', message: /plugin .* active\?/ })
  shop.mayWrite = false
  await t.rejects(connect(address, connection), { code: 'TOOL_UNAUTHORIZED', message: /WOOCOMMERCE_KEY/ })
})
