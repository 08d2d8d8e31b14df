import t from 'tap'
import { tool } from '../../../../plugins/tools/stripe/index.ts'
import { formatAmount } from '../../../../src/core/invoice.ts'
import { but, env, fixture, type Json, nobody, readTold, timeZone } from '../../../fixtures/stripe.ts'

t.test('dates are those of the portal, at the turn of a day and of the year', async t => {
  const late = Date.UTC(2026, 11, 31, 23, 30) / 1000
  const body = but({ effective_at: late, due_date: late + 14 * 86_400 })

  t.match(readTold(body).invoice, { issuedAt: '2027-01-01', dueAt: '2027-01-15' })
  t.match(readTold(body, undefined, 'UTC').invoice, { issuedAt: '2026-12-31', dueAt: '2027-01-14' })
})

t.test('the date of issue is the one on the PDF, else when it became final, else when it was made', async t => {
  const [effective, final, made] = [9, 5, 3].map(date => Date.UTC(2026, 9, date, 12) / 1000)
  const times = { effective_at: effective, status_transitions: { finalized_at: final }, created: made }

  t.equal(readTold(but(times)).invoice.issuedAt, '2026-10-09')
  t.equal(readTold(but({ ...times, effective_at: null })).invoice.issuedAt, '2026-10-05')
  const bare = readTold(but({ ...times, effective_at: null, status_transitions: {} }))
  t.match(bare, { invoice: { issuedAt: '2026-10-03' }, finalisedAt: null })
  t.equal(readTold(but({ ...times, effective_at: null, status_transitions: null })).invoice.issuedAt, '2026-10-03')
})

t.test('the portal id is taken from the invoice, then its subscription, then its customer', async t => {
  const id = (value: string) => ({ metadata: { mijnklantportaal_customer_id: value } })
  const subscription = { parent: { subscription_details: id('cst_abonnement') } }
  const customer = { customer: { id: 'cus_1', ...id('cst_klant') } }
  const portalId = (facts: Json) => readTold(but({ metadata: {}, ...facts })).invoice.customer.portalId

  t.equal(portalId({ ...subscription, ...customer, ...id('cst_factuur') }), 'cst_factuur')
  t.equal(portalId({ ...subscription, ...customer }), 'cst_abonnement')
  t.equal(portalId({ ...customer, subscription_details: id('cst_oud') }), 'cst_oud')
  t.equal(portalId(customer), 'cst_klant')
  t.equal(portalId(id(' cst_spaties ')), 'cst_spaties')
  for (const slip of ['klant 7', 'cst_', '', 'CST_7', 'cst_a b']) t.equal(portalId(id(slip)), null, slip)
})

t.test('the portal id is taken from the invoice, then its subscription, then its customer', async t => {
  const id = (value: string) => ({ metadata: { mijnklantportaal_customer_id: value } })
  const subscription = { parent: { subscription_details: id('cst_abonnement') } }
  const customer = { customer: { id: 'cus_1', ...id('cst_klant') } }
  const portalId = (facts: Json) => readTold(but({ metadata: {}, ...facts })).invoice.customer.portalId

  t.equal(portalId({ ...subscription, ...customer, ...id('cst_factuur') }), 'cst_factuur')
  t.equal(portalId({ ...subscription, ...customer }), 'cst_abonnement')
  t.equal(portalId({ ...customer, subscription_details: id('cst_oud') }), 'cst_oud')
  t.equal(portalId(customer), 'cst_klant')
  t.equal(portalId(id(' cst_spaties ')), 'cst_spaties')
  for (const slip of ['klant 7', 'cst_', '', 'CST_7', 'cst_a b']) t.equal(portalId(id(slip)), null, slip)
})

t.test('an invoice without any customer shares its link with no other', async t => {
  const customer = (facts: Json) => readTold(but({ customer: null, ...facts })).invoice.customer

  t.equal(customer({}).ref, 'administratie@korenmaat.example')
  t.match(customer({ customer_email: null }), { ref: 'in_voorbeeld0042', emails: [] })
  t.equal(customer({ customer_account: { id: 'acct_1', object: 'v2.core.account' } }).ref, 'acct_1')
  t.equal(customer({ customer: { id: 'cus_weg', object: 'customer', deleted: true } }).ref, 'cus_weg')
})

