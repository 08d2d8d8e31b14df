import t from 'tap'
import { isSuppliers, readUbl, type UblReading, ublBytesMax } from '../../../plugins/ubl/ubl.ts'
import type { Invoice } from '../../../src/core/invoice.ts'
import { type Dialect, dialects, ubl } from '../../fixtures/ubl.ts'

const to = ['debiteuren@noord.example']

const read = (dialect: Dialect = 'peppol-bis-3', changes: Record<string, string> = {}) =>
  readUbl(ubl(dialect, changes), { to })

const invoiceOf = (reading: UblReading): Invoice | string =>
  reading.kind === 'invoice' ? reading.invoice : reading.kind === 'unreadable' ? reading.problem : reading.kind

const changed = (changes: Record<string, string>, dialect?: Dialect) => invoiceOf(read(dialect, changes))

const told: Invoice = {
  invoiceNumber: '2026-0117',
  sourceId: '87654321 2026-0117',
  customer: {
    ref: '700104',
    portalId: null,
    emails: ['administratie@noord.example'],
    name: 'Schildersbedrijf Noord',
    address: 'Havenkade 3',
    zipCode: '9700 AA',
    city: 'Groningen',
    countryCode: 'NL'
  },
  amountCents: 18150,
  currency: 'EUR',
  issuedAt: '2026-11-20',
  dueAt: '2026-12-04',
  paidAt: null,
  pdfUrl: null
}

t.test('each dialect says the same in its own way', async t => {
  t.strictSame(invoiceOf(read('peppol-bis-3')), told)
  t.strictSame(invoiceOf(read('si-ubl-1-2')), told)
  t.strictSame(invoiceOf(read('nlcius')), {
    ...told,
    sourceId: '00000003876543210000 2026-0117',
    customer: { ...told.customer, ref: 'administratie@noord.example', name: 'Café Noord' }
  })
  t.strictSame(invoiceOf(read('own-dialect')), {
    ...told,
    dueAt: null,
    customer: {
      ref: 'debiteuren@noord.example',
      portalId: null,
      emails: to,
      name: 'Café “Noord” & Zn.',
      address: null,
      zipCode: null,
      city: null,
      countryCode: null
    }
  })
  t.strictSame(invoiceOf(read('credit-note')), {
    ...told,
    invoiceNumber: '2026-0118',
    sourceId: '87654321 2026-0118',
    amountCents: -18150,
    dueAt: null
  })
})

t.test('all numbers of the supplier are told, as written', async t => {
  t.match(read('peppol-bis-3'), { supplierIds: ['87654321', 'NL876543210B01'] })
  t.match(read('nlcius'), { supplierIds: ['00000003876543210000', 'NL876543210B01'] })
  t.match(read('own-dialect'), { supplierIds: ['KVK 87654321'] })
  t.equal(isSuppliers(['87654321'], '87654321'), true)
})

t.test('the amount is what the invoice comes to, to the cent, whatever was prepaid', async t => {
  const amounts: [string, number][] = [
    ['181.5', 18150],
    ['+0181.50', 18150],
    ['181.500000', 18150],
    ['181', 18100],
    ['0.00', 0],
    ['-181.50', -18150],
    [' \n181.50\n ', 18150],
    ['123456789.01', 12345678901]
  ]
  for (const [text, amountCents] of amounts) t.match(changed({ '>181.50<': `>${text}<` }), { amountCents }, text)
  for (const text of ['181.505', '181,50', '1.815E2', '1 815.00', '€181.50', '', '.', 'NaN', '9'.repeat(21)])
    t.equal(
      changed({ '>181.50<': `>${text}<` }),
      'cac:LegalMonetaryTotal/cbc:TaxInclusiveAmount: expected an amount with at most 2 decimals',
      text
    )
})

t.test('a currency has the decimals that it has, and there is one of them', async t => {
  const yen = { '>EUR<': '>JPY<', '"EUR"': '"JPY"' }
  t.match(changed({ ...yen, '>181.50<': '>5000<' }), { currency: 'JPY', amountCents: 500000 })
  const dinar = { '>EUR<': '>KWD<', '"EUR"': '"KWD"' }
  t.match(changed({ ...dinar, '>181.50<': '>5.125<' }), { currency: 'KWD', amountCents: 5125 })

  t.match(changed({ '>EUR<': '>USD<' }), /TaxInclusiveAmount: expected the currency of cbc:DocumentCurrencyCode$/)
  t.match(changed({ '>EUR<': '>euro<' }), /^cbc:DocumentCurrencyCode: expected a currency/)
})

t.test('a credit note is negative, and nothing is guessed of its sign', async t => {
  t.match(changed({ '>380<': '>381<', '>181.50<': '>-181.50<' }), { amountCents: -18150 })
  t.match(changed({ '>380<': '>381<' }), /expected a minus/)
  t.match(changed({ '>181.50<': '>-181.50<' }, 'credit-note'), /expected no minus/)
  t.match(changed({ '>181.50<': '>0.00<' }, 'credit-note'), { amountCents: 0 })
  t.match(changed({ '>380<': '>325<' }), /^cbc:InvoiceTypeCode: expected an invoice/, 'proforma')
})

t.test('dates are days, and an invoice without a due date has none', async t => {
  t.match(changed({ '>2026-11-20<': '>2026-11-20Z<' }), { issuedAt: '2026-11-20' })
  t.match(changed({ '>2026-12-04<': '>04-12-2026<' }), { dueAt: null })
  t.match(changed({ '<cbc:DueDate>2026-12-04</cbc:DueDate>': '' }), { dueAt: null })
  for (const text of ['20-11-2026', '2026-11-31', '2026-11-20T10:00:00Z', ''])
    t.match(changed({ '>2026-11-20<': `>${text}<` }), /^cbc:IssueDate: expected a date/, text)
})

