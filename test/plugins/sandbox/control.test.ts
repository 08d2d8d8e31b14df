import t from 'tap'
import { documented } from '../../../plugins/sandbox/ways.ts'
import { create, fields, get, open, pdf, vos } from './fixtures.ts'

const byHand = { customerId: vos, invoiceNumber: 'hand', issuedAt: '2026-11-01', amount: '-5.00' }

t.test('another process sees what is stored, without a token and outside the budget', async t => {
  const { app, sandbox } = await open(t, { requestsPerMinute: 1 })
  sandbox.fault({ on: { call: 'create' }, fault: 'late-visible', ms: 1_000, answer: '500' })
  await create(app)

  const response = await app.inject('/sandbox/invoices')
  await app.inject('/sandbox/invoices')

  const [{ id, sha256, ...invoice }] = response.json().invoices
  t.match(id, /^inv_/)
  t.match(sha256, /^[0-9a-f]{64}$/)
  t.strictSame(invoice, {
    currency: 'EUR',
    customerId: vos,
    invoiceNumber: '2026-0042',
    issuedAt: '2026-11-20',
    dueAt: null,
    amount: '121.00',
    paidAt: null,
    sendNotification: 'true',
    fields,
    bytes: pdf.size,
    createdAt: '2026-11-20T12:00:00+01:00',
    visible: false
  })
  t.notOk('x-ratelimit-limit' in response.headers)
})

t.test('another process makes invoices by hand, in the past too, and deletes them', async t => {
  const { app, sandbox } = await open(t)
  const add = (payload: object) => app.inject({ method: 'POST', url: '/sandbox/customer-invoices', payload })
  const past = { createdAt: '2025-01-02T03:04:05+01:00', paidAt: '2025-02-03 12:00:00', dueAt: '2025-03-04' }

  const made = await add({ ...byHand, ...past })
  const { id } = made.json()

  t.match(made, { statusCode: 201 })
  t.match((await get(app, `/v1/customer-invoices/${id}`)).json(), {
    ...byHand,
    createdAt: '2025-01-02T03:04:05+01:00',
    paidAt: '2025-02-03T12:00:00+01:00',
    dueAt: '2025-03-04'
  })
  t.match(made.json(), { paidAt: '2025-02-03T12:00:00+01:00', fields: {}, sha256: null, visible: true })
  t.match((await add({ ...byHand, colour: 'red' })).json(), { errors: { colour: ['is not a known field'] } })
  t.match((await add({ ...byHand, customerId: 'cst_x' })).json(), { errors: { customerId: [/./] } })
  t.match((await add({ ...byHand, createdAt: '2025-01-02' })).json(), { errors: { createdAt: [/./] } })
  const remove = () => app.inject({ method: 'DELETE', url: `/sandbox/customer-invoices/${id}` })
  t.match(await remove(), { statusCode: 204 })
  t.match((await remove()).json(), { code: 404 })
  t.strictSame(sandbox.invoices, [])
})

t.test('another process asks for faults and takes them back', async t => {
  const { app, sandbox } = await open(t)
  const ask = (payload: object) => app.inject({ method: 'POST', url: '/sandbox/faults', payload })
  const fault = { on: { call: 'create' }, fault: '503' }

  t.match(await ask({ ...fault, times: 3 }), { statusCode: 201 })
  t.match(await create(app), { statusCode: 503 })
  t.strictSame((await app.inject('/sandbox/faults')).json(), { faults: [{ ...fault, times: 2 }] })
  t.match(await app.inject({ method: 'DELETE', url: '/sandbox/faults' }), { statusCode: 204 })
  t.match(await create(app), { statusCode: 201 })

  t.match((await ask({ ...fault, fault: 'flood' })).json(), { code: 422, errors: { fault: [/./] } })
  t.match((await ask({ ...fault, on: { call: 'create', id: 'x' } })).json(), { errors: { 'on.id': [/./] } })
  t.match((await ask({ ...fault, once: true })).json(), { errors: { once: ['is not a known field'] } })
  t.match((await ask({ ...fault, times: 0 })).json(), { errors: { times: [/./] } })
  t.strictSame(sandbox.faults, [])
})

t.test('another process changes the settings while it runs', async t => {
  const { app, sandbox } = await open(t)
  const patch = (payload: object) => app.inject({ method: 'PATCH', url: '/sandbox/settings', payload })
  const changes = { order: 'oldest', requestsPerMinute: 7, notificationForm: 'digits', uniqueNumbers: true }

  const all = { ...changes, negativeAmounts: false, ...documented }
  t.strictSame((await patch(changes)).json(), all)
  t.match(sandbox, changes)
  t.match((await get(app, '/v1/customers')).headers, { 'x-ratelimit-limit': '7' })

  t.match((await patch({ list: 'empty', clockBackMs: 5 })).json(), { ...all, list: 'empty', clockBackMs: 5 })
  t.match(await patch(documented), { statusCode: 200 }, 'and back')

  t.match((await patch({ order: 'random' })).json(), { code: 422, errors: { order: [/./] } })
  t.match((await patch({ requestsPerMinute: -1 })).json(), { errors: { requestsPerMinute: [/./] } })
  t.match((await patch({ colour: 'red' })).json(), { errors: { colour: ['is not a known field'] } })
  t.strictSame((await app.inject('/sandbox/settings')).json(), all)
})

t.test('another process reads what was asked of the portal', async t => {
  const { app } = await open(t)
  await create(app)
  await get(app, '/v1/customers?page=1')

  const { requests, counts } = (await app.inject('/sandbox/requests')).json()

  const at = '2026-11-20T11:00:00Z'
  t.strictSame(requests, [
    {
      method: 'POST',
      path: '/v1/customer-invoices',
      call: 'create',
      invoiceNumber: '2026-0042',
      at,
      status: 201
    },
    { method: 'GET', path: '/v1/customers?page=1', call: 'customers', invoiceNumber: null, at, status: 200 }
  ])
  t.strictSame(counts, {
    requests: 2,
    calls: { create: 1, list: 0, get: 0, pay: 0, customers: 1, other: 0 },
    statuses: { 200: 1, 201: 1 }
  })
})

t.test('a PDF is served by its own link only', async t => {
  const { app, sandbox } = await open(t)
  const { id } = (await create(app)).json()
  const { link } = (await get(app, `/v1/customer-invoices/${id}/pdf`)).json()

  t.strictSame((await app.inject(link)).rawPayload, sandbox.pdf(id))
  t.match((await app.inject(link.replace(id, 'inv_x'))).json(), { code: 403 })
})

t.test('a redirect ends at a page', async t => {
  const { app } = await open(t)

  t.match(await app.inject('/sandbox/login'), { statusCode: 200, headers: { 'content-type': /^text\/html/ } })
})

t.test('a PDF that is not kept is not served', async t => {
  const { app, sandbox } = await open(t, { keepPdfs: false })
  await create(app)
  const { id } = sandbox.invoices[0]!

  const { link } = (await get(app, `/v1/customer-invoices/${id}/pdf`)).json()

  t.match((await app.inject(link)).json(), { code: 404, message: /not kept/ })
  t.match((await app.inject(`/sandbox/pdfs/${id}`)).json(), { code: 422, errors: { signature: [/./] } })
})

t.test('a bug is answered without its words', async t => {
  const { app } = await open(t, { random: () => 0 })
  const add = () => app.inject({ method: 'POST', url: '/sandbox/customer-invoices', payload: byHand })
  await add()

  t.strictSame((await add()).json(), { code: 500, message: 'Server error.' })
})
