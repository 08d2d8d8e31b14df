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
