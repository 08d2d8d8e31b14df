import t from 'tap'
import { canAsk, settings } from '../../../../plugins/tools/hostfact/settings.ts'

const env = { HOSTFACT_KEY: 'voorbeeldsleutel', HOSTFACT_API_URL: 'https://host.example/api' }

t.test('a key that was pasted wrong is named, never shown', async t => {
  for (const wrong of ['kort', 'een sleutel met spaties', 'met-een-é-erin']) {
    const { error } = settings.safeParse({ ...env, HOSTFACT_KEY: wrong })
    t.match(error?.issues, [{ path: ['HOSTFACT_KEY'] }])
    t.notMatch(error?.message, wrong)
  }
  t.equal(canAsk(settings.parse(env)), true)
})

t.test('HostFact stands at its owner’s: its address has to be set', async t => {
  t.match(settings.safeParse({ HOSTFACT_KEY: 'voorbeeldsleutel' }).error?.issues, [
    { path: ['HOSTFACT_API_URL'], message: /expected the address/ }
  ])
})

t.test('a secret for its hints is long, and there may be several', async t => {
  const parsed = (HOSTFACT_WEBHOOK_SECRET: string) => settings.safeParse({ ...env, HOSTFACT_WEBHOOK_SECRET })
  t.match(parsed(`${'a'.repeat(16)}, ${'b'.repeat(16)}`).data, { HOSTFACT_WEBHOOK_SECRET: [/a{16}/, /b{16}/] })
  for (const wrong of ['kort', `${'a'.repeat(16)} b`, `${'a'.repeat(16)},`])
    t.match(parsed(wrong).error?.issues, [{ path: ['HOSTFACT_WEBHOOK_SECRET'], message: /^expected a secret/ }])
})
