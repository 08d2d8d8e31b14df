import t from 'tap'
import {
  type Customer,
  dateOf,
  formatAmount,
  formatPaidAt,
  type Invoice,
  invoiceNumberCharactersMax,
  isPlausible,
  mayBeCopy,
  numberKey,
  parseAmount,
  parseDate,
  parseInvoiceNumber,
  parsePaidAt,
  sameFacts
} from '../../../src/core/invoice.ts'

const amsterdam = 'Europe/Amsterdam'
const instant = (text: string) => Temporal.Instant.from(text).epochMilliseconds

t.test('an amount is read from its digits', async t => {
  const amounts: [text: string, cents: number][] = [
    ['121.00', 12100],
    ['121', 12100],
    ['121.5', 12150],
    ['0121.05', 12105],
    ['0', 0],
    ['0.00', 0],
    ['-0.00', 0],
    ['0.01', 1],
    ['-0.01', -1],
    ['-121.00', -12100],
    // These three go wrong as floats times a hundred.
    ['1.15', 115],
    ['8.20', 820],
    ['4.35', 435],
    ['999999999.99', 99_999_999_999],
    ['-999999999.99', -99_999_999_999]
  ]
  for (const [text, cents] of amounts) t.equal(Object.is(parseAmount(text), cents), true, text)
})

t.test('what is not plainly an amount is none', async t => {
  const none = ['', ' ', ' 1', '1 ', '1\n', '+1', '--1', '-', '.5', '1.', '1.234', '1,00', '1.000,00', '1e3', '0x10']
  for (const text of [...none, '1000000000', 'NaN', 'Infinity', '١٢', '€1', '1_000', '−1.00']) {
    t.equal(parseAmount(text), undefined, JSON.stringify(text))
  }
})

t.test('every cent is written as it is read', async t => {
  for (const cents of [0, 1, 9, 10, 99, 100, 101, 12100, 99_999_999_999]) {
    t.equal(parseAmount(formatAmount(cents)), cents)
    t.equal(parseAmount(formatAmount(-cents)), cents === 0 ? 0 : -cents)
  }
  for (let cents = -10_000; cents <= 10_000; cents++) {
    if (parseAmount(formatAmount(cents)) !== cents) t.equal(parseAmount(formatAmount(cents)), cents)
  }
  t.equal(formatAmount(-5), '-0.05')
  t.equal(formatAmount(-0), '0.00')
  t.equal(formatAmount(12100), '121.00')
})

t.test('an amount has the decimals of its currency, read and written', async t => {
  const amounts: [text: string, currency: string, amount: number, shown: string][] = [
    ['5000', 'JPY', 500_000, '5000'],
    ['5000.00', 'JPY', 500_000, '5000'],
    ['-5000', 'KRW', -500_000, '-5000'],
    ['0', 'JPY', 0, '0'],
    ['50.5', 'JPY', 5050, '50.50'],
    ['5.124', 'KWD', 5124, '5.124'],
    ['5', 'KWD', 5000, '5.000'],
    ['-0.005', 'BHD', -5, '-0.005'],
    ['5', 'MGA', 500, '5.00'],
    ['5', 'USD', 500, '5.00'],
    ['5', 'XXX', 500, '5.00']
  ]
  for (const [text, currency, amount, shown] of amounts) {
    t.equal(parseAmount(text, currency), amount, `${text} ${currency}`)
    t.equal(formatAmount(amount, currency), shown, `${text} ${currency}`)
    t.equal(parseAmount(shown, currency), amount)
  }
  for (const [text, currency] of [
    ['5.124', 'EUR'],
    ['5.124', 'JPY'],
    ['5.1245', 'KWD']
  ] as const)
    t.equal(parseAmount(text, currency), undefined, `${text} ${currency}`)
  for (let amount = -2000; amount <= 2000; amount += 1)
    for (const currency of ['EUR', 'JPY', 'KWD'])
      if (parseAmount(formatAmount(amount, currency), currency) !== amount) t.fail(`${amount} ${currency}`)
})

