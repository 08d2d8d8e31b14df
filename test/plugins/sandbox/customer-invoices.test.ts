import { createHash } from 'node:crypto'
import t from 'tap'
import { create, fields, fill, get, numbersOf, open, type Part, pdf, send, vos } from './fixtures.ts'

t.test('a created invoice is answered and stored as documented', async t => {
  const { app, sandbox } = await open(t)

  const response = await create(app, { paidAt: '2026-07-01 14:00:00' })

  const [stored] = sandbox.invoices
  t.equal(response.statusCode, 201)
  t.strictSame(response.json(), {
    id: stored!.id,
    customerId: vos,
    invoiceNumber: '2026-0042',
    issuedAt: '2026-11-20',
    dueAt: null,
    currency: 'EUR',
    amount: '121.00',
    paidAt: '2026-07-01T14:00:00+02:00',
    createdAt: '2026-11-20T12:00:00+01:00',
    links: {
      customer: { href: `http://localhost:80/v1/customers/${vos}`, type: 'application/json' },
      onlinePaymentLink: {
        href: `https://portal.example/public-invoice/${stored!.id}/pay/${stored!.id.slice(-6)}`,
        type: 'text/html'
      }
    }
  })
  t.match(response.json().id, /^inv_[a-z0-9]{14}$/)
  t.match(stored, {
    sha256: createHash('sha256')
      .update(await pdf.bytes())
      .digest('hex'),
    bytes: pdf.size,
    sendNotification: 'true',
    fields: { ...fields, paidAt: '2026-07-01 14:00:00' },
    paidAt: Date.UTC(2026, 6, 1, 12)
  })
})

t.test('what may be left out may be left out', async t => {
  const { app, sandbox } = await open(t)

  const response = await create(app, { sendNotification: undefined })

  t.match(response, { statusCode: 201 })
  t.equal(response.json().paidAt, null)
  t.equal(sandbox.invoices[0]!.sendNotification, null)
})

t.test('the bare prefix of a PDF may come a little late', async t => {
  const { app } = await open(t)

  t.match(await create(app, { pdf: new Blob(['\n'.repeat(1024), '%PDF-1.7']) }), { statusCode: 201 })
  t.match(await create(app, { pdf: new Blob(['\n'.repeat(1025), '%PDF-1.7']) }), { statusCode: 422 })
})

t.test('a wrong form is refused with its field, and stores nothing', async t => {
  const { app, sandbox } = await open(t)
  const wrong: [field: string, ...values: Part[]][] = [
    ['customerId', undefined, '', 'cst_abc12345def678', ['a', 'b'], pdf],
    ['invoiceNumber', undefined, '', '  ', 'x'.repeat(256), 'x'.repeat(5_000), ['1', '2'], pdf],
    ['issuedAt', undefined, '', '2026-04-31', '2026-02-29', '20-11-2026', '2026-11-20T00:00:00Z'],
    ['amount', undefined, '', '12', '12.9', '12.950', '12,95', '1.000,00', '1e3', ' 1.00', '+1.00', '01.00'],
    ['amount', '0.00', '-0.00', '-12.95', '1000000000.00'],
    ['paidAt', '', '2026-11-20', '2026-11-20T12:00:00', '2026-11-20T12:00:00Z', '2026-04-31 12:00:00'],
    ['paidAt', '2026-11-20 24:00:00', '2026-11-20 12:00:60', '2026-11-20 12:00'],
    ['sendNotification', '', '1', '0', 'TRUE', 'yes', 'null', ['true', 'true']],
    ['pdf', undefined, '%PDF-1.7', new Blob([]), new Blob(['<html>']), [pdf, pdf], [pdf, 'text']],
    ['dueAt', '2026-12-20'],
    ['attachment', pdf, ['a', pdf]]
  ]

  for (const [field, ...values] of wrong) {
    for (const value of values) {
      const response = await create(app, { [field]: value })
      const { code, message, errors } = response.json()
      t.equal(response.statusCode, 422, `${field}: ${value}`)
      t.strictSame({ code, message }, { code: 422, message: 'The given data was invalid.' })
      t.strictSame(Object.keys(errors), [field])
      t.match(errors[field], [/./])
    }
  }
  t.strictSame(sandbox.invoices, [])
})

t.test('every problem of a form is told at once', async t => {
  const { app } = await open(t)

  const response = await create(app, { customerId: 'x', amount: '1', pdf: undefined, colour: 'red' })

  t.strictSame(response.json().errors, {
    pdf: ['is required'],
    amount: ['must be a decimal with a dot and two decimals, such as 12.95'],
    colour: ['is not a known field'],
    customerId: ['is no customer of this portal']
  })
})

