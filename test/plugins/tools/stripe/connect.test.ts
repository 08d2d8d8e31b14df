import t from 'tap'
import { tool } from '../../../../plugins/tools/stripe/index.ts'
import { address, openAsking, register, wantedEvents } from '../../../fixtures/stripe.ts'

t.test('a webhook that is not there is made, and its secret told once', async t => {
  const asking = await openAsking(t)

  const made = await tool.connect!(address, asking.connection)

  t.match(made.secrets, { STRIPE_WEBHOOK_SECRET: /^whsec_/ })
  t.match(
    [...asking.stripe.endpoints.values()],
    [{ url: address, enabled_events: wantedEvents, api_version: '2026-07-29.dahlia', status: 'enabled' }]
  )
  t.strictSame((await tool.connect!(address, asking.connection)).secrets, {}, 'the second time')
  t.equal(asking.stripe.endpoints.size, 1)
})

t.test('one that is wrong is mended, and nothing is asked of one that is right', async t => {
  for (const [what, facts, connection] of [
    ['disabled', { status: 'disabled' }, /disabled/],
    ['all events', { enabled_events: ['*'] }, /other events/],
    ['too few events', { enabled_events: ['invoice.paid'] }, /other events/],
    ['an old address', { url: 'https://oud.example/webhooks/stripe' }, /oud.example/]
  ] as const) {
    const asking = await openAsking(t)
    register(asking, facts)
    register(asking, { id: 'we_2', url: 'https://winkel.example/stripe' })

    const { lines, secrets } = await tool.connect!(address, asking.connection)

    t.match(lines, [connection, address], what)
    t.equal(lines.length, 2, 'the secret that is set stays')
    t.strictSame(secrets, {})
    t.match(asking.stripe.endpoints.get('we_1'), {
      url: address,
      status: 'enabled',
      enabled_events: wantedEvents
    })
    t.match(asking.stripe.endpoints.get('we_2'), { url: 'https://winkel.example/stripe' })
    const before = asking.stripe.requests.length
    t.equal((await tool.connect!(address, asking.connection)).lines.length, 1)
    t.equal(asking.stripe.requests.length, before + 1)
  }
})

t.test('where the secret of a webhook stands is said to who has not set it', async t => {
  const asking = await openAsking(t, { STRIPE_WEBHOOK_SECRET: undefined })
  register(asking)

  t.match(await tool.connect!(address, asking.connection), {
    lines: [address, /^Its signing secret is under .*: set it as STRIPE_WEBHOOK_SECRET\.$/],
    secrets: {}
  })
})

t.test('where several bridges are registered, none of them is taken over', async t => {
  const asking = await openAsking(t)
  register(asking, { url: 'https://a.example/webhooks/stripe' })
  register(asking, { id: 'we_2', url: 'https://b.example/webhooks/stripe' })

  t.match(await tool.connect!(address, asking.connection), { secrets: { STRIPE_WEBHOOK_SECRET: /^whsec_/ } })
  t.equal(asking.stripe.endpoints.size, 3)
})

t.test('an answer that is none has its code', async t => {
  const { connection } = await openAsking(t)
  const answers = (given: unknown[]) => {
    const api = {
      ask: async () => ({ status: given[0] === 404 ? 404 : 200, headers: {}, json: given.shift() })
    }
    return tool.connect!(address, { ...connection, api })
  }
  const listed = {
    data: [{ id: 'we_1', url: address, status: 'disabled', enabled_events: [] }],
    has_more: false
  }

  await t.rejects(answers([{ data: [{ id: 'we_1' }], has_more: false }]), { code: 'TOOL_UNREACHABLE' })
  await t.rejects(answers([{ data: [], has_more: false }, {}]), { code: 'TOOL_UNREACHABLE' })
  await t.rejects(answers([listed, 404]), { code: 'TOOL_UNREACHABLE' })
})

t.test('an address that Stripe would refuse is refused here, where it can be said why', async t => {
  const { connection } = await openAsking(t)
  const real = {
    ...connection,
    settings: { ...connection.settings, STRIPE_API_URL: 'https://api.stripe.com' }
  }

  await t.rejects(tool.connect!('http://127.0.0.1:8080/webhooks/stripe', real), {
    code: 'CONFIG_INVALID',
    problems: [{ field: 'PUBLIC_URL' }]
  })
})
