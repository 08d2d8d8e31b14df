// In doubt: what was sent and not answered, until a look into the portal settles it.

import {
  again,
  arrivalOf,
  bodyOf,
  borrowOne,
  bring,
  corrected,
  delivered,
  doubt,
  holdingOf,
  minute,
  noon,
  other,
  type Promised,
  paid,
  rejected,
  rowOf,
  stateOf
} from '../fixtures.ts'

const later = noon + 2 * minute

export function doubtsContract(promised: Promised): void {
  promised('a doubt tells what was sent, and how much the copy had been told by then', async (t, ledger) => {
    await ledger.holdings.learn([holdingOf('inv_8', { invoiceNumber: 'N-8' })], null, noon)
    const { ordinal } = await ledger.holdings.beginRead()
    const loan = await bring(ledger, 'sending')
    await ledger.holdings.learn([holdingOf('inv_9', { invoiceNumber: 'N-9' })], null, noon)
    await ledger.record(loan, doubt, noon)

    t.strictSame(await ledger.doubts(noon, 10), [
      {
        id: loan.id,
        attempt: 1,
        body: bodyOf(loan),
        sent: bodyOf(loan),
        sentAfter: ordinal,
        sentAt: noon,
        inherited: false,
        failures: 0,
        triedMs: 0,
        overridden: false
      }
    ])
  })

  promised('it is in doubt as soon as its loan has ended, however it ended', async (t, ledger) => {
    const loan = await bring(ledger, 'sending')

    t.strictSame(await ledger.doubts(noon + minute - 1, 10), [], 'while it lasts the answer may come')
    t.match(await ledger.doubts(noon + minute, 10), [{ id: loan.id }])
  })

  promised('the longest in doubt comes first, up to the limit', async (t, ledger) => {
    for (const invoiceNumber of ['A', 'B', 'C']) await ledger.receive(arrivalOf({ invoiceNumber }), noon)
    const loans = await ledger.borrow(3, noon, noon + minute)
    for (const [index, loan] of loans.entries()) await ledger.sending(loan, bodyOf(loan), noon + 9 - index)

    const found = await ledger.doubts(later, 2)

    t.strictSame(
      found.map(({ body }) => body.invoiceNumber),
      ['C', 'B']
    )
  })

  for (const stage of ['waiting', 'delivered', 'held', 'dismissed', 'waiting once sent'] as const) {
    promised(`what is ${stage} is not in doubt`, async (t, ledger) => {
      await bring(ledger, stage)

      t.strictSame(await ledger.doubts(later, 10), [])
    })
  }

  promised('found in the portal: it is adopted', async (t, ledger) => {
    const loan = await bring(ledger, 'sending')
    const [found] = await ledger.doubts(later, 1)

    const holding = holdingOf('inv_7')
    t.ok(await ledger.settle(found!, { to: 'delivered', holding, how: 'adopted', code: null }, later))

    t.match(await rowOf(ledger), { state: 'delivered', code: null, portalId: 'inv_7', deliveredAt: later })
    t.strictSame((await rowOf(ledger)).body, bodyOf(loan))
    t.strictSame(await ledger.doubts(later, 1), [])
  })

  promised('found twice: it is adopted, with a note', async (t, ledger) => {
    await bring(ledger, 'sending')
    const [found] = await ledger.doubts(later, 1)

    const holding = holdingOf('inv_7')
    await ledger.settle(found!, { to: 'delivered', holding, how: 'adopted', code: 'PORTAL_DUPLICATE' }, later)

    t.strictSame(await stateOf(ledger), ['delivered', 'PORTAL_DUPLICATE'])
  })

  promised('proven absent: it waits again, and is sent by a new loan', async (t, ledger) => {
    const loan = await bring(ledger, 'sending')
    const [found] = await ledger.doubts(later, 1)

    t.ok(await ledger.settle(found!, again(later), later))

    t.strictSame(await stateOf(ledger), ['waiting', 'PORTAL_UNREACHABLE'])
    t.equal(await ledger.sending(loan, bodyOf(loan), later), 'lost')
    const next = await borrowOne(ledger, later)
    t.match(next, { attempt: 2, failures: 1 })
    t.equal(await ledger.sending(next, bodyOf(next), later), 'granted')
  })

  promised('found, but different: it is held for a person, who can say that this is another one', async (t, ledger) => {
    await bring(ledger, 'sending')
    const [found] = await ledger.doubts(later, 1)
    await ledger.holdings.learn([holdingOf('inv_7', { amountCents: 1 })], null, later)
    await ledger.settle(found!, { to: 'held', code: 'INVOICE_CONFLICT', detail: 'inv_7' }, later)
    t.strictSame(await stateOf(ledger), ['held', 'INVOICE_CONFLICT'])

    await ledger.act('2026-0042', 'deliver', later)

    const next = await borrowOne(ledger, later)
    t.strictSame(next.overrides, ['INVOICE_CONFLICT'])
    t.equal(await ledger.sending(next, bodyOf(next), later), 'granted')
    t.match(await ledger.doubts(later + minute, 1), [{ overridden: true }])
  })

  promised('a look that comes too late changes nothing', async (t, ledger) => {
    const loan = await bring(ledger, 'sending')
    await ledger.record(loan, doubt, noon)
    const [found] = await ledger.doubts(noon, 1)
    await ledger.settle(found!, again(noon), noon)
    const next = await borrowOne(ledger, noon)
    const lent = await rowOf(ledger)
    t.equal(await ledger.settle(found!, delivered('inv_7'), noon), null, 'once')
    t.strictSame(await rowOf(ledger), lent)

    await ledger.sending(next, bodyOf(next), noon)
    const sent = await rowOf(ledger)
    t.equal(await ledger.settle(found!, again(noon), later), null, 'nor for another attempt')
    t.strictSame(await rowOf(ledger), sent)

    await ledger.record(next, doubt, noon)
    const [second] = await ledger.doubts(noon, 1)
    t.ok(await ledger.settle(second!, again(noon), noon))
  })

  promised('a doubt can be settled from the moment on in which its loan ends', async (t, ledger) => {
    await bring(ledger, 'sending')
    const [found] = await ledger.doubts(noon + minute, 1)

    t.ok(await ledger.settle(found!, again(later), noon + minute))
  })

  promised('while its loan runs, a doubt of before its end is not settled', async (t, ledger) => {
    const loan = await bring(ledger, 'sending')
    const { id, failures, triedMs } = loan
    const sent = { body: bodyOf(loan), sent: bodyOf(loan), sentAfter: 0, sentAt: noon, inherited: false }
    const early = { id, attempt: 1, ...sent, failures, triedMs, overridden: false }

    t.equal(await ledger.settle(early, again(noon), noon), null)
    t.ok(await ledger.record(loan, delivered(), noon))
  })

  promised('an answer that comes after the look cannot change the row', async (t, ledger) => {
    const loan = await bring(ledger, 'sending')
    const [found] = await ledger.doubts(later, 1)
    await ledger.settle(found!, again(later), later)
    const before = await rowOf(ledger)

    t.equal(await ledger.record(loan, delivered(), noon), null)

    t.strictSame(await rowOf(ledger), before)
  })

  for (const [event, arrival] of [
    ['a correction', corrected],
    ['other facts', other]
  ] as const) {
    promised(`${event} that came meanwhile: absent, it is for a person`, async (t, ledger) => {
      await bring(ledger, 'sending')
      await ledger.receive(arrival, noon)
      const [found] = await ledger.doubts(later, 1)

      await ledger.settle(found!, again(later), later)

      t.strictSame(await stateOf(ledger), ['held', 'INVOICE_CONFLICT'])
    })
  }

  promised('a payment that came meanwhile is marked once it is found', async (t, ledger) => {
    await bring(ledger, 'sending')
    await ledger.receive(paid, noon)
    const [found] = await ledger.doubts(later, 1)

    await ledger.settle(found!, { to: 'delivered', holding: holdingOf('inv_7'), how: 'adopted', code: null }, later)

    t.match(await borrowOne(ledger, later), { work: 'pay', portalId: 'inv_7', invoice: { paidAt: noon } })
  })

  promised('a refusal in doubt is a refusal', async (t, ledger) => {
    await bring(ledger, 'sending')
    const [found] = await ledger.doubts(later, 1)

    await ledger.settle(found!, rejected, later)

    t.strictSame(await stateOf(ledger), ['held', 'PORTAL_REJECTED'])
  })
}
