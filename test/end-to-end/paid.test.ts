import t, { type Test } from 'tap'
import { samplePdf } from '../../plugins/intake/sample.ts'
import type { WholeInvoice } from '../../src/view/answers.ts'
import { openBridgeHere } from './bridge-here.ts'
import { customerId, openSandbox, quick, type Reached, temporaryFolder, until } from './bridge-process.ts'

const paidAt = '2026-11-23T09:15:00Z'
const paidMs = Temporal.Instant.from(paidAt).epochMilliseconds

const open = async (t: Test, env: Record<string, string> = {}) => {
  const { handle: portal, url } = await openSandbox(t)
  const bridge = await openBridgeHere(t, { ...quick, DATA_DIR: temporaryFolder(t), PORTAL_URL: url, ...env })
  return { portal, bridge }
}

const event = (invoiceNumber: string, more: Record<string, unknown> = {}) => ({
  invoiceNumber,
  customerId,
  issuedAt: '2026-11-20',
  amount: '121.00',
  pdf: samplePdf(invoiceNumber).toString('base64'),
  ...more
})

const reaches = (bridge: Reached, invoiceNumber: string, holds: (invoice: WholeInvoice) => boolean) =>
  until(
    () => bridge.api<WholeInvoice>('GET', `/api/invoices/${invoiceNumber}`),
    holds,
    `${invoiceNumber} does not get there`
  )

const happened = ({ history = [] }: WholeInvoice, event: string): boolean =>
  history.some(entry => entry.event === event)

t.test('paid after delivery: marked once, with its time, however often it is told', async t => {
  const { portal, bridge } = await open(t)
  await bridge.send(event('P-1'))
  await reaches(bridge, 'P-1', ({ state }) => state === 'delivered')
  t.match(portal.invoices, [{ paidAt: null }])

  t.match(await bridge.send(event('P-1', { paidAt })), { body: { result: 'duplicate' } })
  await reaches(bridge, 'P-1', invoice => happened(invoice, 'paid'))
  t.match(await bridge.send(event('P-1', { paidAt: '2026-12-01' })), { body: { result: 'duplicate' } })
  t.match(await bridge.send(event('P-1')), { body: { result: 'duplicate' } })
  await bridge.send(event('P-2'))
  await reaches(bridge, 'P-2', ({ state }) => state === 'delivered')

  t.equal(portal.counts.calls.pay, 1)
  t.match(portal.invoices, [{ invoiceNumber: 'P-1', paidAt: paidMs }, { invoiceNumber: 'P-2' }])
})

t.test('paid before delivery: created as paid, and not marked besides', async t => {
  const { portal, bridge } = await open(t, { REVIEW: 'true' })
  await bridge.send(event('P-3'))
  await reaches(bridge, 'P-3', ({ state }) => state === 'held')

  t.match(await bridge.send(event('P-3', { paidAt })), { body: { result: 'duplicate' } })
  await bridge.api('POST', '/api/invoices/P-3/deliver')
  t.match(await reaches(bridge, 'P-3', ({ state }) => state === 'delivered'), {
    paidAt,
    nextAttemptAt: null
  })

  t.match(portal.invoices, [{ fields: { paidAt: '2026-11-23 10:15:00' }, paidAt: paidMs }])
  t.equal(portal.counts.calls.pay, 0)
})

t.test('a mark whose answer was lost is looked at before it is made again', async t => {
  const { portal, bridge } = await open(t)
  for (const number of ['P-4', 'P-5']) {
    await bridge.send(event(number))
    await reaches(bridge, number, ({ state }) => state === 'delivered')
  }
  portal.fault({ on: { invoiceNumber: 'P-4', call: 'pay' }, fault: 'lost' })
  portal.fault({ on: { invoiceNumber: 'P-5', call: 'pay' }, fault: 'reset-before' })

  for (const number of ['P-4', 'P-5']) {
    await bridge.send(event(number, { paidAt }))
    await reaches(bridge, number, invoice => happened(invoice, 'paid'))
  }

  t.match(portal.invoices, [{ paidAt: paidMs }, { paidAt: paidMs }])
  t.equal(portal.counts.calls.pay, 3, 'once, and twice where nothing had been marked')
})

t.test('paid after delivery, of a customer who was found by the address', async t => {
  const { portal, bridge } = await open(t)
  const { customerId: _, ...fields } = event('P-3')
  const customerEmail = portal.customers.find(({ id }) => id === customerId)?.primaryEmail
  await bridge.send({ ...fields, customerEmail })
  await reaches(bridge, 'P-3', ({ state }) => state === 'delivered')
  t.match(portal.invoices, [{ customerId, paidAt: null }])

  await bridge.send({ ...fields, customerEmail, paidAt })
  await reaches(bridge, 'P-3', invoice => happened(invoice, 'paid'))

  t.match(portal.invoices, [{ paidAt: paidMs }])
})
