// Deliveries by hour, and the PDF that a person put in the place of another.

import {
  arrivalOf,
  bodyOf,
  borrowOne,
  bring,
  day,
  delivered,
  documentOf,
  minute,
  noon,
  type Promised,
  rowOf
} from '../fixtures.ts'

export function paceContract(promised: Promised): void {
  promised('deliveries are counted by hour, with how long each took since it came', async (t, ledger) => {
    for (const [number, tookMs] of [
      ['A-1', 1000],
      ['A-2', 1500],
      ['A-3', 50 * minute],
      ['A-4', 9 * day]
    ] as const) {
      await ledger.receive(arrivalOf({ invoiceNumber: number }), noon)
      const at = noon + tookMs
      const loan = await borrowOne(ledger, at)
      await ledger.sending(loan, bodyOf(loan), at)
      await ledger.record(loan, delivered(`inv_${number}`, number), at)
    }

    t.strictSame(await ledger.paceSince(noon), [
      { hour: noon, tookMs: 2000, invoices: 2 },
      { hour: noon, tookMs: 3_600_000, invoices: 1 },
      { hour: noon + 9 * day, tookMs: null, invoices: 1 }
    ])
    t.strictSame((await ledger.paceSince(noon + minute)).length, 1)

    await ledger.forget(noon + 90 * day, 9)
    t.equal((await ledger.paceSince(noon)).length, 3, 'however soon invoices are emptied, a chart has its days')
    await ledger.forget(noon + 101 * day, 9)
    t.equal((await ledger.paceSince(noon)).length, 1)
  })

  promised('a person replaces the PDF of what was never sent, and the history says who', async (t, ledger) => {
    await bring(ledger, 'held', arrivalOf({}, { document: documentOf('theirs') }))
    const actor = { by: 'Zoë', via: 'page', from: '192.0.2.1' } as const
    const mine = documentOf('mine')

    t.match(await ledger.replaceDocument('2026-0042', mine, noon, actor), {
      row: { state: 'held', pdf: { byPerson: true } },
      unused: documentOf('theirs')
    })
    t.strictSame(await ledger.documentOf('2026-0042'), mine)
    t.match((await rowOf(ledger)).history.at(-1), { event: 'pdf replaced', ...actor })
    await ledger.receive(arrivalOf({}, { document: documentOf('theirs again') }), noon)
    t.strictSame(await ledger.documentOf('2026-0042'), mine, 'a redelivery does not take it back')
    await ledger.receive(arrivalOf({ amountCents: 1 }, { document: documentOf('corrected') }), noon)
    t.strictSame(await ledger.documentOf('2026-0042'), documentOf('corrected'), 'another invoice has its own')
    t.match(await rowOf(ledger), { pdf: { byPerson: false } })
  })

  promised('the PDF of what was sent stays what it is', async (t, ledger) => {
    await bring(ledger, 'delivered')

    await t.rejects(ledger.replaceDocument('2026-0042', documentOf('mine'), noon), { code: 'STATE_CONFLICT' })
    await t.rejects(ledger.replaceDocument('none', documentOf('mine'), noon), { code: 'INVOICE_NOT_FOUND' })
    t.equal(await ledger.documentOf('none'), null)
  })
}
