import t from 'tap'
import { systemClock } from '../../../src/core/clock.ts'
import { factuurbrug } from '../../command-line.ts'
import { madeSecret, openMoneybird } from '../../fixtures/moneybird-api.ts'
import { openStripe } from '../../fixtures/stripe-api.ts'
import { serve } from '../../server.ts'

const now = () => systemClock.now()

t.test('stripe: the webhook is registered once, and its secret is shown as the line that sets it', async t => {
  const stripe = await openStripe(t, { now })
  const env = {
    STRIPE_API_KEY: stripe.key,
    STRIPE_API_URL: stripe.origin,
    ALLOW_PRIVATE_ADDRESSES: 'true',
    PUBLIC_URL: 'https://brug.example/'
  }

  t.match(await factuurbrug(['connect', 'stripe'], { env }), {
    code: 0,
    stderr: '',
    stdout:
      /registered at https:\/\/brug\.example\/webhooks\/stripe\.\n.*shown once.*\nSet in \.env:\n {2}STRIPE_WEBHOOK_SECRET=whsec_\w+\nor on Fly:\n {2}fly secrets set --app my-bridge STRIPE_WEBHOOK_SECRET=whsec_\w+\n$/
  })
  const again = await factuurbrug(['connect', 'stripe'], { env })
  t.match(again, { code: 0, stdout: /is registered at https:\/\/brug\.example\/webhooks\/stripe\./ })
  t.notMatch(again.stdout, /fly secrets|whsec_/)
  t.match([...stripe.endpoints.values()], [{ url: 'https://brug.example/webhooks/stripe', status: 'enabled' }])
  t.equal(stripe.endpoints.size, 1)
})

t.test('stripe: a webhook that was disabled, or leads to a bridge of before, is mended', async t => {
  const stripe = await openStripe(t, { now })
  stripe.endpoints.set('we_1', {
    id: 'we_1',
    created: 1,
    url: 'https://old.example/webhooks/stripe',
    status: 'disabled',
    enabled_events: ['*']
  })
  const env = {
    STRIPE_API_KEY: stripe.key,
    STRIPE_API_URL: stripe.origin,
    ALLOW_PRIVATE_ADDRESSES: 'true',
    FLY_APP_NAME: 'mijn-brug'
  }

  t.match(await factuurbrug(['connect', 'stripe'], { env }), {
    code: 0,
    stdout: /^Mended: it led to https:\/\/old\.example\.\nMended: it was disabled\.\nMended: .*events/
  })
  t.match(stripe.endpoints.get('we_1'), {
    url: 'https://mijn-brug.fly.dev/webhooks/stripe',
    status: 'enabled'
  })
  t.equal(stripe.endpoints.size, 1)
})

t.test('an address that was given for once is to be set, or check looks for another one', async t => {
  const stripe = await openStripe(t, { now })
  const env = {
    STRIPE_API_KEY: stripe.key,
    STRIPE_API_URL: stripe.origin,
    STRIPE_WEBHOOK_SECRET: 'whsec_voorbeeldvoorbeeldvoorbeeld',
    ALLOW_PRIVATE_ADDRESSES: 'true'
  }
  const connect = async (more: Record<string, string>, ...options: string[]) =>
    (await factuurbrug(['connect', 'stripe', ...options], { env: { ...env, ...more } })).stdout
  const given = ['--public-url', 'https://brug.example/']

  await connect({}, ...given)
  t.match(
    await connect({ PUBLIC_URL: 'https://oud.example' }, ...given),
    /Set in \.env:\n {2}PUBLIC_URL=https:\/\/brug\.example\nor on Fly:\n {2}fly secrets set --app my-bridge PUBLIC_URL=https:\/\/brug\.example\n$/
  )
  t.match(
    await connect({ FLY_APP_NAME: 'mijn-brug' }, ...given),
    /computer:\n {2}fly secrets set --app mijn-brug PUBLIC_URL=https:\/\/brug\.example\n$/
  )
  t.notMatch(await connect({ PUBLIC_URL: 'https://brug.example' }, ...given), /PUBLIC_URL=/)
})

