// Which PDF is whose, where a mail has several files.

import t from 'tap'
import {
  customerEmail,
  type File,
  invoiceMail,
  mail,
  pdfFile,
  pdfOf,
  ubl,
  user,
  xmlFile
} from '../../../fixtures/mailbox.ts'
import { open } from './parts.ts'

t.test('another XML file in the mail takes no PDF from the invoice', async t => {
  const { server, read } = await open(t)
  const logo = { name: 'logo.svg', type: 'image/svg+xml', bytes: '<svg xmlns="http://www.w3.org/2000/svg"/>' }
  const other = { name: 'auditfile.xml', type: 'text/xml', bytes: '<auditfile/>' }
  server.put(mail({ files: [xmlFile({ number: '1' }, 'ubl.xml'), logo, other, pdfFile('1', 'factuur.pdf')] }))

  t.match(await read(), [{ invoice: { invoiceNumber: '1' }, bytes: pdfOf('1') }])
})

for (const [what, files] of Object.entries({
  'either PDF': [pdfFile('2', 'a.pdf'), pdfFile('3', 'b.pdf')],
  'the only PDF': [pdfFile('2', 'algemene-voorwaarden.pdf')]
}))
  t.test(`where the name of ${what} says nothing, the PDF in the UBL file counts`, async t => {
    const { server, read } = await open(t)
    const reference = `<cac:AdditionalDocumentReference><cbc:ID>1</cbc:ID><cac:Attachment>
    <cbc:EmbeddedDocumentBinaryObject mimeCode="application/pdf">${pdfOf('1').toString('base64')}
    </cbc:EmbeddedDocumentBinaryObject></cac:Attachment></cac:AdditionalDocumentReference>`
    const bytes = ubl({ number: '1' }).replace('<cac:AccountingSupplierParty>', `${reference}$&`)
    server.put(mail({ files: [{ ...xmlFile({ number: '1' }), bytes }, ...files] }))

    t.match(await read(), [{ invoice: { invoiceNumber: '1' }, bytes: pdfOf('1') }])
  })

t.test('the number of the invoice in its name says which PDF it is', async t => {
  const { server, read } = await open(t)
  const files = [xmlFile({ number: '2026-0117' }, 'e-factuur.xml'), pdfFile('2', 'algemene-voorwaarden.pdf')]
  server.put(mail({ files: [...files, pdfFile('1', 'Factuur 20260117.pdf')] }))

  t.match(await read(), [{ invoice: { invoiceNumber: '2026-0117' }, bytes: pdfOf('1') }])
})

const file = (name: string, type: string) => ({ name, type, bytes: 'iets' })
const encrypted = [file('versie.txt', 'application/pgp-encrypted'), file('mail.asc', 'application/octet-stream')]
const wrapped: Record<string, [File[], RegExp]> = {
  'a zip file': [[file('factuur.zip', 'application/zip')], /attach the files themselves/],
  'a zip file of no type': [[file('Factuur.ZIP ', 'application/octet-stream')], /attach the files themselves/],
  'a mail that S/MIME encrypted': [[file('smime.p7m', 'application/pkcs7-mime')], /this copy mailed without that/],
  'a mail that PGP encrypted': [encrypted, /this copy mailed without that/],
  'a file that PGP encrypted': [[file('factuur.pdf.pgp', 'application/octet-stream')], /this copy mailed without that/],
  'winmail.dat': [[file('winmail.dat', 'application/ms-tnef')], /HTML or plain text, not as rich text/],
  'a mail as a file': [[file('factuur.eml', 'application/octet-stream')], /redirect that mail itself/],
  'a mail as a file of Outlook': [[file('factuur.msg', 'application/vnd.ms-outlook')], /redirect that mail itself/]
}

for (const [what, [files, advice]] of Object.entries(wrapped))
  t.test(`nothing but ${what} is held, and says what to do`, async t => {
    const { server, read } = await open(t, { EMAIL_ADDRESS: user })
    server.put(mail({ files: [...files, file('logo.png', 'image/png')] }))

    t.match(await read(), [{ problem: advice, sourceId: String }])
    t.equal(server.mails('Niet gelezen')?.length, 1)
  })

t.test('a zip file beside an invoice is left alone, and one from a stranger is held for nobody', async t => {
  const { server, connection, read } = await open(t, { EMAIL_ADDRESS: user })
  const zip = file('bijlagen.zip', 'application/zip')
  server.put(mail({ files: [zip, xmlFile({ number: '1' }), pdfFile('1')] }))
  t.match(await read(), [{ invoice: { invoiceNumber: '1' }, bytes: pdfOf('1') }])

  connection.settings.EMAIL_ADDRESS = 'ander-9d8f7a@bakkerij.example'
  server.put(mail({ files: [zip] }))
  t.match(await read(), [{ reason: /not proven/ }])
  t.equal(server.mails('Niet gelezen')?.length, 1)
})

t.test('a signed mail is no encrypted one', async t => {
  const { server, read } = await open(t)
  server.put(mail({ files: [file('smime.p7s', 'application/pkcs7-signature')] }))

  t.match(await read(), [{ reason: 'a mail without an invoice' }])
})

for (const [what, inner] of Object.entries({
  'several parts': invoiceMail({ number: '1' }),
  'one file': `Content-Type: application/xml\r\n\r\n${ubl({ number: '1' })}`
}))
  t.test(`a mail that is nothing but another mail of ${what} brings its invoice`, async t => {
    const { server, read } = await open(t)
    server.put(`To: ${customerEmail}\r\nContent-Type: message/rfc822\r\n\r\n${inner}`)

    const told = await read()
    t.match(told, [{ invoice: { invoiceNumber: '1' } }])
    t.strictSame(told[0]?.bytes, what === 'one file' ? undefined : pdfOf('1'))
  })

t.test('what the host wrote above its line is told from what a sender wrote below it', async t => {
  const { server, read } = await open(t, { EMAIL_SENDERS: 'molen.example', EMAIL_RECEIVER: 'mx.bakkerij.example' })
  const says = (clause: string) => `Authentication-Results: mx.bakkerij.example; ${clause}`
  const line = 'Received: from molen.example\r\n\tby mx.bakkerij.example'
  const known = says('dkim=pass header.d=molen.example')
  server.put(invoiceMail({ number: '1' }, { headers: [says('dmarc=none'), known, line] }))
  server.put(invoiceMail({ number: '2' }, { headers: [says('dmarc=none'), line, known] }))

  t.match(await read(), [{ invoice: { invoiceNumber: '1' } }, { problem: /does not vouch/ }])
})
