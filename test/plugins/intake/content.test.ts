import t from 'tap'
import { contentOf } from '../../../plugins/intake/content.ts'

const pdfBytesMax = 20_000_000
const kib64 = 64 * 1024

const typed = (type: string, more = {}) => contentOf({ 'content-type': type, ...more }, pdfBytesMax)

t.test('the three types are taken, with what clients add to them', async t => {
  const taken = {
    'application/json': (pdfBytesMax * 5) / 3 + kib64,
    'Application/JSON; Charset=UTF8': (pdfBytesMax * 5) / 3 + kib64,
    'application/json; odata.metadata=minimal': (pdfBytesMax * 5) / 3 + kib64,
    'multipart/form-data; boundary=x': pdfBytesMax + kib64,
    'multipart/form-data; charset="utf-8"; boundary="x y"': pdfBytesMax + kib64,
    'application/x-www-form-urlencoded;charset=utf-8': kib64
  }

  for (const [type, bytesMax] of Object.entries(taken)) t.equal(typed(type).bytesMax, Math.ceil(bytesMax), type)
})

t.test('everything else is refused before its body', async t => {
  const refused = [
    '',
    'json',
    'text/plain',
    'text/json',
    'application/xml',
    'application/pdf',
    'application/jsonp',
    'application/json; charset=iso-8859-1',
    'application/x-www-form-urlencoded; charset=windows-1252',
    'multipart/form-data',
    'multipart/form-data; boundary=',
    `multipart/form-data; boundary=${'x'.repeat(71)}`,
    'multipart/mixed; boundary=x'
  ]

  for (const type of refused) t.throws(() => typed(type), { code: 'TYPE_UNSUPPORTED' }, type)
  t.throws(() => contentOf({}, pdfBytesMax), { code: 'TYPE_UNSUPPORTED' })
  t.throws(() => typed('application/json', { 'content-encoding': 'gzip' }), { code: 'TYPE_UNSUPPORTED' })
})

t.test('a length above the limit is refused before the body', async t => {
  const form = (length: number) =>
    typed('application/x-www-form-urlencoded', {
      'content-length': String(length),
      'content-encoding': 'identity'
    })

  t.doesNotThrow(() => form(kib64))
  t.throws(() => form(kib64 + 1), { code: 'BODY_TOO_LARGE' })
})
