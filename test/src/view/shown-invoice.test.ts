import t from 'tap'
import { isoInstant } from '../../../src/core/clock.ts'
import { openApp } from '../../plugins/app.ts'
import { bodyOf, borrowOne, day, holdingOf, minute } from '../ledger/fixtures.ts'

t.test('whose it is in the portal is told with its name there, and how that was found', async t => {
  const { ask, receive, path, ledger, clock } = await openApp(t)
  const customer = { ...{ id: 'cst_1', companyName: 'Bakkerij', primaryEmail: null }, ...nowhere }
  await ledger.holdings.learnCustomer(customer, clock.now())
  await ledger.customers.link({ tool: 'invoices', ref: '17' }, 'cst_1', clock.now())
  await receive('named')
  await receive('linked', { customerId: undefined, customerRef: '17' })
  await receive('typo', { customerId: 'cst_typo' })
  await receive('nobody', { customerId: undefined, customerRef: '18' })
  const portalCustomer = async (number: string) => (await ask('GET', path(number))).json().portalCustomer

  t.strictSame(await portalCustomer('named'), { id: 'cst_1', name: 'Bakkerij', how: 'invoice' })
  t.strictSame(await portalCustomer('linked'), { id: 'cst_1', name: 'Bakkerij', how: 'person' })
  t.strictSame(await portalCustomer('typo'), { id: 'cst_typo', name: null, how: 'invoice' })
  t.equal(await portalCustomer('nobody'), null)
})

const nowhere = {
  address: null,
  zipCode: null,
  city: null,
  countryCode: null,
  integration: null,
  createdAt: null
}

t.test('where the PDF is fetched from is for the operator, and for no log', async t => {
  const { ask, receive, path, lines } = await openApp(t)
  await receive('A-1')

  t.strictSame((await ask('GET', path('A-1'))).json().pdf, {
    bytes: null,
    url: 'https://facturen.example/1.pdf',
    byPerson: false
  })
  t.notMatch(JSON.stringify(lines), /facturen\.example\/1/)
})

t.test('while deliveries pause, what waits says so', async t => {
  const { ask, receive, path } = await openApp(t)
  await receive('A-1')

  t.match((await ask('GET', path('A-1'))).json().paused, /the portal is being read/)
})

t.test('the last failure is told beside the code', async t => {
  const { ask, receive, path, ledger, clock } = await openApp(t)
  await receive('A-1')
  const loan = await borrowOne(ledger, clock.now())
  const held = { to: 'held', code: 'EVENT_UNREADABLE', detail: 'the tool holds no such invoice' } as const
  await ledger.record(loan, held, clock.now())

  t.match((await ask('GET', path('A-1'))).json(), { code: 'EVENT_UNREADABLE', detail: held.detail })
})

t.test('the other customer of a conflict is written as its tool writes it, where that is known', async t => {
  const { ask, receive, path, ledger, clock } = await openApp(t)
  await ledger.customers.link({ tool: 'invoices', ref: 'De-Vos/1' }, 'cst_1', clock.now())
  const other = async (invoiceNumber: string, fields: object) => {
    await receive(invoiceNumber, { customerId: undefined, customerRef: 'Kees 17', customerName: 'Kees' })
    await receive(invoiceNumber, { customerId: undefined, amount: '99.00', ...fields })
    return (await ask('GET', path(invoiceNumber))).json().conflict.customer
  }

  t.equal(await other('1', { customerRef: 'kees 17' }), 'Kees 17')
  t.equal(await other('2', { customerRef: 'DE-VOS/1' }), 'De-Vos/1')
  t.equal(await other('3', { customerRef: 'KEES 17', customerName: 'De Vos' }), 'KEES 17 (De Vos)')
  t.equal(await other('4', { customerRef: 'Nobody' }), 'Nobody')
})

