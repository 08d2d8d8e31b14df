import t from 'tap'
import { partsOf } from '../../../../plugins/tools/mailbox/parts.ts'

t.test('a file is known by its type or by its name, wherever in the mail it is', async t => {
  const attachment = (part: string, type: string, filename?: string) => ({
    part,
    type,
    size: 10,
    ...(filename ? { dispositionParameters: { filename } } : {})
  })
  const found = partsOf({
    type: 'multipart/mixed',
    childNodes: [
      { part: '1', type: 'text/plain' },
      attachment('2', 'application/octet-stream', 'Factuur 1.XML '),
      { part: '3', type: 'application/pdf', parameters: { name: 'factuur.pdf' }, size: 20 },
      attachment('4', 'application/vnd.oasis.ubl+xml'),
      attachment('5', 'image/svg+xml.png', 'logo.png'),
      { part: '6', type: 'message/rfc822', childNodes: [{ part: '6', type: 'text/xml', size: 5 }] },
      {
        part: '7',
        type: 'message/rfc822',
        childNodes: [{ part: '7', type: 'multipart/mixed', childNodes: [attachment('7.1', 'application/pdf')] }]
      }
    ]
  })

  t.strictSame(
    found.xml.map(({ part, fileName }) => [part, fileName]),
    [
      ['2', 'Factuur 1.XML '],
      ['4', ''],
      ['6.1', '']
    ]
  )
  t.strictSame(
    found.pdf.map(({ part, bytes }) => [part, bytes]),
    [
      ['3', 20],
      ['7.1', 10]
    ]
  )
})

t.test('a mail may be one file, and no more', async t => {
  t.match(partsOf({ type: 'application/pdf' }), { xml: [], pdf: [{ part: '1', bytes: 0 }], wrappings: [] })
})

t.test('a mail within the mail is a wrapping where the host does not look into it', async t => {
  const inner = { part: '1', type: 'message/rfc822' }
  t.match(partsOf(inner).wrappings, [/attached as a file/])
  t.strictSame(partsOf({ ...inner, childNodes: [{ part: '1', type: 'text/plain' }] }).wrappings, [])
})
