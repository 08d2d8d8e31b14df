import t, { type Test } from 'tap'
import type { Decision } from '../../../src/core/row.ts'
import { bodyOf, delivered } from '../../src/ledger/fixtures.ts'
import { openApp, operatorToken } from '../app.ts'
import { openBrowser } from './browser.ts'

const open = async (t: Test, env: Record<string, string> = {}) => {
  const bridge = await openApp(t, env)
  const browser = openBrowser(bridge.app)
  await browser.logIn(operatorToken)
  return { ...bridge, overview: async () => (await browser.open('/')).html }
}

const heading = (html: string): string | undefined => /<h1>(.*?)<\/h1>/s.exec(html)?.[1]

t.test('the first sentence says how it stands, the worst first', async t => {
  const { overview, receive, ask, path } = await open(t)
  t.equal(heading(await overview()), 'The portal is being read for the first time.')
  await receive('A-1')
  await receive('A-1', { amount: '1.00' })
  t.equal(heading(await overview()), '1 invoice needs you.')
  await receive('A-2')
  await receive('A-2', { amount: '1.00' })
  t.equal(heading(await overview()), '2 invoices need you.')
  for (const number of ['A-1', 'A-2']) await ask('POST', `${path(number)}/dismiss`)
  t.equal(heading(await overview()), 'The portal is being read for the first time.')
})

t.test('what needs somebody comes with its reason and its way on', async t => {
  const { overview, receive } = await open(t)
  for (let at = 1; at <= 5; at += 1) {
    await receive(`A-${at}`, { customerName: `Bakker ${at}` })
    await receive(`A-${at}`, { customerName: `Bakker ${at}`, amount: '1.00' })
  }
  const html = await overview()
  t.match(html, /The same number came before, or is in the portal, with other facts.*Look at what differs, and choose/s)
  t.match(html, /<a href="\/invoices\/A-5">A-5<\/a> <span class="soft"><bdi>Bakker 5/)
  t.notMatch(html, /A-2/, 'the latest three')
  t.match(html, /<a class="way" href="\/invoices\?state=held&amp;code=INVOICE_CONFLICT">See all 5/)
})

t.test('what waits for one reason in two ways is told in the words for both, and where it stands', async t => {
  const { overview, receive, ledger, clock } = await open(t)
  for (const customer of [{ customerId: undefined, customerName: 'Bakker' }, {}]) {
    await receive(`A-${Object.keys(customer).length}`, customer)
    const [loan] = await ledger.borrow(1, clock.now(), clock.now() + 60_000)
    await ledger.record(loan!, { to: 'held', code: 'CUSTOMER_UNKNOWN', detail: null }, clock.now())
  }
  await receive('A-3')
  const [loan] = await ledger.borrow(1, clock.now(), clock.now() + 60_000)
  await ledger.sending(loan!, bodyOf(loan!), clock.now())
  await ledger.record(loan!, { ...delivered('inv_3', 'A-3'), code: 'PORTAL_DUPLICATE' } as Decision, clock.now())

  const html = await overview()
  t.match(html, /Nobody knows yet which customer of the portal this is for/)
  t.notMatch(html, /no customer with the id that the invoice names/)
  t.match(html, /<h3>[^<]*more than once[^<]*<span class="badge delivered needs">in the portal/)
})

t.test('names are hidden in lists until they are asked for', async t => {
  const { app, receive } = await openApp(t, { HIDE_PERSONAL: 'true' })
  await receive('A-1', { customerName: 'Bakker' })
  await receive('A-1', { customerName: 'Bakker', amount: '1.00' })
  const whoever = { customerId: undefined, customerName: 'Bakker', customerEmail: 'bakker@geheim.example' }
  await receive('A-2', whoever)
  const browser = openBrowser(app)
  await browser.logIn(operatorToken)
  for (const url of ['/', '/invoices', '/customers?linked=false'])
    t.notMatch((await browser.open(url)).html, /Bakker|geheim/, url)
  t.match((await browser.open('/invoices?personal=show')).html, /Bakker.*/s)
  t.match((await browser.open('/')).html, /Bakker/, 'remembered')
  t.notMatch((await browser.open('/invoices?personal=hide')).html, /Bakker/)
})

t.test('review or live is told, and a check-list until the first delivery', async t => {
  const review = await (await open(t, { REVIEW: 'true', PUBLIC_URL: 'https://bridge.example' })).overview()
  t.match(review, /Review is on/)
  t.match(review, /Before the first invoice/)
  t.match(review, /Own flow: <code class="address">https:\/\/bridge\.example\/webhooks\/invoices<\/code>/)
  t.match(await (await open(t)).overview(), /<strong>Live<\/strong>/)
})

t.test('thirty days are a picture that says the same in words', async t => {
  const { ledger, receive, overview, clock } = await open(t)
  t.match(await overview(), /Nothing was delivered in the last thirty days/)
  for (const number of ['A-1', 'A-2']) {
    await receive(number)
    const [loan] = await ledger.borrow(1, clock.now(), clock.now() + 60_000)
    await ledger.sending(loan!, bodyOf(loan!), clock.now())
    await ledger.record(loan!, delivered(`inv_${number}`, number), clock.now())
  }
  const html = await overview()
  t.match(html, /role="img" aria-label="Invoices delivered on each of the last thirty days, 2 in all"/)
  t.equal(html.match(/<rect/g)?.length, 30)
  t.match(html, /<title>20 Nov 2026: 2 invoices<\/title>/)
  t.match(html, /2 invoices in all\./)
})

t.test(
  'what the bridge warns of is told in the language of whoever looks, with times of the portal’s zone',
  async t => {
    const { app } = await openApp(t, { STRIPE_API_URL: 'http://127.0.0.1:9' })
    const forged = { authorization: 'Bearer another secret of a sender' }
    for (let at = 0; at < 3; at += 1)
      await app.inject({ method: 'POST', url: '/webhooks/invoices', headers: forged, payload: {} })
    const dutch = openBrowser(app, { 'accept-language': 'nl' })
    await dutch.logIn(operatorToken)
    const { html } = await dutch.open('/')

    t.match(html, /<strong>stripe<\/strong>.*Laatste factuur<\/dt><dd>nog geen/s)
    t.match(
      html,
      /<a href="\/tools#stripe">stripe<\/a><\/strong>: het geheim voor webhooks ontbreekt: STRIPE_WEBHOOK_SECRET/
    )
    t.match(
      html,
      /Eigen koppeling<\/a><\/strong>: 3 verzoeken geweigerd \(verkeerd geheim\?\), het laatst op \d+ \w+ 20\d\d/
    )
    t.match(html, /<a class="way" href="\/refused">Geweigerde verzoeken/)
    t.match((await dutch.open('/?lang=en')).html, /webhook secret missing: STRIPE_WEBHOOK_SECRET/)
  }
)
