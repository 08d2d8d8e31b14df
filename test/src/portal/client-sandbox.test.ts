// The client against the portal's strict double: what it believes of a write is compared with what truly stands there.

import { mock } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { buildSandbox, type SandboxOptions } from '../../../plugins/sandbox/sandbox.ts'
import { systemClock } from '../../../src/core/clock.ts'
import type { CreateBody } from '../../../src/core/row.ts'
import { allPages, createPortal } from '../../../src/portal/client.ts'

const customerId = 'cst_bakkerijdevos1'

const open = async (t: Test, options: Partial<SandboxOptions> = {}, timeoutMs = 60_000) => {
  const app = await buildSandbox({
    clock: systemClock,
    token: 'key-123',
    requestsPerMinute: 100_000,
    ...options
  })
  t.teardown(() => app.close())
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  const portal = createPortal({
    url: `${address}/v1`,
    token: 'key-123',
    timeoutMs,
    timeZone: 'Europe/Amsterdam',
    clock: systemClock
  })
  t.teardown(() => portal.close())
  return { sandbox: app.sandbox, portal }
}

const body = (invoiceNumber: string, given: Partial<CreateBody> = {}): CreateBody => ({
  customerId,
  invoiceNumber,
  issuedAt: '2026-11-20',
  amount: '121.00',
  paidAt: null,
  sendNotification: false,
  ...given
})

const pdf = new Blob(['%PDF-1.7\nhello'], { type: 'application/pdf' })

t.test('an invoice is created, read, listed and marked paid', async t => {
  const { portal, sandbox } = await open(t)
  const wanted = {
    customerId,
    invoiceNumber: 'F 2026/0042 é',
    issuedAt: '2026-11-20',
    amountCents: 12_100,
    paidAt: null
  }

  const written = await portal.createInvoice(body('F 2026/0042 é'), pdf)

  t.match(written, { outcome: 'done', value: wanted })
  const id = written.outcome === 'done' ? written.value.id : ''
  t.match(await portal.invoice(id), { id, ...wanted, createdAt: Number })
  t.match(await portal.invoicesPage(1), { items: [{ id }], more: false })
  t.equal(sandbox.pdf(id)?.toString(), '%PDF-1.7\nhello')

  const paidAt = Date.UTC(2026, 10, 21, 11)
  t.match(await portal.markPaid(id, paidAt), { outcome: 'done', value: { id, paidAt } })
  t.match(await portal.invoice(id), { paidAt })
  t.match(await portal.createInvoice(body('2', { paidAt: '2026-07-01 12:00:00' }), pdf), {
    value: { paidAt: Date.UTC(2026, 6, 1, 10) }
  })
})

t.test('customers and bills are read, and a customer is created', async t => {
  const { portal } = await open(t)
  const fields = {
    companyName: 'Anna é',
    address: 'Dam 1',
    zipCode: '1012 JS',
    city: 'Amsterdam',
    primaryEmail: 'anna@voorbeeld.example'
  }

  const written = await portal.createCustomer(fields)

  t.match(written, { outcome: 'done', value: { ...fields, countryCode: 'NL' } })
  const id = written.outcome === 'done' ? written.value.id : ''
  t.match(await portal.customer(id), { id, ...fields })
  t.match(await portal.customer(customerId), { companyName: 'Bakkerij De Vos', integration: null })
  t.equal(await portal.customer('cst_nobody'), null)
  t.equal(await portal.invoice('inv_nothing'), null)
  const bills = await Array.fromAsync(allPages(page => portal.billsPage(page), 100))
  t.ok(bills.length > 0)
  t.ok(bills.every(({ id, totalAmount }) => id.startsWith('fac_') && totalAmount !== null))
})

t.test('a list of many pages is read to its end', async t => {
  const { portal, sandbox } = await open(t)
  for (let number = 1; number <= 45; number++) {
    sandbox.add({ customerId, invoiceNumber: String(number), issuedAt: '2026-11-20', amount: '1.00' })
  }

  const read = await Array.fromAsync(allPages(page => portal.invoicesPage(page), 100))

  t.equal(new Set(read.map(({ id }) => id)).size, 45)
  await t.rejects(Array.fromAsync(allPages(page => portal.invoicesPage(page), 2)), {
    code: 'PORTAL_UNREACHABLE'
  })
})

/** Each fault, whether the invoice stands in the portal after it, and what the client says. */
const faults = [
  ['fail-before', 0, { outcome: 'unknown', answered: false }],
  ['reset-before', 0, { outcome: 'unknown' }],
  ['redirect', 0, { outcome: 'unknown', answered: false }],
  ['401', 0, { outcome: 'not-done', code: 'PORTAL_UNAUTHORIZED' }],
  ['403', 0, { outcome: 'not-done', code: 'PORTAL_UNAUTHORIZED' }],
  ['408', 0, { outcome: 'unknown', answered: false }],
  ['409', 0, { outcome: 'unknown', answered: true }],
  ['404', 0, { outcome: 'not-done', code: 'PORTAL_REJECTED' }],
  ['page-before', 0, { outcome: 'unknown', answered: false }],
  ['422', 0, { outcome: 'not-done', code: 'PORTAL_REJECTED' }],
  ['429', 0, { outcome: 'not-done', code: 'PORTAL_BUSY', retryAfterMs: 7000 }],
  ['503', 0, { outcome: 'unknown', answered: false }],
  ['fail-after', 1, { outcome: 'unknown', answered: false }],
  ['lost', 1, { outcome: 'unknown' }],
  ['unlisted', 1, { outcome: 'unknown' }],
  ['page-after', 1, { outcome: 'unknown', answered: false }],
  ['garbage', 1, { outcome: 'unknown', answered: false }],
  ['garbage-json', 1, { outcome: 'unknown', answered: true }]
] as const

