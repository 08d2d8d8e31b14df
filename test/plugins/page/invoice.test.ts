import t, { type Test } from 'tap'
import { arrivalOf, holdingOf } from '../../src/ledger/fixtures.ts'
import { noon } from '../../src/portal/hand-clock.ts'
import { openApp, operatorToken } from '../app.ts'
import { openBrowser } from './browser.ts'

const open = async (t: Test, env: Record<string, string> = {}) => {
  const bridge = await openApp(t, env)
  const browser = openBrowser(bridge.app)
  await browser.logIn(operatorToken)
  const state = async (number: string) => (await bridge.ask('GET', bridge.path(number))).json().state
  return { ...bridge, browser, state }
}

t.test('an invoice shows what came, in words, with the times of the portal', async t => {
  const { browser, receive } = await open(t)
  await receive('A-1', {
    customerName: 'Bakkerij de Wit',
    customerEmail: 'wit@example.nl',
    customerCity: 'Zwolle',
    dueAt: '2026-12-20'
  })
  const { html } = await browser.open('/invoices/A-1')
  for (const text of [
    'Bakkerij de Wit',
    'wit@example.nl',
    'Zwolle',
    '€121.00',
    '20 Nov 2026',
    '20 Dec 2026',
    'on its way'
  ])
    t.match(html, text)
  t.match(html, /<time datetime="2026-11-20T12:00:00Z">20 Nov 2026, 13:00<\/time>.*Came in/s)
  t.match(html, /Times are in Europe\/Amsterdam/)
  t.match((await browser.open('/invoices/A-1?lang=nl')).html, /Binnengekomen.*20 nov 2026/s)
})

t.test('its history says why it goes on, and which other number or invoice is meant', async t => {
  const { browser, ledger, clock } = await open(t)
  const sourceId = 'acme-1'
  await ledger.receive(arrivalOf({ invoiceNumber: 'A-1', sourceId }), noon)
  await ledger.receive(arrivalOf({ invoiceNumber: 'A-2', sourceId }), noon)
  const [loan] = await ledger.borrow(1, clock.now(), clock.now() + 60_000)
  await ledger.record(loan!, { to: 'held', code: 'CUSTOMER_UNKNOWN', detail: null }, clock.now())
  await ledger.customers.link({ tool: loan!.tool, ref: loan!.invoice.customer.ref }, 'cst_1', clock.now())

  const historyOf = async (number: string) =>
    (await browser.open(`/invoices/${number}?lang=nl`)).html.split('class="history"')[1]
  t.match(await historyOf('A-1'), /Gaat verder.*gekoppeld aan cst_1/s)
  t.match(await historyOf('A-2'), /onder een ander nummer genoemd.*>A-1</s)
})

t.test('a conflict stands side by side with what differs marked, and is resolved by a button', async t => {
  const { browser, receive, state, ask, path } = await open(t)
  for (const number of ['A-1', 'A-2']) {
    await receive(number)
    await receive(number, { amount: '99.00', issuedAt: '2026-11-21' })
  }
  const { html } = await browser.open('/invoices/A-1')
  t.match(html, /<td>€121\.00<\/td><td><mark>€99\.00<\/mark>/)
  t.match(html, /<td>20 Nov 2026<\/td><td><mark>21 Nov 2026<\/mark>/)
  t.match(html, /<tr class=""><th scope="row">Customer<\/th>/, 'the same customer')

  await browser.submit('/invoices/A-1/take')
  t.match(browser.at(), { url: '/invoices/A-1?done=take', html: /role="status">The other facts are taken/ })
  t.match((await ask('GET', path('A-1'))).json(), { state: 'waiting', amount: '99.00' })
  await browser.open('/invoices/A-2')
  await browser.submit('/invoices/A-2/keep')
  t.match((await ask('GET', path('A-2'))).json(), { state: 'waiting', amount: '121.00' })
  t.equal(await state('A-2'), 'waiting')
})

