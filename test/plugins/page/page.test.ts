import t from 'tap'
import { openApp, operatorToken } from '../app.ts'
import { openBrowser } from './browser.ts'

t.test('every page has the headers that keep strangers out', async t => {
  const { app, receive } = await openApp(t, { PUBLIC_URL: 'https://bridge.example' })
  await receive('A-1')
  const browser = openBrowser(app)
  await browser.logIn(operatorToken)
  for (const url of [
    '/',
    '/login',
    '/invoices',
    '/invoices/A-1',
    '/invoices/none',
    '/page/page.css',
    '/page/page.js'
  ]) {
    const { headers } = await browser.open(url)
    const policy = String(headers['content-security-policy'])
    t.match(policy, /default-src 'none'/, url)
    t.match(policy, /frame-ancestors 'none'/)
    t.match(policy, /form-action 'self'/)
    t.match(policy, /base-uri 'none'/)
    t.notMatch(policy, /unsafe|\*|data:|https?:/)
    t.match(headers, {
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'strict-transport-security': /^max-age=\d{8,}/,
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin'
    })
    t.notOk(headers['x-powered-by'])
  }
})

t.test('nothing is inline, and nothing comes from another host', async t => {
  const { app, receive } = await openApp(t)
  await receive('A-1')
  const browser = openBrowser(app)
  await browser.logIn(operatorToken)
  for (const url of ['/login', '/', '/invoices', '/invoices/A-1']) {
    const { html } = await browser.open(url)
    t.notMatch(html, /<style|style=|\son\w+=|<script(?![^>]*src=)|javascript:/i, url)
    for (const [, to] of html.matchAll(/(?:src|href|action|data)="([^"]*)"/g)) t.match(to, /^(\/(?!\/)|#)/)
  }
})

t.test('a page is never kept by a browser, and what goes with it is kept until it changes', async t => {
  const { app } = await openApp(t)
  t.match((await app.inject('/login')).headers, { 'cache-control': 'no-store' })
  const { payload } = await app.inject('/login')
  const files = [...payload.matchAll(/"(\/page\/[^"]+)"/g)].map(([, url = '']) => url)
  t.equal(files.length, 3)
  for (const url of files)
    t.match(
      await app.inject(url),
      { statusCode: 200, headers: { 'cache-control': /max-age=31536000, immutable/ } },
      url
    )
  for (const url of ['/page/', '/page/none.css', '/page/..%2fpage.ts', '/page/../page.ts'])
    t.match((await app.inject(url)).statusCode, /4\d\d/, url)
})

t.test('the browser decides on the language, a switch overrules it, and stays', async t => {
  const { app } = await openApp(t)
  t.match(
    (await app.inject({ url: '/login', headers: { 'accept-language': 'nl' } })).payload,
    /<html lang="nl">.*Inloggen/s
  )
  const browser = openBrowser(app, { 'accept-language': 'nl' })
  await browser.logIn(operatorToken)
  t.match((await browser.open('/?lang=en')).html, /<html lang="en">.*Overview/s)
  t.match((await browser.open('/')).html, /<html lang="en">/)
  t.match((await browser.open('/invoices?lang=nl&state=held')).html, /href="\/invoices\?lang=en&amp;state=held"/)
  for (const lang of ['xx', '<script>', '']) t.match((await browser.open(`/?lang=${lang}`)).status, 200, lang)
})

t.test('an error is a page with a way on, and says nothing of the inside', async t => {
  const { app, ledger, lines } = await openApp(t)
  const browser = openBrowser(app)
  await browser.logIn(operatorToken)
  t.match(await browser.open('/invoices/<script>'), { status: 404, html: /There is no invoice &lt;script&gt;\./ })
  t.match(await browser.open('/invoices?state=lost'), { status: 422, html: /<code>state<\/code>/ })
  for (const [url, list] of [
    ['/invoices?state=lost', '/invoices">Back to Invoices'],
    ['/together?word=dismiss&state=lost', '/invoices">Back to Invoices'],
    ['/customers?cursor=x', '/customers">Back to Customers'],
    ['/refused?authentic=x', '/refused">Back to Refused'],
    [`/portal?find=${'x'.repeat(201)}`, '/portal">Back to Portal']
  ] as const)
    t.match(await browser.open(url), { status: 422, html: `<p><a href="${list}</a>` }, `${url}: back to all of them`)

  const mistyped = { url: '/facturen', headers: { accept: 'text/html,*/*;q=0.8' } }
  t.match(await browser.ask(mistyped), { status: 404, html: /There is nothing at this address.*href="\/"/s })
  t.match((await app.inject('/facturen')).json(), { code: 'NOT_FOUND' }, 'a program is answered as everywhere')

  const { summary } = ledger
  ledger.summary = async () => {
    throw new Error('secret inside')
  }
  const broken = await browser.open('/')
  t.match(broken, { status: 500, html: /under request/ })
  t.notMatch(broken.html, /secret inside|at .*\.ts/)
  t.match(lines.at(-1), { msg: 'page failed', err: { message: 'secret inside' } })
  ledger.summary = summary
})

t.test('while the ledger is away the page says so, and comes back by itself', async t => {
  const { app, ledger } = await openApp(t)
  const browser = openBrowser(app)
  await browser.logIn(operatorToken)
  const { BridgeError } = await import('../../../src/core/errors.ts')
  const { summary } = ledger
  ledger.summary = async () => {
    throw new BridgeError('LEDGER_UNAVAILABLE')
  }
  t.match(await browser.open('/'), { status: 503, html: /<meta http-equiv="refresh" content="5">.*cannot be reached/s })
  ledger.summary = summary
  t.match(await browser.open('/'), { status: 200 })
})
