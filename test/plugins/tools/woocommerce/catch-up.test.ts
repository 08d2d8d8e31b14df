import t from 'tap'
import { missed } from '../../../../plugins/tools/woocommerce/catch-up.ts'
import type { Connection } from '../../../../plugins/tools/woocommerce/settings.ts'
import { now, openLine, order, webhooks, withoutKeys } from './parts.ts'

const hour = 3_600_000
const never = new AbortController().signal

const numbersOf = async (connection: Connection, since = now - hour, stopped = never) =>
  (await Array.fromAsync(missed(since, connection, stopped))).map(told =>
    'problem' in told ? told.problem : told.invoice.invoiceNumber
  )

const at = (ms: number) => new Date(ms).toISOString().slice(0, 19)

const many = (count: number) =>
  Array.from({ length: count }, (_, index) =>
    order({ id: index + 1, wpo_wcpdf_invoice_number: `F${index + 1}`, date_modified_gmt: at(now - index * 1000) })
  )

t.test('what was missed is found page by page', async t => {
  const { connection, shop, slept } = await openLine(t)
  shop.orders.push(...many(250))

  t.equal(new Set(await numbersOf(connection)).size, 250)
  t.equal(slept.length, 2, 'with a pause between two pages')
  shop.tellsPages = false
  t.equal(new Set(await numbersOf(connection)).size, 250, 'also if a proxy takes the number of pages away')
})

t.test('a page that lacks an order which the key must not see is not the last', async t => {
  const { connection, shop } = await openLine(t)
  shop.orders.push(...many(250))
  shop.hidden.add(7)

  t.equal(new Set(await numbersOf(connection)).size, 249)
})

t.test('an order that changes meanwhile hides no other', async t => {
  const { connection, shop } = await openLine(t)
  shop.orders.push(...many(150), order({ id: 900, date_modified_gmt: at(now - 2 * hour) }))
  shop.beforePage = page => {
    for (const changed of shop.orders) if (page === 2 && changed.id <= 60) changed.date_modified_gmt = at(now + hour)
    if (page === 2) shop.orders.find(({ id }) => id === 900)!.date_modified_gmt = at(now)
  }

  const numbers = new Set(await numbersOf(connection))
  t.equal(numbers.size, 151)
})

t.test('an invoice that was made long after its order last changed is found the next day', async t => {
  const { connection, shop } = await openLine(t)
  const ordered = (id: number, ago: number, made: number) =>
    order({
      id,
      wpo_wcpdf_invoice_number: `F${id}`,
      date_modified_gmt: at(now - ago),
      meta_data: [{ key: '_wcpdf_invoice_date', value: made / 1000 }]
    })
  const [made, known] = [now - 14 * hour, now - 20 * 24 * hour]
  shop.orders.push(ordered(1, 20 * 24 * hour, made), ordered(2, 20 * 24 * hour, known))
  shop.orders.push(ordered(3, 40 * 24 * hour, made), ordered(4, hour, known))
  shop.orders.push(order({ id: 5, total: null, date_modified_gmt: at(known) }))

  t.strictSame(await numbersOf(connection, now - 2 * hour), ['F4'], 'a later question of the day asks for little')
  t.strictSame(await numbersOf(connection, now - 12 * hour), ['F1', 'F4'])
})

t.test('the second that was asked for belongs to the answer; orders without an invoice do not', async t => {
  const { connection, shop } = await openLine(t)
  shop.orders.push(
    order({ date_modified_gmt: at(now) }),
    order({ id: 728, wpo_wcpdf_invoice_number: '', date_modified_gmt: at(now) }),
    order({ id: 729, total: null, date_modified_gmt: at(now) })
  )

  const [first, unread, ...others] = await numbersOf(connection, now)
  t.equal(first, '2026-0117')
  t.match(unread, /^total/)
  t.strictSame(others, [])
})

t.test('webhooks that switched themselves off are switched on, and nobody else’s', async t => {
  const { connection, shop } = await openLine(t)
  const others = { id: 9, status: 'disabled', topic: 'order.updated', delivery_url: 'https://boekhouding.example/hook' }
  shop.webhooks.push(...webhooks({ status: 'disabled' }), others)

  await numbersOf(connection)
  t.strictSame(
    shop.webhooks.map(({ status }) => status),
    ['active', 'active', 'disabled']
  )

  shop.webhooks = webhooks({ status: 'disabled' })
  shop.mayWrite = false
  shop.orders.push(order({ date_modified_gmt: at(now) }))
  t.strictSame(await numbersOf(connection), ['2026-0117'], 'a key that may only read catches up as well')
  t.match(shop.webhooks, [{ status: 'disabled' }, {}])
})

t.test('who stops waits no longer, and without keys nothing is asked', async t => {
  const { connection, shop } = await openLine(t)
  await t.rejects(numbersOf(connection, now, AbortSignal.abort(new Error('stopped'))), { message: 'stopped' })
  await t.rejects(numbersOf(withoutKeys(connection)), { code: 'TOOL_UNAUTHORIZED' })
  t.strictSame(shop.requests, [])
})
