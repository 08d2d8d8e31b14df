import t from 'tap'
import { readText } from '../../../plugins/bodies/body.ts'
import { decodeBase64 } from '../../../plugins/intake/base64.ts'
import { bodyOf, cuts } from './collect.ts'

const decode = async (chunks: Uint8Array[]) => {
  const body = bodyOf(chunks)
  const bytes = await Array.fromAsync(decodeBase64(body))
  return { bytes: Buffer.concat(bytes), rest: await readText(body) }
}

const decodeText = async (text: string) => (await decode([Buffer.from(text)])).bytes

const bytes = Buffer.from(Array.from({ length: 91 }, (_, at) => at * 37))
const plain = bytes.toString('base64')

t.test('whatever a sender writes it like, the bytes are the same', async t => {
  const written = {
    'as it is': plain,
    'without padding': plain.replace(/=+$/, ''),
    'for URLs': bytes.toString('base64url'),
    'in lines': plain.replace(/.{20}/g, '$&\r\n'),
    'in lines, escaped': plain.replace(/.{20}/g, '$&\\r\\n'),
    'with escaped slashes': plain.replaceAll('/', '\\/'),
    'with \\u escapes': plain.replace(/./g, letter => `\\u00${letter.charCodeAt(0).toString(16)}`),
    'with a data: prefix': `data:application/pdf;base64,${plain}`,
    'with a data: prefix of bytes': `data:application/octet-stream;base64,${plain}`,
    'with a data: prefix of a download': `data:binary\\/octet-stream;base64,${plain}`,
    'with a data: prefix without a type': `data:;base64,${plain}`,
    'with a data: prefix of text, as if none were named': `data:text/plain;charset=US-ASCII; base64,${plain}`,
    'with a data: prefix and a file name': `DATA:application\\/pdf;filename=a.pdf;base64,${plain}`
  }

  for (const [how, text] of Object.entries(written)) t.strictSame(await decodeText(`${text}"`), bytes, how)
})

t.test('every length is decoded', async t => {
  for (let length = 0; length < 40; length++) {
    const some = bytes.subarray(0, length)
    t.strictSame(await decodeText(`${some.toString('base64')}"`), some, `${length} bytes`)
  }
})

t.test('however the text is cut, it decodes the same and leaves what follows', async t => {
  const text = `data:application/pdf;base64,${plain.replaceAll('/', '\\u002f')}","next"`

  for (const chunks of cuts(Buffer.from(text))) {
    const decoded = await decode(chunks)
    t.strictSame(decoded.bytes, bytes)
    t.equal(decoded.rest, ',"next"', 'nothing after the quote is lost')
  }
})

t.test('anything else is refused on the field', async t => {
  const wrong = [
    'A"',
    'AAAAA"',
    'AAA=A"',
    'AA="',
    'AAA=="',
    'AAAA="',
    '===="',
    '="',
    'AA*A"',
    'AAé="',
    'AAAA\\u00e9"',
    'AAAA\\u0141"',
    'AAAA\\""',
    'AAAA\\x"',
    'AAAA\\u00zz"',
    'data:application/octet-stream,AAAA"',
    'data:base64,AAAA"',
    'data,AAAA"',
    'dada:application/pdf;base64,AAAA"',
    'data:application/pdf,AAAA"',
    'data:application/pdf;base64"',
    'data:application/pdf;base64,data:application/pdf;base64,AAAA"',
    `data:${'x'.repeat(400)};base64,AAAA"`,
    'http:AAAA"',
    'https://example.com/a.pdf"'
  ]

  for (const text of wrong) {
    await t.rejects(decodeText(text), { code: 'FIELDS_INVALID', problems: [{ field: 'pdf' }] }, text)
  }
})

t.test('a text without end is refused', async t => {
  await t.rejects(decodeText('AAAA'), { code: 'FIELDS_INVALID', problems: [{ field: 'body' }] })
})
