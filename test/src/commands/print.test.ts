import t from 'tap'
import { invoiceLines, invoiceTable, table } from '../../../src/commands/print.ts'
import type { WholeInvoice } from '../../../src/view/answers.ts'

const zone = 'Europe/Amsterdam'

const nowhere = { emails: [], address: null, zipCode: null, city: null, countryCode: null }

const invoice: WholeInvoice = {
  invoiceNumber: '2026-1',
  tool: 'invoices',
  state: 'delivered',
  code: null,
  advice: null,
  customer: { ref: 'kees@bakker.example', portalId: 'cst_1', name: null, ...nowhere },
  amount: '121.00',
  currency: 'EUR',
  issuedAt: '2026-11-20',
  dueAt: null,
  paidAt: null,
  portalId: 'inv_1',
  receivedAt: '2026-11-20T12:00:00Z',
  deliveredAt: '2026-11-20T12:00:01Z',
  nextAttemptAt: null,
  attempts: 1,
  notify: false,
  test: false,
  detail: null,
  unmade: false,
  paused: null,
  portalCustomer: null,
  pdf: { bytes: null, url: null, byPerson: false },
  sent: null,
  conflict: null,
  history: []
}

t.test('columns are as wide as their widest cell, counted in characters that people see', async t => {
  t.equal(
    table([
      ['a', 'b'],
      ['één', '2'],
      ['😀', '']
    ]),
    'a    b\néén  2\n😀'
  )
  t.equal(table([]), '')
})

t.test('an invoice in a list has its name, or else its reference', async t => {
  t.match(invoiceTable([invoice]), /\n2026-1 .* inv_1 +kees@bakker\.example$/)
  const named = { ...invoice, portalId: null, customer: { ...invoice.customer, name: 'Kees' } }
  t.match(invoiceTable([named]), /\n2026-1 .* - +Kees$/)
})

t.test('one invoice shows what there is, and no empty line for what there is not', async t => {
  t.equal(
    invoiceLines(invoice, zone),
    [
      'number        2026-1',
      'state         delivered',
      'amount        121.00 EUR',
      'customer      kees@bakker.example',
      'issued        2026-11-20',
      'from          invoices',
      'portal mails  no',
      'portal id     inv_1',
      'received      2026-11-20 13:00:00',
      'delivered     2026-11-20 13:00:01',
      'attempts      1',
      'times in      Europe/Amsterdam'
    ].join('\n')
  )
})

t.test('what needs a person comes with what happened, what to do, and what would be sent', async t => {
  const held: WholeInvoice = {
    ...invoice,
    state: 'held',
    code: 'REVIEW',
    advice: { what: 'Ready.', operator: 'Compare.' },
    test: true,
    notify: true,
    wouldSend: {
      customerId: null,
      newCustomer: 'Kees',
      invoiceNumber: '2026-1',
      issuedAt: '2026-11-20',
      amount: '121.00',
      paidAt: null,
      sendNotification: false
    },
    history: [
      { at: '2026-11-20T12:00:00Z', event: 'received', tool: 'invoices' },
      { at: '2026-11-20T12:00:01Z', event: 'held', code: 'REVIEW', detail: null, wouldSend: { amount: '1' } },
      { at: '2026-11-20T12:00:02Z', event: 'merged' }
    ]
  }
  const lines = invoiceLines(held, zone).split('\n')

  for (const line of [
    'state         held REVIEW',
    'what          Ready.',
    'do            Compare.',
    'from          invoices (a test)',
    'portal mails  yes'
  ])
    t.ok(lines.includes(line), line)
  t.strictSame(lines.slice(lines.indexOf('would send')), [
    'would send',
    '  newCustomer       Kees',
    '  invoiceNumber     2026-1',
    '  issuedAt          2026-11-20',
    '  amount            121.00',
    '  sendNotification  false',
    'history',
    '  2026-11-20 13:00:00  received  (tool: invoices)',
    '  2026-11-20 13:00:01  held  (code: REVIEW)',
    '  2026-11-20 13:00:02  merged'
  ])
})

t.test('whose it is in the portal, how that was found, and its PDF are there to be compared', async t => {
  const linesOf = (more: Partial<WholeInvoice>) => invoiceLines({ ...invoice, ...more }, zone).split('\n')
  const url = 'https://a.example/1.pdf'
  const whole = linesOf({
    customer: { ...nowhere, ref: 'cst_1', portalId: 'cst_1', name: 'Kees' },
    portalCustomer: { id: 'cst_1', name: 'Bakkerij Kees', how: 'email' },
    pdf: { bytes: 1234, url, byPerson: false },
    detail: 'time-out',
    paused: 'the portal does not answer'
  })

  for (const line of [
    'customer      Kees',
    'in portal     cst_1, Bakkerij Kees (by the e-mail address)',
    `pdf           1234 bytes, from ${url}`,
    'why           time-out',
    'paused        the portal does not answer'
  ])
    t.ok(whole.includes(line), line)
  const strange = linesOf({
    portalCustomer: { id: 'cst_typo', name: null, how: null },
    pdf: { bytes: null, url, byPerson: false }
  })
  t.ok(strange.includes('in portal     cst_typo, which the bridge does not know in the portal'))
  t.ok(strange.includes(`pdf           from ${url}`))
})

t.test('both sides of a conflict stand beside each other', async t => {
  const conflict = { from: 'rival', customer: '17', amount: '9.99', currency: 'EUR', issuedAt: '2026-11-21' }
  const lines = invoiceLines({ ...invoice, conflict }, zone).split('\n')
  t.strictSame(lines.slice(-5), [
    'conflict    this one             the other',
    '  from      invoices             rival',
    '  customer  kees@bakker.example  17',
    '  amount    121.00 EUR           9.99 EUR',
    '  issued    2026-11-20           2026-11-21'
  ])

  const there = { from: 'inv_9', customer: 'cst_9', amount: null, currency: null, issuedAt: null }
  const portalCustomer = { id: 'cst_1', name: 'Kees', how: null }
  t.match(
    invoiceLines({ ...invoice, portalCustomer, conflict: there }, zone),
    /\n {2}customer +cst_1 +cst_9\n {2}amount +121\.00 EUR +-\n {2}issued +2026-11-20 +-$/
  )
})

t.test('a history is read without a table of codes: local times, words, and facts as facts', async t => {
  const history = [
    { at: '2026-11-20T12:00:00.14Z', event: 'received', notify: true, notBefore: '2026-11-21T12:00:00Z' },
    { at: '2026-11-20T12:00:01Z', event: 'corrected', replaced: { amount: '1.00', sourceId: null } }
  ]

  t.strictSame(
    invoiceLines({ ...invoice, history }, zone)
      .split('\n')
      .slice(-2),
    [
      '  2026-11-20 13:00:00  received  (notify: yes, notBefore: 2026-11-21 13:00:00)',
      '  2026-11-20 13:00:01  corrected  (replaced: {amount: 1.00})'
    ]
  )
})
