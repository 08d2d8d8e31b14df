import t from 'tap'
import { openApp, operatorToken } from '../app.ts'
import { openBrowser } from './browser.ts'

t.test('what never arrived is found with what was wrong, and never with what was in it', async t => {
  const { app, receive } = await openApp(t)
  await receive('2026-0042', { amount: 'a lot', customerName: 'Bakker Geheim' })
  await app.inject({
    method: 'POST',
    url: '/webhooks/invoices',
    headers: { authorization: 'Bearer wrong' },
    payload: { invoiceNumber: '2026-0043' }
  })
  const browser = openBrowser(app)
  await browser.logIn(operatorToken)

  const { html } = await browser.open('/refused')
  t.match(html, /2026-0042 <span class="badge needs">Authentic, but unreadable.*<code>amount<\/code>/s)
  t.match(html, /Not proven.*No valid signature/s)
  t.notMatch(html, /a lot|Geheim|2026-0043/)
  t.match((await browser.open('/refused?q=0042')).html, /2026-0042/)
  t.notMatch(browser.at().html, /Not proven<\/span>/)
  t.notMatch((await browser.open('/refused?authentic=false')).html, /2026-0042/)
  t.match((await browser.open('/refused?q=none')).html, /No request was refused in which this number/)
  t.match(
    (await browser.open('/refused?lang=nl')).html,
    /<code>amount<\/code>: verwacht: een bedrag zoals 121\.00, met een punt en hoogstens twee decimalen<\/li>/
  )
  t.match((await browser.open('/invoices?since=gisteren')).html, /verwacht: een datum zoals 2026-11-20/)
  await browser.open('/refused?lang=en')
  t.match((await browser.open('/refused?cursor=x')).status, 422)
})
