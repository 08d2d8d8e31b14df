import t from 'tap'
import { textOf } from '../../../plugins/ubl/encoding.ts'

const name = 'Café “Zuid” € 5'
const declared = (encoding: string) => `<?xml version="1.0" encoding="${encoding}"?><a>${name}</a>`
const windows = (text: string) =>
  Buffer.from(text.replaceAll('“', '\x93').replaceAll('”', '\x94').replaceAll('€', '\x80'), 'latin1')
const bigEndian = (text: string) => Buffer.from(text, 'utf16le').swap16()

t.test('a file is read in the encoding that it has', async t => {
  const files: [string, Buffer][] = [
    ['UTF-8', Buffer.from(declared('UTF-8'))],
    ['UTF-8 with a mark', Buffer.from(`\ufeff${declared('utf-8')}`)],
    ['undeclared', Buffer.from(`<a>${name}</a>`)],
    ['windows-1252', windows(declared('windows-1252'))],
    ['what is called ISO-8859-1', windows(declared('ISO-8859-1'))],
    ['UTF-16 with a mark', Buffer.from(`\ufeff${declared('UTF-16')}`, 'utf16le')],
    ['UTF-16, the other way', bigEndian(`\ufeff${declared('UTF-16')}`)],
    ['UTF-16 without a mark', Buffer.from(declared('UTF-16'), 'utf16le')],
    ['UTF-16 without a mark, the other way', bigEndian(declared('UTF-16'))]
  ]
  for (const [what, bytes] of files) t.match(textOf(bytes), name, what)
})

t.test('a declaration that cannot be true is not believed', async t => {
  t.match(textOf(Buffer.from(declared('UTF-16'))), name, 'as .NET writes it into UTF-8')
  t.match(textOf(windows(declared('UTF-8'))), name, 'bytes that are no UTF-8')
  t.match(textOf(Buffer.from(`\ufeff${declared('windows-1252')}`)), name, 'a mark says otherwise')
})

t.test('an encoding that nobody knows has no text, and no bytes throw', async t => {
  t.equal(textOf(Buffer.from(declared('rot-13'))), undefined)
  for (const bytes of [[], [0xff], [0xff, 0xfe, 0x00], [0x00], [0xfe, 0xff, 0xd8, 0x00], [0xef, 0xbb, 0xbf]])
    t.type(textOf(Buffer.from(bytes)), 'string')
})