t.test('numbers that look alike are one number', async t => {
  const alike: [plain: string, ...written: string[]][] = [
    [
      '2026-0042',
      '2026\u20100042',
      '2026\u20110042',
      '2026\u20130042',
      '2026\u20140042',
      '2026\u22120042',
      '２０２６－００４２'
    ],
    ['f 42', 'F\u00a042', 'F\u202f42', 'F\u300042', '\u2003f 42\u2003', 'Ｆ 42'],
    ['ß', 'ẞ', 'SS', 'ss']
  ]
  for (const [plain, ...others] of alike)
    for (const written of others) t.equal(numberKey(written), numberKey(plain), JSON.stringify(written))
})

t.test('numbers that are not alike stay apart', async t => {
  const apart: [string, string][] = [
    ['42', '042'],
    ['F 42', 'F  42'],
    ['F42', 'F 42'],
    ['2026-42', '202642'],
    // Cyrillic.
    ['A42', 'А42'],
    ['O42', '042']
  ]
  for (const [one, another] of apart) t.not(numberKey(one), numberKey(another), `${one} and ${another}`)
})

t.test('the key of a key is that key', async t => {
  for (const number of ['２０２６－００４２', 'F\u00a042', 'ẞ', 'ﬀ', 'İ', 'e\u0301', '\uff5e'])
    t.equal(numberKey(numberKey(number)), numberKey(number), number)
})

t.test('a date is one of the calendar', async t => {
  for (const date of ['2026-11-20', '2024-02-29', '2000-02-29', '0001-01-01', '9999-12-31']) {
    t.equal(parseDate(date), date)
  }
  const none = ['2026-02-29', '1900-02-29', '2026-02-30', '2026-04-31', '2026-13-01', '2026-00-10', '2026-01-00']
  for (const text of [
    ...none,
    '',
    '2026-1-1',
    '20261120',
    '20-11-2026',
    '2026-11-20 ',
    '2026-11-20T12:00:00Z',
    '2026-11-20[u-ca=hebrew]'
  ]) {
    t.equal(parseDate(text), undefined, text)
  }
})

t.test('a payment is dated in any of three notations', async t => {
  const notations: [text: string, at: string][] = [
    ['2026-11-20T12:00:00Z', '2026-11-20T12:00:00Z'],
    ['2026-11-20T12:00Z', '2026-11-20T12:00:00Z'],
    ['2026-11-20T12:00:00+01:00', '2026-11-20T11:00:00Z'],
    ['2026-11-20T12:00:00-0530', '2026-11-20T17:30:00Z'],
    ['2026-11-20T00:30:00+01:00', '2026-11-19T23:30:00Z'],
    ['2026-11-20T12:00:00.999999999Z', '2026-11-20T12:00:00Z'],
    ['1969-12-31T23:59:59.500Z', '1969-12-31T23:59:59Z'],
    ['2026-11-20 12:00:00', '2026-11-20T11:00:00Z'],
    ['2026-07-20 12:00:00', '2026-07-20T10:00:00Z'],
    ['2026-11-20', '2026-11-20T11:00:00Z'],
    ['2026-07-20', '2026-07-20T10:00:00Z'],
    ['2024-02-29', '2024-02-29T11:00:00Z']
  ]
  for (const [text, at] of notations) t.equal(parsePaidAt(text, amsterdam), instant(at), text)
})

t.test('the hour that summer time skips is the one after, the one it repeats is the first', async t => {
  t.equal(parsePaidAt('2026-03-29 02:30:00', amsterdam), instant('2026-03-29T01:30:00Z'))
  t.equal(parsePaidAt('2026-10-25 02:30:00', amsterdam), instant('2026-10-25T00:30:00Z'))
  t.equal(formatPaidAt(instant('2026-10-25T00:30:00Z'), amsterdam), '2026-10-25 02:30:00')
  t.equal(formatPaidAt(instant('2026-10-25T01:30:00Z'), amsterdam), '2026-10-25 02:30:00')
})

t.test('what dates no payment is none', async t => {
  const none = [
    '',
    'yesterday',
    '2026-02-29',
    '2026-02-30 12:00:00',
    '2026-02-30T12:00:00Z',
    '2026-11-20 24:00:00',
    '2026-11-20 12:60:00',
    '2026-11-20T25:00:00Z',
    '2026-11-20T12:00:00',
    '2026-11-20T12:00:00+25:00',
    '2026-11-20T12:00:00Z ',
    '2026-11-20T12:00:00[Europe/Amsterdam]',
    '2026-11-20 12:00',
    '1763640000',
    '20-11-2026'
  ]
  for (const text of none) t.equal(parsePaidAt(text, amsterdam), undefined, JSON.stringify(text))
})

