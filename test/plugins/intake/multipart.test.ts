import multipart from '@fastify/multipart'
import Fastify, { type FastifyRequest } from 'fastify'
import t from 'tap'
import { fieldBytesMax, partsMax, readMultipart } from '../../../plugins/intake/multipart.ts'
import { collect, collectText, cuts, type Read } from './collect.ts'

const boundary = '----b-42'
const request = await anyRequest()
const read: Read = (body, reading) => readMultipart(body, { boundary, request }, reading)

/** Of an application with the library in it. */
async function anyRequest(): Promise<FastifyRequest> {
  const app = Fastify()
  const { promise, resolve } = Promise.withResolvers<FastifyRequest>()
  await app.register(multipart)
  app.get('/', async request => resolve(request))
  await app.inject('/')
  return promise
}

// Full of what looks like the boundary, and is not.
const pdf = Buffer.from('%PDF-1.7\r\n--\r\n----b-4\r\n\r\n----b-42\n\xff\xfe\r', 'latin1')

const part = (disposition: string, content: string | Buffer, more = '') =>
  Buffer.concat([
    Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; ${disposition}\r\n${more}\r\n`),
    Buffer.from(content),
    Buffer.from('\r\n')
  ])

const end = Buffer.from(`--${boundary}--\r\n`)
const form = (...parts: Buffer[]) => Buffer.concat([...parts, end])

t.test('however the bytes are cut, the same fields and the same PDF come out', async t => {
  const bytes = Buffer.concat([
    Buffer.from('a preamble\r\n'),
    part('name="invoiceNumber"', '2026-0042'),
    part('name="customerName"', 'Zoë\r\n& Co'),
    part('name="pdf"; filename="a; name=x.pdf"', pdf, 'Content-Type: application/pdf\r\n'),
    part('name=customerCity', ''),
    end,
    Buffer.from('an epilogue')
  ])

  for (const chunks of cuts(bytes)) {
    t.strictSame(
      await collect(read, chunks),
      {
        fields: { invoiceNumber: '2026-0042', customerName: 'Zoë\r\n& Co', customerCity: '' },
        problems: [],
        pdf
      },
      `cut after ${chunks[0]?.length}`
    )
  }
})

t.test('what the platform itself writes is read as it meant it', async t => {
  const file = Buffer.from(Array.from({ length: 500 }, (_, at) => at * 37))
  const data = new FormData()
  data.append('invoiceNumber', '2026-"0042"')
  data.append('customerName', 'Zoë 🧾')
  data.append('pdf', new Blob([file], { type: 'application/pdf' }), 'één "factuur".pdf')
  const response = new Response(data)
  const [, written = ''] = response.headers.get('content-type')?.split('boundary=') ?? []

  const collected = await collect(
    (body, reading) => readMultipart(body, { boundary: written, request }, reading),
    [await response.bytes()]
  )

  t.strictSame(collected, {
    fields: { invoiceNumber: '2026-"0042"', customerName: 'Zoë 🧾' },
    problems: [],
    pdf: file
  })
})

t.test('what clients write differently is understood', async t => {
  const written: [what: string, bytes: Buffer][] = [
    ['names without quotes (.NET)', form(part("name=pdf; filename=a.pdf; filename*=utf-8''a.pdf", pdf))],
    ['no file name', form(part('name="pdf"', pdf, 'Content-Type: application/pdf\r\n'))],
    ['other case', form(part('NAME="x"; name="pdf"', pdf, 'CONTENT-TRANSFER-ENCODING: Binary\r\n'))],
    ['a folded header', form(part('\r\n name="pdf"', pdf))],
    ['no line break at the end', form(part('name="pdf"', pdf)).subarray(0, -2)]
  ]

  for (const [what, bytes] of written) t.match(await collect(read, [bytes]), { problems: [], pdf }, what)
})

t.test('a file input left empty is none', async t => {
  t.match(await collect(read, [form(part('name="pdf"; filename=""', ''), part('name="pdfUrl"', 'x'))]), {
    problems: [],
    pdf: null,
    fields: { pdfUrl: 'x' }
  })
})

t.test('what is wrong with one field is said of that field', async t => {
  const wrong: [what: string, bytes: Buffer, field: string][] = [
    ['two PDFs', form(part('name="pdf"', pdf), part('name="pdf"', pdf)), 'pdf'],
    ['a field twice', form(part('name="amount"', '1'), part('name="amount"', '1')), 'amount'],
    ['a file elsewhere', form(part('name="file"; filename="a.pdf"', pdf)), 'file'],
    ['a long field', form(part('name="a"', 'x'.repeat(fieldBytesMax + 1))), 'a'],
    ['not UTF-8', form(part('name="a"', Buffer.from('Zo\xeb', 'latin1'))), 'a'],
    ['JSON', form(part('name="a"', '"x"', 'Content-Type: application/json; charset=utf-8\r\n')), 'a'],
    ['an encoding', form(part('name="a"', 'eA==', 'Content-Transfer-Encoding: base64\r\n')), 'a']
  ]

  for (const [what, bytes, field] of wrong) {
    const { problems } = await collect(read, [bytes])
    t.strictSame(
      problems.map(problem => problem.field),
      [field],
      what
    )
  }
})

t.test('what stands beside the PDF is limited as a whole, headers and all', async t => {
  const beside = (bytes: number) =>
    collect(read, [form(part('name="pdf"; filename="a.pdf"', pdf, `X: ${'x'.repeat(bytes)}\r\n`))])

  t.match(await beside(60_000), { problems: [], pdf })
  await t.rejects(beside(66_000), { code: 'BODY_TOO_LARGE' })
  t.match(
    await collect(read, [form(part('name="pdf"', pdf)), Buffer.alloc(100_000, 'epilogue')]),
    { problems: [], pdf },
    'what comes after the end is not read'
  )
})

t.test('what declares itself to be in another alphabet is read in it', async t => {
  const latin1 = part('name="a"', Buffer.from('Zo\xeb', 'latin1'), 'Content-Type: text/plain; charset=latin1\r\n')
  const marked = part('name="b"', '\ufeffZoë')

  t.match(await collect(read, [form(latin1, marked)]), { problems: [], fields: { a: 'Zoë', b: 'Zoë' } })
})

t.test('a form that nobody reads to its end leaves nobody waiting', async t => {
  const two = form(part('name="pdf"', pdf), part('name="pdf"', Buffer.alloc(500_000)), part('name="a"', '1'))
  for (const chunks of [[two], Array.from({ length: 100 }, (_, at) => two.subarray(at * 6000, (at + 1) * 6000))])
    t.match(await collect(read, chunks), { problems: [{ field: 'pdf' }] })
})

t.test('a field may be as long as the limit', async t => {
  const value = 'x'.repeat(fieldBytesMax)

  t.strictSame((await collect(read, [form(part('name="a"', value))])).fields, { a: value })
})

t.test('what is no multipart body is refused as a whole', async t => {
  const wrong: [what: string, body: string][] = [
    ['nothing', ''],
    ['another boundary', '--other\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--other--\r\n'],
    ['bare line feeds', form(part('name="a"', '1')).toString().replaceAll('\r\n', '\n')],
    ['no closing boundary', part('name="a"', '1').toString()],
    ['cut in a file', part('name="pdf"; filename="a.pdf"', pdf).toString().slice(0, -9)],
    ['cut in a header', `--${boundary}\r\nContent-Disp`],
    ['cut after a boundary', `${part('name="a"', '1')}--${boundary}`],
    ['cut in the closing dashes', `${part('name="a"', '1')}--${boundary}-`],
    ['text after a boundary', `--${boundary}x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n${end}`],
    ['a part without a header', `--${boundary}\r\n\r\n1\r\n${end}`],
    ['a part without a name', form(part('filename="a"', '1')).toString()],
    ['a part with an empty name', form(part('name=""', '1')).toString()],
    ['a part with an endless name', form(part(`name="${'a'.repeat(101)}"`, '1')).toString()],
    ['another disposition', form(part('name="a"', '1')).toString().replace('form-data', 'attachment')],
    ['blanks after a boundary', form(part('name="a"', '1')).toString().replace(boundary, `${boundary} \t`)],
    ['a line that is no header', form(part('name="a"', '1')).toString().replace('\r\n', '\r\nx\r\n')],
    ['a boundary in a header', form(part(`name="a"\r\n--${boundary}`, '1')).toString()],
    ['a name of every object', form(part('name="__proto__"', '1')).toString()],
    ['no JSON where it is announced', form(part('name="a"', '1,', 'Content-Type: application/json\r\n')).toString()],
    ['many boundaries', `--${boundary}\r\n`.repeat(5000) + end],
    ['many parts', form(...Array.from({ length: 10_000 }, (_, at) => part(`name="f${at}"`, '1'))).toString()],
    ['many equal parts', form(...Array.from({ length: partsMax + 1 }, () => part('name="a"', '1'))).toString()]
  ]

  for (const [what, body] of wrong) {
    const { problems } = await collectText(read, body)
    t.match(problems.at(-1), { field: 'body' }, what)
  }
})
