import t from 'tap'
import { openMoneybird } from '../../fixtures/moneybird-api.ts'
import { bodyOf } from '../../src/ledger/fixtures.ts'
import { noon } from '../../src/portal/hand-clock.ts'
import { openApp, operatorToken } from '../app.ts'
import { entity } from '../tools/moneybird/parts.ts'

t.test('nobody learns or changes anything without the token of the operator', async t => {
  const { app, receive, path } = await openApp(t)
  await receive('A-1')
  const addresses: ['GET' | 'POST', string][] = [
    ['GET', '/api/summary'],
    ['GET', '/api/invoices'],
    ['GET', path('A-1')],
    ...['deliver', 'dismiss', 'take', 'keep'].map(action => ['POST', `${path('A-1')}/${action}`] as const)
  ].map(([method, url]) => [method as 'GET', url as string])

  for (const [method, url] of addresses)
    for (const authorization of [undefined, 'Bearer', `Basic ${operatorToken}`, `Bearer ${operatorToken}x`]) {
      const headers = authorization === undefined ? {} : { authorization }
      const answer = await app.inject({ method, url, headers, remoteAddress: `10.0.0.${addresses.length}` })
      t.match([answer.statusCode, answer.headers['www-authenticate']], [/401|429/, /Bearer|undefined/], url)
      t.notMatch(answer.payload, /A-1|121/)
    }
  t.equal((await app.inject('/api/openapi.json')).statusCode, 200, 'what can be asked is no secret')
})

t.test('the summary counts, and says where webhooks go', async t => {
  const { ask, receive, path, clock } = await openApp(t, { PUBLIC_URL: 'https://facturen.example' })
  for (const number of ['A-1', 'A-2', 'A-3']) await receive(number)
  await ask('POST', `${path('A-3')}/dismiss`)
  const waitingSince = new Date(clock.now()).toISOString().replace('.000', '')

  t.match((await ask('GET', '/api/summary')).json(), {
    waiting: 2,
    sending: 0,
    delivered: 0,
    held: 0,
    dismissed: 1,
    attention: 0,
    attentionTo: [],
    oldestWaitingAt: waitingSince,
    oldestSendingAt: null,
    portal: {
      url: 'http://127.0.0.1:9/v1',
      state: 'open',
      since: waitingSince,
      tokenRefused: false,
      backlogMinutes: 1
    },
    tools: [{ name: 'invoices', on: true, address: 'https://facturen.example/webhooks/invoices' }],
    warnings: []
  })
})

t.test('what needs a person is told by state and code, whichever tool it is from', async t => {
  const { ask, receive, path, ledger, clock } = await openApp(t)
  for (const number of ['A-1', 'A-2', 'A-3']) await receive(number)
  for (const number of ['A-1', 'A-2']) await receive(number, { amount: '99.00' })
  await ledger.keepUnreadable({ tool: 'stripe', invoiceNumber: 'X', body: Buffer.from('x'), problem: 'x' }, clock.now())
  const attentionTo = async () => (await ask('GET', '/api/summary')).json().attentionTo

  t.strictSame(await attentionTo(), [
    { state: 'held', code: 'INVOICE_CONFLICT', invoices: 2 },
    { state: 'held', code: 'EVENT_UNREADABLE', invoices: 1 }
  ])
  for (const number of ['A-1', 'A-2', 'X']) await ask('POST', `${path(number)}/dismiss`)
  t.strictSame(await attentionTo(), [])
})

t.test('invoices come newest first, page by page, and filtered', async t => {
  const { ask, receive, path } = await openApp(t)
  for (let at = 1; at <= 5; at++) await receive(`2026-${at}`, { customerRef: `Klant ${at}` })
  await ask('POST', `${path('2026-2')}/dismiss`)
  const numbers = async (query: string) => {
    const { invoices, next } = (await ask('GET', `/api/invoices${query}`)).json()
    return [invoices.map(({ invoiceNumber }: { invoiceNumber: string }) => invoiceNumber.slice(5)).join(), next]
  }

  t.strictSame(await numbers(''), ['5,4,3,2,1', null])
  const [first, next] = await numbers('?limit=2')
  t.equal(first, '5,4')
  const [second, last] = await numbers(`?limit=2&cursor=${next}`)
  t.equal(second, '3,2')
  t.strictSame(await numbers(`?limit=2&cursor=${last}`), ['1', null])
  t.strictSame(await numbers('?state=dismissed'), ['2', null])
  t.strictSame(await numbers('?code=BY_OPERATOR&state=dismissed&tool=invoices'), ['2', null])
  t.strictSame(await numbers('?q=2026-4'), ['4', null])
  t.strictSame(await numbers('?q=KLANT%203'), ['3', null])
  t.strictSame(await numbers('?tool=another'), ['', null])
})