t.test('a date keeps its day in every zone', async t => {
  for (const zone of [amsterdam, 'Pacific/Kiritimati', 'Pacific/Pago_Pago', 'Asia/Kathmandu']) {
    t.equal(formatPaidAt(parsePaidAt('2026-11-20', zone)!, zone), '2026-11-20 12:00:00', zone)
  }
})

t.test('what the portal was told is read back as the same words, hour by hour through a year', async t => {
  const year = instant('2026-01-01T00:00:00Z')
  for (let hour = 0; hour < 366 * 24; hour++) {
    const told = formatPaidAt(year + hour * 3_600_000 + 1234, amsterdam)
    const back = formatPaidAt(parsePaidAt(told, amsterdam)!, amsterdam)
    if (back !== told) t.equal(back, told)
  }
})

t.test('an invoice number is trimmed and otherwise left as the tool writes it', async t => {
  t.equal(parseInvoiceNumber(' \t2026-0042\u00a0\n'), '2026-0042')
  t.equal(parseInvoiceNumber('Nº E\u0301/7 #ß'), 'Nº E\u0301/7 #ß')
  const longest = '\u{1f9c0}'.repeat(invoiceNumberCharactersMax)
  t.equal(parseInvoiceNumber(longest), longest, 'characters are counted, not code units')
  t.equal(parseInvoiceNumber(`${longest}x`), undefined)
})

t.test('an invoice number holds nothing that cannot be seen', async t => {
  const unseen = [
    '\u0000',
    '\n',
    '\u007f',
    '\u00ad',
    '\u034f',
    '\u115f',
    '\u200b',
    '\u200f',
    '\u2028',
    '\u2060',
    '\u3164',
    '\ufe0f',
    '\ufeff',
    '\ud800',
    '\u{e0001}'
  ]
  for (const character of unseen) {
    t.equal(parseInvoiceNumber(`1${character}2`), undefined, character.codePointAt(0)?.toString(16) ?? '')
  }
  for (const empty of ['', '   ', '\ufeff', '\u2028', '.', ' .. ', '\uff0e', '\uff0e\uff0e', '.\uff0e'])
    t.equal(parseInvoiceNumber(empty), undefined)
})

t.test('no character escapes the folding of a number, and folding twice is folding once', async t => {
  const escaped: string[] = []
  for (let code = 0; code < 0x110000; code++) {
    const character = String.fromCodePoint(code)
    // What stands for no character has no case and no notation.
    if (/[\p{Cn}\p{Co}\p{Cs}]/u.test(character)) continue
    const number = `A${character}1`
    const key = numberKey(number)
    const notations = [key, number.toUpperCase(), number.toLowerCase(), number.normalize('NFD'), `\t${number} `]
    if (notations.some(notation => numberKey(notation) !== key)) escaped.push(code.toString(16))
  }
  t.strictSame(escaped, [])
})

t.test('numbers that differ are different', async t => {
  const numbers = ['1', '01', '1.0', '-1', '1-', '2026-1', '2026 1', '2026/1', '9007199254740992', '9007199254740993']
  t.equal(new Set(numbers.map(numberKey)).size, numbers.length)
})

const customer: Customer = {
  ref: 'kees@bakker.example',
  portalId: null,
  emails: [],
  name: null,
  address: null,
  zipCode: null,
  city: null,
  countryCode: null
}

const invoice: Invoice = {
  invoiceNumber: '1',
  sourceId: '1',
  customer,
  amountCents: 1,
  currency: 'EUR',
  issuedAt: '2026-11-20',
  dueAt: null,
  paidAt: null,
  pdfUrl: null
}

