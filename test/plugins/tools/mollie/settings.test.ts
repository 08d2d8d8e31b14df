import t from 'tap'
import { canAsk, missingSecret, settings, testMode } from '../../../../plugins/tools/mollie/settings.ts'

const problemsOf = (env: Record<string, string>) =>
  settings.safeParse(env).error?.issues.map(({ path, message }) => `${path.join()}: ${message}`) ?? []

t.test('keys and secrets are what Mollie hands out', async t => {
  t.strictSame(problemsOf({}), [])
  t.strictSame(
    problemsOf({ MOLLIE_API_KEY: 'access_voorbeeld', MOLLIE_WEBHOOK_SECRET: `${'a'.repeat(16)}, b-${'b'.repeat(16)}` }),
    []
  )
  t.match(problemsOf({ MOLLIE_API_KEY: 'live_ afgeknipt' }), [/^MOLLIE_API_KEY: expected an access token/])
  for (const secret of ['kort', `${'a'.repeat(16)},`, `${'a'.repeat(16)} b`])
    t.match(problemsOf({ MOLLIE_WEBHOOK_SECRET: secret }), [/^MOLLIE_WEBHOOK_SECRET: expected the secret/], secret)
})

t.test('an API key of one mode is not asked for the other', async t => {
  const isTest = { MOLLIE_TEST_MODE: 'true' }
  t.strictSame(problemsOf({ MOLLIE_API_KEY: 'live_voorbeeld' }), [])
  t.strictSame(problemsOf({ MOLLIE_API_KEY: 'test_voorbeeld', ...isTest }), [])
  t.strictSame(problemsOf({ MOLLIE_API_KEY: 'access_voorbeeld', ...isTest }), [])
  t.match(problemsOf({ MOLLIE_API_KEY: 'test_voorbeeld' }), [/needs MOLLIE_TEST_MODE=true/])
  t.match(problemsOf({ MOLLIE_API_KEY: 'live_voorbeeld', ...isTest }), [/expected a key of test mode/])
})

t.test('what is missing is named', async t => {
  t.equal(missingSecret(settings.parse({})), 'MOLLIE_WEBHOOK_SECRET')
  t.equal(canAsk(settings.parse({})), false)
  t.equal(canAsk(settings.parse({ MOLLIE_API_KEY: 'live_voorbeeld' })), true)
  t.equal(testMode(settings.parse({})), null)
  t.equal(testMode(settings.parse({ MOLLIE_TEST_MODE: 'true' })), 'MOLLIE_TEST_MODE')
})
