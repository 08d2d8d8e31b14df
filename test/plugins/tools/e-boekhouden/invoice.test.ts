import t from 'tap'
import { parseInvoice } from '../../../../plugins/tools/e-boekhouden/invoice.ts'
import { parseDigits } from '../../../../src/tools/api.ts'
import { asking, held } from './parts.ts'

t.test('a credit invoice is negative; a concept is nobody’s business', async t => {
  const { ask, world } = await asking(t)
  world.hold('1', 'C-1', { totalIncl: -12.1, termOfPayment: null })
  world.hold('2', '')

  t.match(await ask(), [{ invoice: { amountCents: -1210, dueAt: null } }])
})

t.test('an amount is a number of JSON, whose zeros at the end say nothing', async t => {
  const json = JSON.stringify({ ...(await held(t)), totalIncl: 'here' })
  const amountOf = (digits: string) => parseInvoice(parseDigits(json.replace('"here"', digits)))
  for (const digits of ['181.5', '181.50', '181.5000'])
    t.match(amountOf(digits), { invoice: { amountCents: 18150 } }, digits)
  t.match(amountOf('181.5001'), { problem: /^totalIncl: expected/ }, 'and nothing is rounded')
})
