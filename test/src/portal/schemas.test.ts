import t from 'tap'
import {
  customerEntry,
  invoiceEntry,
  PortalBill,
  pageOf,
  parseJson,
  read,
  readWritten,
  single
} from '../../../src/portal/schemas.ts'

const documented = {
  id: 'inv_abc12345def678',
  customerId: 'cst_abc12345def678',
  invoiceNumber: '2024-001',
  issuedAt: '2024-04-29',
  dueAt: '2024-05-28',
  currency: 'EUR',
  amount: '12.95',
  paidAt: '2024-05-28T21:00:00+02:00',
  createdAt: '2024-04-29T21:00:00+02:00',
  links: { customer: { href: 'https://api.example/customers/cst_1', type: 'application/json' } }
}

const invoiceOf = (fields: object) => read(invoiceEntry, JSON.stringify({ ...documented, ...fields }))

t.test('an invoice is read as the portal documents it', async t => {
  t.strictSame(read(invoiceEntry, JSON.stringify(documented)), {
    value: {
      id: 'inv_abc12345def678',
      customerId: 'cst_abc12345def678',
      invoiceNumber: '2024-001',
      issuedAt: '2024-04-29',
      currency: 'EUR',
      amountCents: 1295,
      paidAt: Date.UTC(2024, 4, 28, 19),
      createdAt: Date.UTC(2024, 3, 29, 19)
    }
  })
})

t.test('a date that comes with midnight is that date; with any other time it is left for a person', async t => {
  for (const [told, issuedAt] of [
    ['2026-07-01', '2026-07-01'],
    ['2026-07-01 00:00:00', '2026-07-01'],
    ['2026-07-01T00:00:00', '2026-07-01'],
    ['2026-07-01T00:00:00.000000Z', '2026-07-01'],
    ['2026-07-01T00:00:00+02:00', '2026-07-01'],
    ['2026-06-30T22:00:00.000Z', '2026-07-01'],
    ['2026-12-31T23:00:00Z', '2027-01-01'],
    ['2026-06-30T22:00:00+00:00', '2026-07-01'],
    ['2026-07-01T15:00:00Z', '2026-07-01T15:00:00Z'],
    ['2026-06-30T22:00:00+02:00', '2026-06-30T22:00:00+02:00'],
    ['2026-07-01 14:00:00', '2026-07-01 14:00:00'],
    ['2026-07-01T14:30:00+02:00', '2026-07-01T14:30:00+02:00'],
    ['2026-06-30T22:15:00Z', '2026-06-30T22:15:00Z'],
    ['2026-13-31T00:00:00Z', '2026-13-31T00:00:00Z'],
    ['1-7-2026', '1-7-2026']
  ])
    t.match(invoiceOf({ issuedAt: told }), { value: { issuedAt } }, String(told))
})

t.test('fields that are missing, null or empty are null', async t => {
  const nothing = {
    customerId: null,
    issuedAt: null,
    currency: null,
    amountCents: null,
    paidAt: null,
    createdAt: null
  }
  const empty = { customerId: '', issuedAt: '', amount: '', currency: '', paidAt: '', createdAt: '' }

  t.strictSame(read(invoiceEntry, '{"id":"inv_1","invoiceNumber":"1"}'), {
    value: { id: 'inv_1', invoiceNumber: '1', ...nothing }
  })
  t.match(invoiceOf({ ...nothing, amount: null }), { value: nothing })
  t.match(invoiceOf(empty), { value: nothing })
})

t.test('an amount is read from its digits, written as text or as a number', async t => {
  const amounts: [string, number | null][] = [
    ['"12.95"', 1295],
    ['12.95', 1295],
    ['12.9', 1290],
    ['13', 1300],
    ['0.07', 7],
    ['-12.95', -1295],
    ['0', 0],
    ['123456789.12', 12345678912],
    ['"12.950"', 1295],
    ['12.9500000', 1295],
    ['1.005', null],
    ['12.949999999999999', null],
    ['"12,95"', null],
    ['"1.234,50"', null],
    ['1.295e1', null],
    ['"free"', null],
    ['1e400', null]
  ]

  for (const [written, cents] of amounts) {
    const reading = read(invoiceEntry, `{"id":"inv_1","invoiceNumber":"1","amount":${written}}`)
    t.match(reading, { value: { amountCents: cents } }, written)
  }
})

