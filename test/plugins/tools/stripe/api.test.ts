import t from 'tap'
import { tool } from '../../../../plugins/tools/stripe/index.ts'
import { env, hold, openAsking } from '../../../fixtures/stripe.ts'

t.test('what Stripe does not hold is null; whatever else goes wrong has its code', async t => {
  const asking = await openAsking(t)
  const { stripe, connection } = asking
  const load = () => tool.load!('in_voorbeeld0042', connection)

  t.equal(await load(), null)
  stripe.busy = 1
  await t.rejects(load(), { code: 'TOOL_BUSY' })
  stripe.forbidden.add('invoices')
  await t.rejects(load(), { code: 'TOOL_UNAUTHORIZED' })
  stripe.forbidden.clear()
  hold(asking, { total: 'veel' })
  await t.rejects(load(), { code: 'TOOL_UNREACHABLE', message: /total/ })
  await t.rejects(
    tool.load!('in_1', {
      ...connection,
      settings: { ...connection.settings, STRIPE_API_KEY: 'rk_live_anders' }
    }),
    {
      code: 'TOOL_UNAUTHORIZED'
    }
  )
  await t.rejects(tool.load!('in_1', { ...connection, settings: tool.settings.parse(env) }), {
    code: 'TOOL_UNAUTHORIZED'
  })
  const api = { ask: async () => ({ status: 302, headers: {}, json: undefined }) }
  await t.rejects(tool.load!('in_1', { ...connection, api }), { code: 'TOOL_UNREACHABLE' })
})

t.test('an id is one part of the address, whatever stands in it', async t => {
  const { stripe, connection } = await openAsking(t)

  t.equal(await tool.load!('../events?a=b', connection), null)
  t.strictSame(stripe.requests, ['GET /v1/invoices/../events?a=b'])
})

t.test('an invoice is found by its number, whatever signs are in it', async t => {
  const asking = await openAsking(t)
  hold(asking, { number: 'A "1" \\' })
  const idOf = (number: string) => tool.idOf!(number, asking.connection)

  t.equal(await idOf('A "1" \\'), 'in_voorbeeld0042')
  t.equal(await idOf('A'), null)
})
