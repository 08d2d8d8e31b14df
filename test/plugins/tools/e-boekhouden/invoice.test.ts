import t from 'tap'
import { asking } from './parts.ts'

t.test('a credit invoice is negative; a concept is nobody’s business', async t => {
  const { ask, world } = await asking(t)
  world.hold('1', 'C-1', { totalIncl: -12.1, termOfPayment: null })
  world.hold('2', '')

  t.match(await ask(), [{ invoice: { amountCents: -1210, dueAt: null } }])
})