t.test('the other side of a conflict is what came, or else what the portal holds', async t => {
  const { ask, receive, path, ledger, clock } = await openApp(t)
  await receive('A-1')
  await receive('A-1', { amount: '99.00', customerId: 'cst_2' })
  await receive('A-2')
  const loan = (await ledger.borrow(9, clock.now(), clock.now() + minute)).at(-1)!
  await ledger.holdings.learn([holdingOf('inv_9', { invoiceNumber: 'A-2', amountCents: 500 })], null, clock.now())
  await ledger.record(loan, { to: 'held', code: 'INVOICE_CONFLICT', detail: 'the portal holds inv_9' }, clock.now())
  const conflict = async (number: string) => (await ask('GET', path(number))).json().conflict

  const facts = { currency: 'EUR', issuedAt: '2026-11-20' }
  t.strictSame(await conflict('A-1'), { from: 'invoices', customer: 'cst_2', amount: '99.00', ...facts })
  t.strictSame(await conflict('A-2'), { from: 'inv_9', customer: 'cst_1', amount: '5.00', ...facts })
})

t.test('an amount is shown as its currency has it, wherever it stands', async t => {
  const { ask, receive, path, ledger, clock } = await openApp(t)
  await receive('yen', { amount: '5000', currency: 'JPY' })
  await receive('yen', { amount: '6000.00', currency: 'JPY' })
  await receive('dinar', { amount: '5.124', currency: 'KWD' })
  await receive('dinar', { amount: '5.125', currency: 'KWD' })
  const told = await Promise.all(['yen', 'dinar'].map(async number => (await ask('GET', path(number))).json()))

  t.match(told, [
    {
      amount: '5000',
      currency: 'JPY',
      conflict: { amount: '6000' },
      history: [{}, { facts: { amount: '6000' } }]
    },
    {
      amount: '5.124',
      currency: 'KWD',
      conflict: { amount: '5.125' },
      history: [{}, { facts: { amount: '5.125' } }]
    }
  ])
  t.match((await ask('GET', '/api/invoices')).json().invoices, [{ amount: '5.124' }, { amount: '5000' }])
  await ledger.act('yen', 'keep', clock.now())
  const loan = (await ledger.borrow(1, clock.now(), clock.now() + minute))[0]!
  await ledger.record(loan, { to: 'held', code: 'CURRENCY_UNSUPPORTED', detail: 'JPY' }, clock.now())
  t.match((await ask('GET', path('yen'))).json(), {
    code: 'CURRENCY_UNSUPPORTED',
    amount: '5000',
    detail: 'JPY'
  })
})

t.test('a history has times as instants, amounts as amounts, and nothing of the inside', async t => {
  const { ask, receive, path, ledger, clock } = await openApp(t)
  await receive('A-1')
  const loan = await borrowOne(ledger, clock.now())
  await ledger.sending(loan, bodyOf(loan), clock.now())
  const at = clock.now() + day
  await ledger.record(loan, { to: 'waiting', at, code: 'PORTAL_UNREACHABLE', detail: null, spent: true }, clock.now())
  await receive('A-1', { amount: '99.00' })

  const { history } = (await ask('GET', path('A-1'))).json()

  t.match(history, [{}, {}, { event: 'waiting', nextAttemptAt: isoInstant(at) }, { facts: { amount: '99.00' } }])
  t.notMatch(JSON.stringify(history), /spent|amountCents|\d{13}/)
})

t.test('of several under its number the latest is shown: a person may have overruled the others', async t => {
  const { ask, receive, path, ledger, clock } = await openApp(t)
  await receive('A-1')
  const loan = await borrowOne(ledger, clock.now())
  for (const id of ['inv_seen', 'inv_since'])
    await ledger.holdings.learn([holdingOf(id, { invoiceNumber: 'A-1', amountCents: 1 })], null, clock.now())
  await ledger.record(loan, { to: 'held', code: 'INVOICE_CONFLICT', detail: null }, clock.now())

  t.match((await ask('GET', path('A-1'))).json(), { conflict: { from: 'inv_since' } })
})