t.test('a filter that cannot be read is named, with every other', async t => {
  const { ask } = await openApp(t)
  const answer = await ask('GET', '/api/invoices?state=lost&limit=0&cursor=x&sort=amount')

  t.match(answer, { statusCode: 422, headers: { 'content-type': /^application\/problem\+json/ } })
  t.match(answer.json(), { code: 'FIELDS_INVALID' })
  t.strictSame(
    answer.json().problems.map(({ field }: { field: string }) => field),
    ['state', 'limit', 'cursor', 'sort']
  )
})

t.test('one invoice is found by its number, whatever that is made of', async t => {
  const { ask, receive, path } = await openApp(t)
  const numbers = ['2026/0042', 'a b+c', '100%', '%2F', '#?&=', 'ü'.repeat(100), '\u{1f9fe}'.repeat(100), 'a\'b"c\\']

  for (const number of numbers) {
    t.match(await receive(number), { statusCode: 200 }, number)
    t.match((await ask('GET', path(number))).json(), {
      invoiceNumber: number,
      history: [{ event: 'received' }]
    })
    t.match((await ask('POST', `${path(number)}/dismiss`)).json(), {
      invoiceNumber: number,
      state: 'dismissed'
    })
  }
  t.match((await ask('GET', path(' A B+C '))).json(), { invoiceNumber: 'a b+c' })
})

t.test('an invoice is told with its money as text and its times as instants', async t => {
  const { ask, receive, path, clock } = await openApp(t)
  await receive('A-1', { customerName: 'Kees', paidAt: '2026-11-21', dueAt: '2026-12-20' })
  const now = new Date(clock.now()).toISOString().replace('.000', '')

  t.strictSame((await ask('GET', path('A-1'))).json(), {
    invoiceNumber: 'A-1',
    tool: 'invoices',
    state: 'waiting',
    code: null,
    advice: null,
    customer: {
      ref: 'cst_1',
      portalId: 'cst_1',
      emails: [],
      name: 'Kees',
      address: null,
      zipCode: null,
      city: null,
      countryCode: null
    },
    amount: '121.00',
    currency: 'EUR',
    issuedAt: '2026-11-20',
    dueAt: '2026-12-20',
    paidAt: '2026-11-21T11:00:00Z',
    portalId: null,
    receivedAt: now,
    deliveredAt: null,
    nextAttemptAt: now,
    attempts: 0,
    notify: false,
    test: false,
    detail: null,
    unmade: false,
    paused: 'the portal is being read before anything is sent, 0 pages so far',
    portalCustomer: { id: 'cst_1', name: null, how: 'invoice' },
    pdf: { bytes: null, url: 'https://facturen.example/1.pdf', byPerson: false },
    sent: null,
    conflict: null,
    history: [{ at: now, tool: 'invoices', notify: false, event: 'received' }]
  })
})

t.test('times in a history are instants, too', async t => {
  const { ask, receive, path, ledger, clock } = await openApp(t)
  await receive('A-1')
  const [loan] = await ledger.borrow(1, clock.now(), clock.now() + 60_000)
  const at = Date.UTC(2026, 10, 20, 13)
  await ledger.record(loan!, { to: 'waiting', at, code: 'PDF_UNREACHABLE', detail: null, spent: true }, clock.now())

  const { history } = (await ask('GET', path('A-1'))).json()
  t.match(history.at(-1), {
    event: 'waiting',
    nextAttemptAt: '2026-11-20T13:00:00Z',
    code: 'PDF_UNREACHABLE'
  })
})

