import t from 'tap'
import { tool } from '../../../../plugins/tools/rompslomp/index.ts'
import type { ToolInvoice } from '../../../../src/tools/tool.ts'
import { day } from '../asked-contract.ts'
import { asking } from './parts.ts'

const paidAtOf = (one: unknown) => (one as ToolInvoice).invoice.paidAt

t.test('paid has no date: the day on which it was first seen counts', async t => {
  const { ask, world, connection, pass } = await asking(t)
  world.hold('1', 'P-1', { payment_status: 'paid', open_amount: '0.0' })
  const noon = Date.UTC(2026, 10, 20, 11)

  t.equal(paidAtOf((await ask())[0]), noon)
  pass(day)
  t.equal(paidAtOf(await tool.load!('1', connection)), noon + day)
})

t.test('who paid too much is not asked to pay again, and who paid a part is not done', async t => {
  const { ask, world } = await asking(t)
  world.hold('1', 'P-1', { payment_status: 'overpaid', open_amount: '-10.0' })
  world.hold('2', 'P-2', { payment_status: 'partially_paid', open_amount: '10.0' })

  t.strictSame((await ask()).map(paidAtOf), [Date.UTC(2026, 10, 20, 11), null])
})

t.test('an invoice whose PDF shows another currency is told in that currency, for a person', async t => {
  const { ask, world } = await asking(t)
  world.hold('1', 'F-1', { currency: 'usd' })
  world.hold('2', 'F-2', { currency: null })

  t.match(await ask(), [{ invoice: { currency: 'USD', amountCents: 18150 } }, { invoice: { currency: 'EUR' } }])
})

t.test('a credit invoice is negative, and a portal id in api_reference is the link', async t => {
  const { ask, world } = await asking(t)
  world.hold('1', 'C-1', { price_with_vat: '-12.1', api_reference: 'cst_voorbeeld04' })

  t.match(await ask(), [{ invoice: { amountCents: -1210, customer: { portalId: 'cst_voorbeeld04' } } }])
})

t.test('several e-mail addresses in one field are all of them the customer’s', async t => {
  const { ask, world } = await asking(t)
  const cached_contact = (contact_person_email_address: string | null) => ({
    name: 'Noord',
    contact_person_email_address
  })
  world.hold('1', 'E-1', { cached_contact: cached_contact('a@noord.example; b@noord.example') })
  world.hold('2', 'E-2', { cached_contact: cached_contact('noord') })
  world.hold('3', 'E-3', { cached_contact: cached_contact(null) })

  const emails = (await ask()).map(told => (told as ToolInvoice).invoice.customer.emails)
  t.strictSame(emails, [['a@noord.example', 'b@noord.example'], [], []])
})
