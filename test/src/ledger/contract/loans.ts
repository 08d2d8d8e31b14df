// Borrowing: no two borrowers hold one row, a loan ends by itself, and a late borrower can no longer write.

import {
  again,
  arrivalOf,
  bodyOf,
  borrowOne,
  bring,
  delivered,
  documentOf,
  doubt,
  minute,
  noon,
  other,
  type Promised,
  rowOf,
  stateOf
} from '../fixtures.ts'

const numbers = (loans: { invoice: { invoiceNumber: string } }[]) => loans.map(loan => loan.invoice.invoiceNumber)

export function loansContract(promised: Promised): void {
  promised('what a clock that was ahead put off is due again, but what a tool collects is not', async (t, ledger) => {
    const ahead = noon + 5 * 60 * minute
    await ledger.receive(arrivalOf({ invoiceNumber: 'early' }), ahead)
    await ledger.receive(arrivalOf({ invoiceNumber: 'tried' }), noon)
    const tried = await borrowOne(ledger, noon)
    await ledger.record(tried, again(ahead + minute), noon)
    await ledger.receive(arrivalOf({ invoiceNumber: 'collected' }, { notBefore: noon + 24 * 60 * minute }), noon)
    await ledger.receive(arrivalOf({ invoiceNumber: 'soon' }), noon)
    await ledger.record(await borrowOne(ledger, noon), again(noon + minute), noon)

    await ledger.hasten(noon, noon + 60 * minute)

    t.strictSame(numbers(await ledger.borrow(9, noon, noon + 1)), ['early', 'tried'])
    t.equal((await ledger.summary()).oldestWaitingAt, noon)
    t.equal(await ledger.nextDueAt(), noon + 1, 'what is on loan comes first')
    await ledger.hasten(noon, noon + 60 * minute)
    t.strictSame(numbers(await ledger.borrow(9, noon + minute, noon + 2 * minute)).toSorted(), [
      'early',
      'soon',
      'tried'
    ])
  })

  promised('what came while the clock was a little ahead is due at once when it is right', async (t, ledger) => {
    await ledger.receive(arrivalOf({ invoiceNumber: 'early' }), noon + 30 * minute)
    await ledger.receive(
      arrivalOf({ invoiceNumber: 'collected', sourceId: '2' }, { notBefore: noon + 45 * minute }),
      noon + 30 * minute
    )

    await ledger.hasten(noon, noon + 60 * minute)

    t.strictSame(numbers(await ledger.borrow(9, noon, noon + 1)), ['early'])
  })

  promised('a loan carries all that a delivery needs', async (t, ledger) => {
    const arrival = arrivalOf({}, { document: documentOf('a'), notify: false, test: true })
    await ledger.receive(arrival, noon)

    const [loan] = await ledger.borrow(1, noon, noon + minute)

    const { id, ...rest } = loan!
    t.type(id, 'number')
    t.strictSame(rest, {
      ...arrival,
      attempt: 1,
      overrides: [],
      released: null,
      documentVersion: 0,
      pdfByPerson: false,
      work: 'create',
      portalId: null,
      paying: false,
      inherited: true,
      failures: 0,
      triedMs: 0,
      unproven: false,
      sentAfter: null,
      unread: null
    })
  })

  promised('what is due longest is lent first, up to the limit', async (t, ledger) => {
    for (const [index, invoiceNumber] of ['C', 'A', 'D', 'B'].entries()) {
      await ledger.receive(arrivalOf({ invoiceNumber }), noon - index * minute)
    }

    t.strictSame(await ledger.borrow(0, noon, noon + minute), [])
    t.strictSame(numbers(await ledger.borrow(2, noon, noon + minute)), ['B', 'D'])
    t.strictSame(numbers(await ledger.borrow(9, noon, noon + minute)), ['A', 'C'])
    t.strictSame(await ledger.borrow(9, noon, noon + minute), [])
  })

  promised('of what is due together, the first received is lent first', async (t, ledger) => {
    for (const invoiceNumber of ['C', 'A', 'B']) await ledger.receive(arrivalOf({ invoiceNumber }), noon)

    t.strictSame(numbers(await ledger.borrow(2, noon, noon + minute)), ['C', 'A'])
  })

  promised('nothing is lent before it is due', async (t, ledger) => {
    const loan = await bring(ledger, 'lent')
    await ledger.record(loan, again(noon + 5000), noon)

    t.strictSame(await ledger.borrow(9, noon + 4999, noon + minute), [])
    t.equal((await ledger.borrow(9, noon + 5000, noon + minute)).length, 1)
  })

  for (const stage of ['sending', 'delivered', 'held', 'dismissed'] as const) {
    promised(`what is ${stage} is never lent`, async (t, ledger) => {
      await bring(ledger, stage)

      t.strictSame(await ledger.borrow(9, noon + minute * 1e6, noon + minute * 2e6), [])
    })
  }

  promised('borrowers that come together never get the same row', async (t, ledger) => {
    const all = Array.from({ length: 20 }, (_, index) => `N${index}`)
    await Promise.all(all.map(invoiceNumber => ledger.receive(arrivalOf({ invoiceNumber }), noon)))

    const lent = await Promise.all(all.slice(0, 8).map(() => ledger.borrow(3, noon, noon + minute)))

    t.strictSame(numbers(lent.flat()).sort(), all.sort())
    t.equal(Math.max(...lent.map(loans => loans.length)), 3)
  })

  promised('a loan that ran out cannot write, and the row is due again', async (t, ledger) => {
    const slow = await bring(ledger, 'lent')
    t.strictSame(await ledger.borrow(9, noon + minute - 1, noon + 2 * minute), [], 'nobody else gets it meanwhile')
    const before = await rowOf(ledger)

    const late = noon + minute
    t.equal(await ledger.attach(slow, documentOf('late'), late), false)
    t.equal(await ledger.sending(slow, bodyOf(slow), late), 'lost')
    t.equal(await ledger.record(slow, delivered(), late), null)
    t.strictSame(await rowOf(ledger), before)

    const next = await borrowOne(ledger, late)
    t.match(next, { id: slow.id, attempt: 2 })
    for (const now of [noon, late, late + 1]) {
      t.equal(await ledger.attach(slow, documentOf('late'), now), false)
      t.equal(await ledger.sending(slow, bodyOf(slow), now), 'lost', 'whatever its clock says')
      t.equal(await ledger.record(slow, delivered(), now), null)
    }
    t.equal(await ledger.sending(next, bodyOf(next), late), 'granted')
    t.equal(await ledger.record(slow, delivered('inv_wrong'), late), null)
    t.ok(await ledger.record(next, delivered(), late))
  })

  promised('a loan ends with its record', async (t, ledger) => {
    const loan = await bring(ledger, 'lent')
    t.ok(await ledger.record(loan, again(noon), noon))

    t.equal(await ledger.record(loan, delivered(), noon), null)
    t.equal(await ledger.sending(loan, bodyOf(loan), noon), 'lost')
    t.strictSame(await stateOf(ledger), ['waiting', 'PORTAL_UNREACHABLE'])
  })

  promised('attempts counts how often it was borrowed, and nothing else', async (t, ledger) => {
    await bring(ledger, 'lent')
    await ledger.receive(arrivalOf({ amountCents: 1 }), noon)
    await borrowOne(ledger, noon)
    await ledger.receive(other, noon)
    await ledger.act('2026-0042', 'take', noon)

    t.equal((await rowOf(ledger)).attempts, 2)
    t.match(await borrowOne(ledger, noon), { attempt: 3 })
  })

  promised('a fetched PDF serves this and every later attempt', async (t, ledger) => {
    const loan = await bring(ledger, 'lent')

    t.equal(await ledger.attach(loan, documentOf('fetched'), noon), true)
    await ledger.record(loan, again(noon), noon)

    t.match(await borrowOne(ledger, noon), { document: documentOf('fetched') })
    t.strictSame(await ledger.documents(), new Set(['fetched.pdf']))
    t.match((await rowOf(ledger)).history, { 1: { at: noon, event: 'pdf fetched' } })
  })

  promised('sending stores the exact body before a byte leaves', async (t, ledger) => {
    const loan = await bring(ledger, 'lent')
    const body = { ...bodyOf(loan), amount: '121.00', paidAt: '2026-11-20 13:00:00' }

    t.equal(await ledger.sending(loan, body, noon + 1), 'granted')

    const row = await rowOf(ledger)
    t.match(row, { state: 'sending', code: null, nextAttemptAt: null, portalId: null })
    t.strictSame(row.body, body)
    t.match(await ledger.summary(), { sending: 1, waiting: 0, oldestSendingAt: noon + 1 })
    t.equal(await ledger.sending(loan, body, noon + 2), 'lost', 'once per loan')
  })

  for (const action of ['dismiss'] as const) {
    promised(`a person's ${action} while it is lent keeps it from being sent`, async (t, ledger) => {
      const loan = await bring(ledger, 'lent')
      await ledger.act('2026-0042', action, noon)

      t.equal(await ledger.sending(loan, bodyOf(loan), noon), 'lost')
      t.equal(await ledger.record(loan, delivered(), noon), null)
      t.strictSame(await stateOf(ledger), ['dismissed', 'BY_OPERATOR'])
    })
  }

  promised("a person's deliver leaves a loan that runs alone", async (t, ledger) => {
    const loan = await bring(ledger, 'lent')
    await ledger.act('2026-0042', 'deliver', noon)

    t.strictSame(await ledger.borrow(9, noon, noon + minute), [])
    t.equal(await ledger.sending(loan, bodyOf(loan), noon), 'granted')
  })

  promised('dismissed and delivered again while it was lent, only the new loan counts', async (t, ledger) => {
    const loan = await bring(ledger, 'lent')
    await ledger.act('2026-0042', 'dismiss', noon)
    await ledger.act('2026-0042', 'deliver', noon)

    t.equal(await ledger.sending(loan, bodyOf(loan), noon), 'lost')
    const next = await borrowOne(ledger, noon)
    t.equal(await ledger.sending(loan, bodyOf(loan), noon), 'lost')
    t.equal(await ledger.sending(next, bodyOf(next), noon), 'granted')
  })

  promised('in doubt, nothing but a record of that loan changes the state', async (t, ledger) => {
    const loan = await bring(ledger, 'sending')
    await ledger.receive(other, noon)
    await ledger.borrow(9, noon + 2 * minute, noon + 3 * minute)
    await ledger.forget(noon + 1e12, 9)

    t.equal(await ledger.record(loan, again(noon), noon + 2 * minute), null, 'and that only while it lasts')
    t.match(await rowOf(ledger), { state: 'sending', body: bodyOf(loan) })
  })

  promised('an unknown answer leaves it in doubt, with no loan', async (t, ledger) => {
    const loan = await bring(ledger, 'sending')

    t.ok(await ledger.record(loan, doubt, noon + 1))

    t.match(await rowOf(ledger), { state: 'sending', body: bodyOf(loan), nextAttemptAt: null })
    t.equal(await ledger.record(loan, delivered(), noon + 1), null)
    t.equal((await ledger.summary()).oldestSendingAt, noon)
    t.match((await rowOf(ledger)).history.at(-1), {
      at: noon + 1,
      event: 'answer unknown',
      detail: 'time-out'
    })
  })

  promised('what waits says when it is due, or when its loan runs out', async (t, ledger) => {
    t.equal(await ledger.nextDueAt(), null)
    const loan = await bring(ledger, 'lent')
    t.equal(await ledger.nextDueAt(), noon + minute)

    await ledger.receive(arrivalOf({ invoiceNumber: 'B' }), noon + 1)
    t.equal(await ledger.nextDueAt(), noon + 1)
    await ledger.borrow(1, noon + 1, noon + 2 * minute)
    t.equal(await ledger.nextDueAt(), noon + minute)

    await ledger.sending(loan, bodyOf(loan), noon + 1)
    t.equal(await ledger.nextDueAt(), noon + 2 * minute, 'what is in doubt does not wait')
    await ledger.act('B', 'dismiss', noon + 1)
    t.equal(await ledger.nextDueAt(), null)
    await ledger.record(loan, again(noon + 5 * minute), noon + 1)
    t.equal(await ledger.nextDueAt(), noon + 5 * minute)
  })
}