t.test('what the state does not allow is refused with its reason, what is not known with another', async t => {
  const { ask, receive, path } = await openApp(t)
  await receive('A-1')

  t.match(await ask('POST', `${path('A-1')}/take`), {
    statusCode: 409,
    payload: /"code":"STATE_CONFLICT","detail":"there is nothing to take while it is waiting"/
  })
  for (const [method, url] of [
    ['GET', path('A-2')],
    ['POST', `${path('A-2')}/deliver`]
  ] as const)
    t.match(await ask(method, url), { statusCode: 404, payload: /"code":"INVOICE_NOT_FOUND"/ })
  t.match(await ask('POST', `${path('A-1')}/explode`), { statusCode: 404, payload: /"code":"NOT_FOUND"/ })
})

t.test('deliver can say that what was sent before is absent; nothing else can say anything', async t => {
  const { ask, receive, path, ledger, clock, lines } = await openApp(t)
  await receive('A-1')
  const [loan] = await ledger.borrow(1, clock.now(), clock.now() + 60_000)
  await ledger.sending(loan!, bodyOf(loan!), clock.now())
  await ledger.record(loan!, { to: 'held', code: 'PORTAL_UNCLEAR', detail: 'why' }, clock.now())
  const act = (action: string, payload: object) => ask('POST', `${path('A-1')}/${action}`, { payload })

  for (const [action, payload, field] of [
    ['deliver', { absent: 'yes' }, 'absent'],
    ['deliver', { absent: true, present: false }, 'present'],
    ['deliver', { absent: null }, 'absent'],
    ['dismiss', { absent: true }, 'absent'],
    ['keep', { absent: true }, 'absent']
  ] as const) {
    const answer = await act(action, payload)
    t.match(answer.json(), { code: 'FIELDS_INVALID', problems: [{ field }] }, JSON.stringify(payload))
    t.equal(answer.statusCode, 422)
  }
  t.match((await ask('GET', path('A-1'))).json(), { state: 'held', code: 'PORTAL_UNCLEAR', detail: 'why' })

  t.match((await act('deliver', { absent: true })).json(), { state: 'waiting', changed: true })
  t.match(lines.at(-1), { action: 'deliver', absent: true, invoiceNumber: 'A-1' })
  const [again] = await ledger.borrow(1, clock.now(), clock.now() + 60_000)
  t.match(again, { overrides: ['PORTAL_UNCLEAR'] })
  for (const payload of [{}, { absent: false }])
    t.match((await act('deliver', payload)).json(), { state: 'waiting', changed: true })
  const { history } = (await ask('GET', path('A-1'))).json()
  t.equal(history.filter(({ absent }: { absent?: boolean }) => absent).length, 1, 'said once')
})

t.test('a conflict is resolved by a person', async t => {
  const { ask, receive, path, lines } = await openApp(t)
  for (const number of ['A-1', 'A-2']) {
    await receive(number)
    t.match((await receive(number, { amount: '99.00' })).json(), { result: 'conflict' })
    t.match((await ask('GET', path(number))).json(), {
      state: 'held',
      code: 'INVOICE_CONFLICT',
      advice: { operator: /keep A-\d` for these facts, .*take A-\d` for the other ones/ }
    })
  }

  t.match((await ask('POST', `${path('A-1')}/take`)).json(), { state: 'waiting', amount: '99.00' })
  t.match((await ask('POST', `${path('A-2')}/keep`)).json(), { state: 'waiting', amount: '121.00' })
  t.match(lines.slice(-2), [{ msg: 'other facts taken', invoiceNumber: 'A-1' }, { msg: 'facts kept' }])
})

t.test('a word on a conflict is answered with the facts that win, and those that do not', async t => {
  const { ask, receive, path } = await openApp(t)
  const act = async (number: string, action: string) => (await ask('POST', `${path(number)}/${action}`)).json().decided
  const facts = (amount: string, more = {}) => ({
    ...{ from: 'invoices', customer: 'cst_1', amount, currency: 'EUR', issuedAt: '2026-11-20' },
    ...more
  })
  const these = facts('121.00')
  const other = facts('99.00', { customer: 'cst_2' })
  const third = facts('50.00', { currency: 'USD', issuedAt: '2026-11-21' })
  for (const number of ['deliver', 'keep', 'take', 'dismiss']) {
    await receive(number)
    await receive(number, { amount: '99.00', customerId: 'cst_2' })
    await receive(number, { amount: '50.00', currency: 'USD', issuedAt: '2026-11-21' })
    await receive(number, { amount: '99.00', customerId: 'cst_2' })
  }

  t.strictSame(await act('deliver', 'deliver'), { won: these, lost: [other, third] })
  t.equal((await ask('GET', path('deliver'))).json().state, 'waiting', 'these, as the table of states has it')
  t.strictSame(await act('keep', 'keep'), { won: these, lost: [other, third] })
  t.strictSame(await act('take', 'take'), { won: third, lost: [these, other] })
  t.equal(await act('dismiss', 'dismiss'), null, 'nothing is decided')
  t.strictSame(await act('dismiss', 'deliver'), { won: these, lost: [other, third] }, 'until somebody does')
  t.equal(await act('deliver', 'deliver'), null, 'once')

  await receive('take', { amount: '7.00' })
  t.strictSame(await act('take', 'keep'), { won: third, lost: [facts('7.00')] }, 'only what came since')
})

