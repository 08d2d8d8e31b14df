import t from 'tap'
import { connect, enabledEvents } from '../../../../plugins/tools/moneybird/connect.ts'
import { madeSecret } from '../../../fixtures/moneybird-api.ts'
import { oldSecret, openBridge, openLine, path, token, webhook } from './parts.ts'

t.test('a webhook is registered, and its secret shown', async t => {
  const { connection, moneybird } = await openLine(t)
  const { address, requests } = await openBridge(t)

  const { secrets, lines } = await connect(address, connection)

  t.strictSame(secrets, { MONEYBIRD_WEBHOOK_SECRET: madeSecret })
  t.match(moneybird.webhooks, [{ url: address, enabled_events: enabledEvents, deactivated_at: null }])
  t.strictSame(requests, [`POST ${path}`], 'Moneybird asked whether anybody is there')
  t.match(lines, [/was registered/])
})

t.test('where nobody answers 200 it is not registered, and the message says what to do', async t => {
  const { connection, moneybird } = await openLine(t)
  const { address } = await openBridge(t, 401)

  await t.rejects(connect(address, connection), {
    code: 'TOOL_UNREACHABLE',
    message: /start the bridge there/
  })
  t.strictSame(moneybird.webhooks, [])
})

t.test('what is registered well stays as it is', async t => {
  const { connection, moneybird } = await openLine(t, { MONEYBIRD_WEBHOOK_SECRET: oldSecret })
  const { address } = await openBridge(t)
  const members = ['open', 'pending_payment', 'reminded', 'late', 'paid', 'uncollectible'].map(
    state => `sales_invoice_state_changed_to_${state}`
  )
  for (const events of [
    enabledEvents,
    ['sales_invoice'],
    [...members, 'sales_invoice_updated', 'sales_invoice_destroyed']
  ]) {
    moneybird.webhooks = [webhook(address.replace('//', '//login:wachtwoord@'), { enabled_events: events })]
    t.match(await connect(address, connection), {
      secrets: {},
      lines: [/is registered/, /cannot be shown again/]
    })
    t.equal(moneybird.webhooks.length, 1)
  }
})

t.test('a webhook that was switched off is switched on', async t => {
  const { connection, moneybird } = await openLine(t, { MONEYBIRD_WEBHOOK_SECRET: token })
  const { address } = await openBridge(t)
  moneybird.webhooks.push(webhook(address, { deactivated_at: '2026-11-19T10:00:00Z' }))

  t.match(await connect(address, connection), { secrets: {}, lines: [/Mended/, /is registered/] })
  t.match(moneybird.webhooks, [{ deactivated_at: null }])
})

t.test('one with other events is replaced, and both secrets hold while it still sends again', async t => {
  const { connection, moneybird } = await openLine(t, { MONEYBIRD_WEBHOOK_SECRET: `${oldSecret},${token}` })
  const { address } = await openBridge(t)
  for (const events of [[], ['contact'], ['sales_invoice_state_changed'], ['sales_invoice_state_changed_to_open']]) {
    moneybird.webhooks = [webhook(address, { enabled_events: events })]
    t.match(await connect(address, connection), {
      secrets: { MONEYBIRD_WEBHOOK_SECRET: `${madeSecret},${oldSecret}` },
      lines: [/was registered/, /was switched off/]
    })
    t.match(moneybird.webhooks, [{ deactivated_at: String }, { deactivated_at: null, url: address }])
  }
})

t.test('one whose secret nobody knows is replaced', async t => {
  const { connection, moneybird } = await openLine(t)
  const { address } = await openBridge(t)
  moneybird.webhooks.push(webhook(address))

  t.match(await connect(address, connection), { secrets: { MONEYBIRD_WEBHOOK_SECRET: madeSecret } })
  t.match(moneybird.webhooks, [{ deactivated_at: String }, { deactivated_at: null }])
})

t.test("one at another address may be another bridge's: it is named and left alone", async t => {
  const { connection, moneybird } = await openLine(t)
  const { address } = await openBridge(t)
  moneybird.webhooks.push(webhook(`https://oud.example${path}`), webhook('https://oud.example/anders'))

  const { lines } = await connect(address, connection)

  t.match(lines, [/was registered/, /https:\/\/oud\.example/])
  t.equal(lines.length, 2)
  t.match(moneybird.webhooks, [{ deactivated_at: null }, {}, { url: address }])
})

t.test('a webhook that disappears meanwhile, or comes without a secret, is not passed over', async t => {
  const { connection } = await openLine(t, { MONEYBIRD_WEBHOOK_SECRET: oldSecret })
  const { address } = await openBridge(t)
  const listed = { status: 200, headers: {}, json: [webhook(address, { deactivated_at: '2026-11-19' })] }
  const ask =
    (then: object) =>
    async ({ method = 'GET' }) =>
      method === 'GET' ? listed : { status: 200, headers: {}, json: {}, ...then }
  const connecting = (settings: object, then: object) =>
    connect(address, {
      ...connection,
      settings: { ...connection.settings, ...settings },
      api: { ask: ask(then) }
    })

  await t.rejects(connecting({}, { status: 404 }), { code: 'TOOL_UNREACHABLE' })
  await t.rejects(connecting({ MONEYBIRD_WEBHOOK_SECRET: undefined }, { status: 201 }), {
    code: 'TOOL_UNREACHABLE',
    message: /without a secret/
  })
  const unreadable = { ask: async () => ({ status: 200, headers: {}, json: [{ id: 7 }] }) }
  await t.rejects(connect(address, { ...connection, api: unreadable }), { code: 'TOOL_UNREACHABLE' })
})

t.test('a refused token is told as such, not as an address that does not answer', async t => {
  const { connection, moneybird } = await openLine(t)
  const { address } = await openBridge(t)
  const forbid = () => moneybird.forbidden.add('settings')
  const api = {
    ask: (asked: Parameters<typeof connection.api.ask>[0]) => connection.api.ask(asked).finally(forbid)
  }

  await t.rejects(connect(address, { ...connection, api }), { code: 'TOOL_UNAUTHORIZED' })
})