t.test('two events agree on amount, currency, date and customer, and need not on more', async t => {
  const agree = (a: Partial<Invoice>, b: Partial<Invoice> = {}) => sameFacts({ ...invoice, ...a }, { ...invoice, ...b })

  t.ok(agree({ invoiceNumber: '2', sourceId: null, dueAt: '2026-12-20', paidAt: 1, pdfUrl: 'https://a.example' }))
  t.notOk(agree({ amountCents: 2 }))
  t.notOk(agree({ currency: 'USD' }))
  t.notOk(agree({ issuedAt: '2026-11-21' }))
  t.notOk(agree({ customer: { ...customer, ref: 'jan@slager.example' } }))

  const known = (portalId: string | null, ref = 'a') => ({ customer: { ...customer, portalId, ref } })
  t.ok(agree(known(null, ' A '), known(null, 'a')))
  t.ok(agree(known('cst_1', 'a'), known('cst_1', 'b')))
  t.notOk(agree(known('cst_1', 'a'), known('cst_2', 'a')))
  t.ok(agree(known('cst_1', 'a'), known(null, 'a')))
  t.notOk(agree(known('cst_1', 'a'), known(null, 'b')))
})

t.test('two tools say the same of one invoice, each with ids of its own', async t => {
  const copy = (told: Partial<Invoice>, who: Partial<Customer> = {}) =>
    mayBeCopy(
      { ...invoice, customer: { ...customer, ref: '17', name: 'Alfa BV', emails: ['info@alfa.example'] } },
      { ...invoice, sourceId: 'b-1', customer: { ...customer, ref: 'x', name: 'Alfa B.V.', ...who }, ...told }
    )

  t.ok(copy({ dueAt: '2026-12-20' }))
  t.ok(copy({}, { name: 'Alfa', emails: ['Info@alfa.example'] }))
  t.ok(copy({}, { name: null }))
  t.notOk(copy({}, { name: 'Beta BV', emails: ['info@beta.example'] }))
  t.notOk(copy({ amountCents: 2 }))
  t.notOk(copy({ issuedAt: '2026-11-21' }))
  t.notOk(
    mayBeCopy(
      { ...invoice, customer: { ...customer, portalId: 'cst_1' } },
      { ...invoice, customer: { ...customer, portalId: 'cst_2' } }
    )
  )
})

t.test('without an id of the tool, one reference is one customer only as far as it is told', async t => {
  const alfa = { ...customer, ref: '17', name: 'Alfa BV', emails: ['info@alfa.example'] }
  const beta = { ...customer, ref: '17', name: 'Beta BV', emails: ['info@beta.example'] }
  const agree = (a: Customer, b: Customer, sourceId: string | null = null) =>
    sameFacts({ ...invoice, sourceId, customer: a }, { ...invoice, sourceId, customer: b })

  t.notOk(agree(alfa, beta))
  t.ok(agree(alfa, beta, 'acme-1'), 'with one it is the same invoice, whatever it tells')
  t.ok(agree(alfa, { ...beta, name: 'ALFA B.V.' }))
  t.ok(agree(alfa, { ...beta, emails: ['Info@Alfa.example'] }))
  t.ok(agree(alfa, { ...customer, ref: '17' }), 'what is not told speaks neither for nor against')
  t.notOk(agree({ ...alfa, portalId: 'cst_1' }, beta))
  t.notOk(agree({ ...alfa, portalId: 'cst_1' }, { ...alfa, portalId: 'cst_2' }))
  t.ok(agree({ ...alfa, portalId: 'cst_1' }, { ...beta, portalId: 'cst_1' }))
})

t.test('a date is plausible from ten years back to a year ahead, both included', async t => {
  const today = '2026-11-20'
  const dates: [date: string, is: boolean][] = [
    ['2016-11-19', false],
    ['2016-11-20', true],
    ['2026-11-20', true],
    ['2027-11-20', true],
    ['2027-11-21', false],
    ['2206-11-20', false],
    ['0026-11-20', false],
    ['1970-01-01', false]
  ]

  for (const [date, is] of dates) t.equal(isPlausible(date, today), is, date)
  t.equal(isPlausible('2025-02-28', '2024-02-29'), true, 'a year after 29 February is the 28th')
  t.equal(isPlausible('2025-03-01', '2024-02-29'), false)
})

t.test('which date it is depends on the zone', async t => {
  const at = Temporal.Instant.from('2026-12-31T23:30:00Z').epochMilliseconds

  t.equal(dateOf(at, 'Europe/Amsterdam'), '2027-01-01')
  t.equal(dateOf(at, 'UTC'), '2026-12-31')
})
