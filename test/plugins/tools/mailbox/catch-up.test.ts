import { setImmediate } from 'node:timers/promises'
import t from 'tap'
import { tool } from '../../../../plugins/tools/mailbox/index.ts'
import { BridgeError } from '../../../../src/core/errors.ts'
import type { ToolInvoice, UnreadEvent } from '../../../../src/tools/tool.ts'
import { customerEmail, invoiceMail, mail, pdfFile, pdfOf, ubl, xmlFile } from '../../../fixtures/mailbox.ts'
import { trustTestCertificate } from '../../../server.ts'
import { never, now, open } from './parts.ts'

t.test('a mail with a UBL file and its PDF is one invoice; then it is moved', async t => {
  const { server, read } = await open(t)
  server.put(invoiceMail({ number: '2026-0117' }))

  const [told, ...others] = await read()
  t.match(told, {
    stage: 'final',
    finalisedAt: null,
    invoice: { invoiceNumber: '2026-0117', amountCents: 12100, issuedAt: '2026-11-20' }
  })
  t.strictSame(told?.bytes, pdfOf('2026-0117'))
  t.strictSame(others, [])
  t.strictSame(server.mails('INBOX'), [])
  t.equal(server.mails('Verwerkt')?.length, 1)
  t.strictSame(server.mails('Niet gelezen'), [])
})

t.test('of a mail only the parts that are needed are fetched, and nothing is deleted', async t => {
  const { server, read } = await open(t)
  const images = Array.from({ length: 100 }, (_, at) => ({ name: `${at}.png`, type: 'image/png', bytes: 'beeld' }))
  server.put(invoiceMail({ number: '1' }, { files: [xmlFile({ number: '1' }), pdfFile('1'), ...images] }))

  t.equal((await read()).length, 1)
  const fetched = server.commands.filter(command => command === 'UID FETCH').length
  t.ok(fetched < 8, `${fetched} questions`)
  t.notOk(server.commands.some(command => /EXPUNGE|STORE|DELETE/.test(command)))
})

t.test('two invoices in one mail are two, each with the PDF of its name', async t => {
  const { server, read } = await open(t)
  const files = [xmlFile({ number: '1' }), pdfFile('2'), xmlFile({ number: '2', amount: '-12.10' }), pdfFile('1')]
  server.put(mail({ files }))

  t.match(await read(), [
    { invoice: { invoiceNumber: '1', amountCents: 12100 }, bytes: pdfOf('1') },
    { invoice: { invoiceNumber: '2', amountCents: -1210 }, bytes: pdfOf('2') }
  ])
})

t.test('which PDF it is nobody guesses: the invoice comes without one, and delivery holds it', async t => {
  const { server, connection, read } = await open(t)
  server.put(mail({ files: [xmlFile({ number: '1' }), pdfFile('1', 'a.pdf'), pdfFile('2', 'b.pdf')] }))

  const [told] = await read()
  t.match(told, { invoice: { invoiceNumber: '1' } })
  t.equal(told?.bytes, undefined)
  await t.rejects(tool.pdf!((told as ToolInvoice).invoice, connection), { code: 'PDF_NOT_A_PDF' })
})

t.test('a PDF that is named after neither of two invoices is given to none of them', async t => {
  const { server, read } = await open(t)
  const files = [xmlFile({ number: 'F-1' }), xmlFile({ number: 'F-2' }), pdfFile('F-1', 'factuur.pdf')]
  server.put(mail({ files }))

  const told = await read()
  t.match(told, [{ invoice: { invoiceNumber: 'F-1' } }, { invoice: { invoiceNumber: 'F-2' } }])
  t.strictSame(
    told.map(({ bytes }) => bytes),
    [undefined, undefined]
  )
})

t.test('names are read as they are encoded, and a type that says nothing by the name', async t => {
  const { server, read } = await open(t)
  const name = '=?windows-1252?Q?Factuur_=80_1?='
  const xml = { ...xmlFile({ number: '1' }), name: `${name}.xml`, type: 'application/octet-stream' }
  const others = [pdfFile('2', 'voorwaarden.pdf'), { ...pdfFile('1', `${name}.pdf`), type: 'application/octet-stream' }]
  server.put(mail({ files: [xml, ...others] }))

  t.match(await read(), [{ invoice: { invoiceNumber: '1' }, bytes: pdfOf('1') }])
})

