import t from 'tap'
import { openMoneybird } from '../../fixtures/moneybird-api.ts'
import { noon } from '../../src/portal/hand-clock.ts'
import { openApp, operatorToken } from '../app.ts'
import { entity } from '../tools/moneybird/parts.ts'
import { formsIn, openBrowser } from './browser.ts'

t.test('each tool shows what is set, is asked for what was missed, and fetches one again', async t => {
  const moneybird = await openMoneybird(t, noon)
  const { app } = await openApp(t, {
    ALLOW_PRIVATE_ADDRESSES: 'true',
    MONEYBIRD_API_URL: moneybird.url,
    MONEYBIRD_API_TOKEN: moneybird.token,
    MONEYBIRD_ADMINISTRATION_ID: moneybird.administration
  })
  const at = new Date(noon).toISOString()
  for (const id of ['1', '2']) moneybird.invoices.push(entity('open', { id, invoice_id: `M-${id}`, updated_at: at }))
  const browser = openBrowser(app)
  await browser.logIn(operatorToken)
  const { html } = await browser.open('/tools')
  t.match(html, /MONEYBIRD_WEBHOOK_SECRET<\/code> <span class="soft">not set/)
  t.match(html, /MONEYBIRD_WEBHOOK_SECRET is missing: webhooks cannot be proven/)
  t.match(html, /<h2>Own flow <span class="badge delivered">on/)
  t.match(html, /Own flow.*moneybird.*<summary>Others that can be connected.*stripe <span class="badge ">not set up/s)
  t.notMatch(html, moneybird.token)
  const ofMoneybird = { tool: 'moneybird' }

  await browser.submit('/tools/fetch', { ...ofMoneybird, id: '1' })
  t.match(browser.at(), { url: '/invoices/M-1', status: 200 })
  await browser.open('/tools')
  await browser.submit('/tools/fetch', { ...ofMoneybird, id: '9' })
  t.match(browser.at(), { url: '/tools?failed=moneybird', html: /role="alert">That was not found/ })
  await browser.submit('/tools/catch-up', { ...ofMoneybird, since: '2026-11-01' })
  t.match(browser.at(), { url: '/tools?asked=moneybird', html: /role="status"> *1 invoice new; 1 known already/ })
  t.match((await browser.open('/tools?check=moneybird')).html, /class="findings"><li/)
  t.match((await browser.open('/tools?check=moneybird&lang=nl')).html, /<strong>factuur<\/strong>: M-\d is te lezen/)
  await browser.open('/tools?lang=en')
  t.match(await browser.submit('/tools/catch-up', { ...ofMoneybird, since: 'soon' }), { status: 422, html: /since/ })

  t.equal(formsIn(html).filter(({ action }) => action === '/tools/test').length, 2, 'only for what is on')
  await browser.open('/tools')
  t.match(await browser.submit('/tools/test', { tool: 'invoices' }), { url: '/tools?failed=invoices' })
})

t.test('what is posted is called by its sender, where senders are told apart', async t => {
  const { app } = await openApp(t, {
    INTAKE_SENDERS: 'shop,books',
    INTAKE_SECRET: 'shop:a secret of the shop,books:a secret of the books'
  })
  const browser = openBrowser(app, { 'accept-language': 'nl' })
  await browser.logIn(operatorToken)
  const { html } = await browser.open('/tools')

  t.match(html, /<h2>Eigen koppeling <.*<h2>Eigen koppeling \(books\) </s)
})
