// The portal's answer to a create: what it tells is compared with what was sent, before it is believed.

import type { PortalInvoice } from '../../../../src/core/portal-entry.ts'
import type { Decision, Doubt } from '../../../../src/core/row.ts'
import type { Ledger } from '../../../../src/ledger/ledger.ts'
import {
  arrivalOf,
  bodyOf,
  borrowOne,
  bring,
  delivered,
  holdingOf,
  minute,
  noon,
  type Promised,
  rowOf,
  stateOf
} from '../fixtures.ts'

/** Sent, and answered so. */
const answer = async (ledger: Ledger, facts: Partial<PortalInvoice>, id = 'inv_1') => {
  const loan = await bring(ledger, 'sending')
  const holding = holdingOf(id, facts)
  const kept = await ledger.record(loan, { to: 'delivered', holding, how: 'created', code: null }, noon)
  return { loan, kept }
}

/** Another invoice, which stands in the portal. */
const another = (ledger: Ledger) => bring(ledger, 'delivered', arrivalOf({ invoiceNumber: 'A', sourceId: 'A' }))

export function answersContract(promised: Promised): void {
  promised("an answer with another invoice's id is none: both stay what they are", async (t, ledger) => {
    await another(ledger)
    const before = await rowOf(ledger, 'A')

    const { loan, kept } = await answer(ledger, {}, 'inv_A')

    t.match(kept, { to: 'doubt' }, 'its loan has ended, and it is told how')
    t.match(await ledger.doubts(noon, 9), [{ id: loan.id }])
    t.match((await rowOf(ledger)).history.at(-1), { event: 'answer unknown', detail: /inv_A/ })
    t.strictSame(await rowOf(ledger, 'A'), before)
  })

  promised('an answer with an id that stood there before it was sent is none', async (t, ledger) => {
    const { holdings } = ledger
    await holdings.learn([holdingOf('inv_hand', { invoiceNumber: 'HAND-1' })], null, noon)

    const { loan, kept } = await answer(ledger, {}, 'inv_hand')

    t.match(kept, {
      to: 'doubt',
      detail: 'the portal answered with inv_hand, which was there before it was sent'
    })
    t.match(await ledger.doubts(noon, 9), [{ id: loan.id }])
  })

  promised('an answer with the id of an invoice that is gone is none, until that is there again', async (t, ledger) => {
    const { holdings } = ledger
    await holdings.learn([holdingOf('inv_gone', { customerId: 'cst_2' })], null, noon)
    await holdings.lose('inv_gone', noon)

    const { kept } = await answer(ledger, {}, 'inv_gone')

    t.match(kept, { to: 'doubt', detail: /inv_gone, which was there before/ })
    t.strictSame(await holdings.byNumber('2026-0042'), [], 'nor is it there again')
    await holdings.learn([holdingOf('inv_gone')], 1, noon)
    const adopted: Decision = { to: 'delivered', holding: holdingOf('inv_gone'), how: 'adopted', code: null }
    const [inDoubt] = await ledger.doubts(noon, 9)
    await ledger.settle(inDoubt as Doubt, adopted, noon)
    t.match(await rowOf(ledger), { state: 'delivered', portalId: 'inv_gone' }, 'a portal may use an id again')
    await holdings.lose('inv_gone', noon)
    t.strictSame(await stateOf(ledger), ['delivered', 'DELETED_IN_PORTAL'], 'and it may go again')
  })

  promised('an answer with an id that came and went after it was sent is one', async (t, ledger) => {
    const loan = await bring(ledger, 'sending')
    await ledger.holdings.learn([holdingOf('inv_1')], 1, noon)
    await ledger.holdings.lose('inv_1', noon)

    t.match(await ledger.record(loan, delivered(), noon), { to: 'delivered' })
  })

  promised('an answer that a reading has told first is one', async (t, ledger) => {
    const loan = await bring(ledger, 'sending')
    await ledger.holdings.learn([holdingOf('inv_1')], 1, noon)

    t.match(await ledger.record(loan, delivered(), noon), { to: 'delivered' })
  })

  for (const [what, facts, code] of [
    ['another amount', { amountCents: 1210000 }, 'INVOICE_CONFLICT'],
    ['another customer', { customerId: 'cst_2' }, 'INVOICE_CONFLICT'],
    ['another spelling of its number', { invoiceNumber: '2026 0042' }, null],
    ['nothing else', {}, null]
  ] as const)
    promised(`what the first reading shows of it is compared with what was sent: ${what}`, async (t, ledger) => {
      await answer(ledger, {})
      const { read } = await ledger.holdings.beginRead()

      await ledger.holdings.learn([holdingOf('inv_1', facts)], read, noon)

      t.match(await rowOf(ledger), { state: 'delivered', code })
    })

  promised('what somebody changes there later is their own matter', async (t, ledger) => {
    await answer(ledger, {})
    for (const amountCents of [12100, 1]) {
      const { read } = await ledger.holdings.beginRead()
      await ledger.holdings.learn([holdingOf('inv_1', { amountCents })], read, noon)
    }

    t.match(await rowOf(ledger), { state: 'delivered', code: null })
  })

  promised("another invoice's entry is never adopted, and not tried again at once", async (t, ledger) => {
    await another(ledger)
    await bring(ledger, 'lent')
    const [, loan] = await ledger.borrow(9, noon + minute, noon + 2 * minute)
    t.equal(loan, undefined)
    const lent = await borrowOne(ledger, noon + 3 * minute)
    const holding = holdingOf('inv_A')

    await ledger.record(lent, { to: 'delivered', holding, how: 'adopted', code: null }, noon + 3 * minute)

    t.match(await rowOf(ledger), { state: 'waiting', portalId: null })
    t.strictSame(await ledger.borrow(9, noon + 3 * minute, noon + 4 * minute), [])
    t.match(await borrowOne(ledger, noon + 4 * minute), { id: lent.id }, 'but when its loan has ended')
  })

  for (const [field, facts] of [
    ['amount', { amountCents: 12101 }],
    ['customerId', { customerId: 'cst_2' }],
    ['issuedAt', { issuedAt: '2026-11-21' }]
  ] as const) {
    promised(`made with another ${field} than was sent, it is delivered, and for a person`, async (t, ledger) => {
      const { kept } = await answer(ledger, facts)

      t.match(kept, { to: 'delivered', code: 'INVOICE_CONFLICT' })
      t.strictSame(await stateOf(ledger), ['delivered', 'INVOICE_CONFLICT'])
      const { history } = await rowOf(ledger)
      t.match(history.at(-2), {
        event: 'the portal tells otherwise',
        detail: `the portal shows another ${field}`
      })
    })
  }

  promised('what an answer does not tell is not compared', async (t, ledger) => {
    await answer(ledger, { customerId: null, invoiceNumber: null, amountCents: null, issuedAt: null })

    t.strictSame(await stateOf(ledger), ['delivered', null])
  })

  promised('another notation of its number is its number', async (t, ledger) => {
    await answer(ledger, { invoiceNumber: ' 2026-0042 ' })

    t.strictSame(await stateOf(ledger), ['delivered', null])
    t.notMatch((await rowOf(ledger)).history, [{ event: 'the portal tells otherwise' }])
  })

  promised('a number that the portal spells otherwise belongs to its id', async (t, ledger) => {
    await answer(ledger, { invoiceNumber: '20260042' })

    t.match(await rowOf(ledger), { state: 'delivered', code: null, portalId: 'inv_1' })
    t.match((await rowOf(ledger)).history.at(-2), { detail: 'the portal shows another invoiceNumber' })
    await ledger.holdings.learn([holdingOf('inv_1', { invoiceNumber: '20260042' })], 1, noon)
    t.strictSame(await stateOf(ledger), ['delivered', null], 'and is no second one')
  })

  promised('and stands in the way of no other invoice that has this number', async (t, ledger) => {
    await answer(ledger, { invoiceNumber: '20260042' })
    await ledger.receive(arrivalOf({ invoiceNumber: '20260042', sourceId: 'rival' }), noon)
    const loan = await borrowOne(ledger, noon)

    t.strictSame(await ledger.holdings.byNumber('20260042'), [])
    t.equal(await ledger.sending(loan, bodyOf(loan), noon), 'granted')
    await ledger.record(loan, delivered('inv_2', '20260042'), noon)
    t.strictSame(await stateOf(ledger, '20260042'), ['delivered', null], 'nor is that a duplicate')
  })

  promised("answered with another invoice's number, it is for a person", async (t, ledger) => {
    await another(ledger)

    const { kept } = await answer(ledger, { invoiceNumber: 'a' })

    t.match(kept, { to: 'held', code: 'PORTAL_UNCLEAR' })
    t.strictSame(await stateOf(ledger), ['held', 'PORTAL_UNCLEAR'])
    t.match((await rowOf(ledger)).history.at(-1), { event: 'held', detail: /inv_1 .* a$/ })
    await ledger.act('2026-0042', 'deliver', noon)
    t.match(await borrowOne(ledger, noon), { unproven: true })
  })

  promised('answered with another number and another amount, it is no answer', async (t, ledger) => {
    const { loan } = await answer(ledger, { invoiceNumber: 'B', amountCents: 5 })

    t.strictSame(await stateOf(ledger), ['sending', null])
    t.match(await ledger.doubts(noon, 9), [{ id: loan.id }])
  })

  promised('what was adopted was compared before: its number may be spelled otherwise', async (t, ledger) => {
    const loan = await bring(ledger, 'sending')
    await ledger.record(
      loan,
      { to: 'delivered', holding: holdingOf('inv_1', { amountCents: 5 }), how: 'adopted', code: null },
      noon
    )

    t.strictSame(await stateOf(ledger), ['delivered', null])
  })
}