t.test('an invoice is created by a multipart form only', async t => {
  const { app, sandbox } = await open(t)
  const post = (headers: Record<string, string>, payload?: string) =>
    app.inject({
      method: 'POST',
      url: '/v1/customer-invoices',
      headers: { authorization: 'Bearer key', ...headers },
      ...(payload !== undefined && { payload })
    })

  for (const type of ['application/json', 'application/x-www-form-urlencoded', 'text/plain', 'application/pdf']) {
    t.match((await post({ 'content-type': type }, '{}')).json(), { code: 415, message: /./ }, type)
  }
  t.match((await post({})).json(), { code: 415 })
  t.strictSame(sandbox.invoices, [])
})

t.test('the same number may come twice, unless the setting says otherwise', async t => {
  const { app, sandbox } = await open(t)

  t.match(await create(app), { statusCode: 201 })
  t.match(await create(app), { statusCode: 201 })
  t.equal(sandbox.invoices.length, 2)

  sandbox.uniqueNumbers = true
  const refused = await create(app)
  t.match(refused.json(), { code: 422, errors: { invoiceNumber: [/already been taken/] } })

  for (const { id } of [...sandbox.invoices]) sandbox.delete(id)
  t.match(await create(app), { statusCode: 201 }, 'a deleted number is free again')
})

t.test('sendNotification is taken as words or as digits, never as both', async t => {
  const { app, sandbox } = await open(t, { notificationForm: 'digits' })

  t.match((await create(app)).json(), { code: 422, errors: { sendNotification: ['must be 1 or 0'] } })
  t.match(await create(app, { sendNotification: '1' }), { statusCode: 201 })
  t.match(await create(app, { sendNotification: '0' }), { statusCode: 201 })

  sandbox.notificationForm = 'words'
  t.match(await create(app, { sendNotification: 'false' }), { statusCode: 201 })
  t.strictSame(
    sandbox.invoices.map(invoice => invoice.sendNotification),
    ['1', '0', 'false']
  )
})

t.test('zero and less are taken where the setting allows them', async t => {
  const { app } = await open(t, { negativeAmounts: true })

  t.match((await create(app, { amount: '-12.95' })).json(), { amount: '-12.95' })
  t.match((await create(app, { amount: '0.00' })).json(), { amount: '0.00' })
  t.match(await create(app, { amount: '-0.00' }), { statusCode: 422 })
})

t.test('the list comes in pages of fifteen that know no total', async t => {
  const { app } = await open(t)
  const path = 'http://localhost:80/v1/customer-invoices'
  const { data: none, ...empty } = (await get(app, '/v1/customer-invoices')).json()
  fill(app, 31)

  const { data: first, ...one } = (await get(app, '/v1/customer-invoices')).json()
  const { data: second, ...two } = (await get(app, '/v1/customer-invoices?page=2')).json()
  const { data: third, ...three } = (await get(app, '/v1/customer-invoices?page=3')).json()
  const { data: beyond, ...four } = (await get(app, '/v1/customer-invoices?page=4')).json()

  const envelope = { first_page_url: `${path}?page=1`, path, per_page: 15 }
  t.strictSame(
    [none, first, second, third, beyond].map(({ length }) => length),
    [0, 15, 15, 1, 0]
  )
  const nothing = { from: null, to: null, next_page_url: null }
  t.strictSame(empty, { ...envelope, ...nothing, current_page: 1, prev_page_url: null })
  t.strictSame(one, {
    ...envelope,
    current_page: 1,
    from: 1,
    to: 15,
    next_page_url: `${path}?page=2,`,
    prev_page_url: null
  })
  t.strictSame(two, {
    ...envelope,
    current_page: 2,
    from: 16,
    to: 30,
    next_page_url: `${path}?page=3,`,
    prev_page_url: `${path}?page=1`
  })
  t.strictSame(three, {
    ...envelope,
    current_page: 3,
    from: 31,
    to: 31,
    next_page_url: null,
    prev_page_url: `${path}?page=2`
  })
  t.strictSame(four, { ...envelope, ...nothing, current_page: 4, prev_page_url: `${path}?page=3` })
})

t.test('a full last page has no next one', async t => {
  const { app } = await open(t)
  fill(app, 15)

  t.match((await get(app, '/v1/customer-invoices')).json(), { next_page_url: null, to: 15 })
})

