import t from 'tap'
import {
  atom,
  customerAnswer,
  invoiceAnswer,
  localInstant,
  objectAnswer,
  pageAnswer
} from '../../../plugins/sandbox/answers.ts'
import { createStore } from '../../../plugins/sandbox/store.ts'
import { handClock, vos } from './fixtures.ts'

t.test('an instant is written with the offset of the portal, in summer and in winter', async t => {
  t.equal(atom(Date.UTC(2026, 6, 1, 12, 0, 0, 999)), '2026-07-01T14:00:00+02:00')
  t.equal(atom(Date.UTC(2026, 10, 20, 12)), '2026-11-20T13:00:00+01:00')
})

t.test('a local time is one of the zone of the portal', async t => {
  t.equal(atom(localInstant('2026-07-01 14:00:00')), '2026-07-01T14:00:00+02:00')
  t.equal(atom(localInstant('2026-11-20 00:00:00')), '2026-11-20T00:00:00+01:00')
  t.equal(atom(localInstant('2026-03-29 02:30:00')), '2026-03-29T03:30:00+02:00', 'an hour that was left out')
})

t.test('the address of the next page ends in the comma of the documentation', async t => {
  const page = pageAnswer('/list', 2, { entries: ['a'], more: true })

  t.match(page, { next_page_url: '/list?page=3,', prev_page_url: '/list?page=1', from: 16, to: 16 })
})

t.test('the first page has none before it, the last none behind it, and an empty one no numbers', async t => {
  t.match(pageAnswer('/list', 1, { entries: ['a'], more: false }), {
    next_page_url: null,
    prev_page_url: null
  })
  t.match(pageAnswer('/list', 1, { entries: [], more: false }), { from: null, to: null, data: [] })
})

t.test('wrapped, a page and an object come as the framework’s resources have them', async t => {
  t.strictSame(pageAnswer('/list', 2, { entries: ['a'], more: true, wrapped: true }), {
    data: ['a'],
    links: { first: '/list?page=1', next: '/list?page=3,', prev: '/list?page=1' },
    meta: { current_page: 2, from: 16, path: '/list', per_page: 15, to: 16 }
  })
  t.strictSame(objectAnswer({ id: 'a' }, { wrapped: true }), { data: { id: 'a' } })
  t.strictSame(objectAnswer({ id: 'a' }, {}), { id: 'a' })
})

t.test('of what is stored an answer shows what is documented, and nothing else', async t => {
  const store = createStore({ clock: handClock() })
  const invoice = store.addInvoice({
    customerId: vos,
    invoiceNumber: '1',
    issuedAt: '2026-11-20',
    dueAt: null,
    amount: '1.00',
    paidAt: null,
    sendNotification: 'true',
    fields: {},
    sha256: null,
    bytes: 0
  })

  const unpaid = invoiceAnswer(invoice, 'https://sandbox.example/v1')
  invoice.paidAt = invoice.createdAt
  const paid = invoiceAnswer(invoice, 'https://sandbox.example/v1')

  t.strictSame(
    Object.keys(unpaid).toSorted(),
    'amount createdAt currency customerId dueAt id invoiceNumber issuedAt links paidAt'.split(' ')
  )
  t.notOk('invoiceNumber' in invoiceAnswer(invoice, '', { tellsNumber: false }))
  t.equal(unpaid.paidAt, null)
  t.equal(paid.paidAt, '2026-11-20T12:00:00+01:00')
  t.equal(paid.links.customer.href, `https://sandbox.example/v1/customers/${vos}`)
  t.strictSame(Object.keys(customerAnswer(store.customers.get(vos)!)).toSorted(), [
    ...['address', 'city', 'companyName', 'countryCode', 'createdAt', 'customerGroups', 'id'],
    ...['integration', 'integrationId', 'phone', 'primaryEmail', 'zipCode']
  ])
})