t.test('an invoice in a mail within the mail is one, too', async t => {
  const { server, read } = await open(t)
  const forwarded = { name: 'factuur.eml', type: 'message/rfc822', bytes: '' }
  const whole = mail({ id: 'outer', files: [forwarded] }).replace(
    /Content-Transfer-Encoding: base64\r\n(Content-Disposition: .*\r\n)\r\n/,
    (_, disposition) => `${disposition}\r\n${invoiceMail({ number: '1' }).replaceAll('grens', 'binnen')}`
  )
  server.put(whole)

  t.match(await read(), [{ invoice: { invoiceNumber: '1' }, bytes: pdfOf('1') }])
})

const held: Record<string, { raw: string; problem: RegExp; changed?: Record<string, string> }> = {
  'an invoice of another company': {
    raw: invoiceMail({ number: '1', supplier: '87654321' }),
    problem: /AccountingSupplierParty: expected the number in EMAIL_SUPPLIER_ID/
  },
  'a PDF without a UBL file': { raw: mail({ files: [pdfFile('1')] }), problem: /expected a UBL file beside the PDF/ },
  'a UBL file that cannot be read': {
    raw: invoiceMail({ number: '1', amount: 'veel' }),
    problem: /TaxInclusiveAmount/
  },
  'a UBL file of more than five megabytes': {
    raw: mail({
      files: [{ name: '1.xml', type: 'text/xml', bytes: `${ubl({ number: '1' })}${' '.repeat(5 * 1024 * 1024)}` }]
    }),
    problem: /expected at most 5242880 bytes/
  },
  'a mail to another address': {
    raw: invoiceMail({ number: '1' }),
    problem: /not sent to EMAIL_ADDRESS/,
    changed: { EMAIL_ADDRESS: 'ander-9d8f7a@bakkerij.example' }
  },
  'a mail that the host does not vouch for': {
    raw: invoiceMail({ number: '1' }),
    problem: /no Authentication-Results of EMAIL_RECEIVER/,
    changed: { EMAIL_SENDERS: 'molen.example', EMAIL_RECEIVER: 'mx.bakkerij.example' }
  }
}

for (const [what, { raw, problem, changed }] of Object.entries(held))
  t.test(`${what} is held once, with the reason, and stays where a person finds it`, async t => {
    const { server, read, connection } = await open(t, changed)
    server.put(raw)

    const [told, ...others] = (await read()) as UnreadEvent[]
    t.match(told?.problem, problem)
    t.match(told?.problem, /\(mail of 2026-11-20 11:00, goes to Niet gelezen\)$/)
    t.strictSame(others, [])
    t.strictSame(server.mails('Niet gelezen'), [raw])
    t.strictSame(server.mails('INBOX'), [])
    const { body, ...said } = told!
    t.strictSame(tool.read(body, connection), { kind: 'unreadable', ...said })
    t.notMatch(body.toString(), /Vos|121\.00/, 'nothing of it is kept but where it is')

    t.match(await read(0), [{ ...said, again: true }], 'read again, it says that it did')
  })

t.test('mails whose id is empty are told apart', async t => {
  const { server, read } = await open(t)
  for (const [minute, id] of ['', '<>', '', '<>'].entries())
    server.put(`Message-ID: ${id}\r\nContent-Type: application/pdf\r\n\r\n%PDF-1.7`, {
      at: new Date(Date.UTC(2026, 10, 20, 10, minute))
    })

  const told = (await read()) as UnreadEvent[]
  t.equal(new Set(told.map(({ sourceId }) => sourceId)).size, 4)
})

t.test('a mail with one invoice that can be read and one that cannot is there for a person', async t => {
  const { server, read } = await open(t)
  server.put(mail({ files: [xmlFile({ number: '1', amount: 'veel' }), xmlFile({ number: '2' }), pdfFile('2')] }))

  t.match(await read(), [{ problem: /TaxInclusiveAmount/ }, { invoice: { invoiceNumber: '2' } }])
  t.equal(server.mails('Niet gelezen')?.length, 1)
})

