import t, { type Test } from 'tap'
import { isOurs, keptIn } from '../../../plugins/page/login.ts'
import { openApp, operatorToken } from '../app.ts'
import { openBrowser } from './browser.ts'

const readToken = 'a token that may only look'
const hour = 3_600_000

const open = async (t: Test, env: Record<string, string> = {}) => {
  const bridge = await openApp(t, { OPERATOR_READ_TOKEN: readToken, ...env })
  return { ...bridge, browser: openBrowser(bridge.app) }
}

const pages = ['/', '/invoices', '/invoices/A-1']

t.test('nobody sees a page before logging in, and then comes to the one that was asked for', async t => {
  const { browser, receive } = await open(t)
  await receive('A-1')
  for (const url of pages) {
    const { html } = await browser.open(url)
    t.match(browser.at().url, /^\/login/, url)
    t.notMatch(html, /A-1<|121/)
  }

  await browser.submit('/login', { token: operatorToken, name: ' Sanne  de  Wit ' })
  t.match(browser.at(), { status: 200, url: '/invoices/A-1', html: /Invoice A-1/ })
  t.match(browser.at().html, /Sanne de Wit</)
  await browser.open('/login?to=/invoices')
  t.equal(browser.at().url, '/invoices', 'who is logged in does not log in again')
})

t.test('the token alone logs in, without a name and without the form', async t => {
  const { browser, receive, ask, path } = await open(t)
  await receive('A-1')
  t.match(await browser.logIn(operatorToken, ''), { status: 200, url: '/' })
  await browser.open('/invoices/A-1')
  await browser.submit('/invoices/A-1/dismiss')
  const { history } = (await ask('GET', path('A-1'))).json()
  t.match(history.at(-1), { event: 'operator: dismiss', by: null, via: 'page' })

  await browser.submit('/logout')
  t.match(await browser.post('/login', { token: operatorToken }), { status: 200, url: '/' })
})

t.test('a wrong token is told, and after ten the right one is refused as well, by page and API alike', async t => {
  const { browser, ask, clock } = await open(t)
  t.match(await browser.logIn('guess'), { status: 401, html: /That is not the token/ })
  t.match(browser.at().html, /value="Sanne"/, 'the name is kept')
  for (let at = 2; at <= 10; at += 1) await browser.submit('/login', { token: 'guess', name: 'Sanne' })
  t.match(await browser.submit('/login', { token: operatorToken, name: 'Sanne' }), {
    status: 429,
    html: /Too many wrong tokens.*5 minutes/s,
    headers: { 'retry-after': '300' }
  })
  t.match(await ask('GET', '/api/summary'), { statusCode: 429 })

  await clock.advance(5 * 60_000)
  t.match(await browser.logIn(operatorToken), { status: 200, url: '/' })
})

t.test('a session lasts twelve hours, and ends with the log-out, with another token, or when it is forged', async t => {
  const { browser, clock, app } = await open(t)
  await browser.logIn(operatorToken)
  await clock.advance(12 * hour - 1)
  t.match(await browser.open('/'), { url: '/' })
  await clock.advance(1)
  t.match(await browser.open('/'), { url: '/login' })

  await browser.logIn(operatorToken)
  const [[name, value] = ['', '']] = [...browser.cookies].filter(([name]) => name.endsWith('session'))
  t.match(await browser.submit('/logout'), { url: '/login' })
  t.match(await browser.open('/'), { url: '/login' })

  const forged = openBrowser(app)
  const [told = '', mac = ''] = decodeURIComponent(value).split('.')
  const other = JSON.stringify({ name: 'x', role: 'operator', until: clock.now() + 100 * hour })
  for (const cookie of [told, `${told}.x`, `${Buffer.from(other).toString('base64url')}.${mac}`, `${told}.${mac}x`]) {
    forged.cookies.set(name, encodeURIComponent(cookie))
    t.match(await forged.open('/'), { url: '/login' })
  }
  forged.cookies.set(name, value)
  t.match(await forged.open('/'), { url: '/' }, 'the very same is right')

  const { app: elsewhere } = await open(t, { OPERATOR_READ_TOKEN: `${readToken}!` })
  const there = openBrowser(elsewhere)
  there.cookies.set(name, value)
  t.match(await there.open('/'), { url: '/login' }, 'a token was changed')
  const { app: second } = await open(t)
  const same = openBrowser(second)
  same.cookies.set(name, value)
  t.match(await same.open('/'), { url: '/' }, 'another machine of the same bridge')
})

t.test('who was logged out in the middle of a form logs in, and it is done', async t => {
  const { browser, receive, ask, path, clock } = await open(t)
  await receive('A-1')
  await browser.logIn(operatorToken)
  await browser.open('/invoices/A-1')
  await clock.advance(13 * hour)
  const { html } = await browser.submit('/invoices/A-1/dismiss')
  t.match(browser.at(), { status: 401, html: /logged out after twelve hours/ })
  t.match(html, /name="seen" value="waiting"/)
  t.equal((await ask('GET', path('A-1'))).json().state, 'waiting')

  await browser.submit('/login', { token: 'guess', name: 'Sanne' })
  t.match(browser.at(), { status: 401 }, 'a slip loses nothing')
  await browser.submit('/login', { token: operatorToken, name: 'Sanne' })
  t.match(browser.at(), { status: 200, url: '/invoices/A-1?done=dismiss' })
  t.equal((await ask('GET', path('A-1'))).json().state, 'dismissed')
})

