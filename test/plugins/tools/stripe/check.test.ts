import t from 'tap'
import { tool } from '../../../../plugins/tools/stripe/index.ts'
import { type Asking, address, hold, openAsking, register } from '../../../fixtures/stripe.ts'

const checked = async ({ connection }: Asking): Promise<Record<string, string>> => {
  const findings = await tool.check!(address, connection)
  return Object.fromEntries(findings.map(({ what, ok, found }) => [what, `${ok ? 'ok' : 'NOT'}: ${found}`]))
}

t.test('all is well', async t => {
  const asking = await openAsking(t)
  hold(asking, { created: 5 })
  register(asking)

  t.strictSame(await checked(asking), {
    'last invoice': 'ok: KOREN-0042 can be read',
    PDF: 'ok: its address answers',
    'event log': 'ok: can be read',
    customers: 'ok: can be read',
    webhook: 'ok: registered and enabled'
  })
})

t.test('a new account has nothing yet, and that is well too', async t => {
  const asking = await openAsking(t)

  t.match(await checked(asking), {
    'last invoice': 'ok: there is none yet',
    PDF: 'ok: there is none yet',
    webhook: /^NOT: none is registered/
  })
  hold(asking, { status: 'paid' })
  t.match(await checked(asking), { 'last invoice': /^ok: KOREN-0042/ })
})

t.test('what is wrong is told, and the rest is looked at all the same', async t => {
  const asking = await openAsking(t, { STRIPE_WEBHOOK_SECRET: undefined })
  const { stripe } = asking
  hold(asking, { total: 'veel' })
  register(asking, { status: 'disabled', url: 'https://oud.example/webhooks/stripe' })
  stripe.forbidden.add('customers')

  const found = await checked(asking)

  t.match(found, {
    'last invoice': /^NOT: cannot be read: total/,
    PDF: 'ok: not looked at: no invoice could be read',
    customers:
      /^NOT: TOOL_UNAUTHORIZED: \S+ refuses STRIPE_API_KEY \(403\): this needs read rights on Customers; it says: /,
    'event log': /^ok/,
    webhook: /^NOT: it led to https:\/\/oud.example, it was disabled.*: run `factuurbrug connect stripe`/
  })
  hold(asking)
  const expireAfter = async () => ({ status: 404, headers: {}, json: undefined })
  const api = {
    ask: async (asked: Parameters<typeof asking.connection.api.ask>[0]) =>
      asked.url.includes('/pdf/') ? expireAfter() : asking.connection.api.ask(asked)
  }
  const connection = { ...asking.connection, api }
  t.match(await tool.check!(address, connection), [{}, { what: 'PDF', ok: false }])
})

t.test('a webhook that nobody believes is one finding, and one without an address is none', async t => {
  const asking = await openAsking(t, { STRIPE_WEBHOOK_SECRET: undefined })
  register(asking)

  t.match(await checked(asking), { webhook: /^NOT: registered, but STRIPE_WEBHOOK_SECRET is not set: copy/ })
  const whats = (await tool.check!(null, asking.connection)).map(({ what }) => what)
  t.strictSame(whats, ['last invoice', 'PDF', 'event log', 'customers'])
})

t.test('a key that Stripe refuses is told for everything that needs it', async t => {
  const asking = await openAsking(t)
  for (const part of ['invoices', 'events', 'customers', 'webhook_endpoints']) asking.stripe.forbidden.add(part)

  const findings = await tool.check!(address, asking.connection)

  t.strictSame(
    findings.filter(({ found }) => found.startsWith('TOOL_UNAUTHORIZED')).map(({ what }) => what),
    ['last invoice', 'event log', 'customers', 'webhook']
  )
  const odd = { ...asking.connection, api: { ask: async () => ({ status: 200, headers: {}, json: {} }) } }
  t.match(await tool.check!(address, odd), [{ ok: false }, {}, { ok: false }, { ok: false }, { ok: false }])
  const broken = { ask: async () => Promise.reject(new TypeError('a bug')) }
  await t.rejects(tool.check!(address, { ...asking.connection, api: broken }), TypeError)
})