t.test('what has nothing to do with invoices is put aside, and held by nobody', async t => {
  const { server, read } = await open(t)
  server.put(mail({ id: '1' }))
  server.put(mail({ id: '2', files: [{ name: 'sitemap.xml', type: 'text/xml', bytes: '<urlset/>' }] }))
  server.put('Subject: afwezig\r\n\r\nIk ben er niet.')

  t.match(await read(), [{ reason: /without/ }, { reason: /without/ }, { reason: /without/ }])
  t.equal(server.mails('Niet gelezen')?.length, 3)
})

t.test('a mail that is nothing but the UBL file, or has no id, is read all the same', async t => {
  const { server, read } = await open(t)
  server.put(`To: ${customerEmail}\r\nContent-Type: application/xml\r\n\r\n${ubl({ number: '1' })}`)
  server.put(`Subject: factuur\r\nContent-Type: application/pdf\r\n\r\n%PDF-1.7`)

  t.match(await read(), [{ invoice: { invoiceNumber: '1' } }, { problem: /expected a UBL file/ }])
})

t.test('what was not kept stays in the inbox', async t => {
  const { server, connection } = await open(t)
  server.put(invoiceMail({ number: '1' }))
  server.put(invoiceMail({ number: '2' }))
  for await (const told of tool.missed!(now, connection, never))
    if ('invoice' in told && told.invoice.invoiceNumber === '2') break

  t.equal(server.mails('Verwerkt')?.length, 1)
  t.equal(server.mails('INBOX')?.length, 1)
})

t.test('a host without MOVE gets a copy and a mark: nothing is expunged, and nothing is read twice', async t => {
  const { server, read } = await open(t, {}, { without: ['MOVE', 'UIDPLUS'] })
  server.put(invoiceMail({ number: '1' }))

  t.equal((await read()).length, 1)
  t.strictSame(await read(), [])
  t.equal(server.mails('Verwerkt')?.length, 1)
  t.equal(server.folder('INBOX')?.messages.length, 1)
  t.notOk(server.commands.some(command => command.includes('EXPUNGE')))
})

t.test('a folder that a person removed is made again', async t => {
  const { server, read } = await open(t)
  server.make('Verwerkt')
  server.put(invoiceMail({ number: '1' }))
  await read()
  server.remove('Verwerkt')
  server.put(invoiceMail({ number: '2' }))
  await read()

  t.equal(server.mails('Verwerkt')?.length, 1)
})

t.test('numbers of mails mean nothing from one question to the next', async t => {
  const { server, read } = await open(t)
  server.put(invoiceMail({ number: '1' }))
  await read()
  const inbox = server.folder('INBOX')!
  Object.assign(inbox, { uidvalidity: 2, uidnext: 1 })
  server.put(invoiceMail({ number: '2' }))

  t.match(await read(), [{ invoice: { invoiceNumber: '2' } }])
})

t.test('asked further back, it also tells what was read before', async t => {
  const { server, read } = await open(t)
  server.put(invoiceMail({ number: '1' }))
  await read()

  t.strictSame(await read(now - 2 * 3_600_000), [])
  t.match(await read(now - 24 * 3_600_000), [{ invoice: { invoiceNumber: '1' } }])
  t.equal(server.mails('Verwerkt')?.length, 1)
})

t.test('a refused login, a folder that is not there and a lost connection are told as what they are', async t => {
  const { server, read } = await open(t, { EMAIL_FOLDER: 'Facturen' })
  await t.rejects(read(), {
    code: 'TOOL_UNREACHABLE',
    message: /127\.0\.0\.1:\d+ does not open EMAIL_FOLDER: (NO|BAD)/
  })
  const wrong = await open(t, { EMAIL_PASSWORD: 'verkeerd' })
  await t.rejects(wrong.read(), { code: 'TOOL_UNAUTHORIZED', message: /refuses EMAIL_USER/ })
  server.make('Facturen')
  server.put(invoiceMail({ number: '1' }), { folder: 'Facturen' })
  for (const command of ['UID SEARCH', 'UID FETCH', 'UID MOVE']) {
    server.cuts = given => given === command
    await t.rejects(read(), { code: 'TOOL_UNREACHABLE' }, command)
  }
  server.cuts = () => false
  t.strictSame(await read(), [], 'it was moved all the same')
  t.equal(server.mails('Verwerkt')?.length, 1)
})

