import t from 'tap'
import { CustomerEdit, CustomerForm, InvoiceForm, ListQuery, PaidForm, read } from '../../../plugins/sandbox/forms.ts'
import { fields, refusalOf } from './fixtures.ts'

t.test('a good form is read as it stands', async t => {
  t.strictSame(read(InvoiceForm, fields), fields)
  t.strictSame(read(PaidForm, { paidAt: '2028-02-29 23:59:59' }), { paidAt: '2028-02-29 23:59:59' })
  t.strictSame(read(CustomerEdit, { city: 'Zeist' }), { city: 'Zeist' })
})

t.test('what is left out falls back to what is documented', async t => {
  const customer = { companyName: 'A', address: 'B 1', zipCode: 'C', city: 'D', primaryEmail: 'e@f.example' }

  t.strictSame(read(CustomerForm, customer), { ...customer, countryCode: 'NL' })
  t.strictSame(read(ListQuery, {}), { page: 1 })
  t.strictSame(read(ListQuery, { page: '12' }), { page: 12 })
})

t.test('a refusal names every field, the unknown ones too, and never a value', async t => {
  const refusal = refusalOf(() => read(InvoiceForm, { ...fields, amount: '7', issuedAt: undefined, colour: 'red' }))

  t.strictSame(refusal, {
    code: 422,
    message: 'The given data was invalid.',
    errors: {
      issuedAt: ['is required'],
      amount: ['must be a decimal with a dot and two decimals, such as 12.95'],
      colour: ['is not a known field']
    }
  })
  t.match(
    refusalOf(() => read(PaidForm, { paidAt: 7 })),
    { errors: { paidAt: ['must be text'] } }
  )
})

t.test('a time that does not exist is refused', async t => {
  for (const paidAt of ['2026-04-31 12:00:00', '2026-11-20 24:00:00', '2026-11-20 12:00:60', '2026-11-20']) {
    t.match(
      refusalOf(() => read(PaidForm, { paidAt })),
      { errors: { paidAt: [/./] } },
      paidAt
    )
  }
})

t.test('what is no object at all is refused as a whole', async t => {
  for (const body of [undefined, null, [], 'text', 7]) {
    t.match(
      refusalOf(() => read(PaidForm, body)),
      { errors: { body: [/./] } }
    )
  }
})
