import t from 'tap'
import { samplePdf } from '../../../plugins/intake/sample.ts'
import { openApp, operatorToken } from '../app.ts'

t.test('a person sees the PDF that is kept, and puts another in its place', async t => {
  const { app, receive, ledger, path } = await openApp(t, { PDF_BYTES_MAX: '100000' })
  const theirs = samplePdf('theirs')
  const mine = samplePdf('mine')
  await receive('A/1', { pdfUrl: undefined, pdf: theirs.toString('base64') })
  const authorization = `Bearer ${operatorToken}`
  const get = () => app.inject({ url: `${path('A/1')}/pdf`, headers: { authorization } })
  const put = (payload: Buffer, type = 'application/pdf', number = 'A/1') =>
    app.inject({
      method: 'PUT',
      url: `${path(number)}/pdf`,
      headers: { authorization, 'content-type': type, 'factuurbrug-operator': 'Zo%C3%AB' },
      payload
    })

  const first = await get()
  t.ok(first.rawPayload.equals(theirs))
  t.match(first.headers, {
    'content-type': 'application/pdf',
    'content-disposition': "attachment; filename*=UTF-8''A%2F1.pdf",
    'content-security-policy': /sandbox/,
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store'
  })
  t.match((await put(mine)).json(), { invoiceNumber: 'A/1', state: 'waiting' })
  t.ok((await get()).rawPayload.equals(mine))
  t.match((await ledger.find('A/1'))?.history.at(-1), { event: 'pdf replaced', by: 'Zoë', via: 'api' })

  t.match((await put(Buffer.from('<html>'))).json(), { code: 'FIELDS_INVALID', problems: [{ field: 'pdf' }] })
  t.match((await put(Buffer.alloc(100_001, '%PDF-'))).json(), { code: 'BODY_TOO_LARGE' })
  t.match((await put(mine, 'text/html')).json(), { code: 'TYPE_UNSUPPORTED' })
  t.match((await put(mine, 'application/pdf', 'A-2')).json(), { code: 'INVOICE_NOT_FOUND' })
  t.ok((await get()).rawPayload.equals(mine), 'what is refused changes nothing')
})

t.test('where none is kept there is none to see', async t => {
  const { ask, receive, path } = await openApp(t)
  await receive('A-1')

  t.match((await ask('GET', `${path('A-1')}/pdf`)).json(), { code: 'NOT_FOUND' })
  t.match((await ask('GET', `${path('A-2')}/pdf`)).json(), { code: 'INVOICE_NOT_FOUND' })
})
