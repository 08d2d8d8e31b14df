import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import multipart from '@fastify/multipart'
import Fastify from 'fastify'
import t, { type Test } from 'tap'
import { pdfBytesMax, readUpload, uploadLimits } from '../../../plugins/sandbox/upload.ts'
import { fields, form, pdf } from './fixtures.ts'

const open = async (t: Test, keepBytesMax = 1_000) => {
  const app = Fastify()
  t.teardown(() => app.close())
  await app.register(multipart, { limits: uploadLimits })
  app.post('/', async request => {
    const { problems, ...upload } = await readUpload(request, { keepBytesMax })
    return { ...upload, problems: Object.fromEntries(problems) }
  })
  return (payload: FormData | string | Readable, headers = {}) =>
    app.inject({ method: 'POST', url: '/', payload, headers })
}

const type = { 'content-type': 'multipart/form-data; boundary=x' }

t.test('of a form the text stays as it came, and of its PDF the hash and the length', async t => {
  const post = await open(t)
  const bytes = Buffer.from(await pdf.bytes())

  const { pdf: read, ...upload } = (await post(form({ invoiceNumber: ' été \u20ac ' }))).json()

  t.strictSame(upload, { fields: { ...fields, invoiceNumber: ' été \u20ac ' }, problems: {} })
  t.equal(read.sha256, createHash('sha256').update(bytes).digest('hex'))
  t.equal(read.bytes, bytes.length)
  t.strictSame(Buffer.from(read.content), bytes)
})

t.test('bytes are given back up to the length that is wanted', async t => {
  const large = new Blob(['%PDF-', 'x'.repeat(995)])
  const post = await open(t, 1_000)

  t.equal((await post(form({ pdf: large }))).json().pdf.content.data.length, 1_000)
  t.equal((await post(form({ pdf: new Blob([large, 'x']) }))).json().pdf.content, null)
})

t.test('of a field that came twice the first one counts, and a field that is a file is no text', async t => {
  const post = await open(t)

  const twice = (await post(form({ amount: ['1.00', '2.00'], pdf: [pdf, new Blob(['x'])] }))).json()
  const files = (await post(form({ amount: pdf, photo: pdf, pdf: 'text' }))).json()

  t.match(twice, { fields: { amount: '1.00' }, pdf: { bytes: pdf.size } })
  t.strictSame(twice.problems, { amount: ['may be given once'], pdf: ['may be given once'] })
  t.strictSame(files.problems, {
    pdf: ['must be a file'],
    amount: ['must be text'],
    photo: ['is not a known field']
  })
})

t.test('a PDF that is empty, none, or not there is a problem of its field', async t => {
  const post = await open(t)
  const problemsOf = async (pdf: Blob | undefined) => (await post(form({ pdf }))).json().problems

  t.strictSame(await problemsOf(new Blob([])), { pdf: ['is empty'] })
  t.strictSame(await problemsOf(new Blob(['<html>'])), { pdf: ['is not a PDF'] })
  t.strictSame(await problemsOf(undefined), { pdf: ['is required'] })
})

t.test('a part that is JSON is no text', async t => {
  const post = await open(t)
  const part = '--x\r\ncontent-disposition: form-data; name="amount"\r\ncontent-type: application/json\r\n\r\n{}\r\n'

  t.match((await post(`${part}--x--\r\n`, type)).json(), { problems: { amount: ['must be text'] } })
})

t.test('a form that breaks off, or is none, is refused', async t => {
  const post = await open(t)
  const file = '--x\r\ncontent-disposition: form-data; name="pdf"; filename="a.pdf"\r\n\r\n%PDF-1.7 and then'

  t.match(await post(file, type), { statusCode: 400 })
  t.match(await post('no form', type), { statusCode: 400 })
  t.match(await post(file, { 'content-type': 'multipart/form-data' }), { statusCode: 400 })
  t.match(await post('{}', { 'content-type': 'application/json' }), { statusCode: 415 })
})

t.test('a form that is too much is refused', async t => {
  const post = await open(t)
  const many = form()
  for (let at = 0; at < 40; at++) many.append(`field${at}`, 'x')
  const large = async function* () {
    yield '--x\r\ncontent-disposition: form-data; name="pdf"; filename="a.pdf"\r\n\r\n%PDF-'
    for (let bytes = 0; bytes < pdfBytesMax; bytes += 1_000_000) yield Buffer.alloc(1_000_000)
    yield '\r\n--x--\r\n'
  }

  t.match(await post(many), { statusCode: 413 })
  t.match(await post(Readable.from(large()), type), { statusCode: 413 })
  t.match((await post(form({ amount: 'x'.repeat(5_000) }))).json(), { problems: { amount: ['is too long'] } })
})
