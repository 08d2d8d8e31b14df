import t from 'tap'
import { tool } from '../../../../plugins/tools/stripe/index.ts'
import { env, type Json, secret } from '../../../fixtures/stripe.ts'

t.test('a pasted mistake is named, and never repeated', async t => {
  const messages = (given: Json) => {
    const { error } = tool.settings.safeParse(given)
    return error?.issues.map(({ path, message }) => `${path.join()}: ${message}`) ?? []
  }
  const defaults = { STRIPE_API_URL: 'https://api.stripe.com', STRIPE_TEST_MODE: false }

  t.strictSame(tool.settings.parse({}), defaults)
  t.strictSame(tool.settings.parse({ STRIPE_WEBHOOK_SECRET: ` ${secret} , ${secret}2` }).STRIPE_WEBHOOK_SECRET, [
    secret,
    `${secret}2`
  ])
  t.equal(tool.settings.parse({ STRIPE_API_URL: 'http://localhost:1/' }).STRIPE_API_URL, 'http://localhost:1')
  t.ok(tool.canAsk(tool.settings.parse({ STRIPE_API_KEY: 'rk_live_voorbeeld' })))
  t.notOk(tool.canAsk(tool.settings.parse(env)))
  for (const [name, value] of [
    ['STRIPE_WEBHOOK_SECRET', 'we_voorbeeldvoorbeeld'],
    ['STRIPE_WEBHOOK_SECRET', `${secret},`],
    ['STRIPE_API_KEY', 'pk_live_voorbeeld'],
    ['STRIPE_API_KEY', secret],
    ['STRIPE_API_KEY', 'rk_live voorbeeld'],
    ['STRIPE_API_KEY', 'rk_test_voorbeeld'],
    ['STRIPE_API_URL', 'api.stripe.com'],
    ['STRIPE_TEST_MODE', 'ja']
  ] as const) {
    const found = messages({ [name]: value })
    t.match(found, [new RegExp(`^${name}: expected`)], value)
    t.notOk(found[0]?.includes(value))
  }
  for (const [value, mistake] of [
    ['whsec_anders', /^STRIPE_WEBHOOK_SECRET: is cut off after whsec_/],
    [`${secret},whsec_`, /^STRIPE_WEBHOOK_SECRET: is cut off after whsec_/],
    ['whsec_voorbeeld voorbeeld', /^STRIPE_WEBHOOK_SECRET: holds a space/]
  ] as const) {
    const found = messages({ STRIPE_WEBHOOK_SECRET: value })
    t.match(found, [mistake])
    t.notMatch(found[0], value)
  }
  t.strictSame(messages({ STRIPE_TEST_MODE: 'true', STRIPE_API_KEY: 'sk_test_voorbeeld' }), [])
  t.match(messages({ STRIPE_TEST_MODE: 'true', STRIPE_API_KEY: 'sk_live_voorbeeld' }), [/^STRIPE_API_KEY: /])
})