t.test('what only describes the customer stops nothing, whatever it looks like', async t => {
  const odd = but({
    customer_name: ['Korenmaat'],
    customer_email: ' ',
    customer_address: 'Korenmarkt 7',
    metadata: 'geen',
    parent: 'geen',
    invoice_pdf: false,
    paid: 'ja'
  })
  const { customer, pdfUrl, paidAt } = readTold(odd).invoice

  t.strictSame(customer, { ref: 'cus_voorbeeld01', portalId: null, ...nobody })
  t.strictSame([pdfUrl, paidAt], [null, null])
  const address = { line1: 'Kade 1', line2: 'bus 3', country: 'be' }
  t.match(readTold(but({ customer_address: address })).invoice.customer, {
    address: 'Kade 1, bus 3',
    zipCode: null,
    countryCode: 'BE'
  })
})

t.test('a NUL in an id is unreadable, and no database is asked to keep it', async t => {
  const read = (facts: Json) => tool.read(but(facts), { settings: tool.settings.parse(env), timeZone })
  const unreadable = (problem: string) => ({ kind: 'unreadable', problem })

  t.match(read({ id: 'in_\0' }), unreadable('data.object.id: expected an id'))
  t.match(read({ customer: 'cus_\0' }), unreadable('data.object.customer: expected an id'))
  t.match(
    read({ customer: { id: 'cus_\0', object: 'customer' } }),
    unreadable('data.object.customer.id: expected an id')
  )
  t.match(
    readTold(but({ metadata: { mijnklantportaal_customer_id: 'cst_\0' }, customer_name: '\0' })).invoice.customer,
    {
      portalId: null,
      name: null
    }
  )
})

t.test('an object where a number belongs is no number, and breaks nothing', async t => {
  const odd = { toString: 1 }
  const read = (body: Buffer) => tool.read(body, { settings: tool.settings.parse(env), timeZone })

  t.match(read(but({ total: odd })), { kind: 'unreadable', problem: 'data.object.total: expected whole minor units' })
  t.match(read(but({ due_date: odd })), { kind: 'unreadable', sourceId: 'in_voorbeeld0042' })
  t.match(read(but({}, { created: [odd] })), { kind: 'unreadable', problem: /^created: expected seconds/ })
})

t.test('amounts keep their digits, whatever their sign and size', async t => {
  const amount = (total: string) => {
    const body = fixture('finalized').toString().replace('"total": 24200,', `"total": ${total},`)
    return readTold(Buffer.from(body)).invoice.amountCents
  }

  t.strictSame(['-24200', '0', '99999999999'].map(amount), [-24_200, 0, 99_999_999_999])
  t.ok(Object.is(amount('-0'), 0))
})

t.test('what Stripe counts in becomes the amount that is on the invoice, whatever its currency', async t => {
  const written: [currency: string, total: number, amount: string][] = [
    ['eur', 5000, '50.00'],
    ['jpy', 5000, '5000'],
    ['JPY', -1, '-1'],
    ['krw', 0, '0'],
    ['mga', 5000, '5000.00'],
    ['kwd', 5124, '5.124'],
    ['bhd', 5120, '5.120'],
    // No decimals, but Stripe still counts them in hundredths.
    ['isk', 500, '5'],
    ['ugx', 500, '5'],
    ['huf', 500, '5.00'],
    ['twd', 500, '5.00']
  ]
  for (const [currency, total, amount] of written) {
    const { invoice } = readTold(but({ currency, total }))
    t.equal(formatAmount(invoice.amountCents, invoice.currency), amount, `${total} ${currency}`)
  }
})

t.test('a draft is told as a draft, so that it goes nowhere', async t => {
  t.equal(readTold(but({ status: 'draft' })).stage, 'draft')
  t.match(readTold(but({ number: null })), { stage: 'draft', invoice: { invoiceNumber: 'in_voorbeeld0042' } })
  t.equal(readTold(but({ status: null })).stage, 'final')
})

t.test('what is paid without a time was paid when that was told', async t => {
  const told = Date.UTC(2026, 10, 1, 15, 0, 5)

  t.equal(readTold(but({ status: 'paid' })).invoice.paidAt, told)
  t.equal(readTold(but({ paid: true })).invoice.paidAt, told)
  t.equal(readTold(but({ paid: false })).invoice.paidAt, null)
})

t.test('what a number cannot hold is not misread: it is unreadable', async t => {
  const written = (total: string) => fixture('finalized').toString().replace('"total": 24200', `"total": ${total}`)
  const problem = 'data.object.total: expected whole minor units'

  for (const total of ['9007199254740993', '123456789012', '1e400', '242.5', '"12 "', 'true', '[242]'])
    t.match(
      tool.read(Buffer.from(written(total)), { settings: tool.settings.parse(env), timeZone }),
      { kind: 'unreadable', problem },
      total
    )
  t.match(readTold(Buffer.from(written('99999999999'))).invoice, { amountCents: 99_999_999_999 })
  t.match(readTold(Buffer.from(written('"24200"'))).invoice, { amountCents: 24_200 })
})
