import t from 'tap'
import { openBodyFields, type Value } from '../../../plugins/intake/body-fields.ts'
import { openFields } from '../../../plugins/intake/fields.ts'
import { BridgeError } from '../../../src/core/errors.ts'

const judge = openFields({ timeZone: 'Europe/Amsterdam', sendNotification: true })

const minimal = {
  invoiceNumber: '2026-0042',
  issuedAt: '2026-11-20',
  amount: '121.00',
  customerRef: 'klant-104',
  pdfUrl: 'https://facturen.example/2026-0042.pdf'
}

const readingOf = (fields: Record<string, Value>) => {
  const reading = openBodyFields(async () => ({ file: 'a.pdf', bytes: 1, sha256: '' }), 1000)
  for (const [name, value] of Object.entries(fields)) reading.set(name, value)
  return reading
}

const read = (fields: Record<string, Value>) => judge(readingOf({ ...minimal, ...fields }))

/** Field and message of each problem. */
const problemsOf = (fields: Record<string, Value>, reading = readingOf(fields)) => {
  try {
    judge(reading)
    return []
  } catch (error) {
    if (!(error instanceof BridgeError)) throw error
    return error.problems.map(({ field, message }) => [field, message])
  }
}

const wrongFields = (fields: Record<string, Value>) => problemsOf({ ...minimal, ...fields }).map(([field]) => field)

t.test('the fewest fields make an invoice', async t => {
  t.strictSame(read({}), {
    invoice: {
      invoiceNumber: '2026-0042',
      sourceId: null,
      customer: {
        ref: 'klant-104',
        portalId: null,
        emails: [],
        name: null,
        address: null,
        zipCode: null,
        city: null,
        countryCode: null
      },
      amountCents: 12100,
      currency: 'EUR',
      issuedAt: '2026-11-20',
      dueAt: null,
      paidAt: null,
      pdfUrl: 'https://facturen.example/2026-0042.pdf'
    },
    notify: true
  })
})

t.test('all fields make an invoice', async t => {
  const fields = {
    invoiceNumber: ' 2026-0042 ',
    currency: 'usd',
    dueAt: '2026-12-04',
    paidAt: '2026-11-20 12:00:00',
    customerId: 'cst_A1_b2',
    customerEmail: ' Jan@Klant104.example ; boek@klant104.example,',
    customerName: ' Klant 104 B.V. ',
    customerAddress: 'Straat 1',
    customerZipCode: '1234 AB',
    customerCity: 'Zoë',
    customerCountryCode: 'nl',
    sendNotification: false
  }

  t.match(read(fields), {
    invoice: {
      invoiceNumber: '2026-0042',
      currency: 'USD',
      dueAt: '2026-12-04',
      paidAt: Date.UTC(2026, 10, 20, 11),
      customer: {
        ref: 'klant-104',
        portalId: 'cst_A1_b2',
        emails: ['Jan@Klant104.example', 'boek@klant104.example'],
        name: 'Klant 104 B.V.',
        address: 'Straat 1',
        zipCode: '1234 AB',
        city: 'Zoë',
        countryCode: 'NL'
      }
    },
    notify: false
  })
})

t.test('the reference of a customer is the e-mail, else the id, else the name', async t => {
  const ref = (fields: Record<string, Value>) => read({ customerRef: null, ...fields }).invoice.customer.ref
  const all = { customerEmail: 'Jan@Klant.example;b@c.example', customerId: 'cst_1', customerName: 'Klant' }

  t.equal(ref({ ...all, customerRef: 'klant-104' }), 'klant-104')
  t.equal(ref(all), 'jan@klant.example')
  t.equal(ref({ ...all, customerEmail: '' }), 'cst_1')
  t.equal(ref({ customerName: 'Klant' }), 'Klant')
})

t.test('empty and null are absent', async t => {
  const absent = {
    currency: '',
    dueAt: null,
    paidAt: '',
    customerId: '',
    customerEmail: null,
    sendNotification: '',
    pdf: ''
  }

  t.strictSame(read(absent), read({}))
})

t.test('amounts are read to the cent', async t => {
  const cents = {
    '121.00': 12100,
    '121': 12100,
    '121.5': 12150,
    '-121.05': -12105,
    '0': 0,
    '-0.00': 0,
    '999999999.99': 99999999999
  }

  for (const [amount, expected] of Object.entries(cents)) {
    t.equal(read({ amount }).invoice.amountCents, expected, amount)
  }
})

t.test('an amount may have the decimals that its currency has', async t => {
  t.equal(read({ amount: '5.124', currency: 'kwd' }).invoice.amountCents, 5124)
  t.equal(read({ amount: '5000', currency: 'JPY' }).invoice.amountCents, 500_000)
  t.match(problemsOf({ ...minimal, amount: '5.1245', currency: 'KWD' }), [['amount', /at most three decimals$/]])
  t.match(problemsOf({ ...minimal, amount: '5.124', currency: 'JPY' }), [['amount', /at most two decimals$/]])
})

