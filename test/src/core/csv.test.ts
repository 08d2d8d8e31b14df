import t from 'tap'
import { formatCsv, parseCsv } from '../../../src/core/csv.ts'

const fieldsOf = (text: string) => parseCsv(text)?.map(({ fields }) => fields)

t.test('what is written is read again, whatever stands in it', async t => {
  const rows = [
    ['tool', 'ref', 'name'],
    ['acme', 'a,b;"c"', 'two\nlines'],
    ['acme', '=1+1', "'-2"],
    ['acme', '@x', 'é']
  ]

  t.strictSame(fieldsOf(formatCsv(rows)), rows)
  t.notMatch(formatCsv(rows), /(^|,)[=+\-@]/m, 'a spreadsheet finds no formula')
})

t.test('as spreadsheets of any country save it', async t => {
  t.strictSame(fieldsOf('\ufefftool;ref\r\nacme; "x;y" \r\n\r\n'), [
    ['tool', 'ref'],
    ['acme', 'x;y']
  ])
  t.strictSame(fieldsOf('a,b\n1,2'), [
    ['a', 'b'],
    ['1', '2']
  ])
  t.strictSame(
    parseCsv('a,b\n"x\ny",2\n3,4')?.map(({ line }) => line),
    [1, 2, 4],
    'lines as an editor counts them'
  )
  t.equal(parseCsv('a,"b'), undefined)
  t.strictSame(parseCsv(''), [])
})