t.test('moneybird: the webhook is registered at an address that answers, and its secret is shown', async t => {
  const moneybird = await openMoneybird(t, now())
  const bridge = await serve(t, (_request, response) => response.end('{}'))
  const env = {
    MONEYBIRD_API_URL: moneybird.url,
    MONEYBIRD_API_TOKEN: moneybird.token,
    MONEYBIRD_ADMINISTRATION_ID: moneybird.administration,
    ALLOW_PRIVATE_ADDRESSES: 'true'
  }
  const connect = (publicUrl: string, more = {}) =>
    factuurbrug(['connect', 'moneybird', '--public-url', publicUrl], { env: { ...env, ...more } })

  t.match(await connect('http://localhost:1'), {
    code: 1,
    stdout: '',
    stderr: /^TOOL_UNREACHABLE: .*start the bridge there/
  })
  t.match(await connect(bridge.origin), {
    code: 0,
    stderr: '',
    stdout: new RegExp(
      `fly secrets set --app my-bridge PUBLIC_URL=${bridge.origin} MONEYBIRD_WEBHOOK_SECRET=${madeSecret}\n`
    )
  })
  const again = await connect(bridge.origin, { MONEYBIRD_WEBHOOK_SECRET: madeSecret })
  t.match(again, { code: 0, stdout: /is registered at/ })
  t.notMatch(again.stdout, madeSecret)
  t.match(moneybird.webhooks, [{ url: `${bridge.origin}/webhooks/moneybird`, deactivated_at: null }])
  t.equal(moneybird.webhooks.length, 1)
})

t.test('what keeps a tool from being connected is said', async t => {
  const stripe = await openStripe(t, { now })
  const env = {
    STRIPE_API_KEY: 'rk_live_ingetrokken',
    STRIPE_API_URL: stripe.origin,
    PUBLIC_URL: 'https://brug.example'
  }
  const allowed = { ...env, ALLOW_PRIVATE_ADDRESSES: 'true' }

  const [none, nowhere, nobody, half, unset, wrong, refused, inside] = await Promise.all([
    factuurbrug(['connect'], { env }),
    factuurbrug(['connect', 'stripe']),
    factuurbrug(['connect', 'acme'], { env }),
    factuurbrug(['connect', 'invoices'], { env }),
    factuurbrug(['connect', 'stripe'], { env: { PUBLIC_URL: 'https://brug.example' } }),
    factuurbrug(['connect', 'stripe'], { env: { ...env, STRIPE_API_KEY: 'pk_live_voorbeeld' } }),
    factuurbrug(['connect', 'stripe'], { env: allowed }),
    factuurbrug(['connect', 'stripe'], { env })
  ])

  t.match(none, { code: 2, stderr: /^Usage: factuurbrug connect <tool>/ })
  t.match(nowhere, { code: 2, stderr: /PUBLIC_URL, or give --public-url/ })
  t.match(nobody, { code: 2, stderr: /^There is no tool acme: .*\bmoneybird, .*\bstripe\b/ })
  t.match(half, { code: 2, stderr: /^invoices has no API/ })
  t.match(unset, { code: 1, stderr: /^Set the API token of stripe first\./ })
  t.match(wrong, { code: 1, stderr: /STRIPE_API_KEY: expected/ })
  t.notMatch(wrong.stderr, 'pk_live_voorbeeld')
  t.match(refused, { code: 1, stdout: '', stderr: /^TOOL_UNAUTHORIZED/ })
  t.match(
    inside,
    { code: 1, stdout: '', stderr: /^TOOL_UNREACHABLE: .* ALLOW_PRIVATE_ADDRESSES=true/ },
    'an address in the house is not asked'
  )
})
