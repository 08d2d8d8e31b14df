import t from 'tap'
import { openApp, operatorToken } from '../app.ts'
import { openBrowser } from './browser.ts'

t.test(
  'all that match are released together, after their number was seen; others are left out and counted',
  async t => {
    const { app, receive, ledger, clock, ask, path } = await openApp(t)
    for (let at = 1; at <= 5; at += 1) {
      await receive(`A-${at}`, { customerName: 'Bakker' })
      const [loan] = await ledger.borrow(1, clock.now(), clock.now() + 60_000)
      await ledger.record(loan!, { to: 'held', code: at === 5 ? 'CREDIT_NOTE' : 'REVIEW', detail: null }, clock.now())
    }
    await receive('A-4', { amount: '1.00' })
    const browser = openBrowser(app)
    await browser.logIn(operatorToken, 'Sanne')

    await browser.open('/invoices?state=held')
    const [, to = ''] = /href="(\/together\?[^"]*word=deliver)"/.exec(browser.at().html) ?? []
    await browser.open(to.replaceAll('&amp;', '&'))
    t.match(browser.at().html, /Send 3 invoices to the portal\?.*2 more match, and are left out/s)
    const seen = browser.at().html

    await ask('POST', `${path('A-1')}/dismiss`)
    await browser.submit('/together')
    t.match(browser.at(), { url: /failed=changed/, html: /now 2 match\. Nothing was done/ })
    t.equal((await ask('GET', path('A-2'))).json().state, 'held')
    t.match(seen, /name="expected" value="3"/)

    await browser.submit('/together')
    t.match(browser.at(), { url: '/invoices?state=held&done=deliver&count=2', html: /2 invoices go to the portal now/ })
    for (const number of ['A-2', 'A-3']) t.equal((await ask('GET', path(number))).json().state, 'waiting')
    for (const number of ['A-4', 'A-5']) t.equal((await ask('GET', path(number))).json().state, 'held')
    t.match(
      (await browser.open('/invoices/A-2')).html,
      /To be sent<\/strong> by Sanne <span class="soft">\(on this page, 127/
    )

    await browser.open('/together?word=dismiss&q=A-5')
    await browser.submit('/together')
    t.match(browser.at(), { html: /1 invoice is put aside/ })
    t.match(
      (await browser.open('/together?word=deliver&q=nothing')).html,
      /None of the matching invoices can be handled.*>Back to the list/s
    )
  }
)

t.test('what came in place of another since the count is not sent with the rest', async t => {
  const { app, receive, ledger, clock, ask, path } = await openApp(t)
  const hold = async (number: string) => {
    await receive(number)
    const [loan] = await ledger.borrow(1, clock.now(), clock.now() + 60_000)
    await ledger.record(loan!, { to: 'held', code: 'REVIEW', detail: null }, clock.now())
  }
  const browser = openBrowser(app)
  await browser.logIn(operatorToken)
  await hold('A-1')
  await browser.open('/together?word=deliver&state=held')
  await ask('POST', `${path('A-1')}/dismiss`)
  await hold('A-2')

  await browser.submit('/together')
  t.match(browser.at(), { url: /failed=changed/, html: /now 1 matches\. Nothing was done/ })
  t.equal((await ask('GET', path('A-2'))).json().state, 'held')
  await browser.submit('/together')
  t.equal((await ask('GET', path('A-2'))).json().state, 'waiting')
})

t.test('a word to all is offered only where one of those that match may be acted on', async t => {
  const { app, receive, ledger, clock, ask, path } = await openApp(t)
  const hold = async (number: string, code: 'REVIEW' | 'CREDIT_NOTE') => {
    await receive(number)
    const [loan] = await ledger.borrow(1, clock.now(), clock.now() + 60_000)
    await ledger.record(loan!, { to: 'held', code, detail: null }, clock.now())
  }
  const browser = openBrowser(app)
  await browser.logIn(operatorToken)
  const offered = async (filter: string): Promise<string[]> =>
    [...(await browser.open(`/invoices?${filter}`)).html.matchAll(/href="\/together\?[^"]*word=(\w+)"/g)].map(
      ([, word = '']) => word
    )

  await receive('A-1')
  await ask('POST', `${path('A-1')}/dismiss`)
  for (const filter of ['', 'state=dismissed', 'state=held', 'cursor=1'])
    t.strictSame(await offered(filter), [], filter)
  t.notMatch((await browser.open('/invoices')).html, /All that match/)

  await hold('A-2', 'CREDIT_NOTE')
  t.strictSame(await offered(''), ['dismiss'], 'a rule holds it that a word to many does not override')
  await hold('A-3', 'REVIEW')
  for (const filter of ['', 'state=held', 'code=REVIEW', 'q=A-3'])
    t.strictSame(await offered(filter), ['deliver', 'dismiss'], filter)
  for (const filter of ['q=A-1', 'state=dismissed', 'state=delivered']) t.strictSame(await offered(filter), [], filter)
  await receive('A-4')
  t.strictSame(await offered('state=waiting'), ['dismiss'], 'it goes by itself')

  for (let at = 10; at < 70; at += 1) await receive(`B-${at}`)
  t.strictSame(await offered(''), ['deliver', 'dismiss'], 'they stand on a later page')
  t.strictSame(await offered('state=waiting'), ['dismiss'])
  await ask('POST', `${path('A-3')}/dismiss`)
  t.strictSame(await offered(''), ['dismiss'], 'and none of them may be sent so')
  await ask('POST', `${path('A-2')}/dismiss`)
  t.strictSame(await offered(''), [])
})