t.test('of two people at one invoice the second sees what the first did', async t => {
  const { app, browser, receive, state } = await open(t)
  await receive('A-1')
  await receive('A-1', { amount: '99.00' })
  const second = openBrowser(app)
  await second.logIn(operatorToken, 'Piet')
  await browser.open('/invoices/A-1')
  await second.open('/invoices/A-1')
  await browser.submit('/invoices/A-1/dismiss')
  t.match(await second.submit('/invoices/A-1/keep'), {
    url: '/invoices/A-1?failed=changed',
    html: /role="alert">Something changed.*not sent/s
  })
  t.equal(await state('A-1'), 'dismissed')
})

t.test('nobody can tell whether it was sent: the grave word is a button of its own', async t => {
  const { browser, receive, ledger, clock } = await open(t)
  await receive('A-1')
  const [loan] = await ledger.borrow(1, clock.now(), clock.now() + 60_000)
  const body = {
    ...{ customerId: 'cst_1', invoiceNumber: 'A-1', issuedAt: '2026-11-20', amount: '121.00', paidAt: null },
    sendNotification: false
  }
  await ledger.sending(loan!, body, clock.now())
  const doubted = (await browser.open('/invoices/A-1')).html
  t.notMatch(doubted, /action="\/invoices/, 'in doubt nobody can do anything')
  t.match(doubted, /It is not yet certain whether it is in the portal/, 'lest somebody types it in there')
  const overview = (await browser.open('/')).html
  t.match(overview, /1 is being sent, or its answer was lost/)
  t.notMatch(overview, /Nothing is waiting/)
  await ledger.record(loan!, { to: 'held', code: 'PORTAL_UNCLEAR', detail: 'why it is unclear' }, clock.now())

  const { html } = await browser.open('/invoices/A-1')
  t.match(html, /Details: <q lang="en">why it is unclear<\/q>/)
  t.match(html, /It is not yet certain whether it is in the portal/)
  t.match(html, /name="absent" value="true".*<button class="[^"]*grave"[^>]*data-confirm="Only if you have looked/s)
  const [, csrf = ''] = /name="_csrf" value="([^"]*)"/.exec(html) ?? []
  await browser.post('/invoices/A-1/deliver', { _csrf: csrf, seen: 'held PORTAL_UNCLEAR', absent: 'true' })
  t.match(browser.at(), { url: '/invoices/A-1?done=deliver' })
  const [again] = await ledger.borrow(1, clock.now(), clock.now() + 60_000)
  t.match(again, { overrides: ['PORTAL_UNCLEAR'] })
})

t.test('a number that stands in the portal with other facts is not told to be missing there', async t => {
  const { browser, receive, ledger, clock } = await open(t)
  await receive('A-1')
  const [loan] = await ledger.borrow(1, clock.now(), clock.now() + 60_000)
  await ledger.holdings.learn([holdingOf('inv_9', { invoiceNumber: 'A-1', amountCents: 500 })], null, clock.now())
  await ledger.record(loan!, { to: 'held', code: 'INVOICE_CONFLICT', detail: 'the portal holds inv_9' }, clock.now())
  const { html } = await browser.open('/invoices/A-1')

  t.match(html, /id="there".*The portal holds this number with other facts/s)
  t.notMatch(html, /It is not in the portal/)
})

t.test('a number is found whatever it is made of, and a name may be as long as it likes', async t => {
  const { browser, receive, state } = await open(t)
  for (const number of ['2026/0042', 'a b+c', '100%', '%2F', '#?&=', 'ü'.repeat(100)]) {
    await receive(number, { customerName: `${'x'.repeat(199)}` })
    await browser.open(`/invoices/${encodeURIComponent(number)}`)
    t.match(browser.at().status, 200, number)
    await browser.submit(`/invoices/${encodeURIComponent(number)}/dismiss`)
    t.equal(await state(number), 'dismissed', number)
  }
})

t.test('a retained invoice says that what was personal is gone', async t => {
  const { browser, receive, ask, path, ledger } = await open(t)
  await receive('A-1', { customerName: 'Bakker' })
  await ask('POST', `${path('A-1')}/dismiss`)
  await ledger.forget(noon + 1, 10)
  t.match((await browser.open('/invoices/A-1')).html, /removed at the end of the retention period/)
  t.notMatch(browser.at().html, /Bakker/)
})