for (const [fault, stands, expected] of faults) {
  t.test(`${fault}: a create that may stand is never called not done`, async t => {
    const { portal, sandbox } = await open(t)
    sandbox.fault({ on: { invoiceNumber: '1' }, fault, ...(fault === '429' ? { ms: 7000 } : {}) })

    const written = await portal.createInvoice(body('1'), pdf)

    t.match(written, expected)
    t.equal(sandbox.invoices.length, stands)
    t.equal(sandbox.counts.calls.create, 1, 'and it is asked once')
    t.match(await portal.createInvoice(body('2'), pdf), { outcome: 'done' }, 'the next one is not hurt by it')
  })
}

t.test('a portal that stores only after the time limit leaves it unknown', async t => {
  const { portal, sandbox } = await open(t, {}, 300)
  sandbox.fault({ on: { call: 'create' }, fault: 'slow', ms: 60_000 })
  mock.timers.enable({ apis: ['setTimeout'] })
  t.teardown(() => mock.timers.reset())

  const written = portal.createInvoice(body('1'), pdf)
  while (sandbox.invoices.length === 0) await setImmediate()
  mock.timers.tick(300)

  t.match(await written, { outcome: 'unknown' })
})

t.test(
  'a number that the portal refuses to hold twice is unknown, a customer it does not know is rejected',
  async t => {
    const { portal } = await open(t, { uniqueNumbers: true })
    await portal.createInvoice(body('1'), pdf)

    t.match(await portal.createInvoice(body('1'), pdf), { outcome: 'unknown', answered: true })
    t.match(await portal.createInvoice(body('2', { customerId: 'cst_nobody' }), pdf), {
      outcome: 'not-done',
      code: 'PORTAL_REJECTED',
      detail: /customerId/
    })
  }
)

t.test('a portal that takes digits for sendNotification is served at the second try', async t => {
  const { portal, sandbox } = await open(t, { notificationForm: 'digits' })

  t.match(await portal.createInvoice(body('1', { sendNotification: true }), pdf), {
    code: 'PORTAL_FORM_CHANGED'
  })
  t.match(await portal.createInvoice(body('1', { sendNotification: true }), pdf), { outcome: 'done' })
  t.match(await portal.createInvoice(body('2'), pdf), { outcome: 'done' })

  t.strictSame(
    sandbox.invoices.map(({ sendNotification }) => sendNotification),
    ['1', '0']
  )
})

t.test('a token that is refused and a budget that is spent are told apart, for reads and writes', async t => {
  const { portal: stranger } = await open(t, { token: 'another' })
  await t.rejects(stranger.invoicesPage(1), { code: 'PORTAL_UNAUTHORIZED' })
  t.match(await stranger.createInvoice(body('1'), pdf), { outcome: 'not-done', code: 'PORTAL_UNAUTHORIZED' })

  const { portal: spent } = await open(t, { requestsPerMinute: 1 })
  await spent.invoicesPage(1)
  await t.rejects(spent.invoicesPage(1), { code: 'PORTAL_BUSY', retryAfterMs: Number })
  t.match(await spent.createInvoice(body('1'), pdf), {
    outcome: 'not-done',
    code: 'PORTAL_BUSY',
    retryAfterMs: Number
  })
})

t.test('however the portal answers, what it tells is read', async t => {
  const { portal, sandbox } = await open(t, { wrapped: true })
  const written = await portal.createInvoice(body('1'), pdf)
  const id = written.outcome === 'done' ? written.value.id : ''
  for (let number = 2; number <= 16; number++)
    sandbox.add({ customerId, invoiceNumber: String(number), issuedAt: '2026-11-20', amount: '1.00' })

  t.match(await portal.invoice(id), { id, invoiceNumber: '1', amountCents: 12_100 })
  t.match(await portal.customer(customerId), { companyName: 'Bakkerij De Vos' })
  t.match(await portal.invoicesPage(1), { items: { length: 15 }, more: true })
  t.match(await portal.invoicesPage(2), { items: { length: 1 }, more: false })
  t.match(await portal.markPaid(id, 0), { outcome: 'done', value: { id } })

  sandbox.wrapped = false
  sandbox.tellsNumbers = false
  t.match(await portal.invoice(id), { id, invoiceNumber: null, amountCents: 12_100 })
  t.match(await portal.invoicesPage(2), { items: [{ id, invoiceNumber: null }] })
})

t.test('the sandbox is learned from, like any portal', async t => {
  const { portal } = await open(t)

  t.match(await portal.learnMissing(), { status: 404 })
  t.equal(await portal.invoice('inv_nothing'), null)
})

t.test('what the portal answers otherwise than it was sent is told as it answers', async t => {
  const { portal, sandbox } = await open(t, { spelling: 'spaced', keepsPaidAt: false })
  t.match(await portal.createInvoice(body('a-1', { paidAt: '2026-07-01 12:00:00' }), pdf), {
    outcome: 'done',
    value: { invoiceNumber: 'a 1', paidAt: null }
  })
  sandbox.fault({ on: { call: 'create' }, fault: 'another-id' })
  t.match(await portal.createInvoice(body('2'), pdf), { value: { id: sandbox.invoices[0]!.id } })
  sandbox.fault({ on: { call: 'create' }, fault: 'refused-after' })
  t.match(await portal.createInvoice(body('3'), pdf), { outcome: 'not-done', code: 'PORTAL_REJECTED' })
  t.equal(sandbox.invoices.length, 3, 'and nothing in the answer says that it stands there')
})
