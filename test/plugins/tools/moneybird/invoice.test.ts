import t from 'tap'
import { parseInvoice } from '../../../../plugins/tools/moneybird/invoice.ts'
import type { ToolInvoice } from '../../../../src/tools/tool.ts'
import { entity, timeZone } from './parts.ts'

const read = (invoice: object): ToolInvoice => {
  const parsed = parseInvoice(invoice, { timeZone })
  if ('problem' in parsed) throw new Error(parsed.problem)
  return parsed
}

const problemOf = (changes: object): string => {
  const parsed = parseInvoice(entity('open', changes), { timeZone })
  return 'problem' in parsed ? parsed.problem : 'none'
}

const contact = entity('open').contact as object

t.test('finalised is a state: any but draft and scheduled, once there is a number', async t => {
  for (const state of ['open', 'pending_payment', 'reminded', 'late', 'paid', 'uncollectible', 'a_new_one'])
    t.equal(read(entity('open', { state })).stage, 'final', state)
  for (const changes of [{ state: 'draft' }, { state: 'scheduled' }, { invoice_id: null }, { invoice_id: ' ' }]) {
    t.match(read(entity('open', changes)), {
      stage: 'draft',
      invoice: { sourceId: '410000000000000300', invoiceNumber: '410000000000000300' }
    })
  }
})

t.test('amounts have as few decimals as needed, and are negative on a credit invoice', async t => {
  for (const [text, cents] of [
    ['181.5', 18150],
    ['181.05', 18105],
    ['181', 18100],
    ['0.0', 0],
    ['-0.0', 0],
    ['-181.5', -18150],
    ['0.07', 7]
  ])
    t.equal(read(entity('open', { total_price_incl_tax: text })).invoice.amountCents, cents, String(text))
  t.match(read(entity('open', { total_price_incl_tax: '5.124', currency: 'KWD' })).invoice, {
    amountCents: 5124,
    currency: 'KWD'
  })
})

t.test('paid is a day, so noon in the portal; the state has to say it as well', async t => {
  const paidAt = (changes: object) => read(entity('open', changes)).invoice.paidAt
  t.equal(paidAt({ state: 'paid', paid_at: '2026-11-24' }), Date.UTC(2026, 10, 24, 11))
  t.equal(paidAt({ state: 'paid', paid_at: '2026-07-24' }), Date.UTC(2026, 6, 24, 10))
  t.equal(paidAt({ state: 'paid', paid_at: null }), null)
  t.equal(paidAt({ state: 'late', paid_at: '2026-11-24' }), null)
})

t.test('only what Moneybird says is being collected waits for it', async t => {
  t.equal(read(entity('pending-payment')).collectsItself, true)
  t.equal(read(entity('open')).collectsItself, false)
  t.equal(read(entity('paid')).collectsItself, false)
})

t.test('the customer is found by the address that invoices go to, else by the next best', async t => {
  const emails = (changes: object, person: object | null = null) =>
    read(entity('open', { contact: { ...contact, ...changes }, contact_person: person })).invoice.customer.emails
  const person = { firstname: 'Jo', lastname: 'Dam', email: 'jo@vandam.example' }
  t.strictSame(emails({}), ['boekhouding@vandam.example', 'directie@vandam.example'])
  t.strictSame(emails({ send_invoices_to_email: '' }), ['info@vandam.example'])
  t.strictSame(emails({ send_invoices_to_email: null, email: null }, person), ['jo@vandam.example'])
  t.strictSame(emails({ send_invoices_to_email: null, email: 'geen' }), [])
  t.strictSame(read(entity('open', { contact: null })).invoice.customer.emails, [])
})

t.test('a person without a company has a name, too', async t => {
  const name = (changes: object, person: object | null = null) =>
    read(entity('open', { contact: { ...contact, ...changes }, contact_person: person })).invoice.customer.name
  t.equal(name({ company_name: '', firstname: 'Jo', lastname: 'van Dam' }), 'Jo van Dam')
  t.equal(name({ company_name: null }, { firstname: null, lastname: 'Dam', email: null }), 'Dam')
  t.equal(name({ company_name: null }), null)
})

t.test("the portal's customer stands in the reference or in any custom field, the invoice's own first", async t => {
  const field = (value: unknown) => [{ id: '1', name: 'Portaal', value }]
  const portalId = (own: object, ofContact: object = {}) =>
    read(entity('open', { contact: { ...contact, ...ofContact }, ...own })).invoice.customer.portalId
  t.equal(portalId({}), null)
  t.equal(portalId({}, { custom_fields: field(' cst_1 ') }), 'cst_1')
  t.equal(portalId({ custom_fields: field('cst_2') }, { custom_fields: field('cst_1') }), 'cst_2')
  t.equal(portalId({ reference: 'cst_3', custom_fields: field('cst_2') }), 'cst_3')
  for (const reference of ['voor cst_3', 'CST_3', 'cst_', 'cst_3/4']) t.equal(portalId({ reference }), null, reference)
  t.equal(portalId({ custom_fields: field(null) }, { custom_fields: 'none' }), null)
})

t.test('what only describes does not stop an invoice', async t => {
  const { invoice } = read(entity('open', { contact: { company_name: '', country: 'Nederland' }, due_date: 'soon' }))
  t.match(invoice, { dueAt: null, customer: { ref: '410000000000000100', name: null, countryCode: null } })
})

t.test('what an invoice cannot do without is named, and never repeated', async t => {
  for (const [field, value] of [
    ['id', 'abc'],
    ['id', '../1'],
    ['state', null],
    ['invoice_id', `2026${'\u200b'}-1`],
    ['contact_id', null],
    ['invoice_date', null],
    ['invoice_date', '2026-02-30'],
    ['currency', 'euro'],
    ['total_price_incl_tax', null],
    ['total_price_incl_tax', '181.505'],
    ['total_price_incl_tax', '1,5'],
    ['paid_at', 'gisteren']
  ] as const) {
    const problem = problemOf({ [field]: value })
    t.ok(problem.startsWith(`${field}: expected`), `${field}: ${problem}`)
    t.notOk(value !== null && problem.includes(value), field)
  }
  for (const nothing of [undefined, null, [], 'x'])
    t.strictSame(parseInvoice(nothing, { timeZone }), { problem: 'expected a sales invoice' })
})
