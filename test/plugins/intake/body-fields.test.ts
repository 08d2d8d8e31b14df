import t from 'tap'
import { openBodyFields } from '../../../plugins/intake/body-fields.ts'
import type { Code } from '../../../src/core/codes.ts'
import { BridgeError } from '../../../src/core/errors.ts'

const document = { file: 'a.pdf', bytes: 1, sha256: '' }

async function* bytes(...texts: string[]) {
  for (const text of texts) yield Buffer.from(text)
}

const openFailing = (code: Code) => openBodyFields(() => Promise.reject(new BridgeError(code)), 1000)

t.test('one PDF is kept, and one only', async t => {
  const seen: string[] = []
  const reading = openBodyFields(async source => {
    for await (const chunk of source) seen.push(chunk.toString())
    return document
  }, 1000)

  await reading.keep(bytes())
  t.equal(reading.document, null, 'nothing is no PDF')
  await reading.keep(bytes('one', 'two'))
  await reading.keep(bytes())

  t.strictSame(seen, ['one', 'two'])
  t.equal(reading.document, document)
  await t.rejects(reading.keep(bytes('three')), { code: 'FIELDS_INVALID', problems: [{ field: 'pdf' }] })
  t.equal(reading.document, document)
})

t.test('a PDF that cannot be kept: too large is refused, no PDF is a problem, a full disk stays one', async t => {
  await t.rejects(openFailing('PDF_TOO_LARGE').keep(bytes('x')), { code: 'BODY_TOO_LARGE' })
  await t.rejects(openFailing('LEDGER_UNAVAILABLE').keep(bytes('x')), { code: 'LEDGER_UNAVAILABLE' })

  const reading = openFailing('PDF_NOT_A_PDF')
  await reading.keep(bytes('x'))
  t.match(reading.problems, [{ field: 'pdf' }])
  await t.rejects(reading.keep(bytes('x')), { code: 'FIELDS_INVALID' }, 'a second one is still one too many')
})

t.test('a repeated field is complained about once, and the first counts', async t => {
  const reading = openFailing('UNEXPECTED')

  for (const value of ['1', '2', '3']) reading.set('a', value)

  t.strictSame([...reading.values], [['a', '1']])
  t.strictSame(reading.problems, [{ field: 'a', message: 'given more than once' }])
})
