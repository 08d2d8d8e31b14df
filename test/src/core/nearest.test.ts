import t from 'tap'
import { nearest } from '../../../src/core/nearest.ts'

const known = ['invoiceNumber', 'issuedAt', 'paidAt', 'customerId', 'pdf', 'pdfUrl', 'sendNotification']

t.test('a slip finds what was meant, another word finds nothing', async t => {
  const expected = {
    sendNotifcation: 'sendNotification',
    send_notification: 'sendNotification',
    InvoiceNumber: 'invoiceNumber',
    'invoice-number': 'invoiceNumber',
    issueAt: 'issuedAt',
    customerID: 'customerId',
    pdfurl: 'pdfUrl',
    invoiceNumbers: 'invoiceNumber',
    number: undefined,
    klant: undefined,
    attachment: undefined
  }

  for (const [name, meant] of Object.entries(expected)) t.equal(nearest(name, known), meant, name)
})

t.test('two neighbours that changed places are one slip', async t => {
  const one = () => 1

  t.equal(nearest('inovice', ['invoice'], one), 'invoice')
  t.equal(nearest('ni', ['in'], one), 'in')
  t.equal(nearest('inovcie', ['invoice'], one), undefined, 'twice is two')
  t.equal(nearest('oninvice', ['invoice'], one), undefined)
})

t.test('the nearest is found, and how near it has to be depends on its length', async t => {
  t.equal(nearest('custonerid', ['customerIds', 'customerId', 'customer']), 'customerId')
  const perThree = (letters: number) => Math.floor(letters / 3)

  t.equal(nearest('pdg', ['pdf'], perThree), 'pdf')
  t.equal(nearest('pgd', ['pdf'], perThree), undefined)
  t.equal(nearest('at', ['as'], perThree), undefined, 'too short for any slip')
  t.equal(nearest('A_S', ['as'], perThree), 'as', 'but not for another notation')
})