t.test('numbers have spaces and slashes, and there is one of them', async t => {
  t.match(changed({ '>2026-0117<': '> F 2026/0117\n<' }), { invoiceNumber: 'F 2026/0117' })
  const twice = {
    '<cbc:ID>2026-0117</cbc:ID>\n  <cbc:IssueDate>': '<cbc:ID>1</cbc:ID><cbc:ID>2</cbc:ID><cbc:IssueDate>'
  }
  for (const changes of [{ '>2026-0117<': '><' }, { '>2026-0117<': `>${'1'.repeat(101)}<` }, twice])
    t.match(changed(changes), /^cbc:ID: expected 1 to 100 visible characters/)
})

t.test('the customer is known by the file first, so that a reminder to somebody else changes nothing', async t => {
  const refOf = (changes: Record<string, string>, context = { to }) => {
    const invoice = invoiceOf(readUbl(ubl('peppol-bis-3', changes), context))
    return typeof invoice === 'string' ? invoice : invoice.customer
  }
  const noId = { '>700104<': '><' }
  const noEmail = { 'administratie@noord.example': '' }
  const noLegalId = { '>12345678<': '><' }

  t.match(refOf(noId), { ref: 'administratie@noord.example' })
  t.match(refOf({ ...noId, ...noEmail }), { ref: '12345678', emails: to })
  t.match(refOf({ ...noId, ...noEmail, ...noLegalId }), { ref: 'debiteuren@noord.example', emails: to })
  t.match(refOf({ ...noId, ...noEmail, ...noLegalId }, { to: [] }), /^cac:AccountingCustomerParty: expected/)
  t.strictSame(refOf(noEmail, { to: ['no address'] }), { ...told.customer, emails: [] })
  t.match(refOf({ 'Schildersbedrijf Noord': '' }), { name: 'Schilders Noord' })
  t.match(refOf({ 'Schildersbedrijf Noord': 'x'.repeat(301) }), { name: 'Schilders Noord' })
})

t.test('an invoice is nobody’s without a number of its supplier', async t => {
  const changes = { '>87654321<': '><', '>NL876543210B01<': '>-<' }

  t.strictSame(read('peppol-bis-3', changes), {
    kind: 'unreadable',
    problem: 'cac:AccountingSupplierParty: expected a KvK, OIN or VAT number',
    sourceId: null
  })
})

t.test('what cannot be read is known by its number, if that can', async t => {
  const { length } = ubl('peppol-bis-3')
  const cut = readUbl(ubl('peppol-bis-3').subarray(0, length - 20), { to })

  t.strictSame(cut, { kind: 'unreadable', problem: 'XML: expected well-formed XML', sourceId: '87654321 2026-0117' })
  t.match(read('peppol-bis-3', { '>2026-11-20<': '><' }), { sourceId: '87654321 2026-0117' })
  t.match(readUbl(Buffer.from('no XML'), { to }), { kind: 'unreadable', sourceId: null })
  t.match(readUbl(Buffer.alloc(ublBytesMax + 1, ' '), { to }), { kind: 'unreadable', problem: /at most/ })
})

t.test('only UBL is read, whatever stands in other XML', async t => {
  t.strictSame(read('factur-x'), { kind: 'other' })
  t.strictSame(read('peppol-bis-3', { 'xsd:Invoice-2': 'xsd:Order-2', Invoice: 'Order' }), { kind: 'other' })
  t.strictSame(read('peppol-bis-3', { 'xsd:Invoice-2': 'xsd:Invoice-3' }), { kind: 'other' })
  t.strictSame(readUbl(Buffer.from('<Invoice><ID>1</ID></Invoice>'), { to }), { kind: 'other' })
})

t.test('the PDF inside counts where it is the only one', async t => {
  const pdf = (reading: UblReading) => (reading.kind === 'invoice' ? reading.embeddedPdf : undefined)
  const attachment =
    /<a:AdditionalDocumentReference>.*<\/a:AdditionalDocumentReference>/s.exec(String(ubl('nlcius')))?.[0] ?? ''

  t.match(pdf(read('nlcius'))?.toString(), /^%PDF-1\.4\n.*%%EOF\n$/s)
  t.equal(pdf(read('nlcius', { [attachment]: attachment.repeat(2) })), null)
  t.equal(pdf(read('nlcius', { JVBERi0x: 'PGh0bWw+' })), null)
  t.equal(pdf(read('peppol-bis-3')), null)
})

t.test('whatever becomes of its bytes, there is an answer that cites nothing', async t => {
  const kinds = new Set<string>()
  let seed = 1
  // The same ones each time.
  const chance = (below: number) => {
    seed = (seed * 48271) % 2147483647
    return seed % below
  }
  for (const dialect of dialects)
    for (let round = 0; round < 300; round += 1) {
      const bytes = ubl(dialect)
      for (let flips = chance(4); flips >= 0; flips -= 1) bytes[chance(bytes.length)] = chance(256)
      const from = chance(bytes.length)
      const mangled =
        chance(3) === 0 ? Buffer.concat([bytes.subarray(0, from), bytes.subarray(chance(bytes.length))]) : bytes
      const reading = readUbl(mangled, { to })
      kinds.add(reading.kind)
      if (reading.kind === 'unreadable') t.match(reading.problem, /^(XML|c[ab]c:[A-Za-z/:bac]+): expected [\w ,.-]+$/)
    }
  t.strictSame([...kinds].sort(), ['invoice', 'other', 'unreadable'])
})
