import t from 'tap'
import { check } from '../../../../plugins/tools/mailbox/check.ts'
import { invoiceMail, mail, pdfFile, user } from '../../../fixtures/mailbox.ts'
import { open } from './parts.ts'

t.test('it logs in, names the folders, and reads the newest mail; nothing changes', async t => {
  const { server, connection, read } = await open(t)
  t.match(await check(null, connection), [
    { ok: true, what: 'login' },
    { ok: true, what: 'folders', found: /INBOX is read.*Verwerkt and Niet gelezen will be made/ },
    { ok: true, what: 'newest mail', found: /none yet/ },
    { ok: true, note: true, what: 'proof', found: /Set EMAIL_ADDRESS$/ }
  ])
  server.put(mail({ files: [pdfFile('1')] }))
  t.match((await check(null, connection)).at(-2), { ok: true, note: true, found: /would be held.*expected a UBL file/ })
  server.put(invoiceMail({ number: '2026-0117' }))
  t.match((await check(null, connection)).at(-2), { ok: true, found: 'in INBOX: it brings 2026-0117, with a PDF' })
  t.strictSame([server.mails('INBOX')?.length, server.mails('Verwerkt')], [2, undefined])
  await read()
  t.match(await check(null, connection), [
    { ok: true },
    { ok: true, found: /or Niet gelezen$/ },
    { ok: true, found: /^in Verwerkt: it brings 2026-0117/ },
    { note: true }
  ])
})

t.test('what is wrong is told in words', async t => {
  const wrong = await open(t, { EMAIL_PASSWORD: 'verkeerd' })
  t.match(await check(null, wrong.connection), [{ ok: false, what: 'login', found: /TOOL_UNAUTHORIZED/ }])
  const elsewhere = await open(t, { EMAIL_FOLDER: 'Facturen' })
  elsewhere.server.make('Verkoop')
  t.match(await check(null, elsewhere.connection), [
    { ok: true },
    { ok: false, found: /there is no Facturen: set EMAIL_FOLDER to one of INBOX, Verkoop$/ },
    { what: 'proof' }
  ])
})

t.test('where all folders are below the inbox, the inbox is found, and so are they', async t => {
  const { server, connection, read } = await open(t, {}, { below: 'INBOX.' })
  server.make('INBOX.Verkoop')
  server.put(invoiceMail({ number: '1' }))
  t.match(await check(null, connection), [
    { ok: true },
    { ok: true, found: /INBOX is read.*Verwerkt and Niet gelezen will be made/ },
    { ok: true, found: /^in INBOX: it brings 1,/ },
    {}
  ])
  t.equal((await read()).length, 1)
  t.equal(server.mails('INBOX.Verwerkt')?.length, 1)
  t.match(await check(null, connection), [{}, { ok: true, found: /or Niet gelezen$/ }, { found: /^in Verwerkt:/ }, {}])
  const wrong = { ...connection, settings: { ...connection.settings, EMAIL_FOLDER: 'Inkoop' } }
  t.match((await check(null, wrong))[1], { found: /set EMAIL_FOLDER to one of INBOX, INBOX\.Verkoop, / })
  const small = { ...connection, settings: { ...connection.settings, EMAIL_FOLDER: 'inbox' } }
  t.match((await check(null, small))[1], { ok: true })
})

t.test('a folder that no mail may leave is told of before a mail comes', async t => {
  const { server, connection } = await open(t)
  server.folder('INBOX')!.permanentFlags = ['\\Seen']
  t.match((await check(null, connection))[1], { ok: false, found: /^EMAIL_USER may only read INBOX/ })
})

t.test('what a mail has to match is named', async t => {
  const { connection } = await open(t, { EMAIL_ADDRESS: user })
  t.match((await check(null, connection)).at(-1), { ok: true, found: /match: EMAIL_ADDRESS, EMAIL_SUPPLIER_ID$/ })
})

t.test('where nothing but the number of the company is asked for, it says what that is worth', async t => {
  const { server, connection, read } = await open(t)
  server.put(invoiceMail({ number: '2026-0117' }).replaceAll('molen.example', 'forger.example'))
  t.match(await read(), [{ invoice: { invoiceNumber: '2026-0117' } }])
  t.match((await check(null, connection)).at(-1), { note: true, found: /anybody may mail an invoice in your name/ })
})