t.test('an end in the middle ends the connection', async t => {
  const { server, connection } = await open(t)
  server.put(invoiceMail({ number: '1' }))
  const stopping = new AbortController()
  const reason = new BridgeError('TOOL_UNREACHABLE', 'the bridge is stopping')
  const asked = Array.fromAsync(tool.missed!(now, { ...connection }, stopping.signal))
  server.cuts = () => {
    stopping.abort(reason)
    return false
  }

  await t.rejects(asked, reason)
  t.equal(server.mails('INBOX')?.length, 1)
})

t.test('news is what comes in, or lies there already', async t => {
  const { server, connection } = await open(t)
  const news = tool.news!(connection, never)
  while (!server.commands.includes('UID SEARCH')) await setImmediate()
  server.put(invoiceMail({ number: '1' }))
  await news
  await tool.news!(connection, never)
  const stopping = new AbortController()
  server.cuts = () => {
    stopping.abort(new BridgeError('TOOL_UNREACHABLE', 'the bridge is stopping'))
    return false
  }
  await t.rejects(tool.news!(connection, stopping.signal), { code: 'TOOL_UNREACHABLE' })
})

t.test('a mail that the host does not hand out stays, and keeps no other waiting', async t => {
  const { server, read } = await open(t)
  const images = Array.from({ length: 12 }, (_, at) => ({ name: `${at}.png`, type: 'image/png', bytes: 'beeld' }))
  // This server knows no part with two digits.
  server.put(invoiceMail({ number: '1' }, { files: [...images, xmlFile({ number: '1' })] }))
  server.put(invoiceMail({ number: '2' }))

  await t.rejects(read(), { code: 'TOOL_UNREACHABLE' })
  t.equal(server.mails('INBOX')?.length, 1)
  t.equal(server.mails('Verwerkt')?.length, 1)
})

t.test('a part without a byte is none', async t => {
  const { server, read } = await open(t)
  server.put(mail({ files: [xmlFile({ number: '1' }), { ...pdfFile('1'), bytes: '' }] }))

  t.match(await read(), [{ invoice: { invoiceNumber: '1' }, bytes: Buffer.alloc(0) }])
})

t.test('with TLS the host has to be the one that its certificate names', async t => {
  const unknown = await open(t, {}, { secure: true })
  await t.rejects(unknown.read(), { code: 'TOOL_UNREACHABLE', message: /SELF_SIGNED|UNABLE|CERT/ })
  trustTestCertificate()
  const { server, read, connection } = await open(t, {}, { secure: true })
  server.put(invoiceMail({ number: '1' }))
  t.equal((await read()).length, 1)
  connection.settings.EMAIL_URL = server.url.replace('localhost', 'elders.example')
  connection.locate = async () => '127.0.0.1'
  await t.rejects(read(), { code: 'TOOL_UNREACHABLE', message: /ALTNAME/ })
})

t.test('a PDF that is refused half way is left, and the mail goes on', async t => {
  const { server, connection } = await open(t)
  const large = Buffer.concat([pdfOf('1'), Buffer.alloc(2_000_000)])
  server.put(mail({ files: [xmlFile({ number: '1' }), { ...pdfFile('1'), bytes: large }] }))
  server.put(invoiceMail({ number: '2' }))
  const sizes: number[] = []
  for await (const told of tool.missed!(now, connection, never)) {
    if (!('pdf' in told && told.pdf)) continue
    for await (const piece of told.pdf) {
      sizes.push(piece.length)
      break
    }
  }

  t.equal(sizes.length, 2)
  t.ok(sizes.every(size => size < 300_000))
  t.equal(server.mails('Verwerkt')?.length, 2)
})
