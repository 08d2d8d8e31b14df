import t from 'tap'
import { tool } from '../../../plugins/tools/wefact/index.ts'
import { wefactInvoice } from '../../fixtures/wefact-api.ts'
import { asking, wefact } from './parts.ts'

t.test('paid, credited and voided are what their status says', async t => {
  const { ask, world, connection } = await asking(t)
  world.hold('1', 'F-1', { Status: '4', PayDate: '2026-11-18' })
  world.hold('2', 'F-2', { Status: '4' })
  world.hold('3', 'F-3', { Status: '8', AmountIncl: '-12.10' })
  world.hold('4', 'F-4', { Status: '9' })
  world.hold('5', 'F-5', { Status: '3' })

  t.match(await ask(), [
    { stage: 'final', invoice: { invoiceNumber: 'F-5', paidAt: null } },
    { stage: 'final', invoice: { invoiceNumber: 'F-1', paidAt: Date.UTC(2026, 10, 18, 11) } },
    { stage: 'final', invoice: { invoiceNumber: 'F-2', paidAt: Date.UTC(2026, 10, 20, 11) } },
    { stage: 'final', invoice: { invoiceNumber: 'F-3', amountCents: -1210 } },
    { stage: 'voided', invoice: { invoiceNumber: 'F-4' } }
  ])
  t.match(await tool.load!('4', connection), { stage: 'voided' })
})

t.test('a credit invoice without a minus asks nobody for money: a person decides', async t => {
  const { ask, world, connection } = await asking(t)
  world.hold('1', 'F-1', { Status: '8', AmountIncl: '12.10' })
  world.hold('2', 'F-2', { Status: '8', AmountIncl: '0.00' })

  t.match(await ask(), [
    { problem: /^entity: AmountIncl: expected a minus/, sourceId: '1' },
    { invoice: { amountCents: 0 } }
  ])
  await t.rejects(tool.load!('1', connection), { code: 'TOOL_UNREACHABLE', message: /expected a minus/ })
})

t.test('values may be numbers, and a placeholder is no number', async t => {
  const { ask, world, connection } = await asking(t)
  wefact.server.instead = {
    status: 200,
    body: { status: 'success', totalresults: 1, invoices: [wefactInvoice(1, { Identifier: 1, AmountIncl: 181.5 })] }
  }
  t.match((await ask())[0], { invoice: { sourceId: '1', amountCents: 18150 } })
  wefact.server.instead = undefined
  world.hold('2', '[concept]0001')
  t.match(await tool.load!('2', connection), { stage: 'draft' })
})
