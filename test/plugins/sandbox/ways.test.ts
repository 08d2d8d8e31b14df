import t from 'tap'
import { documented, spelled, spellings } from '../../../plugins/sandbox/ways.ts'
import { create, fill, get, noon, numbersOf, open, send, vos } from './fixtures.ts'

const list = async (app: Parameters<typeof get>[0], page = 1) =>
  (await get(app, `/v1/customer-invoices?page=${page}`)).json()

t.test('a number is spelled otherwise in each way, and the same number always alike', async t => {
  t.strictSame(
    spellings.map(spelling => spelled('2026-0042', spelling)),
    ['2026-0042', '2026 0042', '2026-0', '2026&#45;0042', '0002026-0042']
  )
  t.equal(spelled('a&b', 'escaped'), 'a&amp;b')
})

t.test('a portal that spells numbers otherwise shows only its own spelling', async t => {
  const { app, sandbox } = await open(t, { spelling: 'spaced' })

  const answered = (await create(app)).json()

  t.equal(answered.invoiceNumber, '2026 0042')
  t.strictSame(numbersOf(await list(app)), ['2026 0042'])
  t.match(sandbox.invoices, [{ invoiceNumber: '2026 0042', fields: { invoiceNumber: '2026-0042' } }])
})

t.test('numbers that are not told are told nowhere', async t => {
  const { app } = await open(t, { tellsNumbers: false })
  const created = (await create(app)).json()

  for (const answer of [
    created,
    (await list(app)).data[0],
    (await get(app, `/v1/customer-invoices/${created.id}`)).json()
  ]) {
    t.match(answer, { id: created.id, amount: '121.00' })
    t.notOk('invoiceNumber' in answer)
  }
})

t.test('the list is empty, or half of it, while everything is found by its id', async t => {
  const { app, sandbox } = await open(t)
  fill(app, 20)
  const { id } = sandbox.invoices[0]!

  sandbox.list = 'empty'
  t.match(await list(app), { data: { length: 0 }, next_page_url: null })
  t.match(await get(app, `/v1/customer-invoices/${id}`), { statusCode: 200 })

  sandbox.list = 'half'
  const half = numbersOf(await list(app))
  t.strictSame([half.length, new Set(half).size], [10, 10])
  t.match(await list(app), { next_page_url: null }, 'and has an end')
  t.strictSame(numbersOf(await list(app)), half, 'always the same half')
})

t.test('whichever page is asked for, the first is shown, and there is always a next one', async t => {
  const { app } = await open(t, { list: 'one-page' })
  fill(app, 16)

  const [first, ninth] = [await list(app), await list(app, 9)]

  t.strictSame(numbersOf(ninth), numbersOf(first))
  t.match(ninth, { next_page_url: /page=10/ })

  const customers = async (page: number) => (await get(app, `/v1/customers?page=${page}`)).json()
  t.strictSame((await customers(9)).data, (await customers(1)).data, 'as of customers then')
})

t.test('one invoice is not found by its id, though it is listed', async t => {
  const { app } = await open(t, { findsById: false })
  const { id } = (await create(app)).json()

  t.strictSame((await get(app, `/v1/customer-invoices/${id}`)).json(), { code: 404, message: 'Not found.' })
  t.match(await list(app), { data: [{ id }] })
  const paid = await send(app, 'PATCH', `/v1/customer-invoices/${id}`, { paidAt: '2026-11-20 09:30:00' })
  t.match(paid, { statusCode: 200 }, 'and can be marked')
})

t.test('objects and pages come wrapped', async t => {
  const { app } = await open(t, { wrapped: true })
  const created = (await create(app)).json()
  const { id } = created.data

  t.match(id, /^inv_/)
  t.match((await get(app, `/v1/customer-invoices/${id}`)).json(), { data: { id } })
  t.match(await list(app), { data: [{ id }], links: { next: null }, meta: { per_page: 15 } })
  t.match((await get(app, `/v1/customers/${vos}`)).json(), { data: { id: vos } })
  t.match((await get(app, '/v1/customers')).json(), { links: { next: null } })
  t.match((await get(app, '/v1/invoices')).json(), { links: { next: null } })
})

t.test('an invoice that is created as paid is not', async t => {
  const { app, sandbox } = await open(t, { keepsPaidAt: false })

  t.match((await create(app, { paidAt: '2026-07-01 14:00:00' })).json(), { paidAt: null })
  t.match(sandbox.invoices, [{ paidAt: null }])
})

t.test('a clock that went back dates what is made now before what was', async t => {
  const { app, sandbox } = await open(t)
  await create(app)
  sandbox.clockBackMs = 3_600_000
  await create(app, { invoiceNumber: 'winter' })

  t.match(sandbox.invoices, [
    { invoiceNumber: 'winter', createdAt: noon - 3_600_000 },
    { invoiceNumber: '2026-0042', createdAt: noon }
  ])
  t.strictSame(numbersOf(await list(app)), ['2026-0042', 'winter'])
})

t.test('unless something is said, the portal behaves as documented', async t => {
  const { sandbox } = await open(t)

  t.match(sandbox, documented)
})
