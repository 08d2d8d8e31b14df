// What the tool says of an invoice at the moment of its delivery, against what its event said.

import t, { type Test } from 'tap'
import { BridgeError } from '../../../src/core/errors.ts'
import type { Loan } from '../../../src/core/row.ts'
import type { EventReading, ToolInvoice } from '../../../src/tools/tool.ts'
import { arrivalOf, borrowOne, day, rowOf } from '../ledger/fixtures.ts'
import { noon } from '../portal/hand-clock.ts'
import { customerId, type Opened, openDelivery } from './delivery.ts'

type Says = (loan: Loan) => Partial<Omit<ToolInvoice, 'invoice'>> & { invoice?: Partial<ToolInvoice['invoice']> }

const open = (t: Test, says: Says) =>
  openDelivery(t, {
    watch: delivery => ({
      ...delivery,
      toolClient: {
        ...delivery.toolClient,
        current: async (loan): Promise<ToolInvoice> => {
          const { invoice, ...rest } = says(loan)
          return {
            stage: 'final',
            finalisedAt: null,
            collectsItself: false,
            ...rest,
            invoice: { ...loan.invoice, ...invoice }
          }
        }
      }
    })
  })

const again = async ({ deliver, ledger }: Opened) => deliver(await borrowOne(ledger, noon))

t.test('a link to the PDF that is new with every answer is no news', async t => {
  let links = 0
  const opened = await open(t, () => {
    links += 1
    return { invoice: { pdfUrl: `https://acme.example/42.pdf?s=${links}` } }
  })

  t.match(await opened.deliver(await opened.lend()), { kind: 'created' })
  t.equal(links, 1)
})

t.test('a link that the event did not bring is taken from the answer', async t => {
  const opened = await open(t, () => ({ invoice: { pdfUrl: 'https://acme.example/late.pdf' } }))
  const lent = await opened.lend(arrivalOf({ pdfUrl: null, customer: { portalId: customerId } }))

  t.equal(await opened.deliver(lent), null)
  t.match(await again(opened), { kind: 'created' })
  t.strictSame(opened.fetched, ['https://acme.example/late.pdf'])
})

t.test('what changed since the event is delivered as it is now', async t => {
  const opened = await open(t, () => ({ invoice: { amountCents: 24200, paidAt: noon } }))

  t.equal(await opened.deliver(await opened.lend()), null, 'nothing is sent from older facts')
  t.equal(opened.sandbox.counts.requests, 0)
  t.match(await again(opened), { kind: 'created' })
  t.match(opened.sandbox.invoices, [{ amount: '242.00', paidAt: noon }])
})

t.test('what was cancelled meanwhile is not delivered', async t => {
  const opened = await open(t, () => ({ stage: 'voided' }))

  t.equal(await opened.deliver(await opened.lend()), null)
  t.match(await rowOf(opened.ledger), { state: 'dismissed', code: 'VOIDED_IN_TOOL' })
  t.equal(opened.sandbox.counts.requests, 0)

  await opened.ledger.act('2026-0042', 'deliver', noon)
  t.match(await again(opened), { kind: 'created' }, 'but for a person who knows')
})

t.test('what is a draft again waits', async t => {
  const opened = await open(t, () => ({ stage: 'draft' }))

  t.match(await opened.deliver(await opened.lend()), { kind: 'failed', code: 'TOOL_NOT_FINAL' })
  t.equal(opened.sandbox.counts.requests, 0)
})

t.test('an invoice that is told under another number is for a person', async t => {
  const opened = await open(t, () => ({ invoice: { invoiceNumber: 'X-1' } }))
  const spaced = await open(t, () => ({ invoice: { invoiceNumber: ' 2026-0042 ' } }))

  t.match(await opened.deliver(await opened.lend()), { kind: 'failed', code: 'EVENT_UNREADABLE' })
  t.equal(opened.sandbox.counts.requests, 0)
  t.match(await spaced.deliver(await spaced.lend()), { kind: 'created' })
})

t.test('a tool that cannot be asked now is asked later, and nothing is sent', async t => {
  for (const code of ['TOOL_BUSY', 'TOOL_UNREACHABLE', 'TOOL_UNAUTHORIZED'] as const) {
    const opened = await open(t, () => {
      throw new BridgeError(code, 'why', { retryAfterMs: 7000 })
    })
    t.match(await opened.deliver(await opened.lend()), { kind: 'failed', code, retryAfterMs: 7000 })
    t.equal(opened.sandbox.counts.requests, 0)
  }
})

t.test('an event that could not be read is read again, and its own row has then served', async t => {
  const reading = (kept: EventReading) =>
    openDelivery(t, {
      watch: delivery => ({ ...delivery, toolClient: { ...delivery.toolClient, read: () => kept } })
    })
  const lend = async ({ ledger }: Opened) => {
    const invoiceNumber = 'acme-event-1'
    await ledger.keepUnreadable({ tool: 'acme', invoiceNumber, body: Buffer.from('x'), problem: 'why' }, noon)
    await ledger.act(invoiceNumber, 'deliver', noon)
    return borrowOne(ledger, noon)
  }
  const { invoice } = arrivalOf({ customer: { portalId: customerId } })
  const told: ToolInvoice = { invoice, stage: 'final', finalisedAt: null, collectsItself: false }

  const still = await reading({
    kind: 'unreadable',
    problem: 'total: expected whole minor units',
    sourceId: null
  })
  t.match(await still.deliver(await lend(still)), {
    kind: 'failed',
    code: 'EVENT_UNREADABLE',
    detail: /total/
  })

  const now = await reading({ kind: 'invoices', invoices: [told] })
  t.match(await now.deliver(await lend(now)), { kind: 'dismissed' })
  t.match(await now.ledger.find(invoice.invoiceNumber), { state: 'waiting', tool: 'acme' })

  const old = { ...told, invoice: { ...invoice, issuedAt: '2025-01-31' }, finalisedAt: noon - 600 * day }
  const older = await reading({ kind: 'invoices', invoices: [old] })
  await older.ledger.startTool('acme', noon - day)
  t.match(await older.deliver(await lend(older)), { kind: 'dismissed' })
  t.match(await older.ledger.find(invoice.invoiceNumber), { state: 'waiting', notify: false }, 'asked for, not mailed')

  const draft = await reading({ kind: 'invoices', invoices: [{ ...told, stage: 'draft' }] })
  t.match(await draft.deliver(await lend(draft)), {
    kind: 'failed',
    code: 'EVENT_UNREADABLE',
    detail: 'it can be read now, but is ignored: not final yet'
  })

  const nothing = await reading({ kind: 'ignored', reason: 'test mode' })
  t.match(await nothing.deliver(await lend(nothing)), { kind: 'dismissed' })

  const gone = await reading({ kind: 'gone', sourceId: 'acme-1' })
  const lent = await lend(gone)
  await gone.ledger.receive(arrivalOf(), noon)
  t.match(await gone.deliver(lent), { kind: 'dismissed' })
  t.match(await rowOf(gone.ledger), { state: 'dismissed', code: 'VOIDED_IN_TOOL' })
})
