import t from 'tap'
import { canAsk, settings } from '../../../../plugins/tools/e-boekhouden/settings.ts'
import { open } from './parts.ts'

t.test('a token that was pasted wrong is named, never shown', async t => {
  const { env } = await open(t, { now: () => 0 })
  for (const wrong of ['kort', 'een sleutel met spaties', 'met-een-é-erin']) {
    const { error } = settings.safeParse({ ...env, E_BOEKHOUDEN_TOKEN: wrong })
    t.match(error?.issues, [{ path: ['E_BOEKHOUDEN_TOKEN'] }])
    t.notMatch(error?.message, wrong)
  }
  t.equal(canAsk(settings.parse(env)), true)
})
