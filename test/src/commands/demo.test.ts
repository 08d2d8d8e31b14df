import { readdirSync } from 'node:fs'
import t from 'tap'
import { factuurbrug, factuurbrugProcess, factuurbrugUp } from '../../command-line.ts'

const shows = [
  /^A portal sandbox listens at \S+, a bridge at \S+; their folder is \S+\.$/m,
  /^ {2}the bridge answered 200 {"result":"accepted"}$/m,
  /^ {2}received tool=invoices notify=false$/m,
  /^ {2}delivered how=created portalId=inv_\w+$/m,
  /^It stands in the sandbox as inv_\w+, 121\.00 EUR, with its PDF of \d+ bytes\.$/m
]

t.test('one command shows the whole way, and leaves nothing behind', async t => {
  const folder = t.testdir()
  const { code, stdout, stderr } = await factuurbrugProcess(['demo', '--once'], {
    // What is set for a real bridge does not get in.
    env: { TMPDIR: folder, PORTAL_URL: 'http://127.0.0.1:1', PORT: '1', DATA_DIR: '/proc', REVIEW: 'true' }
  })

  t.strictSame({ code, stderr }, { code: 0, stderr: '' })
  for (const line of shows) t.match(stdout, line)
  t.notMatch(stdout, /Look at it|curl|sandbox\/invoices/, 'nothing to look at is left')
  t.strictSame(readdirSync(folder), [])
})

t.test('it stays up with a login that works, until it is ended', async t => {
  const folder = t.testdir()
  const demo = await factuurbrugUp(t, ['demo'], { env: { TMPDIR: folder }, ready: /Ctrl-C ends it/ })
  const [, url = '', token = ''] = /--url (\S+) --token (\S+)/.exec(demo.output()) ?? []
  const [, list = ''] = /^What the sandbox holds: (\S+)$/m.exec(demo.output()) ?? []

  t.match(await factuurbrug(['invoice', 'DEMO-0001', '--url', url, '--token', token]), {
    code: 0,
    stdout: /^state +delivered$/m
  })
  t.match(await (await fetch(list)).json(), { invoices: [{ invoiceNumber: 'DEMO-0001' }] })

  t.match(demo.output(), new RegExp(`^ {2}open ${url}$`, 'm'))
  t.match(demo.output(), new RegExp(`^ {2}log in with any name, and the token ${token}$`, 'm'))
  const login = await fetch(`${url}/login`)
  const [, csrf = ''] = /name="_csrf" value="([^"]*)"/.exec(await login.text()) ?? []
  const cookie = login.headers.getSetCookie().map(cookie => cookie.split(';')[0])[0] ?? ''
  const body = new URLSearchParams({ _csrf: csrf, to: '/', name: 'Sanne', token })
  const inside = await fetch(`${url}/login`, { method: 'POST', body, headers: { cookie }, redirect: 'manual' })
  t.match([inside.status, inside.headers.get('location')], [303, '/'], 'the login works')
  t.match(await factuurbrug(['invoice', 'DEMO-0002', '--url', url, '--token', token]), { code: 0 })
  t.equal(await demo.end('SIGINT'), 0)
  t.strictSame(readdirSync(folder), [])
})
