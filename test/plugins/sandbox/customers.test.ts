import t from 'tap'
import { get, open, send, vos } from './fixtures.ts'

const fields = {
  companyName: 'Zeilmakerij Smit',
  address: 'Kade 1',
  zipCode: '8601 WD',
  city: 'Sneek',
  primaryEmail: 'info@zeilmakerijsmit.example'
}

t.test('customers are there from the start, and in pages', async t => {
  const { app } = await open(t)

  const { data, ...envelope } = (await get(app, '/v1/customers')).json()

  t.equal(data.length, 3)
  t.match(envelope, { from: 1, to: 3, next_page_url: null, path: 'http://localhost:80/v1/customers' })
  t.strictSame((await get(app, `/v1/customers/${vos}`)).json(), {
    id: vos,
    createdAt: '2026-11-20T12:00:00+01:00',
    companyName: 'Bakkerij De Vos',
    address: 'Molenweg 12',
    zipCode: '3512 AB',
    city: 'Utrecht',
    countryCode: 'NL',
    primaryEmail: 'administratie@bakkerijdevos.example',
    phone: '+31302345678',
    integration: null,
    integrationId: null,
    customerGroups: []
  })
  t.match((await get(app, '/v1/customers/cst_x')).json(), { code: 404 })
  t.match((await get(app, '/v1/customers?primaryEmail=a')).json(), { errors: { primaryEmail: [/./] } })
})

t.test('a created customer is in the Netherlands unless it says otherwise, and can have invoices', async t => {
  const { app, sandbox } = await open(t)

  const made = await send(app, 'POST', '/v1/customers', fields)
  const abroad = await send(app, 'POST', '/v1/customers', { ...fields, countryCode: 'BE' })

  const { id } = made.json()
  t.match(id, /^cst_[a-z0-9]{14}$/)
  t.match(made, { statusCode: 201 })
  t.match(made.json(), { ...fields, countryCode: 'NL', phone: null, integration: null, customerGroups: [] })
  t.match(abroad.json(), { countryCode: 'BE' })
  t.strictSame((await get(app, `/v1/customers/${id}`)).json(), made.json())
  sandbox.add({ customerId: id, invoiceNumber: '1', issuedAt: '2026-11-20', amount: '1.00' })
})

t.test('a customer without an address, or with what cannot be set, is refused by field', async t => {
  const { app, sandbox } = await open(t)
  const wrong: [field: string, ...values: unknown[]][] = [
    ['companyName', undefined, '', ' ', 7],
    ['address', undefined, null],
    ['zipCode', undefined],
    ['city', undefined],
    ['primaryEmail', undefined, 'nobody', ['a@b.example']],
    ['countryCode', 'nl', 'NLD', null],
    ['phone', '+31'],
    ['integrationId', '7']
  ]

  for (const [field, ...values] of wrong) {
    for (const value of values) {
      const response = await send(app, 'POST', '/v1/customers', { ...fields, [field]: value })
      t.equal(response.statusCode, 422, `${field}: ${value}`)
      t.strictSame(Object.keys(response.json().errors), [field])
    }
  }
  t.equal(sandbox.customers.length, 3)
})

t.test('of a customer only what create takes can be changed, and something must be', async t => {
  const { app } = await open(t)
  const url = `/v1/customers/${vos}`
  const before = (await get(app, url)).json()

  const edited = await send(app, 'PATCH', url, { city: 'Zeist' })

  t.strictSame(edited.json(), { ...before, city: 'Zeist' })
  t.match(await send(app, 'PATCH', url, {}), { statusCode: 422 })
  t.match((await send(app, 'PATCH', url, { countryCode: 'BE' })).json(), { errors: { countryCode: [/./] } })
  t.match((await send(app, 'PATCH', url, { city: '' })).json(), { errors: { city: [/./] } })
  t.match(await send(app, 'PATCH', '/v1/customers/cst_x', { city: 'Zeist' }), { statusCode: 404 })
  t.strictSame((await get(app, url)).json(), edited.json())
})
