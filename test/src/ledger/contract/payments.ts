// Wanted against known: a delivered invoice that is paid, and a portal that does not know it yet.

import {
  arrivalOf,
  bodyOf,
  borrowOne,
  bring,
  day,
  delivered,
  documentOf,
  holdingOf,
  minute,
  noon,
  other,
  type Promised,
  paid,
  rowOf,
  same,
  stateOf
} from '../fixtures.ts'

const again = (at: number, spent = true) =>
  ({ to: 'waiting', at, code: 'PORTAL_UNREACHABLE', detail: null, spent }) as const
const marked = { to: 'paid', holding: holdingOf('inv_2026-0042', { paidAt: noon }), marked: true } as const
const unpaid = { to: 'unpaid', code: 'PAID_NOT_MARKED', detail: 'PORTAL_REJECTED' } as const

export function paymentsContract(promised: Promised): void {
  promised('a payment of what is delivered is work: to mark it in the portal', async (t, ledger) => {
    await bring(ledger, 'delivered')
    t.equal(await ledger.nextDueAt(), null)

    await ledger.receive(paid, noon + 5)

    t.equal(await ledger.nextDueAt(), noon + 5)
    t.match(await rowOf(ledger), { state: 'delivered', code: null, nextAttemptAt: noon + 5 })
    const loan = await borrowOne(ledger, noon + 5)
    t.match(loan, { work: 'pay', portalId: 'inv_2026-0042', paying: false, invoice: { paidAt: noon } })
    t.strictSame(await ledger.borrow(9, noon + 5, noon + minute), [])
  })

  promised('once marked it is done, and not asked for again', async (t, ledger) => {
    await bring(ledger, 'delivered')
    await ledger.receive(paid, noon)
    const loan = await borrowOne(ledger, noon)
    t.equal(await ledger.paying(loan, noon), true)

    t.ok(await ledger.record(loan, marked, noon + 1))

    t.match(await rowOf(ledger), { state: 'delivered', code: null, nextAttemptAt: null, paidAt: noon })
    t.match((await rowOf(ledger)).history.at(-1), { at: noon + 1, event: 'paid', marked: true })
    t.equal((await ledger.receive(paid, noon + 2)).result, 'duplicate')
    t.equal(await ledger.nextDueAt(), null)
  })

  promised('marked, it is done even where the answer names no date', async (t, ledger) => {
    await bring(ledger, 'delivered')
    await ledger.receive(paid, noon)
    const holding = holdingOf('inv_2026-0042', { paidAt: null })
    await ledger.record(await borrowOne(ledger, noon), { to: 'paid', holding, marked: true }, noon)

    t.equal(await ledger.nextDueAt(), null)
    t.equal((await ledger.receive(paid, noon)).changed, false)
  })

  for (const [what, paidAt] of [
    ['and shown so, it needs no marking', noon],
    ['at another time than it was sent, it needs no marking', noon - 5],
    ['and not shown so, it is to be marked: what was sent is not what the portal took', null]
  ] as const) {
    promised(`created as paid, ${what}`, async (t, ledger) => {
      await ledger.receive(paid, noon)
      const loan = await borrowOne(ledger, noon)
      await ledger.sending(loan, { ...bodyOf(loan), paidAt: '2026-11-20 13:00:00' }, noon)
      const holding = holdingOf('inv_1', { paidAt })
      await ledger.record(loan, { to: 'delivered', holding, how: 'created', code: null }, noon)

      t.strictSame(await stateOf(ledger), ['delivered', null])
      t.equal(await ledger.nextDueAt(), paidAt === null ? noon : null)
    })
  }

  promised('what was created unpaid, and paid meanwhile, is marked', async (t, ledger) => {
    const loan = await bring(ledger, 'sending')
    await ledger.receive(paid, noon + 1)
    await ledger.record(loan, delivered(), noon + 2)

    t.match(await borrowOne(ledger, noon + 2), { work: 'pay', portalId: 'inv_1' })
  })

  promised('what the portal tells to be paid is not marked again', async (t, ledger) => {
    await bring(ledger, 'delivered')
    await ledger.receive(paid, noon)
    const loan = await borrowOne(ledger, noon)

    await ledger.holdings.learn([holdingOf('inv_2026-0042', { paidAt: noon - 1 })], null, noon)

    t.equal(await ledger.paying(loan, noon), false)
    t.equal(await ledger.nextDueAt(), null)
    t.equal((await rowOf(ledger)).paidAt, noon, 'and what is wanted stays')
  })

  promised('adopted as paid, it needs no marking', async (t, ledger) => {
    await ledger.receive(paid, noon)
    const loan = await borrowOne(ledger, noon)
    const holding = holdingOf('inv_7', { paidAt: noon - 1 })
    await ledger.record(loan, { to: 'delivered', holding, how: 'adopted', code: null }, noon)

    t.equal(await ledger.nextDueAt(), null)
  })

  promised('once it may have been asked for, the next loan knows', async (t, ledger) => {
    await bring(ledger, 'delivered')
    await ledger.receive(paid, noon)
    const loan = await borrowOne(ledger, noon)
    await ledger.paying(loan, noon)
    await ledger.record(loan, again(noon + 5), noon)

    t.match(await rowOf(ledger), { state: 'delivered', code: null, nextAttemptAt: noon + 5 })
    t.match(await borrowOne(ledger, noon + 5), { work: 'pay', paying: true, failures: 1, triedMs: 5 })
  })

  promised('a pause costs no patience, and no line', async (t, ledger) => {
    await bring(ledger, 'delivered')
    await ledger.receive(paid, noon)
    const { history } = await rowOf(ledger)
    await ledger.record(await borrowOne(ledger, noon), again(noon + 5, false), noon)

    t.match(await borrowOne(ledger, noon + 5), { failures: 0, triedMs: 0 })
    t.strictSame((await rowOf(ledger)).history, history)
  })

  promised('given up, it is a note that a person clears', async (t, ledger) => {
    await bring(ledger, 'delivered')
    await ledger.receive(paid, noon)
    await ledger.record(await borrowOne(ledger, noon), unpaid, noon)

    t.strictSame(await stateOf(ledger), ['delivered', 'PAID_NOT_MARKED'])
    t.equal(await ledger.nextDueAt(), null)
    t.match(await ledger.act('2026-0042', 'dismiss', noon), { state: 'delivered', code: null })
    t.equal(await ledger.nextDueAt(), null, 'and is not tried again')
  })

  promised('a loan that ran out can neither ask for it nor record it', async (t, ledger) => {
    await bring(ledger, 'delivered')
    await ledger.receive(paid, noon)
    const slow = await borrowOne(ledger, noon)
    const late = noon + minute
    const next = await borrowOne(ledger, late)

    t.equal(await ledger.paying(slow, late), false)
    t.equal(await ledger.record(slow, unpaid, late), null)
    t.equal(await ledger.paying(next, late), true)
    t.strictSame(await stateOf(ledger), ['delivered', null])
  })

  promised('a loan to create never pays, and one to pay never creates', async (t, ledger) => {
    const create = await bring(ledger, 'lent')
    t.equal(await ledger.paying(create, noon), false)
    await ledger.record(create, delivered(), noon)
    await ledger.receive(paid, noon)
    const pay = await borrowOne(ledger, noon)

    t.equal(await ledger.sending(pay, bodyOf(pay), noon), 'lost')
    t.strictSame(await stateOf(ledger), ['delivered', null])
  })

  promised('a conflict does not stop a payment, nor a payment hide a conflict', async (t, ledger) => {
    await bring(ledger, 'delivered')
    await ledger.receive(paid, noon)
    await ledger.receive(other, noon)
    const loan = await borrowOne(ledger, noon)
    t.match(loan, { work: 'pay' })
    await ledger.record(loan, again(noon), noon)
    t.strictSame(await stateOf(ledger), ['delivered', 'INVOICE_CONFLICT'])

    await ledger.record(await borrowOne(ledger, noon), marked, noon)
    t.strictSame(await stateOf(ledger), ['delivered', 'INVOICE_CONFLICT'])
  })

  promised('what is still to be marked is not forgotten yet', async (t, ledger) => {
    await bring(ledger, 'delivered', arrivalOf({}, { document: documentOf('a') }))
    await ledger.receive(paid, noon)
    t.strictSame(await ledger.forget(noon + day, 10), [])

    await ledger.record(await borrowOne(ledger, noon), marked, noon)
    t.strictSame(await ledger.forget(noon + day, 10), [documentOf('a')])
  })

  promised('a payment long after it was forgotten is marked, and forgotten again', async (t, ledger) => {
    await bring(ledger, 'delivered')
    await ledger.forget(noon + day, 10)
    await ledger.receive(paid, noon + day)

    await ledger.record(await borrowOne(ledger, noon + day), marked, noon + day)
    t.not((await rowOf(ledger)).history.length, 0)
    await ledger.forget(noon + day, 10)

    t.match(await rowOf(ledger), { paidAt: noon, history: [] })
    t.equal((await rowOf(ledger)).history.length, 0)
    t.equal((await ledger.receive(same, noon + day)).result, 'duplicate')
  })
}
