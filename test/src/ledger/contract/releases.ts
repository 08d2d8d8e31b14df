// What a person saw is what may leave; the PDF that was told last is the one; and what a tool says out of turn, or
// under two numbers, makes no second invoice.

import type { Ledger } from '../../../../src/ledger/ledger.ts'
import {
  arrivalOf,
  bodyOf,
  borrowOne,
  bring,
  corrected,
  delivered,
  documentOf,
  doubt,
  draftOf,
  holdingOf,
  minute,
  noon,
  type Promised,
  rowOf,
  same,
  stateOf
} from '../fixtures.ts'

const pdf = (name: string, sha256: string) => ({ ...documentOf(name), sha256: sha256.repeat(64) })

export function releasesContract(promised: Promised): void {
  promised('a release is of what was shown: its draft and its PDF', async (t, ledger) => {
    const loan = await bring(ledger, 'held')
    await ledger.act('2026-0042', 'deliver', noon)

    t.match(await borrowOne(ledger, noon), {
      overrides: ['REVIEW'],
      released: { draft: draftOf(loan), documentVersion: loan.documentVersion }
    })
  })

  promised('a PDF that came while it was held was not seen', async (t, ledger) => {
    const loan = await bring(ledger, 'held', arrivalOf({}, { document: pdf('seen', 'a') }))
    await ledger.receive(arrivalOf({}, { document: pdf('unseen', 'b') }), noon)
    t.strictSame((await rowOf(ledger)).draft, draftOf(loan))
    await ledger.act('2026-0042', 'deliver', noon)

    const again = await borrowOne(ledger, noon)
    t.match(again, { documentVersion: 1, released: { draft: draftOf(loan), documentVersion: 0 } })
    const review = { to: 'held', code: 'REVIEW', detail: null, wouldSend: draftOf(loan) } as const
    await ledger.record(again, review, noon)
    await ledger.act('2026-0042', 'deliver', noon)
    t.match(await borrowOne(ledger, noon), { documentVersion: 1, released: { documentVersion: 1 } }, 'now it was')
  })

  promised('a tool whose links move all the time brings nothing back into review', async (t, ledger) => {
    const moved = (times: number) => arrivalOf({ pdfUrl: `https://acme.example/42.pdf?signed=${times}` })
    await bring(ledger, 'held', arrivalOf({}, { document: pdf('seen', 'a') }))
    await ledger.receive(moved(1), noon)
    await ledger.act('2026-0042', 'deliver', noon)
    await ledger.receive(moved(2), noon)

    t.match(await borrowOne(ledger, noon), { documentVersion: 0, released: { documentVersion: 0 } })
  })

  promised('held for review again, it is released by nobody any more', async (t, ledger) => {
    const loan = await bring(ledger, 'held')
    await ledger.act('2026-0042', 'deliver', noon)
    const wouldSend = { ...draftOf(loan), customerId: 'cst_2' }
    const detail = 'changed since it was released: customer'
    await ledger.record(await borrowOne(ledger, noon), { to: 'held', code: 'REVIEW', detail, wouldSend }, noon)

    t.match(await rowOf(ledger), { state: 'held', code: 'REVIEW', draft: { customerId: 'cst_2' } })
    t.match((await rowOf(ledger)).history.at(-1), { event: 'held', detail })
    await ledger.act('2026-0042', 'dismiss', noon)
    await ledger.act('2026-0042', 'deliver', noon)
    t.match(await borrowOne(ledger, noon), { overrides: [], released: null })
  })

  promised('other rules that a person overrode stay overridden in review', async (t, ledger) => {
    await ledger.receive(arrivalOf({ amountCents: -100 }), noon)
    const held = await borrowOne(ledger, noon)
    await ledger.record(held, { to: 'held', code: 'CREDIT_NOTE', detail: null }, noon)
    await ledger.act('2026-0042', 'deliver', noon)
    const loan = await borrowOne(ledger, noon)
    await ledger.record(loan, { to: 'held', code: 'REVIEW', detail: null, wouldSend: draftOf(loan) }, noon)
    await ledger.act('2026-0042', 'deliver', noon)

    t.strictSame((await borrowOne(ledger, noon)).overrides.toSorted(), ['CREDIT_NOTE', 'REVIEW'])
  })

  promised('a correction takes the release away', async (t, ledger) => {
    await bring(ledger, 'held')
    await ledger.act('2026-0042', 'deliver', noon)
    await ledger.receive(corrected, noon)

    t.match(await borrowOne(ledger, noon), { overrides: [], released: null, documentVersion: 1 })
  })

  promised(
    'a correction may change nothing but its PDF: while nothing was sent the newest is the one',
    async (t, ledger) => {
      const [first, second] = [pdf('first', 'a'), pdf('second', 'b')]
      await ledger.receive(arrivalOf({}, { document: first }), noon)

      t.strictSame(await ledger.receive(arrivalOf({}, { document: second }), noon), {
        result: 'duplicate',
        changed: true,
        unused: [first]
      })

      t.match(await borrowOne(ledger, noon), { document: second, documentVersion: 1 })
    }
  )

  promised('a PDF of the same bytes is no news', async (t, ledger) => {
    const [first, again] = [pdf('first', 'a'), pdf('again', 'a')]
    await ledger.receive(arrivalOf({}, { document: first }), noon)

    t.match(await ledger.receive(arrivalOf({}, { document: again }), noon), {
      changed: false,
      unused: [again]
    })
    t.match(await borrowOne(ledger, noon), { document: first, documentVersion: 0 })
  })

  promised('whoever has an invoice on loan sends no PDF that was replaced meanwhile', async (t, ledger) => {
    await ledger.receive(arrivalOf({}, { document: pdf('first', 'a') }), noon)
    const loan = await borrowOne(ledger, noon)
    await ledger.receive(arrivalOf({}, { document: pdf('second', 'b') }), noon)

    t.equal(await ledger.sending(loan, bodyOf(loan), noon), 'lost')
  })

  for (const stage of ['sending', 'delivered', 'waiting once sent'] as const)
    promised(`once it was sent its PDF stays what was sent: ${stage}`, async (t, ledger) => {
      const [first, second] = [pdf('first', 'a'), pdf('second', 'b')]
      await bring(ledger, stage, arrivalOf({}, { document: first }))

      const { unused } = await ledger.receive(arrivalOf({}, { document: second }), noon)

      t.strictSame(unused, [second])
      t.strictSame(await ledger.documents(), new Set(['first.pdf']))
    })

  promised('a tool that renders anew changed nothing until it says so', async (t, ledger) => {
    const told = (revision: string) => arrivalOf({ pdfUrl: null, revision })
    await ledger.receive(told('1'), noon)
    const fetched = pdf('fetched', 'a')
    await ledger.attach(await borrowOne(ledger, noon), fetched, noon)

    t.match(await ledger.receive(told('1'), noon), { changed: false, unused: [] })
    t.match(await ledger.receive(told('2'), noon), { changed: true, unused: [fetched] })

    t.match(await borrowOne(ledger, noon), { document: null, documentVersion: 1, invoice: { revision: '2' } })
  })

  promised('a sender without ids of its own says by another address that it is another PDF', async (t, ledger) => {
    const told = (pdfUrl: string) => arrivalOf({ sourceId: null, pdfUrl })
    await ledger.receive(told('https://acme.example/1.pdf'), noon)
    const fetched = pdf('fetched', 'a')
    await ledger.attach(await borrowOne(ledger, noon), fetched, noon)

    t.match(await ledger.receive(told('https://acme.example/2.pdf'), noon), { unused: [fetched] })

    t.match(await borrowOne(ledger, noon), { document: null, documentVersion: 1 })
  })

  promised('of a tool another address of the same PDF is no news', async (t, ledger) => {
    await ledger.receive(same, noon)
    const fetched = pdf('fetched', 'a')
    await ledger.attach(await borrowOne(ledger, noon), fetched, noon)
    await ledger.receive(arrivalOf({ pdfUrl: 'https://acme.example/42.pdf?signed=2' }), noon)

    t.match(await borrowOne(ledger, noon + minute), { document: fetched })
  })

  promised('voided before it is told of: the invoice that follows is dismissed', async (t, ledger) => {
    t.equal(await ledger.voidSource('acme', 'acme-1', noon), false)
    t.equal(await ledger.voidSource('acme', 'acme-1', noon), false, 'twice is once')

    t.match(await ledger.receive(same, noon + minute), { result: 'accepted' })

    t.strictSame(await stateOf(ledger), ['dismissed', 'VOIDED_IN_TOOL'])
    t.match((await rowOf(ledger)).history.at(-1), { event: 'voided in the tool' })
    t.equal(await ledger.nextDueAt(), null)
  })

  promised('what one tool voided says nothing of another one', async (t, ledger) => {
    await ledger.voidSource('rival', 'acme-1', noon)
    await ledger.receive(same, noon)

    t.strictSame(await stateOf(ledger), ['waiting', null])
  })

  promised('what was voided, and never told of, is forgotten in time', async (t, ledger) => {
    await ledger.voidSource('acme', 'acme-1', noon)
    await ledger.forget(noon, 9)
    await ledger.receive(same, noon)
    t.strictSame(await stateOf(ledger), ['dismissed', 'VOIDED_IN_TOOL'], 'not before its time')

    await ledger.voidSource('acme', 'acme-2', noon)
    await ledger.forget(noon + 1, 9)
    await ledger.receive(arrivalOf({ invoiceNumber: 'second', sourceId: 'acme-2' }), noon)
    t.strictSame(await stateOf(ledger, 'second'), ['waiting', null])
  })

  promised(
    'one invoice of a tool under a second number waits for a person, who is told the first',
    async (t, ledger) => {
      await bring(ledger, 'delivered')
      const second = arrivalOf({ invoiceNumber: '2026-0042-B', sourceId: 'acme-1' })

      t.match(await ledger.receive(second, noon), { result: 'conflict', changed: true })

      t.strictSame(await stateOf(ledger, '2026-0042-B'), ['held', 'INVOICE_CONFLICT'])
      t.match((await rowOf(ledger, '2026-0042-B')).history.at(-1), {
        event: 'told under another number',
        before: '2026-0042'
      })
      t.strictSame(await stateOf(ledger), ['delivered', null], 'the first stays what it is')

      await ledger.receive({ ...second, invoice: { ...second.invoice, amountCents: 999 } }, noon)
      t.strictSame(await stateOf(ledger, '2026-0042-B'), ['held', 'INVOICE_CONFLICT'], 'corrected, too')
      await ledger.act('2026-0042-B', 'deliver', noon)
      t.match(await borrowOne(ledger, noon), { invoice: { invoiceNumber: '2026-0042-B', amountCents: 999 } })
    }
  )

  const renumbered = arrivalOf({ invoiceNumber: '2026-0042-B', sourceId: 'acme-1' })
  const voidings: [how: string, say: (ledger: Ledger) => Promise<unknown>][] = [
    ['under the second number', ledger => ledger.receive({ ...renumbered, voided: true }, noon)],
    ['under the first number', ledger => ledger.receive({ ...same, voided: true }, noon)],
    ['by its id alone', ledger => ledger.voidSource('acme', 'acme-1', noon)]
  ]
  for (const [how, say] of voidings)
    promised(`renumbered and voided, it is voided under each of its numbers: ${how}`, async (t, ledger) => {
      await bring(ledger, 'delivered')
      await ledger.receive(renumbered, noon)

      t.match(await say(ledger), how === 'by its id alone' ? true : { result: 'accepted', changed: true })

      t.strictSame(await stateOf(ledger), ['delivered', 'VOIDED_IN_TOOL'])
      t.strictSame(await stateOf(ledger, '2026-0042-B'), ['dismissed', 'VOIDED_IN_TOOL'])
      t.match(await ledger.receive({ ...same, voided: true }, noon), { result: 'duplicate', changed: false })
    })

  promised('without an id of the tool it is voided by its number', async (t, ledger) => {
    const nameless = arrivalOf({ sourceId: null })
    await bring(ledger, 'delivered', nameless)
    await ledger.receive({ ...nameless, tool: 'rival', voided: true }, noon)
    t.strictSame(await stateOf(ledger), ['delivered', null], 'by whoever told of it')

    await ledger.receive({ ...nameless, voided: true }, noon)
    t.strictSame(await stateOf(ledger), ['delivered', 'VOIDED_IN_TOOL'])
  })

  promised('so it is while the first is in doubt', async (t, ledger) => {
    const loan = await bring(ledger, 'sending')
    await ledger.receive(renumbered, noon)
    await ledger.receive({ ...renumbered, voided: true }, noon)
    await ledger.record(loan, delivered(), noon)

    t.strictSame(await stateOf(ledger), ['delivered', 'VOIDED_IN_TOOL'])
    t.strictSame(await stateOf(ledger, '2026-0042-B'), ['dismissed', 'VOIDED_IN_TOOL'])
  })

  promised('senders without ids of their own have no second numbers', async (t, ledger) => {
    for (const invoiceNumber of ['1', '2']) await ledger.receive(arrivalOf({ invoiceNumber, sourceId: null }), noon)

    t.match(await ledger.summary(), { waiting: 2 })
  })

  const moved = arrivalOf({ customer: { portalId: 'cst_2' } })

  promised('sent to one customer of the portal, and told to be another’s: a conflict', async (t, ledger) => {
    await bring(ledger, 'delivered')
    t.match(await ledger.receive(arrivalOf({ customer: { portalId: 'cst_1' } }), noon), {
      result: 'duplicate'
    })

    t.match(await ledger.receive(moved, noon), { result: 'conflict' })

    t.strictSame(await stateOf(ledger), ['delivered', 'INVOICE_CONFLICT'])
  })

  promised('so it is while it is in doubt: judged when that is settled', async (t, ledger) => {
    const loan = await bring(ledger, 'sending')
    t.match(await ledger.receive(moved, noon), { result: 'conflict' })
    await ledger.record(loan, delivered(), noon)

    t.strictSame(await stateOf(ledger), ['delivered', 'INVOICE_CONFLICT'])
  })

  promised('and where it was taken over: the customer is whom the portal names', async (t, ledger) => {
    const loan = await bring(ledger, 'lent')
    const holding = holdingOf('inv_1', { customerId: 'cst_7' })
    await ledger.record(loan, { to: 'delivered', how: 'adopted', code: null, holding }, noon)

    t.match(await ledger.receive(arrivalOf({ customer: { portalId: 'cst_7' } }), noon), {
      result: 'duplicate'
    })
    t.match(await ledger.receive(moved, noon), { result: 'conflict' })
  })

  promised('before it was sent, that it is another’s is a newer fact', async (t, ledger) => {
    await ledger.receive(same, noon)

    t.match(await ledger.receive(moved, noon), { result: 'duplicate', changed: true })
    t.match(await borrowOne(ledger, noon), { invoice: { customer: { portalId: 'cst_2' } } })
  })

  promised('a doubt that is over says nothing of whose it is', async (t, ledger) => {
    const loan = await bring(ledger, 'sending')
    await ledger.record(loan, doubt, noon)
    const [found] = await ledger.doubts(noon + minute, 1)
    const again = { to: 'waiting', at: noon, code: 'PORTAL_UNREACHABLE', detail: null, spent: true } as const
    await ledger.settle(found!, again, noon)

    t.match(await ledger.receive(moved, noon), { result: 'duplicate' })
  })
}