t.test('a form of another site does nothing, whoever is logged in', async t => {
  const { app, browser, receive, ask, path } = await open(t)
  await receive('A-1')
  await browser.logIn(operatorToken)
  for (const fields of [{}, { _csrf: 'x' }, { _csrf: '' }])
    t.match(await browser.post('/invoices/A-1/dismiss', fields as Record<string, string>), {
      status: 403,
      html: /reload the page/
    })
  t.match(await browser.post('/logout', {}), { status: 403 })
  t.match(await browser.open('/'), { url: '/' })
  for (const [header, from] of [
    ['origin', 'https://other.example'],
    ['origin', 'null'],
    ['sec-fetch-site', 'cross-site']
  ] as const)
    t.match(await browser.post('/login', { token: operatorToken, to: '/' }, { [header]: from }), { status: 403 }, from)

  const stranger = openBrowser((await open(t)).app)
  await stranger.post('/invoices/A-1/dismiss', { evil: 'yes' })
  t.match(stranger.at(), { status: 401 })
  t.equal((await ask('GET', path('A-1'))).json().state, 'waiting')

  const lured = openBrowser(app)
  await lured.post('/invoices/A-1/dismiss', { _csrf: 'x', evil: 'yes' })
  t.match(lured.at(), { status: 401, html: /This form was too old/ }, 'a browser sends it without any cookie')
  t.notMatch(lured.at().html, /evil/)
  await lured.submit('/login', { token: operatorToken, name: 'Sanne' })
  t.match(lured.at(), { status: 200, url: '/invoices/A-1' }, 'who logs in then does not do what it asked for')
  t.equal((await ask('GET', path('A-1'))).json().state, 'waiting')
})

t.test('a reader sees everything, and changes nothing', async t => {
  const { browser, app, receive } = await open(t)
  await receive('A-1')
  await browser.logIn(readToken, 'Piet')
  t.match((await browser.open('/invoices/A-1')).html, /Piet \(read-only\)/)
  t.notMatch(browser.at().html, /action="\/invoices\/A-1\/dismiss"/)
  const [{ fields } = { fields: {} }] = [
    { fields: { _csrf: /name="_csrf" value="([^"]*)"/.exec(browser.at().html)?.[1] ?? '' } }
  ]
  t.match(await browser.post('/invoices/A-1/dismiss', fields as Record<string, string>), {
    status: 403,
    html: /OPERATOR_TOKEN/
  })

  const headers = { authorization: `Bearer ${readToken}` }
  t.match(await app.inject({ url: '/api/invoices/A-1', headers }), { statusCode: 200 })
  for (const action of ['deliver', 'dismiss', 'take', 'keep'])
    t.match(await app.inject({ method: 'POST', url: `/api/invoices/A-1/${action}`, headers }), {
      statusCode: 403,
      payload: /READ_ONLY/
    })
})

t.test('a login leads into this bridge only', async t => {
  const { browser } = await open(t)
  for (const to of ['//evil.example', '/\\evil.example', 'https://evil.example', 'javascript:alert(1)', '/ x']) {
    t.notOk(isOurs(to), to)
    await browser.open(`/login?to=${encodeURIComponent(to)}`)
    t.match((await browser.submit('/login', { token: operatorToken, name: 'x' })).url, /^\/$/, to)
    await browser.submit('/logout')
  }
  t.ok(isOurs('/invoices?state=held&q=a%20b'))
})

t.test('what a form says is kept, but nothing of the login itself', async t => {
  const body = { token: 't', name: 'n', to: '/', _csrf: 'c', resumes: 'yes', portalId: 'cst_1', file: { a: 1 } }
  t.strictSame(keptIn({ body }), [['portalId', 'cst_1']])
  t.strictSame(keptIn({ body: undefined }), [])
})

t.test('cookies are kept from scripts and other sites, and behind https from plain http', async t => {
  const { app } = await open(t)
  const { headers } = await app.inject('/login')
  for (const cookie of [headers['set-cookie']].flat()) t.match(cookie, /HttpOnly; SameSite=Lax$/)

  const behind = await open(t, { PUBLIC_URL: 'https://bridge.example' })
  await behind.browser.logIn(operatorToken)
  t.ok([...behind.browser.cookies.keys()].every(name => name.startsWith('__Host-factuurbrug_')))
  const { headers: secure } = await behind.app.inject('/login')
  for (const cookie of [secure['set-cookie']].flat()) t.match(cookie, /Path=\/; HttpOnly; Secure; SameSite=Lax$/)
  t.match(secure, { 'strict-transport-security': 'max-age=31536000' })
})

t.test('the token is in no answer, in no cookie, and in no line of the log', async t => {
  const { browser, lines } = await open(t)
  const shown = [await browser.logIn(operatorToken), await browser.open('/'), await browser.open('/invoices')]
  for (const { html, headers } of shown) t.notMatch(html + JSON.stringify(headers), operatorToken)
  t.notMatch(JSON.stringify([...browser.cookies, ...lines]), operatorToken)
  t.notMatch(JSON.stringify(lines), /Sanne/, 'nor is a name')
})
