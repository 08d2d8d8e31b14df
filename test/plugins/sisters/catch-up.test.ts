import t from 'tap'
import { asking, wefact } from './parts.ts'

t.test('each status is asked for by itself, from hours before: its times have no zone', async t => {
  const { ask } = await asking(t)
  t.strictSame(await ask(), [])

  t.strictSame(
    wefact.forms.map(({ status }) => status),
    ['2', '3', '4', '8', '9']
  )
  for (const form of wefact.forms)
    t.match(form, { 'modified[from]': '2026-11-20 08:00:00', 'modified[to]': '2026-11-21 12:00:00', sort: 'Modified' })
})

const second = (at: number) =>
  new Date(Date.UTC(2026, 10, 20, 9) + at * 1000).toISOString().slice(0, 19).replace('T', ' ')

t.test('invoices that leave the list while it is read hide none that follow', async t => {
  const { ask, world } = await asking(t)
  for (let id = 1; id <= 600; id += 1) world.hold(String(id), `F-${id}`, { Modified: second(id) })
  // A bank statement is read in: the first sixty are paid. One more is sent again.
  let lists = 0
  wefact.beforeList = () => {
    lists += 1
    if (lists !== 2) return
    for (const paid of wefact.invoices.slice(0, 60)) Object.assign(paid, { Status: '4', Modified: second(5000) })
    Object.assign(wefact.invoices[100]!, { Modified: second(5001) })
  }

  t.equal(new Set((await ask()).map(told => 'invoice' in told && told.invoice.invoiceNumber)).size, 600)
})

t.test('more invoices of one second than fit on a page are told all the same', async t => {
  const { ask, world } = await asking(t)
  for (let id = 1; id <= 600; id += 1) world.hold(String(id), `F-${id}`, { Modified: second(id < 100 ? 1 : 2) })

  t.equal(new Set((await ask()).map(told => 'invoice' in told && told.invoice.invoiceNumber)).size, 600)
})

t.test('a list in another order than was asked for is read to its end', async t => {
  const { ask, world } = await asking(t)
  wefact.sorts = false
  for (let id = 1; id <= 600; id += 1) world.hold(String(id), `F-${id}`, { Modified: second((id * 7) % 600) })

  t.equal(new Set((await ask()).map(told => 'invoice' in told && told.invoice.invoiceNumber)).size, 600)
})

t.test('the day of a payment that a list leaves out is asked for, once for each change', async t => {
  const { ask, world } = await asking(t)
  wefact.listsPayDates = false
  world.hold('1', 'F-1', { Status: '4', PayDate: '2026-11-18' })
  world.hold('2', 'F-2', { Status: '4', PayDate: '' })
  world.hold('3', 'F-3')
  const paidAt = async () => {
    const invoices = (await ask()).flatMap(told => ('invoice' in told ? [told.invoice] : []))
    return Object.fromEntries(invoices.map(({ invoiceNumber, paidAt }) => [invoiceNumber, paidAt]))
  }
  const noon = (date: number) => Date.UTC(2026, 10, date, 11)

  const told = { 'F-1': noon(18), 'F-2': noon(20), 'F-3': null }
  t.strictSame(await paidAt(), told)
  t.strictSame(await paidAt(), told)
  const shown = () => wefact.forms.filter(({ action }) => action === 'show').map(form => form.Identifier)
  t.strictSame(shown(), ['1', '2'])

  Object.assign(wefact.invoices[1]!, { PayDate: '2026-11-19', Modified: '2026-11-20 11:55:00' })
  t.match(await paidAt(), { 'F-2': noon(19) })
  t.strictSame(shown(), ['1', '2', '2'])
})

t.test('an invoice without an id is not asked for by it: it is held, and those behind it are told', async t => {
  const { ask, world } = await asking(t)
  wefact.listsPayDates = false
  world.hold('1', 'F-1', { Status: '4', Identifier: undefined })
  world.hold('2', 'F-2', { Status: '4', PayDate: '2026-11-18' })

  t.match(await ask(), [{ problem: /^entity: Identifier: / }, { invoice: { invoiceNumber: 'F-2' } }])
  const shown = wefact.forms.filter(({ action }) => action === 'show')
  t.match(shown, [{ Identifier: '2' }])
})
