import t from 'tap'
import { load, pdf } from '../../../../plugins/tools/woocommerce/api.ts'
import { tool } from '../../../../plugins/tools/woocommerce/index.ts'
import { oneInvoice } from '../../../../src/tools/one-invoice.ts'
import { invoice, openLine, order, withoutKeys } from './parts.ts'

t.test('an order is read as it is now, and one that is gone is null', async t => {
  const { connection, shop } = await openLine(t)
  shop.orders.push(order())

  t.strictSame(await load('727', connection), invoice)
  t.equal(await load('728', connection), null)
  shop.orders = [order({ total: null })]
  await t.rejects(load('727', connection), { code: 'TOOL_UNREACHABLE', message: /total/ })
  await t.rejects(load('727', withoutKeys(connection)), { code: 'TOOL_UNAUTHORIZED' })
})

t.test('a shop whose WooCommerce is switched off for a while has lost no order', async t => {
  const { connection, shop } = await openLine(t)
  shop.orders.push(order())
  shop.isOn = false

  const unreachable = { code: 'TOOL_UNREACHABLE', message: /its shop plugin may be switched off/ }
  await t.rejects(load('727', connection), unreachable)
  await t.rejects(pdf({ sourceId: '727' }, connection), unreachable)
})

t.test('a PDF is opened by the key that its order has now', async t => {
  const { connection, shop } = await openLine(t)
  shop.orders.push(order())

  t.strictSame(await pdf({ sourceId: '727' }, connection), {
    url: `${shop.url}/wp-admin/admin-ajax.php?action=generate_wpo_wcpdf&document_type=invoice&order_ids=727&access_key=wc_order_58d2d042d1d`
  })
  shop.orders = [order({ wpo_wcpdf_invoice_number: '' })]
  t.equal(await pdf({ sourceId: '727' }, connection), null, 'asking would make an invoice')
  shop.orders = []
  t.equal(await pdf({ sourceId: '727' }, connection), null)
  t.equal(await pdf({ sourceId: null }, connection), null)
})

t.test('keys that are refused are named, and never shown', async t => {
  const { connection, shop } = await openLine(t, { WOOCOMMERCE_KEY: `ck_${'0'.repeat(40)}` })
  const error = (await t.rejects(load('727', connection), {
    code: 'TOOL_UNAUTHORIZED',
    message: /refuses WOOCOMMERCE_KEY \(401\)/
  })) as unknown as Error | undefined
  t.notMatch(String(error?.message), /000000/)
  t.equal(shop.requests.length, 1)
})

t.test('one that a person names is found by its number, and by its id', async t => {
  const { connection, shop } = await openLine(t)
  shop.orders = [order({ id: 726, wpo_wcpdf_invoice_number: '2026-0116' }), order()]
  const find = async (named: string) =>
    (await oneInvoice(named, { tool: tool as never, connection: connection as never }))?.invoice.sourceId ?? null
  t.equal(await find('2026-0117'), '727')
  t.equal(await find('727'), '727')
  t.equal(await find('2026-0118'), null)
})
