import { openAsBlob } from 'node:fs'
import { join } from 'node:path'
import multipart from '@fastify/multipart'
import Fastify from 'fastify'
import t, { type Test } from 'tap'
import { formOf, pdfName } from '../../../src/portal/form.ts'

/** What a real parser makes of a form. */
const parsed = async (t: Test, fields: Record<string, string>, content: Blob, fileName = 'a.pdf') => {
  const app = Fastify()
  t.teardown(() => app.close())
  await app.register(multipart, { limits: { fileSize: 10_000_000, fieldSize: 1_000_000 } })
  app.post('/', async request => {
    const values: Record<string, unknown> = {}
    for await (const part of request.parts()) {
      if (part.type === 'field') values[part.fieldname] = part.value
      else {
        const bytes = await part.toBuffer()
        values[part.fieldname] = { fileName: part.filename, type: part.mimetype, hex: bytes.toString('hex') }
      }
    }
    return values
  })
  const { body, headers } = formOf(fields, { name: 'pdf', fileName, content })
  const payload = Buffer.from(await body.arrayBuffer())
  t.equal(headers['content-length'], String(payload.length), 'the length is known before the body is read')
  const answer = await app.inject({ method: 'POST', url: '/', headers, payload })
  return answer.json()
}

t.test('every value arrives as it was, whatever it holds', async t => {
  const fields = {
    invoiceNumber: 'F-2026/0042 é漢😀',
    quotes: `"double" 'single' \\ back`,
    lines: 'one\ntwo\r\nthree\rfour\r\n\r\n--x--\r\n',
    header: 'a\r\ncontent-disposition: form-data; name="amount"\r\n\r\n0.01',
    percent: '%0D%0A %22 &amp;',
    empty: '',
    spaces: '  a  '
  }

  const { pdf, ...values } = await parsed(t, fields, new Blob(['x']))

  t.strictSame(values, fields)
})

t.test("the PDF's bytes arrive as they were, from a file", async t => {
  const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, index) => index % 256))
  const folder = t.testdir({ 'a.pdf': bytes })

  const { pdf } = await parsed(t, { a: 'b' }, await openAsBlob(join(folder, 'a.pdf'), { type: 'application/pdf' }))

  t.strictSame(pdf, { fileName: 'a.pdf', type: 'application/pdf', hex: bytes.toString('hex') })
})

t.test('no two forms share a boundary, so no value can be made to contain it', async t => {
  const file = { name: 'pdf', fileName: 'a.pdf', content: new Blob([]) }
  t.not(formOf({}, file).headers['content-type'], formOf({}, file).headers['content-type'])
})

t.test('a file is named after its invoice with what every system takes', async t => {
  t.equal(pdfName('2026-0042'), '2026-0042.pdf')
  t.equal(pdfName('F 2026/0042'), 'F-2026-0042.pdf')
  t.equal(pdfName('../../etc/passwd'), 'etc-passwd.pdf')
  t.equal(pdfName('a"\r\nx: y'), 'a-x-y.pdf')
  t.equal(pdfName('漢字'), 'invoice.pdf')
  t.equal(pdfName(''), 'invoice.pdf')
})
