import t from 'tap'
import { nearest } from '../../../plugins/intake/nearest.ts'

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