t.test('an invoice number that is written as a number loses no digit', async t => {
  const number = '20260000000000000042'
  t.match(read(invoiceEntry, `{"id":"inv_1","invoiceNumber":${number}}`), {
    value: { invoiceNumber: number }
  })
  t.match(read(invoiceEntry, '{"id":"inv_1","invoiceNumber":2026.10}'), {
    value: { invoiceNumber: '2026.10' }
  })
})

t.test('paid in a notation that cannot be read is never unpaid', async t => {
  for (const paidAt of ['yesterday', '2024-05-28 21:00:00', '0000-00-00', 'true']) {
    t.strictSame(invoiceOf({ paidAt }), { problem: 'paidAt' }, paidAt)
  }
  t.strictSame(invoiceOf({ paidAt: true }), { problem: 'paidAt' })
  t.match(invoiceOf({ paidAt: '2024-05-28T19:00:00.000Z' }), { value: { paidAt: Date.UTC(2024, 4, 28, 19) } })
})

t.test('created at a time that cannot be read is created at an unknown time', async t => {
  t.match(invoiceOf({ createdAt: 'yesterday' }), { value: { createdAt: null } })
})

t.test('an invoice without an id cannot be read; one without a number is no reason not to', async t => {
  for (const id of [null, '', 5, undefined, {}]) t.strictSame(invoiceOf({ id }), { problem: 'id' })
  for (const body of ['{"id":"inv_1"}', '{"id":"inv_1","invoiceNumber":""}']) {
    t.match(read(invoiceEntry, body), { value: { id: 'inv_1', invoiceNumber: null } })
  }
  t.match(invoiceOf({ invoiceNumber: null }), { value: { invoiceNumber: null } })
  t.strictSame(invoiceOf({ invoiceNumber: {} }), { problem: 'invoiceNumber' }, 'but what it is must be told')
})

t.test('a NUL, which no database keeps, is replaced in a text, and in an id not read', async t => {
  t.match(invoiceOf({ invoiceNumber: '2026\0' }), { value: { invoiceNumber: '2026\ufffd' } })
  t.strictSame(invoiceOf({ id: 'inv_\0' }), { problem: 'id' })
})

t.test('a single object may come wrapped, and an object with an id of its own is not unwrapped', async t => {
  const wrapped = JSON.stringify({ data: documented })
  t.match(read(single(invoiceEntry), wrapped), { value: { id: documented.id, amountCents: 1295 } })
  t.match(read(single(invoiceEntry), JSON.stringify(documented)), { value: { id: documented.id } })
  t.match(read(single(invoiceEntry), '{"id":"inv_1","data":{"id":"inv_2"}}'), { value: { id: 'inv_1' } })
  for (const body of ['{"data":[{"id":"inv_1"}]}', '{"data":null}', '{"data":{"data":{"id":"inv_1"}}}', '[]'])
    t.match(read(single(invoiceEntry), body), { problem: String }, body)
})

t.test('a page is read entry by entry; one that cannot be read spoils the page, never shortens it', async t => {
  const page = pageOf(invoiceEntry)
  const whole = { data: [documented, { ...documented, id: 'inv_2' }], next_page_url: null }

  t.match(read(page, JSON.stringify(whole)), { value: { items: [{ id: documented.id }, { id: 'inv_2' }] } })

  const spoiled = { ...whole, data: [documented, { ...documented, id: null }] }
  t.strictSame(read(page, JSON.stringify(spoiled)), { problem: 'data.1.id' })
  t.strictSame(read(page, JSON.stringify({ ...whole, data: undefined })), { problem: 'data' })
  t.strictSame(read(page, JSON.stringify({ ...whole, data: { 0: documented } })), { problem: 'data' })
  t.strictSame(read(page, JSON.stringify({ data: [null] })), { problem: 'data.0' })
  t.strictSame(read(page, '[]'), { problem: 'not an object' })
  t.strictSame(read(page, '<html>'), { problem: 'not JSON' })
  t.strictSame(read(page, ''), { problem: 'not JSON' })
})

t.test('a list ends where the portal says so, or at an empty page; and nowhere else', async t => {
  const page = pageOf(invoiceEntry)
  const more = (envelope: object) => read(page, JSON.stringify(envelope))
  const data = [documented]

  t.match(more({ data, next_page_url: 'https://api.example/v1/customer-invoices?page=2,' }), {
    value: { more: true }
  })
  t.match(more({ data, next_page_url: null }), { value: { more: false } })
  t.match(more({ data: [], next_page_url: 'https://api.example/?page=9' }), { value: { more: false } })
  t.match(more({ data }), { value: { more: true } }, 'an envelope that changed does not look like an end')
})

