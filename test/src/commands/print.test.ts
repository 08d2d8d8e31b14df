import t from 'tap'
import { invoiceLines, invoiceTable, type ShownInvoice, table } from '../../../src/commands/print.ts'

const invoice: ShownInvoice = {
  invoiceNumber: '2026-1',
  tool: 'invoices',
  state: 'delivered',
  code: null,
  advice: null,
  customer: { ref: 'kees@bakker.example', portalId: 'cst_1', name: null },
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
  test: false
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
    invoiceLines(invoice),
    [
      'number        2026-1',
      'state         delivered',
      'amount        121.00 EUR',
      'customer      kees@bakker.example, cst_1',
      'issued        2026-11-20',
      'from          invoices',
      'portal mails  no',
      'portal id     inv_1',
      'received      2026-11-20T12:00:00Z',
      'delivered     2026-11-20T12:00:01Z',
      'attempts      1'
    ].join('\n')
  )
})

t.test('what needs a person comes with what happened, what to do, and what would be sent', async t => {
  const held = {
    ...invoice,
    state: 'held',
    code: 'REVIEW',
    advice: { what: 'Ready.', operator: 'Compare.' },
    test: true,
    notify: true,
    wouldSend: { amount: '121.00', paidAt: null, sendNotification: false },
    history: [
      { at: '2026-11-20T12:00:00Z', event: 'received', tool: 'invoices' },
      { at: '2026-11-20T12:00:01Z', event: 'held', code: 'REVIEW', detail: null, wouldSend: { amount: '1' } },
      { at: '2026-11-20T12:00:02Z', event: 'merged' }
    ]
  }
  const lines = invoiceLines(held).split('\n')

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
    '  amount            121.00',
    '  sendNotification  false',
    'history',
    '  2026-11-20T12:00:00Z  received  (tool: invoices)',
    '  2026-11-20T12:00:01Z  held  (code: REVIEW, wouldSend: {"amount":"1"})',
    '  2026-11-20T12:00:02Z  merged'
  ])
})
