import t from 'tap'
import { createBudget } from '../../../src/portal/budget.ts'
import { createShowing } from '../../../src/portal/showing.ts'
import { handClock } from './hand-clock.ts'

const open = (perMinute: number) => {
  const clock = handClock()
  const budget = createBudget({ perMinute, clock, takenBefore: 0, keep: async () => ({ end: () => {} }) })
  const asked: string[] = []
  const portal = {
    billsPage: async (page: number) => {
      asked.push(`bills ${page}`)
      return { items: [], more: false }
    },
    linkedInvoice: async (id: string) => {
      asked.push(id)
      return null
    }
  }
  return { clock, budget, asked, ...createShowing(portal, budget) }
}

t.test('each look takes a slot of the budget', async t => {
  const { bills, invoice, asked, budget } = open(100)

  t.strictSame(await bills(2), { items: [], more: false })
  t.equal(await invoice('inv_1'), null)

  t.strictSame(asked, ['bills 2', 'inv_1'])
  t.equal(budget.state().taken, 2)
})

t.test('nobody who looks waits for long: deliveries need the budget more', async t => {
  const { bills, asked, clock } = open(1)
  await bills(1)

  const second = t.rejects(bills(2), { code: 'PORTAL_BUSY' })
  await clock.advance(10_000)

  await second
  t.strictSame(asked, ['bills 1'])
})
