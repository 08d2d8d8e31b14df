import t from 'tap'
import { pdfFor } from '../../../plugins/ubl/pdf.ts'

const part = (fileName: string) => ({ fileName })
const inside = Buffer.from('%PDF-1.7')
const ubl = (fileName: string, invoiceNumber = '2026-0117', embeddedPdf: Buffer | null = null) => ({
  fileName,
  invoiceNumber,
  embeddedPdf
})
const xml = ubl('2026-0117.xml')
const own = part('2026-0117.pdf')
const another = part('Voorwaarden.pdf')

t.test('the PDF of the same name is that of the invoice, however the name is written', async t => {
  t.equal(pdfFor(xml, [another, own]), own)
  const spaced = part('factuur mei.pdf')
  t.equal(pdfFor(ubl('Factuur mei UBL.XML'), [another, spaced]), spaced)
  t.equal(pdfFor(ubl('2026-0117_ubl.xml', 'F-1'), [another, own]), own)
  t.equal(pdfFor(ubl('2026-0117.ubl.xml', 'F-1'), [another, own]), own)
})

type Case = {
  xml?: string
  number?: string
  attached: string[]
  /** Which attached one, or the one in the UBL file; null: nobody chooses. */
  alone: number | null
  /** The same where the UBL file has a PDF in it. */
  embedding: number | 'inside'
}

const cases: Record<string, Case> = {
  'nothing attached': { attached: [], alone: null, embedding: 'inside' },
  'terms alone': { attached: ['algemene-voorwaarden.pdf'], alone: 0, embedding: 'inside' },
  'the name of the UBL file': { attached: ['E-factuur.pdf', 'F 2026-0117.pdf'], alone: 0, embedding: 0 },
  'the number': { attached: ['Voorwaarden.pdf', 'Factuur 2026-0117.pdf'], alone: 1, embedding: 1 },
  'the number, separated otherwise': { attached: ['a.pdf', 'Factuur_2026 0117 (2).pdf'], alone: 1, embedding: 1 },
  'the number, not separated': { attached: ['a.pdf', 'factuur20260117.pdf'], alone: 1, embedding: 1 },
  'the number in another case': { number: 'Inv/é-7', attached: ['a.pdf', 'INVE\u03017.PDF'], alone: 1, embedding: 1 },
  'twice the number': { attached: ['2026-0117.pdf', 'Uren 2026-0117.pdf'], alone: null, embedding: 'inside' },
  'a longer number': { attached: ['2026-01170.pdf', 'b.pdf'], alone: null, embedding: 'inside' },
  'a number that ends like it': { attached: ['12026-0117.pdf', 'b.pdf'], alone: null, embedding: 'inside' },
  'a word that ends like it': { number: 'ota 1', attached: ['nota 1.pdf', 'b.pdf'], alone: null, embedding: 'inside' },
  'a number as dates have it': { number: '17', attached: ['17-1.pdf', 'b.pdf'], alone: null, embedding: 'inside' },
  'a number of no letter or digit': { number: '---', attached: ['---.pdf', 'b.pdf'], alone: null, embedding: 'inside' },
  'a number that is a pattern': {
    number: '[0-9]{9}',
    attached: ['123456789.pdf', 'b'],
    alone: null,
    embedding: 'inside'
  },
  'a name that has no end': { attached: [`2026-0117${' '.repeat(300)}.pdf`, 'b'], alone: null, embedding: 'inside' },
  'two names that say nothing': { attached: ['a.pdf', 'b.pdf'], alone: null, embedding: 'inside' }
}

for (const [what, { xml = 'e-factuur.xml', number, attached, alone, embedding }] of Object.entries(cases))
  t.test(`which PDF it is, attached: ${what}`, async t => {
    const pdfs = attached.map(part)
    const chosen = (embedded: Buffer | null) => {
      const found = pdfFor(ubl(xml, number, embedded), pdfs)
      return found === null ? null : Buffer.isBuffer(found) ? 'inside' : pdfs.indexOf(found)
    }
    t.equal(chosen(null), alone)
    t.equal(chosen(inside), embedding)
  })

t.test('no invoice of a mail gets the PDF of another one in it', async t => {
  const second = ubl('2026-0118.xml', '2026-0118')
  const seconds = part('2026-0118.pdf')

  t.equal(pdfFor(xml, [own, seconds], [second]), own)
  t.equal(pdfFor(second, [own, seconds], [xml]), seconds)
  t.equal(pdfFor(xml, [another, seconds], [second]), another)
  t.equal(pdfFor(xml, [seconds], [second]), null)
  t.equal(pdfFor(xml, [another], [second]), null)
  t.equal(pdfFor(ubl(''), [part('')], [part('')]), null, 'no name is not the same name')
  const both = part('2026-0117 en 2026-0118.pdf')
  t.equal(pdfFor(xml, [both], [second]), null, 'a name may have two numbers in it')
  t.equal(pdfFor({ ...xml, embeddedPdf: inside }, [another, seconds], [second]), inside)
})
