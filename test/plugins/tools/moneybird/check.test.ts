import t from 'tap'
import { check } from '../../../../plugins/tools/moneybird/check.ts'
import type { Webhook } from '../../../fixtures/moneybird-api.ts'
import { entity, oldSecret, openBridge, openLine, webhook } from './parts.ts'

t.test('check proves token, webhook, invoice and PDF', async t => {
  const { connection, moneybird } = await openLine(t, { MONEYBIRD_WEBHOOK_SECRET: oldSecret })
  const { address } = await openBridge(t)
  moneybird.webhooks.push(webhook(address))
  moneybird.invoices.push(entity('open'))

  t.strictSame(await check(address, connection), [
    { ok: true, what: 'API token', found: 'reads the invoices of the administration' },
    { ok: true, what: 'webhook', found: 'registered and switched on; we last answered 200' },
    { ok: true, what: 'invoice', found: '2026-0117 can be read' },
    { ok: true, what: 'PDF', found: 'Moneybird answers with a link to it' }
  ])
})

t.test('check tells what is wrong with the webhook', async t => {
  const { connection, moneybird } = await openLine(t, { MONEYBIRD_WEBHOOK_SECRET: oldSecret })
  const { address } = await openBridge(t)
  const found = async (...webhooks: Webhook[]) => {
    moneybird.webhooks = webhooks
    return (await check(address, connection)).find(({ what }) => what === 'webhook')
  }

  t.match(await found(), { ok: false, found: /none is registered/ })
  t.match(await found(webhook(address, { deactivated_at: '2026-11-19' })), {
    ok: false,
    found: /switched off/
  })
  t.match(await found(webhook(address, { enabled_events: ['contact'] })), {
    ok: false,
    found: /other events/
  })
  t.match(await found(webhook(address, { last_http_status: 401 })), { ok: false, found: /answered 401/ })
  t.match(await found(webhook(address, { last_http_status: null })), {
    ok: true,
    found: /nothing was sent yet/
  })
  t.match(await check(address, connection), [{}, {}, { ok: true, found: 'there is no final one yet' }])
})

t.test('a webhook that nobody believes is one finding, and one without an address is none', async t => {
  const { connection, moneybird } = await openLine(t)
  const { address } = await openBridge(t)
  moneybird.webhooks = [webhook(address, { deactivated_at: '2026-11-19' })]

  const findings = await check(address, connection)
  t.match(findings, [
    {},
    { ok: false, found: /^registered, but MONEYBIRD_WEBHOOK_SECRET is not set: run .*connect moneybird/ },
    {}
  ])
  t.equal(findings.length, 3)
  t.match(await check(null, connection), [{ what: 'API token' }, { what: 'invoice' }])
})

t.test('check tells of a token that may not do all, of an invoice that cannot be read, of no PDF', async t => {
  const { connection, moneybird } = await openLine(t, { MONEYBIRD_WEBHOOK_SECRET: oldSecret })
  const { address } = await openBridge(t)
  moneybird.forbidden.add('settings')
  moneybird.invoices.push(entity('open', { currency: null }))
  t.match(await check(address, connection), [
    { ok: true },
    {
      ok: false,
      what: 'webhook',
      found: /refuses MONEYBIRD_API_TOKEN \(403\): this needs the scope settings; it says: forbidden$/
    },
    { ok: false, what: 'invoice', found: /^currency/ }
  ])

  const withoutPdf: typeof connection.api.ask = async asked =>
    asked.url.endsWith('download_pdf.json') ? { status: 404, headers: {}, json: {} } : connection.api.ask(asked)
  moneybird.invoices = [entity('open')]
  t.match((await check(address, { ...connection, api: { ask: withoutPdf } })).at(-1), {
    ok: false,
    what: 'PDF'
  })

  moneybird.token = 'een ander'
  t.match(await check(address, connection), [
    { ok: false, what: 'API token', found: /refuses MONEYBIRD_API_TOKEN \(401\): it says: unauthorized$/ },
    { ok: false }
  ])
  const bug = async () => {
    throw new TypeError('bug')
  }
  await t.rejects(check(address, { ...connection, api: { ask: bug } }), { name: 'TypeError' })
})