t.test('a notification is wanted or not, however that is written', async t => {
  for (const yes of [true, 'true', 'True', '1']) t.equal(read({ sendNotification: yes }).notify, true)
  for (const no of [false, 'false', 'FALSE', '0']) t.equal(read({ sendNotification: no }).notify, false)
})

t.test('what can not be an invoice is refused with its field', async t => {
  const long = 'x'.repeat(256)
  const wrong: Record<string, Value[]> = {
    invoiceNumber: ['', ' ', null, true, 'x'.repeat(101), '2026\n0042', '2026\u200b0042'],
    issuedAt: [
      '',
      null,
      '2026-02-30',
      '20-11-2026',
      '2026-11-20T00:00:00Z',
      '2026-1-2',
      '20261120',
      ' 2026-11-20',
      '2026-13-01',
      true
    ],
    amount: [
      '',
      null,
      '121,00',
      '1.234,56',
      '1,234.56',
      '1e2',
      '121.001',
      '+121',
      ' 121',
      '121 ',
      '€121',
      '.5',
      '121.',
      '1234567890',
      '0x10',
      'NaN',
      true
    ],
    currency: ['EURO', 'E', '€', '123', true],
    dueAt: ['2026-02-30', 'tomorrow'],
    paidAt: ['2026-11-20T12:00:00', '2026-11-20 25:00:00', 'yes', '1700000000', true],
    customerId: ['104', 'cst_', 'cst_a b', 'CST_1', `cst_${'a'.repeat(97)}`],
    customerRef: [long, ' ', 'a\u0000b', true],
    customerEmail: [
      'jan',
      'jan@',
      '@klant.example',
      'a@b@c',
      'jan @klant.example',
      'Jan <jan@klant.example>',
      ';',
      `${long.repeat(5)}@a.example`
    ],
    customerName: [long, 'a\nb', true],
    customerAddress: [long],
    customerZipCode: [long],
    customerCity: ['a\tb'],
    customerCountryCode: ['NLD', 'N', '31'],
    sendNotification: ['yes', 'ja', '2', 'on'],
    pdfUrl: [
      'ftp://a.example/a.pdf',
      '/a.pdf',
      'a.pdf',
      'javascript:alert(1)',
      'file:///etc/passwd',
      'https://u:p@a.example/',
      'https://u@a.example/',
      'https://',
      'https://a.example/ a',
      `https://a.example/${'a'.repeat(2048)}`,
      true
    ],
    pdf: ['JVBERi0=', true]
  }

  for (const [field, values] of Object.entries(wrong)) {
    for (const value of values) {
      const others = field === 'pdf' ? { pdfUrl: null } : {}
      t.strictSame(
        wrongFields({ ...others, [field]: value }),
        [field],
        `${field}: ${JSON.stringify(value)?.slice(0, 40)}`
      )
    }
  }
})

t.test('an unknown field is refused, and the nearest known one named', async t => {
  t.match(problemsOf({ ...minimal, sendNotifcation: 'false' }), [['sendNotifcation', /sendNotification/]])
  t.match(problemsOf({ ...minimal, invoiceNumber: '\uff0e' }), [['invoiceNumber', /neither \. nor \.\.$/]])
  t.match(problemsOf({ ...minimal, korting: '10' }), [['korting', /known are invoiceNumber, /]])
  t.match(problemsOf({ ...minimal, ['__proto__']: 'x', constructor: 'y' }), [['__proto__'], ['constructor']])
  t.strictSame(wrongFields({ korting: '' }), [], 'one without a value says nothing')
})

t.test('all problems come at once, one for each field, and none repeats a value', async t => {
  const fields = {
    invoiceNumber: 'geheim\n1',
    amount: 'geheim2',
    isuedAt: 'geheim3',
    customerEmail: 'geheim4',
    pdf: 'geheim5',
    pdfUrl: 'geheim6'
  }

  const problems = problemsOf(fields)

  t.strictSame(problems.map(([field]) => field).sort(), [
    'amount',
    'customerEmail',
    'invoiceNumber',
    'issuedAt',
    'isuedAt',
    'pdf',
    'pdfUrl'
  ])
  t.notMatch(JSON.stringify(problems), /geheim/)
})

t.test('a customer is needed, and a PDF, and not two', async t => {
  t.strictSame(wrongFields({ customerRef: null }), ['customerId'])
  t.strictSame(wrongFields({ pdfUrl: null }), ['pdf'])

  const both = readingOf(minimal)
  await both.keep(
    (async function* () {
      yield Buffer.from('x')
    })()
  )
  t.match(problemsOf({}, both), [['pdfUrl', /not both/]])
})

t.test('what the reader complained about is not called missing', async t => {
  const reading = readingOf({ ...minimal, amount: null, customerRef: null, pdfUrl: null })
  reading.complain('amount', 'expected a number without an exponent')
  reading.complain('customerRef', 'expected UTF-8')
  reading.complain('pdf', 'expected a PDF')

  t.strictSame(problemsOf({}, reading), [
    ['amount', 'expected a number without an exponent'],
    ['customerRef', 'expected UTF-8'],
    ['pdf', 'expected a PDF']
  ])
})
