// Which PDF is whose, where a mail has several files.

import t from 'tap'
import { mail, pdfFile, pdfOf, ubl, xmlFile } from '../../../fixtures/mailbox.ts'
import { open } from './parts.ts'

t.test('another XML file in the mail takes no PDF from the invoice', async t => {
  const { server, read } = await open(t)
  const logo = { name: 'logo.svg', type: 'image/svg+xml', bytes: '<svg xmlns="http://www.w3.org/2000/svg"/>' }
  const other = { name: 'auditfile.xml', type: 'text/xml', bytes: '<auditfile/>' }
  server.put(mail({ files: [xmlFile({ number: '1' }, 'ubl.xml'), logo, other, pdfFile('1', 'factuur.pdf')] }))

  t.match(await read(), [{ invoice: { invoiceNumber: '1' }, bytes: pdfOf('1') }])
})

t.test('where the PDFs of the mail do not say whose they are, the one in the UBL file does', async t => {
  const { server, read } = await open(t)
  const reference = `<cac:AdditionalDocumentReference><cbc:ID>1</cbc:ID><cac:Attachment>
    <cbc:EmbeddedDocumentBinaryObject mimeCode="application/pdf">${pdfOf('1').toString('base64')}
    </cbc:EmbeddedDocumentBinaryObject></cac:Attachment></cac:AdditionalDocumentReference>`
  const bytes = ubl({ number: '1' }).replace('<cac:AccountingSupplierParty>', `${reference}$&`)
  const xml = { ...xmlFile({ number: '1' }), bytes }
  server.put(mail({ files: [xml, pdfFile('1', 'a.pdf'), pdfFile('2', 'b.pdf')] }))

  t.match(await read(), [{ invoice: { invoiceNumber: '1' }, bytes: pdfOf('1') }])
})
