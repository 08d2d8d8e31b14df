import t from 'tap'
import { tool } from '../../../../plugins/tools/stripe/index.ts'
import { env, fixture, readTold } from '../../../fixtures/stripe.ts'

t.test('in test mode its events are taken, like all others', async t => {
  const settings = tool.settings.parse({ ...env, STRIPE_TEST_MODE: 'true' })

  t.equal(readTold(fixture('test-mode'), settings).stage, 'final')
  t.equal(readTold(fixture('finalized'), settings).stage, 'final')
})
