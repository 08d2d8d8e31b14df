import t from 'tap'
import { besidesPdfBytesMax } from '../../../plugins/intake/body-fields.ts'
import { readJson } from '../../../plugins/intake/json.ts'
import { collect, collectText, cuts } from './collect.ts'

const pdf = Buffer.from('%PDF-1.7 €\xff\xfe~~~???', 'latin1')
const escaped = JSON.stringify(pdf.toString('base64')).replaceAll('/', '\\/').replaceAll('+', '\\u002B')

t.test('however the bytes are cut, the same fields and the same PDF come out', async t => {
  const bytes = Buffer.from(
    `\ufeff { "invoiceNumber" : "2026-\\u0034\\"2\\\\" ,"amount":121.10,\r\n"p\\u0064f":${escaped},"customerName":"Zoë {[:,]}",
    "sendNotification":false,"dueAt":null,"customerCity":""}\n`
  )

  for (const chunks of cuts(bytes)) {
    t.strictSame(
      await collect(readJson, chunks),
      {
        fields: {
          invoiceNumber: '2026-4"2\\',
          amount: '121.10',
          pdf: '',
          customerName: 'Zoë {[:,]}',
          sendNotification: false,
          dueAt: null,
          customerCity: ''
        },
        problems: [],
        pdf
      },
      `cut after ${chunks[0]?.length}`
    )
  }
})

t.test('a number keeps its digits', async t => {
  const { fields } = await collectText(readJson, '{"a":121.10,"b":-0.00,"c":12345678901234567890,"d":0}')

  t.strictSame(fields, { a: '121.10', b: '-0.00', c: '12345678901234567890', d: '0' })
})

t.test('only the text of the outer pdf is taken for a PDF', async t => {
  const text = '{"a":"pdf","b":"\\"pdf\\":\\"AAAA","pdfUrl":"AAAA","pdf":null}'

  t.match(await collectText(readJson, text), {
    fields: { a: 'pdf', b: '"pdf":"AAAA', pdfUrl: 'AAAA', pdf: null },
    pdf: null
  })
})

t.test('an empty pdf is none', async t => {
  t.match(await collectText(readJson, '{"pdf":"","pdfUrl":"x"}'), { problems: [], pdf: null })
  t.match(await collectText(readJson, '{"pdf":" \\n","pdfUrl":"x"}'), { problems: [], pdf: null })
})

t.test('what is wrong with one field is said of that field', async t => {
  const wrong: [what: string, body: string, field: string][] = [
    ['a name twice', '{"a":1,"b":2,"a":1}', 'a'],
    ['a name twice, once escaped', '{"a":1,"\\u0061":1}', 'a'],
    ['a name twice, once null', '{"a":null,"a":1}', 'a'],
    ['the pdf twice', '{"pdf":"JVBERg==","pdf":"JVBERg=="}', 'pdf'],
    ['the pdf twice, once escaped', '{"pdf":"JVBERg==","\\u0070df":"JVBERg=="}', 'pdf'],
    ['the pdf twice, once null', '{"pdf":null,"pdf":"JVBERg=="}', 'pdf'],
    ['an object inside', '{"a":1,"data":{"a":1}}', 'data'],
    ['a list inside', '{"lines":[]}', 'lines'],
    ['an object as pdf', '{"pdf":{"a":1}}', 'pdf'],
    ['an exponent', '{"amount":1e2}', 'amount'],
    ['an exponent with a fraction', '{"amount":1.5E-2}', 'amount'],
    ['a raw line break in a text', '{"a":"x\ny"}', 'a'],
    ['an escape that does not exist', '{"a":"\\x"}', 'a'],
    ['half a character', '{"a":"\\ud800"}', 'a'],
    ['not base64', '{"pdf":"JVBE*"}', 'pdf']
  ]

  for (const [what, body, field] of wrong) {
    const { problems } = await collectText(readJson, body)
    t.strictSame(
      problems.map(problem => problem.field),
      [field],
      what
    )
  }
})

t.test('what is no flat JSON object is refused as a whole', async t => {
  const wrong = [
    '',
    ' \n',
    'null',
    '"text"',
    '12',
    '[]',
    '[{"a":1}]',
    '<invoice/>',
    'invoiceNumber=1',
    '{',
    '{"a"',
    '{"a"}',
    '{"a":',
    '{"a":}',
    '{"a":1',
    '{"a":1,',
    '{"a":1,}',
    '{,"a":1}',
    '{"a" "b"}',
    '{"a":1 "b":2}',
    '{"a":01}',
    '{"a":+1}',
    '{"a":.5}',
    '{"a":1.}',
    '{"a":NaN}',
    '{"a":True}',
    "{'a':1}",
    '{a:1}',
    '{a:{}}',
    '{{}}',
    '{1:1}',
    '{"a":1}}',
    '{"a":1}{"a":1}',
    '{"a":1} x',
    '{"a":"',
    '{"a":"\\"}',
    '{"\\ud800":1}',
    '{"":1}',
    '{/* */}',
    `{"${'a'.repeat(101)}":1}`,
    '{"pdf":"JVBE',
    '{"pdf":"JVBE\\u00',
    '{"pdf":"JVBE"',
    `{${Array.from({ length: 33 }, (_, at) => `"f${at}":1`)}}`
  ]

  for (const body of wrong) {
    const { problems } = await collectText(readJson, body)
    t.strictSame(
      problems.map(problem => problem.field),
      ['body'],
      body
    )
    t.notMatch(problems, [{ message: /undefined|NaN/ }])
  }
})

t.test('bytes that are not UTF-8 are refused', async t => {
  const latin1 = Buffer.from('{"customerName":"Zo\xeb"}', 'latin1')

  t.match(await collect(readJson, [latin1]), { problems: [{ field: 'body' }] })
})

t.test('everything but the pdf is small', async t => {
  const filler = (length: number) => ' '.repeat(length)
  const pdfText = 'A'.repeat(4 * besidesPdfBytesMax)

  const body = (spaces: number) => `{"pdf":"${pdfText}"${filler(spaces)}}`
  const most = besidesPdfBytesMax - '{"pdf":""}'.length
  const { problems, pdf } = await collectText(readJson, body(most))
  t.strictSame([problems, pdf?.length], [[], 3 * besidesPdfBytesMax])
  await t.rejects(collectText(readJson, body(most + 1)), { code: 'BODY_TOO_LARGE' })
  await t.rejects(collectText(readJson, `{"other":"${pdfText}"}`), { code: 'BODY_TOO_LARGE' })
  await t.rejects(collectText(readJson, filler(most * 2)), { code: 'BODY_TOO_LARGE' })
})

t.test('the name of a prototype is a name like any other', async t => {
  const { fields } = await collectText(readJson, '{"__proto__":"x","constructor":"y"}')

  t.strictSame(Object.entries(fields), [
    ['__proto__', 'x'],
    ['constructor', 'y']
  ])
})