t.test('a tool is asked again only by name and date, and only where it can be', async t => {
  const { ask } = await openApp(t)
  const catchUp = async (payload: object) => ask('POST', '/api/catch-up', { payload })

  const wrong = await catchUp({ since: '2026-02-30', upTo: 'now' })
  t.equal(wrong.statusCode, 422)
  t.strictSame(
    wrong.json().problems.map(({ field }: { field: string }) => field),
    ['tool', 'since', 'upTo']
  )
  t.match(await catchUp({ tool: 'invoices', since: '2026-11-01' }), {
    statusCode: 422,
    payload: /"TOOL_CANNOT_BE_ASKED"/
  })
  const unheardOf = await catchUp({ tool: 'unheard of', since: '2026-11-01' })
  t.match(unheardOf, { statusCode: 422, payload: /"FIELDS_INVALID"/ })
  t.match(unheardOf.json().problems, [{ field: 'tool', message: /^expected one of .*\binvoices\b/ }])
})

t.test('a catch-up that takes long is answered with what it found so far, and never runs twice', async t => {
  const moneybird = await openMoneybird(t, noon)
  moneybird.perPageMax = 1
  const pages = 20
  for (let page = 1; page <= pages; page += 1)
    moneybird.invoices.push(
      entity('open', { id: `${page}`, invoice_id: `${page}`, updated_at: new Date(noon).toISOString() })
    )
  const { ask, clock } = await openApp(t, {
    ALLOW_PRIVATE_ADDRESSES: 'true',
    MONEYBIRD_API_URL: moneybird.url,
    MONEYBIRD_API_TOKEN: moneybird.token,
    MONEYBIRD_ADMINISTRATION_ID: moneybird.administration
  })
  const payload = { tool: 'moneybird', since: '2026-11-01' }
  /** Time goes by until they are answered. */
  const answers = async (...asking: ReturnType<typeof ask>[]) => {
    let waiting = true
    const all = Promise.all(asking).finally(() => {
      waiting = false
    })
    while (waiting) await clock.advance(1000)
    return all
  }
  t.match(await ask('GET', '/api/catch-up/moneybird'), { statusCode: 404, payload: /"NOT_FOUND"/ })

  const post = () => ask('POST', '/api/catch-up', { payload })
  let [told] = await answers(post(), post())
  t.match(told, { statusCode: 202, payload: /"running":true/ })
  while (told?.statusCode === 202) [told] = await answers(ask('GET', '/api/catch-up/moneybird'))

  t.equal(told?.statusCode, 200)
  t.strictSame(told?.json(), { accepted: pages, duplicate: 0, conflict: 0, ignored: 0, unreadable: 0 })
  t.equal(moneybird.requests.length, pages, 'each page was asked for once')
})

t.test('what a tool is asked for since a day begins with that day where the portal is', async t => {
  const moneybird = await openMoneybird(t, noon)
  const { ask } = await openApp(t, {
    ALLOW_PRIVATE_ADDRESSES: 'true',
    MONEYBIRD_API_URL: moneybird.url,
    MONEYBIRD_API_TOKEN: moneybird.token,
    MONEYBIRD_ADMINISTRATION_ID: moneybird.administration
  })

  await ask('POST', '/api/catch-up', { payload: { tool: 'moneybird', since: '2026-11-01' } })

  // The filter leaves out the very second that it names.
  t.match(moneybird.requests, [/updated_after:2026-10-31T22:59:59Z/])
})
