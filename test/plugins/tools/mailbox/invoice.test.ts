import t from 'tap'
import { parseInvoice, pdf } from '../../../../plugins/tools/mailbox/invoice.ts'
import { customerEmail, supplierId, ubl } from '../../../fixtures/mailbox.ts'

const given = { to: [customerEmail], supplierId }

t.test('a UBL file of one’s own is an invoice, its customer the one that the mail went to', async t => {
  t.match(parseInvoice(Buffer.from(ubl({ number: '2026/0117' })), given), {
    kind: 'invoice',
    embeddedPdf: null,
    invoice: {
      stage: 'final',
      invoice: { invoiceNumber: '2026/0117', customer: { name: 'Bakkerij De Vos', emails: [customerEmail] } }
    }
  })
})

t.test('one of somebody else is not, and says so without a word of it', async t => {
  const parsed = parseInvoice(Buffer.from(ubl({ number: '1', supplier: '87654321' })), given)
  t.match(parsed, { kind: 'unreadable', problem: /EMAIL_SUPPLIER_ID/, sourceId: /87654321/ })
  t.notMatch((parsed as { problem: string }).problem, /87654321|Molen/)
})

t.test('other XML is left alone', async t => {
  t.strictSame(parseInvoice(Buffer.from('<urlset/>'), given), { kind: 'other' })
})

t.test('a PDF that is not there is the owner’s to bring', async t => {
  await t.rejects(pdf(), { code: 'PDF_NOT_A_PDF', message: /put it there yourself/ })
})
