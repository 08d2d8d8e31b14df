import t, { type Test } from 'tap'
import { openMoneybird } from '../../fixtures/moneybird-api.ts'
import { noon } from '../../src/portal/hand-clock.ts'
import { openApp, secret } from '../app.ts'
import { entity } from '../tools/moneybird/parts.ts'

const customer = {
  ...{ id: 'cst_wit', companyName: 'Bakkerij de Wit', primaryEmail: null, address: null, zipCode: null },
  ...{ city: 'Zwolle', countryCode: 'NL', integration: null }
}

const open = async (t: Test) => {
  const moneybird = await openMoneybird(t, noon)
  const bridge = await openApp(t, {
    ALLOW_PRIVATE_ADDRESSES: 'true',
    MONEYBIRD_API_URL: moneybird.url,
    MONEYBIRD_API_TOKEN: moneybird.token,
    MONEYBIRD_ADMINISTRATION_ID: moneybird.administration
  })
  return { ...bridge, moneybird }
}

t.test('each source says what is set by name, never by value, and what was heard last', async t => {
  const { ask, receive, moneybird } = await open(t)
  await receive('A-1')
  const answer = await ask('GET', '/api/tools')
  const known = ['invoices', 'moneybird', 'stripe']
  t.match(
    answer.json().tools.filter(({ name }: { name: string }) => known.includes(name)),
    [
      { name: 'invoices', on: true, canBeAsked: false, lastInvoiceAt: '2026-11-20T12:00:00Z', askedTo: null },
      {
        name: 'moneybird',
        on: true,
        canBeAsked: true,
        missingSecret: 'MONEYBIRD_WEBHOOK_SECRET',
        lastInvoiceAt: null
      },
      { name: 'stripe', on: false, canBeAsked: false }
    ]
  )
  const set = Object.fromEntries(
    answer
      .json()
      .tools.find(({ name }: { name: string }) => name === 'moneybird')
      .settings.map(({ name, isSet }: { name: string; isSet: boolean }) => [name, isSet])
  )
  t.match(set, { MONEYBIRD_API_TOKEN: true, MONEYBIRD_ADMINISTRATION_ID: true, MONEYBIRD_WEBHOOK_SECRET: false })
  t.notMatch(answer.payload, new RegExp(`${moneybird.token}|${secret}`))
})

t.test('one invoice is fetched again by its id, and what the tool does not hold is told', async t => {
  const { ask, path, moneybird } = await open(t)
  moneybird.invoices.push(entity('open', { id: '7', invoice_id: 'M-7', updated_at: new Date(noon).toISOString() }))
  const fetch = (tool: string, id: unknown) => ask('POST', `/api/tools/${tool}/fetch`, { payload: { id } })

  t.match((await fetch('moneybird', '7')).json(), { result: 'accepted', invoiceNumber: 'M-7' })
  t.match((await fetch('moneybird', ' 7 ')).json(), { result: 'duplicate' })
  t.match((await ask('GET', path('M-7'))).json(), { tool: 'moneybird' })
  t.match(await fetch('moneybird', '8'), { statusCode: 404 })
  t.match(await fetch('invoices', '7'), { statusCode: 422, payload: /TOOL_CANNOT_BE_ASKED/ })
  t.match(await fetch('none', '7'), { statusCode: 422, payload: /expected one of/ })
  t.match(await fetch('moneybird', ''), { statusCode: 422 })
})

t.test('a tool is checked, and a token that is refused is a finding', async t => {
  const { ask, moneybird } = await open(t)
  const check = async () => (await ask('POST', '/api/tools/moneybird/check')).json().findings
  t.ok((await check()).length > 0)
  moneybird.forbidden.add('sales_invoices')
  const found = await check()
  t.ok(
    found.some(({ ok }: { ok: boolean }) => !ok),
    JSON.stringify(found)
  )
})

t.test('a test comes by the door of all others, is marked as one, and is refused where nothing is set', async t => {
  const { ask, path, ledger, clock } = await open(t)
  t.match(await ask('POST', '/api/tools/invoices/test'), { statusCode: 404 }, 'no customer is known yet')
  await ledger.holdings.learnCustomer(customer as never, clock.now())
  const { invoiceNumber } = (await ask('POST', '/api/tools/invoices/test')).json()
  t.match(invoiceNumber, /^TEST-\d+$/)
  t.match((await ask('GET', path(invoiceNumber))).json(), { test: true, customer: { portalId: 'cst_wit' } })
  t.match(await ask('POST', '/api/tools/stripe/test'), { statusCode: 503 })
})
