import t, { type Test } from 'tap'
import { parseInvoice } from '../../../../plugins/tools/woocommerce/invoice.ts'
import { order, timeZone } from './parts.ts'

const read = (t: Test, changes: object) => {
  const parsed = parseInvoice(order(changes), { timeZone })
  if ('problem' in parsed) return t.fail(parsed.problem) as never
  return parsed.invoice
}

t.test('the number is that of the invoice, never that of the order', async t => {
  t.equal(read(t, { number: '9999' }).invoiceNumber, '2026-0117')
})

t.test('its date is the one that the plugin gave it, as far as the shop shows it', async t => {
  const dated = (meta_data: unknown) => read(t, { meta_data, date_created_gmt: '2026-12-31T23:30:00' }).issuedAt
  const meta = (key: string, value: unknown) => [{ id: 1, key, value }]

  t.equal(dated(meta('_wcpdf_invoice_date', '1791154800')), '2026-10-05', 'midnight in Amsterdam')
  t.equal(dated(meta('_wcpdf_invoice_date', 1791154800)), '2026-10-05')
  t.equal(dated(meta('_wcpdf_invoice_date_formatted', '2026-10-04 23:59:59')), '2026-10-04', 'as the shop writes it')
  for (const none of [[], null, undefined, 'x', meta('_wcpdf_invoice_date', { a: 1 })])
    t.equal(dated(none), '2027-01-01', 'the day of the order, here')
})

t.test('a day that no calendar has is no date: it neither becomes another one nor breaks the reading', async t => {
  for (const date_created_gmt of ['2026-02-30T08:00:00', '2026-13-01T08:00:00', '0000-00-00T00:00:00', '2026-10-05'])
    t.match(parseInvoice(order({ date_created_gmt, meta_data: [] }), { timeZone }), { problem: /^date_created_gmt: / })
  t.equal(read(t, { date_paid_gmt: '2026-02-30T08:00:00' }).paidAt, null)
})

t.test('a guest is known by the e-mail address', async t => {
  const { billing } = order() as unknown as { billing: object }
  const ref = (customer_id: unknown, email: unknown) =>
    read(t, { customer_id, billing: { ...billing, email } }).customer.ref

  t.equal(ref(0, 'Eva@DeVos.example'), 'eva@devos.example')
  t.equal(ref(undefined, 'eva@devos.example'), 'eva@devos.example')
  t.equal(ref('26', 'eva@devos.example'), '26')
  t.equal(ref(0, ''), 'order-727', 'and without one each order is somebody else')
  t.equal(ref(0, 'no address'), 'order-727')
})

t.test('who it is for is described as far as it can be', async t => {
  const customer = (billing: unknown, meta_data: unknown = []) => read(t, { billing, meta_data }).customer
  t.match(customer({ first_name: 'Eva', last_name: 'de Vos', country: 'nl' }), {
    name: 'Eva de Vos',
    countryCode: 'NL'
  })
  t.match(customer(null), { name: null, emails: [], address: null })
  t.match(customer({ address_1: 'Kade 7', address_2: '2 hoog', country: 'Nederland' }), {
    address: 'Kade 7, 2 hoog',
    countryCode: null
  })
  const portal = (value: unknown) => [{ id: 3, key: 'mijnklantportaal_customer_id', value }]
  t.equal(customer(null, portal('cst_devos1')).portalId, 'cst_devos1')
  t.equal(customer(null, portal('devos')).portalId, null)
})

t.test('money keeps its decimals, and a refund lowers nothing', async t => {
  t.equal(read(t, { total: '0.10' }).amountCents, 10)
  t.equal(read(t, { total: '1210.0000' }).amountCents, 121_000, 'with the decimals of the shop’s prices')
  t.match(parseInvoice(order({ total: '12.1050' }), { timeZone }), { problem: /^total: / }, 'half a cent is no amount')
  t.equal(read(t, { total: '1210', currency: 'jpy' }).currency, 'JPY')
  t.equal(read(t, { refunds: [{ id: 1, total: '-121.00' }], status: 'refunded' }).amountCents, 12100)
  t.equal(read(t, { date_paid_gmt: 'gisteren' }).paidAt, null)
})
