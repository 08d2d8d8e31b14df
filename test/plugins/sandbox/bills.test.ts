import t from 'tap'
import { get, open } from './fixtures.ts'

t.test('the bills of the vendor are not the invoices of the portal', async t => {
  const { app } = await open(t)

  const { data, ...envelope } = (await get(app, '/v1/invoices')).json()

  t.match(envelope, { current_page: 1, from: 1, to: 2, next_page_url: null, per_page: 15 })
  t.equal(data.length, 2)
  t.match(data[0], {
    id: /^fac_/,
    invoiceNumber: /^MKP-/,
    lines: [{ id: /^fcl_/, quantity: 1, amountInclVat: 24.2 }],
    totalAmount: 24.2,
    issuedAt: /^\d{4}-\d\d-\d\dT00:00:00.000Z$/,
    isPaid: false
  })
  t.strictSame((await get(app, `/v1/invoices/${data[1].id}`)).json(), data[1])
  t.match((await get(app, '/v1/invoices/fac_x')).json(), { code: 404 })
  t.match((await get(app, '/v1/invoices?page=2')).json(), { data: [], from: null, to: null })
})
