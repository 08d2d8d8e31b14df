// Whether the portal holds one: what its list says, what it says when asked for the id, and what may be one under
// another spelling of its number.

import type { PortalInvoice } from '../../../../src/core/portal-entry.ts'
import type { Ledger } from '../../../../src/ledger/ledger.ts'
import {
  arrivalOf,
  bodyOf,
  borrowOne,
  bring,
  delivered,
  doubt,
  holdingOf,
  noon,
  type Promised,
  stateOf
} from '../fixtures.ts'

const body = bodyOf({ invoice: arrivalOf().invoice, notify: true })

/** Listed by a read of its own. */
const list = async ({ holdings }: Ledger, ...entries: PortalInvoice[]) => {
  const { read } = await holdings.beginRead()
  await holdings.learn(entries, read, noon)
}

const stranger = holdingOf('inv_1', { invoiceNumber: '20260042' })

export function presenceContract(promised: Promised): void {
  promised('the copy knows which ids it has', async (t, { holdings }) => {
    await holdings.learn([holdingOf('inv_1')], null, noon)

    t.strictSame([await holdings.has('inv_1'), await holdings.has('inv_2')], [true, false])
  })

  promised('not there when asked for, it counts once a later read has listed it', async (t, ledger) => {
    const { holdings } = ledger
    const early = await holdings.beginRead()
    await holdings.learn([holdingOf('inv_1')], early.read, noon)

    t.equal(await holdings.unfound('inv_1'), null)
    t.equal(await holdings.unfound('inv_1'), null, 'asking once more proves nothing')
    await holdings.learn([holdingOf('inv_1', { amountCents: 5 })], early.read, noon)
    t.equal(await holdings.unfound('inv_1'), null, 'nor does a page that may have been read before')

    await list(ledger, holdingOf('inv_1', { amountCents: 7 }))
    t.match(await holdings.unfound('inv_1'), { id: 'inv_1', amountCents: 7 })
    t.equal(await holdings.unfound('inv_unknown'), null)
  })

  promised('a read that began after it was first asked for counts, however often it is asked', async (t, ledger) => {
    const { holdings } = ledger
    await list(ledger, holdingOf('inv_1'))
    await holdings.unfound('inv_1')

    const { read } = await holdings.beginRead()
    await holdings.unfound('inv_1')
    await holdings.learn([holdingOf('inv_1')], read, noon)

    t.match(await holdings.unfound('inv_1'), { id: 'inv_1' })
  })

  promised('there after all when asked for, nothing is contested any more', async (t, ledger) => {
    const { holdings } = ledger
    await list(ledger, holdingOf('inv_1'))
    await holdings.unfound('inv_1')

    await holdings.learn([holdingOf('inv_1')], null, noon)

    t.equal(await holdings.unfoundSince(), undefined)
    t.equal(await holdings.unfound('inv_1'), null, 'and it begins anew')
  })

  promised('what waits for a read to tell says how far back that has to reach', async (t, ledger) => {
    const { holdings } = ledger
    await list(ledger, ...[3, 1, 2].map(n => holdingOf(`inv_${n}`, { createdAt: noon + n })))
    t.equal(await holdings.unfoundSince(), undefined)
    for (const n of [2, 1]) await holdings.unfound(`inv_${n}`)
    t.equal(await holdings.unfoundSince(), noon + 1)

    await list(ledger, holdingOf('inv_1', { createdAt: noon + 1 }))
    t.equal(await holdings.unfoundSince(), noon + 2, 'what was listed since waits no more')
    await holdings.lose('inv_2', noon)
    t.equal(await holdings.unfoundSince(), undefined, 'nor what is gone')

    await holdings.learn([holdingOf('inv_9', { createdAt: null })], null, noon)
    for (const n of [3, 9]) await holdings.unfound(`inv_${n}`)
    t.equal(await holdings.unfoundSince(), null, 'created nobody knows when: everything is to be read')
  })

  promised('with the same customer, amount and date it may be what was sent', async (t, { holdings }) => {
    await holdings.learn([stranger], null, noon)

    t.strictSame(await holdings.strangers(body, 0), [stranger])
  })

  promised('without a number it may be, too', async (t, { holdings }) => {
    await holdings.learn([holdingOf('inv_1', { invoiceNumber: null })], null, noon)

    t.match(await holdings.strangers(body, 0), [{ id: 'inv_1' }])
  })

  for (const [what, facts] of [
    ['customer', { customerId: 'cst_2' }],
    ['amount', { amountCents: 12101 }],
    ['date', { issuedAt: '2026-11-21' }]
  ] as const) {
    promised(`of another ${what} it is not what was sent`, async (t, { holdings }) => {
      await holdings.learn([{ ...stranger, ...facts }], null, noon)

      t.strictSame(await holdings.strangers(body, 0), [])
    })
  }

  for (const [what, facts] of [
    ['date cannot be read', { issuedAt: '20-11-2026' }],
    ['date is not told', { issuedAt: null }],
    ['amount cannot be read', { amountCents: null }],
    ['customer is not told', { customerId: null }],
    ['facts are not told', { customerId: null, amountCents: null, issuedAt: null }]
  ] as const) {
    promised(`where its ${what} it may be what was sent`, async (t, { holdings }) => {
      await holdings.learn([{ ...stranger, ...facts }], null, noon)

      t.match(await holdings.strangers(body, 0), [{ id: stranger.id }])
      t.strictSame(await holdings.strangers({ ...body, issuedAt: '2026-11-21', amount: '9.99', customerId: 'x' }, 0), [
        ...(facts.customerId === null && facts.amountCents === null ? [{ ...stranger, ...facts }] : [])
      ])
    })
  }

  promised('what the copy had been told of before was not sent since', async (t, { holdings }) => {
    await holdings.learn([stranger], null, noon)
    const { ordinal } = await holdings.beginRead()
    await holdings.learn([stranger], 5, noon)

    t.strictSame(await holdings.strangers(body, ordinal), [])
  })

  promised('what another row was delivered as, or has the number of, is nobody else’s', async (t, ledger) => {
    const { holdings } = ledger
    await bring(ledger, 'delivered', arrivalOf({ invoiceNumber: 'A', sourceId: 'A' }))
    await ledger.receive(arrivalOf({ invoiceNumber: 'B', sourceId: 'B' }), noon)
    await holdings.learn(
      [holdingOf('inv_A', { invoiceNumber: 'cut' }), holdingOf('inv_B', { invoiceNumber: 'b ' })],
      null,
      noon
    )

    t.strictSame(await holdings.strangers(body, 0), [])
  })

  promised('under the number of one that stands there as another it may be, too: cut to it', async (t, ledger) => {
    const { holdings } = ledger
    await bring(ledger, 'delivered', arrivalOf({ invoiceNumber: 'A', sourceId: 'A' }))
    await holdings.learn([holdingOf('inv_cut', { invoiceNumber: 'A' })], null, noon)

    t.match(await holdings.strangers({ ...body, invoiceNumber: 'AB' }, 0), [{ id: 'inv_cut' }])
  })

  promised('under its own number and an id that another row had, it may be: ids are used again', async (t, ledger) => {
    const { holdings } = ledger
    await bring(ledger, 'delivered', arrivalOf({ invoiceNumber: 'A', sourceId: 'A' }))
    const { ordinal } = await holdings.beginRead()
    await holdings.learn([holdingOf('inv_A', { invoiceNumber: 'B' })], null, noon)

    t.match(await holdings.strangers({ ...body, invoiceNumber: 'b' }, ordinal), [{ id: 'inv_A' }])
    t.strictSame(await holdings.strangers({ ...body, invoiceNumber: 'a' }, ordinal), [])
  })

  promised('what was delivered lately is told from what was delivered before', async (t, ledger) => {
    await bring(ledger, 'delivered')

    t.strictSame(await ledger.holdings.deliveredSince(['inv_2026-0042', 'inv_2'], noon), ['inv_2026-0042'])
    t.strictSame(await ledger.holdings.deliveredSince(['inv_2026-0042', 'inv_2'], noon + 1), [])
  })

  promised('of two equal invoices of one day, the other one is no stranger', async (t, ledger) => {
    const [one, two] = ['A', 'B'].map(invoiceNumber => arrivalOf({ invoiceNumber, sourceId: invoiceNumber }))
    for (const arrival of [one!, two!]) await ledger.receive(arrival, noon)
    const [lost, answered] = await ledger.borrow(2, noon, noon + 60_000)
    for (const loan of [lost!, answered!]) await ledger.sending(loan, bodyOf(loan), noon)
    await ledger.record(answered!, delivered('inv_B', 'B'), noon)
    await ledger.record(lost!, doubt, noon)

    const [found] = await ledger.doubts(noon, 1)

    t.strictSame(await ledger.holdings.strangers(found!.sent, found!.sentAfter), [])
    t.strictSame(await stateOf(ledger, 'B'), ['delivered', null])
  })

  promised('each create that is let go is counted, and nothing else is', async (t, ledger) => {
    const { holdings } = ledger
    const loan = await bring(ledger, 'sending')
    await ledger.sending(loan, bodyOf(loan), noon)
    t.match(await holdings.memory(), { sent: 1 })

    await ledger.receive(arrivalOf({ invoiceNumber: 'B', sourceId: 'B' }), noon)
    const second = await borrowOne(ledger, noon)
    await holdings.learn([holdingOf('inv_B', { invoiceNumber: 'B' })], null, noon)
    t.equal(await ledger.sending(second, bodyOf(second), noon), 'known')
    t.match(await holdings.memory(), { sent: 1 })
  })
}
