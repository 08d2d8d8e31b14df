import t from 'tap'
import { pdfFor } from '../../../plugins/ubl/pdf.ts'

const part = (fileName: string) => ({ fileName })
const xml = part('2026-0117.xml')
const own = part('2026-0117.pdf')
const another = part('Voorwaarden.pdf')

t.test('the PDF of the same name is that of the invoice, however the name is written', async t => {
  t.equal(pdfFor(xml, [another, own]), own)
  const spaced = part('factuur 2026-0117.pdf')
  t.equal(pdfFor(part('Factuur 2026-0117 UBL.XML'), [another, spaced]), spaced)
  t.equal(pdfFor(part('2026-0117_ubl.xml'), [another, own]), own)
  t.equal(pdfFor(part('2026-0117.ubl.xml'), [another, own]), own)
})

t.test('the only PDF is that of the only invoice; of several nobody chooses', async t => {
  t.equal(pdfFor(xml, [another]), another)
  t.equal(pdfFor(xml, []), null)
  t.equal(pdfFor(xml, [another, part('Urenstaat.pdf')]), 'ambiguous')
  t.equal(pdfFor(xml, [own, part('2026-0117.pdf')]), 'ambiguous')
})

t.test('no invoice of a mail gets the PDF of another one in it', async t => {
  const second = part('2026-0118.xml')
  const seconds = part('2026-0118.pdf')

  t.equal(pdfFor(xml, [own, seconds], [second]), own)
  t.equal(pdfFor(second, [own, seconds], [xml]), seconds)
  t.equal(pdfFor(xml, [another, seconds], [second]), another)
  t.equal(pdfFor(xml, [seconds], [second]), null)
  t.equal(pdfFor(xml, [another], [second]), 'ambiguous')
  t.equal(pdfFor(part(''), [part('')], [part('')]), 'ambiguous', 'no name is not the same name')
})
