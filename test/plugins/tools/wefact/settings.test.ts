import t from 'tap'
import { canAsk, settings } from '../../../../plugins/tools/wefact/settings.ts'

const env = { WEFACT_KEY: 'voorbeeldsleutel', WEFACT_API_URL: 'https://host.example/api' }

t.test('a key that was pasted wrong is named, never shown', async t => {
  for (const wrong of ['kort', 'een sleutel met spaties', 'met-een-é-erin']) {
    const { error } = settings.safeParse({ ...env, WEFACT_KEY: wrong })
    t.match(error?.issues, [{ path: ['WEFACT_KEY'] }])
    t.notMatch(error?.message, wrong)
  }
  t.equal(canAsk(settings.parse(env)), true)
})
