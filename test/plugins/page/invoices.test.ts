import t from 'tap'
import { filterIn } from '../../../plugins/page/invoices.ts'
import { arrivalOf, noon } from '../../src/ledger/fixtures.ts'
import { openApp, operatorToken } from '../app.ts'
import { openBrowser } from './browser.ts'

t.test('what is looked for stands in the address, and goes on to the next page', async t => {
  const { app, receive, ask, path } = await openApp(t)
  for (let at = 1; at <= 60; at += 1) await receive(`A-${String(at).padStart(3, '0')}`)
  await ask('POST', `${path('A-030')}/dismiss`)
  const browser = openBrowser(app)
  await browser.logIn(operatorToken)

  t.match((await browser.open('/invoices?state=dismissed&code=&tool=&q=')).html, /<a href="\/invoices\/A-030">/)
  t.notMatch(browser.at().html, /A-029/)
  t.match(browser.at().html, /<option value="dismissed" selected>/)

  const first = (await browser.open('/invoices?q=A-0')).html
  t.match(first, /A-060/)
  t.notMatch(first, /A-010</)
  const [, next = ''] = /href="([^"]*)" rel="next"/.exec(first) ?? []
  t.match(next, /^\/invoices\?q=A-0&amp;cursor=\d+$/)
  t.match((await browser.open(next.replaceAll('&amp;', '&'))).html, /A-010<.*A-001</s)
})

t.test('a page beyond the end is empty, and says so', async t => {
  const { app, receive } = await openApp(t)
  await receive('A-1')
  const browser = openBrowser(app)
  await browser.logIn(operatorToken)
  t.match(await browser.open('/invoices?cursor=1'), { status: 200, html: /No invoice matches.*Back to the newest/s })
  t.match(await browser.open('/invoices?cursor=999999999999999'), { status: 200, html: /A-1/ })
  t.match(await browser.open('/invoices?cursor=x'), { status: 422 })
})

t.test('whatever a customer is called, it is text', async t => {
  const { app, receive } = await openApp(t)
  const browser = openBrowser(app)
  await browser.logIn(operatorToken)
  const names = [
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "' onclick='alert(1)",
    'شركة ‮<b>'.replace('‮', '')
  ]
  for (const [at, customerName] of names.entries()) {
    await receive(`<b>"'&-${at}`, { customerName, customerRef: customerName })
    await receive(`<b>"'&-${at}`, { customerName, customerRef: customerName, amount: '1.00' })
  }
  for (const url of ['/', '/invoices', ...names.map((_, at) => `/invoices/${encodeURIComponent(`<b>"'&-${at}`)}`)]) {
    const { html, status } = await browser.open(url)
    t.equal(status, 200)
    t.notMatch(html, /<script>alert|<img|<b>|onclick='|onerror=alert\(1\)>/, url)
  }
  t.match((await browser.open('/invoices')).html, /&lt;script&gt;alert\(1\)&lt;\/script&gt;/)
  t.match((await browser.open('/invoices?q=%22%3E%3Cscript%3E')).html, /value="&quot;&gt;&lt;script&gt;"/)
})

t.test('a name may be long, or run from right to left', async t => {
  const { app, ledger, receive } = await openApp(t)
  await receive('A-1', { customerName: 'مخبز الحي' })
  const named = arrivalOf({
    invoiceNumber: 'A-2',
    customer: { ...arrivalOf().invoice.customer, name: 'n'.repeat(10_000) }
  })
  await ledger.receive(named, noon)
  const browser = openBrowser(app)
  await browser.logIn(operatorToken)

  const { html } = await browser.open('/invoices')

  t.match(html, '<bdi>مخبز الحي</bdi>', 'it turns around nothing that stands beside it')
  t.match(html, `<bdi>${'n'.repeat(80)}…</bdi>`)
  t.match((await browser.open('/invoices/A-2')).html, 'n'.repeat(10_000), 'the page of the invoice has all of it')
})

t.test('only what is filled in is looked for', async t => {
  t.strictSame(filterIn({ q: ' 42 ', state: '', code: '  ', tool: 'x', cursor: '1', other: '2' }), {
    q: '42',
    tool: 'x'
  })
})