t.test('the end may be told below `links`; where both tell, the documented one counts', async t => {
  const page = pageOf(invoiceEntry)
  const more = (envelope: object) => read(page, JSON.stringify({ data: [documented], ...envelope }))

  t.match(more({ links: { next: null } }), { value: { more: false } })
  t.match(more({ links: { next: 'https://api.example/?page=2' } }), { value: { more: true } })
  t.match(more({ next_page_url: null, links: { next: 'https://api.example/?page=2' } }), {
    value: { more: false }
  })
  t.match(more({ next_page_url: 'x', links: { next: null } }), { value: { more: true } })
  for (const links of [null, [], 'x', {}, [{ url: null }]]) {
    t.match(more({ links }), { value: { more: true } }, `${JSON.stringify(links)} is no end`)
  }
})

t.test('entries of a page may come wrapped', async t => {
  const body = JSON.stringify({ data: [{ data: documented }, documented], next_page_url: null })

  t.match(read(pageOf(invoiceEntry), body), {
    value: { items: [{ id: documented.id }, { id: documented.id }] }
  })
})

t.test('a customer is read as the portal documents it', async t => {
  const customer = {
    id: 'cst_abc12345def678',
    companyName: 'Anna B.V.',
    address: 'Dam 1',
    zipCode: '1012 JS',
    city: 'Amsterdam',
    primaryEmail: 'anna@example.nl',
    phone: null,
    integration: 'acumulus',
    integrationId: '7',
    customerGroups: ['cug_1'],
    createdAt: '2024-04-28T21:00:00+02:00'
  }
  const { phone, integrationId, customerGroups, ...known } = customer

  t.strictSame(read(customerEntry, JSON.stringify(customer)), {
    value: { ...known, countryCode: null, createdAt: Date.UTC(2024, 3, 28, 19) }
  })
  t.match(read(customerEntry, '{"id":"cst_1"}'), {
    value: { id: 'cst_1', primaryEmail: null, integration: null }
  })
})

t.test("the portal's own bills keep their amounts as they are written", async t => {
  const bill =
    '{"id":"fac_1","invoiceNumber":"MKP-2025.0010","issuedAt":"2025-04-12T00:00:00.000Z","currency":"EUR",' +
    '"lines":[],"subtotalAmount":12.950,"vatAmount":"2.7195","totalAmount":15.67,"isPaid":true}'

  t.strictSame(read(PortalBill, bill), {
    value: {
      id: 'fac_1',
      invoiceNumber: 'MKP-2025.0010',
      issuedAt: '2025-04-12T00:00:00.000Z',
      currency: 'EUR',
      subtotalAmount: '12.950',
      vatAmount: '2.7195',
      totalAmount: '15.67',
      isPaid: true
    }
  })
  t.match(read(PortalBill, '{"id":"fac_1"}'), { value: { totalAmount: null, isPaid: null } })
})

t.test('an answer to a write needs an id and nothing else', async t => {
  t.match(readWritten(invoiceEntry, JSON.stringify(documented)), { id: documented.id, amountCents: 1295 })
  t.match(readWritten(invoiceEntry, '{"id":"inv_1"}'), { id: 'inv_1', invoiceNumber: null, paidAt: null })
  t.match(readWritten(invoiceEntry, '{"id":"inv_1","paidAt":"soon"}'), { id: 'inv_1', paidAt: null })
  t.match(readWritten(customerEntry, '{"id":"cst_1","city":7}'), { id: 'cst_1', city: null })
  t.match(readWritten(invoiceEntry, JSON.stringify({ data: documented })), {
    id: documented.id,
    amountCents: 1295
  })
  for (const body of ['{}', '{"id":""}', '{"id":null}', '[]', '"inv_1"', 'null', '<html>', '']) {
    t.equal(readWritten(invoiceEntry, body), null, body)
  }
})

t.test('what cannot be read is named without its content', async t => {
  t.notMatch(JSON.stringify(read(invoiceEntry, 'anna@example.nl')), 'anna')
  t.notMatch(JSON.stringify(invoiceOf({ paidAt: 'anna@example.nl' })), 'anna')
})

t.test('numbers that are no amounts stay numbers', async t => {
  t.strictSame(parseJson('{"per_page":15,"amount":1.10,"vatAmount":[2.50]}'), {
    per_page: 15,
    amount: '1.10',
    vatAmount: [2.5]
  })
})
