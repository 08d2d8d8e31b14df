import t, { type Test } from 'tap'
import { canAsk, missingSecret, settings } from '../../../../plugins/tools/woocommerce/settings.ts'
import { key, secret } from '../../../fixtures/woocommerce-api.ts'

const refuses = (t: Test, env: Record<string, string>, fields: string[], what: string) => {
  const { error } = settings.safeParse(env)
  t.strictSame(
    error?.issues.map(({ path }) => path.join('.')),
    fields,
    what
  )
  t.notOk(
    Object.values(env).some(value => error?.issues.some(({ message }) => message.includes(value))),
    `${what}: no value is repeated`
  )
}

t.test('nothing is needed, and without a secret no webhook is believed', async t => {
  const none = settings.parse({})
  t.equal(missingSecret(none), 'WOOCOMMERCE_WEBHOOK_SECRET')
  t.notOk(canAsk(none))
})

t.test('a shop and both of its keys belong together', async t => {
  const WOOCOMMERCE_URL = 'https://winkel.example/'
  const whole = settings.parse({ WOOCOMMERCE_URL, WOOCOMMERCE_KEY: key, WOOCOMMERCE_SECRET: secret })
  t.equal(whole.WOOCOMMERCE_URL, 'https://winkel.example')
  t.ok(canAsk(whole))
  refuses(t, { WOOCOMMERCE_KEY: key }, ['WOOCOMMERCE_URL', 'WOOCOMMERCE_SECRET'], 'a key alone')
  refuses(t, { WOOCOMMERCE_URL, WOOCOMMERCE_SECRET: secret }, ['WOOCOMMERCE_KEY'], 'a secret alone')
})

t.test('what was pasted wrongly is named at start', async t => {
  const WOOCOMMERCE_URL = 'https://winkel.example'
  const swapped = { WOOCOMMERCE_URL, WOOCOMMERCE_KEY: secret, WOOCOMMERCE_SECRET: key }
  refuses(t, swapped, ['WOOCOMMERCE_KEY', 'WOOCOMMERCE_SECRET'], 'the two for each other')
  refuses(t, { WOOCOMMERCE_WEBHOOK_SECRET: 'too short' }, ['WOOCOMMERCE_WEBHOOK_SECRET'], 'a short secret')
  refuses(t, { WOOCOMMERCE_WEBHOOK_SECRET: ' , ' }, ['WOOCOMMERCE_WEBHOOK_SECRET'], 'nothing but commas')
  refuses(t, { WOOCOMMERCE_URL: 'ftp://winkel.example' }, ['WOOCOMMERCE_URL'], 'ftp')
})
