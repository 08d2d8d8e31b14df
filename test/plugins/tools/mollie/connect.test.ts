import { createWebhookFromJSON } from 'mollie-api-typescript/models/createwebhook.js'
import t from 'tap'
import { connect } from '../../../../plugins/tools/mollie/connect.ts'
import { webhookEntity } from '../../../fixtures/mollie-api.ts'
import { address, openLine } from './parts.ts'

const elsewhere = 'https://oud.example/webhooks/mollie'
const types = ['sales-invoice.issued', 'sales-invoice.e-invoice-issued', 'sales-invoice.paid', 'sales-invoice.canceled']

t.test('a webhook that is not there is made, and its secret told once', async t => {
  const { connection, mollie } = await openLine(t)

  const made = await connect(address, connection)

  t.match(made, { lines: [`The webhook was registered at ${address}.`], secrets: { MOLLIE_WEBHOOK_SECRET: /^nieuw/ } })
  t.match(mollie.webhooks, [{ url: address, eventTypes: types, status: 'enabled', mode: 'live' }])
  const told = { ...mollie.webhooks[0], webhookSecret: 'x' }
  t.equal(createWebhookFromJSON(JSON.stringify(told)).ok, true, 'the fake answer is what Mollie’s own library takes')
  t.strictSame((await connect(address, connection)).secrets, {}, 'the second time')
  t.equal(mollie.webhooks.length, 1)
})

t.test('one that is wrong is replaced, and nothing is done to one that is right', async t => {
  for (const [what, changes, line] of [
    ['switched off', { status: 'disabled' }, /it was switched off/],
    ['blocked', { status: 'blocked' }, /Mollie had blocked it/],
    ['too few events', { eventTypes: types.slice(1) }, /it did not send all events/],
    ['an old address', { url: elsewhere }, /it led to https:\/\/oud\.example/]
  ] as const) {
    const { connection, mollie } = await openLine(t)
    mollie.webhooks.push(
      webhookEntity('hook_oud', address, changes),
      webhookEntity('hook_2', 'https://winkel.example/')
    )

    const { lines, secrets } = await connect(address, connection)

    t.match(lines, [line, address], what)
    t.match(secrets, { MOLLIE_WEBHOOK_SECRET: /^nieuw/ })
    t.match(mollie.webhooks, [{ id: 'hook_2' }, { url: address, status: 'enabled' }])
    t.equal((await connect(address, connection)).lines.length, 1)
  }
  const { connection, mollie } = await openLine(t)
  mollie.webhooks.push(webhookEntity('hook_1', address, { eventTypes: ['*'] }))
  t.strictSame((await connect(address, connection)).secrets, {}, 'all events')
})

t.test('one whose secret nobody knows is replaced; one that was deleted is none', async t => {
  const { connection, mollie } = await openLine(t)
  const { MOLLIE_WEBHOOK_SECRET: _, ...unset } = connection.settings
  mollie.webhooks.push(webhookEntity('hook_1', address), webhookEntity('hook_2', address, { status: 'deleted' }))

  t.match((await connect(address, { ...connection, settings: unset })).lines, [/nobody knew its secret/, address])
  t.match(mollie.webhooks, [{ id: 'hook_2' }, { status: 'enabled' }])
})

t.test('where several bridges are registered, none of them is taken over', async t => {
  const { connection, mollie } = await openLine(t)
  mollie.webhooks.push(webhookEntity('hook_1', elsewhere), webhookEntity('hook_2', 'https://b.example/webhooks/mollie'))

  t.equal((await connect(address, connection)).lines.length, 1)
  t.equal(mollie.webhooks.length, 3)
})

t.test('in test mode a webhook of test mode is made, and removed', async t => {
  const { connection, mollie } = await openLine(t, { MOLLIE_TEST_MODE: 'true' })
  mollie.webhooks.push(webhookEntity('hook_1', address), webhookEntity('hook_2', elsewhere, { mode: 'test' }))

  await connect(address, connection)
  t.match(mollie.webhooks, [
    { id: 'hook_1', mode: 'live' },
    { url: address, mode: 'test' }
  ])
})

t.test('an API key cannot register, and that is said before anything is asked', async t => {
  const { connection, mollie } = await openLine(t, { MOLLIE_API_KEY: 'live_voorbeeldvoorbeeld' })
  await t.rejects(connect(address, connection), { code: 'CONFIG_INVALID', problems: [{ field: 'MOLLIE_API_KEY' }] })
  t.strictSame(mollie.requests, [])
})

t.test('an address that Mollie would refuse is refused here, where it can be said why', async t => {
  const { connection } = await openLine(t)
  const real = { ...connection, settings: { ...connection.settings, MOLLIE_API_URL: 'https://api.mollie.com' } }
  await t.rejects(connect('http://127.0.0.1:8080/webhooks/mollie', real), {
    code: 'CONFIG_INVALID',
    problems: [{ field: 'PUBLIC_URL' }]
  })
})

t.test('an answer that is none has its code', async t => {
  const { connection } = await openLine(t)
  const answers = (...given: unknown[]) =>
    connect(address, { ...connection, api: { ask: async () => ({ status: 200, headers: {}, json: given.shift() }) } })
  await t.rejects(answers({ _embedded: { webhooks: [{ id: 1 }] } }), { code: 'TOOL_UNREACHABLE' })
  await t.rejects(answers({ _embedded: { webhooks: [] } }, {}), {
    code: 'TOOL_UNREACHABLE',
    message: /without a secret/
  })
})