t.test('a list takes the number of a page, and no filter', async t => {
  const { app } = await open(t)

  for (const page of ['0', '-1', '1.5', 'x', '', '2,', '2&page=3']) {
    const response = await get(app, `/v1/customer-invoices?page=${page}`)
    t.match(response.json(), { code: 422, errors: { page: [/./] } }, page)
  }
  const response = await get(app, '/v1/customer-invoices?invoiceNumber=1')
  t.match(response.json(), { code: 422, errors: { invoiceNumber: ['is not a known field'] } })
})

t.test('the order of the list can change while it runs', async t => {
  const { app, sandbox } = await open(t)
  const add = (invoiceNumber: string, issuedAt: string) =>
    sandbox.add({ customerId: vos, invoiceNumber, issuedAt, amount: '1.00' })
  add('a', '2026-11-02')
  add('b', '2026-11-03')
  add('c', '2026-11-01')
  const listed = async () => numbersOf((await get(app, '/v1/customer-invoices')).json()).join('')

  t.equal(await listed(), 'cba')
  sandbox.order = 'oldest'
  t.equal(await listed(), 'abc')
  sandbox.order = 'issued'
  t.equal(await listed(), 'bac')
  sandbox.order = 'none'
  t.equal((await listed()).length, 3)
})

t.test('one invoice is found by its id, and by nothing else', async t => {
  const { app } = await open(t)
  const created = (await create(app)).json()

  t.strictSame((await get(app, `/v1/customer-invoices/${created.id}`)).json(), created)
  for (const id of ['2026-0042', 'inv_abc12345def678', 'manual']) {
    const response = await get(app, `/v1/customer-invoices/${id}`)
    t.equal(response.statusCode, 404)
    t.strictSame(response.json(), { code: 404, message: 'Not found.' })
  }
})

t.test('an invoice is marked paid at a local time, and nothing else of it changes', async t => {
  const { app, sandbox } = await open(t)
  const created = (await create(app)).json()
  const url = `/v1/customer-invoices/${created.id}`

  const paid = await send(app, 'PATCH', url, { paidAt: '2026-11-20 09:30:00' })

  t.equal(paid.statusCode, 200)
  t.strictSame(paid.json(), { ...created, paidAt: '2026-11-20T09:30:00+01:00' })
  t.equal(sandbox.invoices[0]!.paidAt, Date.UTC(2026, 10, 20, 8, 30))
})

t.test('marking paid takes paidAt in the form of the portal, and nothing beside it', async t => {
  const { app, sandbox } = await open(t)
  const url = `/v1/customer-invoices/${(await create(app)).json().id}`
  const paidAt = '2026-11-20 09:30:00'

  for (const body of [{}, { paidAt: null }, { paidAt: '2026-11-20' }, { paidAt: '2026-11-20T09:30:00+01:00' }]) {
    t.match((await send(app, 'PATCH', url, body)).json(), { code: 422, errors: { paidAt: [/./] } })
  }
  t.match((await send(app, 'PATCH', url, { paidAt, amount: '1.00' })).json(), { errors: { amount: [/./] } })
  t.match((await send(app, 'PATCH', url, [])).json(), { code: 422, errors: { body: [/./] } })
  t.match((await send(app, 'PATCH', '/v1/customer-invoices/inv_x', { paidAt })).json(), { code: 404 })
  t.equal(sandbox.invoices[0]!.paidAt, null)
})

t.test('of a PDF that is not to be kept the hash and the length stay', async t => {
  const { app, sandbox } = await open(t, { keepPdfs: false })

  const { id } = (await create(app)).json()

  t.match(sandbox.invoices, [{ id, sha256: /^[0-9a-f]{64}$/, bytes: pdf.size }])
  t.equal(sandbox.pdf(id), undefined)
})

t.test('the PDF comes by a link that holds for five minutes', async t => {
  const { app, clock } = await open(t)
  const { id } = (await create(app)).json()

  const answer = await get(app, `/v1/customer-invoices/${id}/pdf`)
  const { link, expiresAt } = answer.json()

  t.equal(expiresAt, '2026-11-20T12:05:00+01:00')
  const served = await app.inject(link)
  t.match(served, { statusCode: 200, headers: { 'content-type': 'application/pdf' } })
  t.strictSame(served.rawPayload, Buffer.from(await pdf.bytes()))
  t.match(await app.inject(link.replace(id, 'inv_other')), { statusCode: 403 })
  clock.advance(5 * 60_000)
  t.match(await app.inject(link), { statusCode: 403 })
  t.match(await get(app, '/v1/customer-invoices/inv_x/pdf'), { statusCode: 404 })
})
