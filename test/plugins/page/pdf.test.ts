import t, { type Test } from 'tap'
import { samplePdf } from '../../../plugins/intake/sample.ts'
import { openApp, operatorToken } from '../app.ts'
import { type Browser, openBrowser } from './browser.ts'

const boundary = 'a-boundary'

/** As a browser sends a form with a file. */
const send = (browser: Browser, url: string, csrf: string, content: Buffer) =>
  browser.ask({
    method: 'POST',
    url,
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    payload: Buffer.concat([
      Buffer.from(`--${boundary}\r\ncontent-disposition: form-data; name="_csrf"\r\n\r\n${csrf}\r\n`),
      Buffer.from(`--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\n`),
      content,
      Buffer.from(`\r\n--${boundary}--\r\n`)
    ])
  })

const open = async (t: Test, env: Record<string, string> = {}) => {
  const bridge = await openApp(t, env)
  const browser = openBrowser(bridge.app)
  await browser.logIn(operatorToken)
  const csrf = () => /name="_csrf" value="([^"]*)"/.exec(browser.at().html)?.[1] ?? ''
  return {
    ...bridge,
    browser,
    csrf,
    receivePdf: (number: string) =>
      bridge.receive(number, { pdfUrl: undefined, pdf: samplePdf(number).toString('base64') })
  }
}

t.test('a PDF is shown as one and as nothing else, and saved from a sandbox', async t => {
  const { app, browser, receivePdf } = await open(t)
  await receivePdf('A-1')
  t.match((await browser.open('/invoices/A-1')).html, /<object[^>]*type="application\/pdf" data="\/invoices\/A-1\/pdf"/)
  const shown = await browser.open('/invoices/A-1/pdf')
  t.equal(shown.html, samplePdf('A-1').toString())
  t.match(shown.headers, {
    'content-type': 'application/pdf',
    'content-disposition': /^inline;/,
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'SAMEORIGIN',
    'content-security-policy': /^default-src 'none'; .*frame-ancestors 'self'/
  })
  t.match((await browser.open('/invoices/A-1/pdf?save')).headers, {
    'content-disposition': /^attachment;/,
    'content-security-policy': /^sandbox;/
  })
  t.match((await browser.open('/invoices/none/pdf')).status, 404)
  t.match((await app.inject('/invoices/A-1/pdf')).statusCode, 303, 'for whoever is logged in')
})

t.test('another PDF takes its place while nothing was sent, and the history says whose it is', async t => {
  const { browser, receivePdf, csrf } = await open(t)
  await receivePdf('A-1')
  await browser.open('/invoices/A-1')
  t.match(await send(browser, '/invoices/A-1/pdf', csrf(), samplePdf('other')), {
    url: '/invoices/A-1?done=replaced',
    html: /The PDF is replaced.*PDF replaced<\/strong> by Sanne/s
  })
  t.equal((await browser.open('/invoices/A-1/pdf')).html, samplePdf('other').toString())
})

t.test('what is no PDF, too large, or not from this page, replaces nothing', async t => {
  const { browser, receivePdf, csrf, clock } = await open(t, { PDF_BYTES_MAX: '2000' })
  await receivePdf('A-1')
  await browser.open('/invoices/A-1')
  const token = csrf()
  t.match(await send(browser, '/invoices/A-1/pdf', token, Buffer.from('<script>')), { status: 422 })
  const large = Buffer.concat([samplePdf('large'), Buffer.alloc(2000)])
  t.match(await send(browser, '/invoices/A-1/pdf', token, large), {
    status: 413,
    html: /did not work<\/h1>\s<p>the PDF is larger than 2000 bytes/
  })
  t.match(await send(browser, '/invoices/A-1/pdf', 'x', samplePdf('other')), { status: 403 })
  await clock.advance(13 * 3_600_000)
  t.match(await send(browser, '/invoices/A-1/pdf', token, samplePdf('other')), {
    status: 401,
    html: /choose the file again.*name="to" value="\/invoices\/A-1"/s
  })
  await browser.submit('/login', { token: operatorToken, name: 'Sanne' })
  t.equal((await browser.open('/invoices/A-1/pdf')).html, samplePdf('A-1').toString())
})

t.test('links come as a table and go as one, and one bad line leaves all as it was', async t => {
  const { browser, csrf, receive } = await open(t)
  await receive('A-1', { customerId: undefined, customerRef: 'K-1', customerName: 'Bakker' })
  await browser.open('/customers?linked=true')
  const token = csrf()
  t.match(await send(browser, '/customers/import', token, Buffer.from('tool,ref,portalId\ninvoices,K-1,nonsense\n')), {
    status: 422,
    html: /<code>line 2<\/code>/
  })
  t.match(await send(browser, '/customers/import', token, Buffer.from('nothing')), { status: 422 })
  const saved = Buffer.from('tool;ref;portalId;name\ninvoices;Zoë;cst_1;Zoë\ninvoices;K-1;cst_1;Zoë\n', 'latin1')
  t.match(await send(browser, '/customers/import', token, saved), {
    status: 422,
    html: /<code>line 2<\/code>: ref: expected UTF-8: save the table as CSV UTF-8(?!.*<code>line 3)/s
  })
  const { html, headers } = await browser.open('/customers/links.csv')
  t.match(headers, { 'content-type': /^text\/csv/, 'content-disposition': /attachment/ })
  t.match(html, /^\ufeff"?tool"?,/, 'with a mark, by which spreadsheets know UTF-8')
})
