import t from 'tap'
import { createStore, type NewInvoice, sampleCustomers } from '../../../plugins/sandbox/store.ts'
import { handClock, noon, vos } from './fixtures.ts'

const invoice: NewInvoice = {
  customerId: vos,
  invoiceNumber: '1',
  issuedAt: '2026-11-20',
  dueAt: null,
  amount: '1.00',
  paidAt: null,
  sendNotification: null,
  fields: {},
  sha256: null,
  bytes: 0
}

t.test('sample customers have a whole address and an e-mail that reaches nobody', async t => {
  const { customers } = createStore({ clock: handClock() })

  t.equal(customers.entries.length, sampleCustomers.length)
  for (const customer of customers.entries) {
    t.match(customer, {
      id: /^cst_[a-z0-9]{14}$/,
      address: /./,
      zipCode: /./,
      city: /./,
      primaryEmail: /\.example$/
    })
  }
})

t.test('a customer that is there from the start may have what no call can set', async t => {
  const { customers } = createStore({
    clock: handClock(),
    customers: [
      {
        companyName: 'A',
        primaryEmail: 'a@a.example',
        integration: 'acumulus',
        integrationId: '7',
        createdAt: 5
      },
      { companyName: 'B', primaryEmail: 'b@b.example' }
    ]
  })

  t.match(customers.entries, [
    { companyName: 'A', integration: 'acumulus', integrationId: '7', createdAt: 5 },
    { companyName: 'B', integration: null, countryCode: 'NL', createdAt: noon }
  ])
})

t.test('no id is given out twice', async t => {
  const draws = Array.from({ length: 28 }, () => 0).concat(Array.from({ length: 14 }, () => 0.99))
  const store = createStore({ clock: handClock(), random: () => draws.shift() ?? 0 })

  t.equal(store.addInvoice(invoice).id, 'inv_aaaaaaaaaaaaaa')
  t.equal(store.addInvoice(invoice).id, 'inv_99999999999999')
  t.throws(() => store.addInvoice(invoice), /repeat/)
})

t.test('ids come from true chance when nothing else is given', async t => {
  const store = createStore({ clock: handClock() })

  t.not(store.addInvoice(invoice).id, store.addInvoice(invoice).id)
})

t.test('a number is taken as long as one invoice has it', async t => {
  const store = createStore({ clock: handClock() })
  t.equal(store.numberTaken('1'), false)
  const { id } = store.addInvoice(invoice)
  const { id: other } = store.addInvoice(invoice)

  store.deleteInvoice(id)
  t.equal(store.numberTaken('1'), true)
  store.deleteInvoice(other)
  t.equal(store.numberTaken('1'), false)
  t.equal(store.deleteInvoice(other), false)
})

t.test('the bytes of a PDF go with its invoice', async t => {
  const store = createStore({ clock: handClock() })
  const content = Buffer.from('%PDF-')
  const { id, ...stored } = store.addInvoice({ ...invoice, content })

  t.notOk('content' in stored)
  t.equal(store.pdfs.get(id), content)
  store.deleteInvoice(id)
  t.equal(store.pdfs.get(id), undefined)
})
