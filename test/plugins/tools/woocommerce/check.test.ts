import t from 'tap'
import { check } from '../../../../plugins/tools/woocommerce/check.ts'
import type { ShopWebhook } from '../../../fixtures/woocommerce-api.ts'
import { address, openLine, order, webhooks, withoutKeys } from './parts.ts'

t.test('check proves keys, webhooks, invoice and PDF', async t => {
  const { connection, shop } = await openLine(t)
  shop.orders.push(order(), order({ id: 728, wpo_wcpdf_invoice_number: '' }))
  shop.webhooks = webhooks()

  t.strictSame(await check(address, connection), [
    { ok: true, what: 'API key', found: 'reads the orders of the shop' },
    { ok: true, what: 'webhook', found: 'registered and switched on' },
    { ok: true, what: 'invoice', found: '2026-0117 can be read' },
    { ok: true, what: 'PDF', found: 'opens with the key of its order' }
  ])
  t.match(await check(null, connection), [{ what: 'API key' }, { what: 'invoice' }, { what: 'PDF' }])
})

t.test('check tells what is wrong with the webhooks', async t => {
  const { connection, shop } = await openLine(t)
  const found = async (list: ShopWebhook[]) => {
    shop.webhooks = list
    return (await check(address, connection))[1]
  }

  t.match(await found([]), { ok: false, found: /none for order\.invoice-saved/ })
  t.match(await found(webhooks().slice(0, 1)), { ok: false, found: /none for order\.updated/ })
  t.match(await found(webhooks({ status: 'disabled' })), { ok: false, found: /switched off/ })
  const { WOOCOMMERCE_WEBHOOK_SECRET: _, ...unset } = connection.settings
  shop.webhooks = webhooks()
  t.match((await check(address, { ...connection, settings: unset }))[1], {
    ok: false,
    found: /WOOCOMMERCE_WEBHOOK_SECRET is not set/
  })
})

t.test('check tells of a PDF that only opens for who is logged in, and of orders that cannot be read', async t => {
  const { connection, shop } = await openLine(t)
  shop.orders = [order()]
  shop.linksAreFull = false
  t.match((await check(null, connection)).at(-1), { ok: false, what: 'PDF', found: /link access type to Full/ })

  shop.orders = [order({ order_key: undefined })]
  t.match((await check(null, connection)).at(-1), { ok: false, what: 'PDF', found: /no key/ })
  shop.orders = [order({ currency: null })]
  t.match((await check(null, connection)).at(-1), { ok: false, what: 'invoice', found: /^currency/ })
  shop.orders = [order({ wpo_wcpdf_invoice_number: '' })]
  t.match((await check(null, connection)).at(-1), { ok: true, note: true, found: /none of the last 1/ })
  shop.orders = []
  t.match((await check(null, connection)).at(-1), { ok: true, note: true, found: 'there is no order yet' })
})

t.test('an address that is no shop, and keys that are not set, are said', async t => {
  const { connection, shop } = await openLine(t)
  const elsewhere = { ...connection.settings, WOOCOMMERCE_URL: `${shop.url}/elders` }
  t.match(await check(null, { ...connection, settings: elsewhere }), [
    { ok: false, found: /WOOCOMMERCE_URL is not a shop/ }
  ])
  t.match(await check(null, withoutKeys(connection)), [{ ok: false, found: /WOOCOMMERCE_KEY is not set/ }])
})
