import t from 'tap'
import { buildSandbox } from '../../../plugins/sandbox/sandbox.ts'
import { systemClock } from '../../../src/core/clock.ts'
import { bodyOf, delivered } from '../../src/ledger/fixtures.ts'
import { openApp, operatorToken } from '../app.ts'
import { openBrowser } from './browser.ts'

const portal = await buildSandbox({ clock: systemClock, requestsPerMinute: 100_000 })
t.teardown(() => portal.close())
const { sandbox } = portal
const PORTAL_URL = `${await portal.listen({ host: '127.0.0.1', port: 0 })}/v1`

const bills = () => sandbox.requests.filter(({ path }) => path.startsWith('/v1/invoices'))

t.test('what the portal bills its owner is asked for once somebody wants to see it', async t => {
  const { app } = await openApp(t, { PORTAL_URL })
  const browser = openBrowser(app)
  await browser.logIn(operatorToken)
  const { html } = await browser.open('/portal')
  t.match(html, /<a class="button" href="\/portal\?bills=1#bills">Ask the portal for them</)
  t.equal(bills().length, 0, 'who only looks costs no request')

  const shown = (await browser.open('/portal?bills=1')).html

  t.match(shown, /MKP-2025\.0011.*12 May 2025.*€24\.20.*not paid/s)
  t.match(shown, /MKP-2025\.0010.*<td>paid/s)
  t.notMatch(shown, /More bills/)
  t.notMatch(shown, /data-live/, 'and is not asked again with each news')
  t.equal(bills().length, 1)
  t.match((await browser.open('/portal?bills=2')).html, /No bill\./)
  t.equal((await browser.open('/portal?bills=none')).status, 422)
})

t.test('why they are not shown is said where they would stand', async t => {
  const { app } = await openApp(t, { PORTAL_URL })
  const browser = openBrowser(app, { 'accept-language': 'nl' })
  await browser.logIn(operatorToken)
  sandbox.fault({ on: { call: 'any' }, fault: '403' })
  t.match(await browser.open('/portal?bills=1'), {
    status: 200,
    html: /heeft hiervoor het recht businessoperations\.read/
  })
  sandbox.fault({ on: { call: 'any' }, fault: '503' })
  t.match(await browser.open('/portal?bills=1'), { status: 200, html: /toont zijn eigen facturen nu niet/ })
})

t.test('the API tells them by page', async t => {
  const { ask } = await openApp(t, { PORTAL_URL })
  const answer = await ask('GET', '/api/portal/bills')
  t.match(answer.json(), {
    bills: [{ id: 'fac_sample00002025', totalAmount: '24.2', currency: 'EUR', isPaid: false }, { isPaid: true }],
    more: false
  })
  t.match((await ask('GET', '/api/portal/bills?page=0')).json(), { status: 422, problems: [{ field: 'page' }] })
  sandbox.fault({ on: { call: 'any' }, fault: '401' })
  t.match((await ask('GET', '/api/portal/bills')).json(), { status: 502, code: 'PORTAL_UNAUTHORIZED' })
})

t.test('of an invoice the page shows what was sent and, once asked, what the portal holds', async t => {
  const { app, ledger, receive, clock, ask, path } = await openApp(t, { PORTAL_URL })
  const browser = openBrowser(app)
  await browser.logIn(operatorToken)
  await receive('A-1')
  t.match((await ask('GET', `${path('A-1')}/portal`)).json(), { status: 404, code: 'NOT_FOUND' })
  const customerId = sandbox.customers[0]?.id ?? ''
  const { id } = sandbox.add({ customerId, invoiceNumber: 'A-1', issuedAt: '2026-11-20', amount: '120.50' })
  const [loan] = await ledger.borrow(1, clock.now(), clock.now() + 60_000)
  await ledger.sending(loan!, bodyOf(loan!), clock.now())
  await ledger.record(loan!, delivered(id, 'A-1'), clock.now())

  const { html } = await browser.open('/invoices/A-1')
  t.match(html, /What was sent.*€121\.00/s)
  t.match(html, /<a class="button" href="\/invoices\/A-1\?portal=asked#there">/)
  t.notMatch(html, /120\.50/)

  const asked = (await browser.open('/invoices/A-1?portal=asked')).html
  t.match(asked, /id="there".*€120\.50.*Payment link.*<a href="https:[^"]*" rel="noreferrer">/s)
  t.notMatch(asked, /data-live/)
  t.match((await ask('GET', `${path('A-1')}/portal`)).json(), {
    id,
    amount: '120.50',
    paidAt: null,
    paymentLink: /^https:/
  })
  sandbox.fault({ on: { call: 'get' }, fault: '503' })
  t.match(await browser.open('/invoices/A-1?portal=asked'), { status: 200, html: /role="alert"/ })
})
