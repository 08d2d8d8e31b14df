import t from 'tap'
import { BridgeError } from '../../../src/core/errors.ts'
import { bearer, fields, form, json, multipart, openIntake, pdf, pdfBytesMax, type Sent, signed } from './intake.ts'

const base64 = pdf.toString('base64')
const typed = (type: string, body: string | Buffer): Sent => ({
  headers: { 'content-type': type },
  body: Buffer.from(body)
})
const jsonText = (text: string | Buffer) => typed('application/json', text)

const refusals: [what: string, sent: () => Sent | Promise<Sent>, status: number, field?: string][] = [
  ['no body', () => jsonText(''), 422, 'body'],
  ['a list', () => jsonText('[]'), 422, 'body'],
  ['half an object', () => jsonText(`{"invoiceNumber":"1","pdf":"${base64}"`), 422, 'body'],
  ['half a PDF', () => jsonText(`{"invoiceNumber":"1","pdf":"${base64}`), 422, 'body'],
  ['something after the end', () => jsonText(`{"pdf":"${base64}"}]`), 422, 'body'],
  ['bytes that are not UTF-8', () => jsonText(Buffer.from(`{"pdf":"${base64}","a":"\xeb"}`, 'latin1')), 422, 'body'],
  ['two PDFs in JSON', () => jsonText(`{"pdf":"${base64}","pdf":"${base64}"}`), 422, 'pdf'],
  ['an envelope', () => json({ type: 'invoice.finalised', data: { ...fields, pdf: base64 } }), 422, 'data'],
  ['a field twice after the PDF', () => jsonText(`{"pdf":"${base64}","amount":1,"amount":1}`), 422, 'amount'],
  ['not base64', () => json({ ...fields, pdf: '%PDF-1.7' }), 422, 'pdf'],
  ['not a PDF', () => json({ ...fields, pdf: Buffer.from('<html>').toString('base64') }), 422, 'pdf'],
  ['pdf and pdfUrl', () => json({ ...fields, pdf: base64, pdfUrl: 'https://a.example/' }), 422, 'pdfUrl'],
  ['neither', () => json(fields), 422, 'pdf'],
  ['an unknown field beside a PDF', () => json({ ...fields, pdf: base64, sendnotification: false, x: 1 }), 422, 'x'],
  ['a PDF in a form', () => form({ ...fields, pdf: base64 }), 422, 'pdf'],
  ['two files', async () => multipartTwice(await multipart(fields, { pdf })), 422, 'pdf'],
  ['a file elsewhere', () => multipart(fields, { pdf, file: pdf }), 422, 'file'],
  ['a file that is no PDF', () => multipart(fields, { pdf: Buffer.from('<html>') }), 422, 'pdf'],
  ['a long field', () => multipart({ ...fields, customerName: 'x'.repeat(5000) }, { pdf }), 422, 'customerName'],
  ['half a multipart body', async () => cut(await multipart(fields, { pdf }), 100), 422, 'body'],
  ['a missing closing boundary', async () => cut(await multipart(fields, { pdf }), 4), 422, 'body'],
  [
    'ten thousand parts',
    () => multipart(Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`f${at}`, '1'])), {}),
    422,
    'body'
  ],
  ['no boundary', () => typed('multipart/form-data', ''), 415],
  ['no type', () => ({ headers: {}, body: Buffer.from('x') }), 415],
  ['a broken type', () => typed('///', 'x'), 415],
  ['another type', () => typed('application/xml', '<invoice/>'), 415],
  ['another charset', () => typed('application/json; charset=iso-8859-1', '{}'), 415],
  [
    'a compressed body',
    () => ({
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      body: Buffer.from('x')
    }),
    415
  ],
  ['a large form', () => form({ customerName: 'x'.repeat(70_000) }), 413],
  ['large fields in JSON', () => json({ ...fields, customerName: 'x'.repeat(70_000) }), 413],
  ['a large PDF in JSON', () => json({ pdf: Buffer.alloc(pdfBytesMax + 1, '%PDF-').toString('base64') }), 413],
  ['a large PDF in multipart', () => multipart(fields, { pdf: Buffer.alloc(pdfBytesMax + 1, '%PDF-') }), 413],
  ['a larger one', () => multipart(fields, { pdf: Buffer.alloc(pdfBytesMax + 100_000, '%PDF-') }), 413]
]

const cut = ({ headers, body }: Sent, bytes: number): Sent => ({ headers, body: body.subarray(0, -bytes) })

/** The same parts again, behind the first ones. */
const multipartTwice = ({ headers, body }: Sent): Sent => {
  const end = body.lastIndexOf('--\r\n')
  return { headers, body: Buffer.concat([body.subarray(0, end), body.subarray(body.indexOf('\r\n'))]) }
}

const codes: Record<number, string> = {
  413: 'BODY_TOO_LARGE',
  415: 'TYPE_UNSUPPORTED',
  422: 'FIELDS_INVALID'
}

for (const [how, prove] of Object.entries({ bearer, signed })) {
  t.test(`a bad body is refused with its reason and leaves nothing, ${how}`, async t => {
    const { post, arrivals, files, refusals: counted, noteUnreadable } = await openIntake(t)

    for (const [what, make, status, field] of refusals) {
      const response = await post(prove(await make()))

      t.equal(response.statusCode, status, what)
      t.match(response.json(), { code: codes[status] }, what)
      if (field) {
        const fields = response.json().problems.map((problem: { field: string }) => problem.field)
        t.ok(fields.includes(field), `${what}: ${fields}`)
      }
      t.strictSame(files(), [], what)
    }

    t.strictSame([arrivals, counted], [[], []], 'nothing is kept, and nobody is counted as a stranger')
    // Only its last byte proves a body that is signed: what was not read to the end may be anybody's.
    const proven = how === 'bearer' ? refusals : refusals.filter(([, , status]) => status === 422)
    const fields = noteUnreadable.filter(({ error }) => error.code === 'FIELDS_INVALID')
    t.equal(fields.length, proven.filter(([, , status]) => status === 422).length)
    if (how === 'bearer') t.equal(noteUnreadable.length, refusals.length, 'each is told of')
  })
}

t.test('what a stranger sends, and what is to be sent again, is no refusal of an authentic request', async t => {
  const { post, noteUnreadable } = await openIntake(t, {
    receive: async () => {
      throw new BridgeError('LEDGER_UNAVAILABLE')
    }
  })
  const bad = json({ ...fields, amount: 'veel', customerEmail: 'geheim' })
  const stranger = {
    headers: { ...bad.headers, authorization: 'Bearer een gok van iemand' },
    body: bad.body
  }
  const forged = signed(bad)
  forged.headers['webhook-signature'] = 'v1,AAAA'

  t.match(await post(stranger), { statusCode: 401 })
  t.match(await post(forged), { statusCode: 401 })
  t.match(await post(bearer(json({ ...fields, pdfUrl: 'https://a.example' }))), { statusCode: 503 })
  t.strictSame(noteUnreadable, [])

  await post(bearer(bad))
  await post(bearer({ ...bad, headers: { ...bad.headers, 'factuurbrug-test': 'true' } }))
  t.match(noteUnreadable, [
    {
      error: { problems: [{ field: 'amount' }, { field: 'customerEmail' }, { field: 'pdf' }] },
      by: 'invoices',
      isTest: false
    },
    { isTest: true }
  ])
})
