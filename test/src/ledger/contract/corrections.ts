// A tool that dates its words corrects an invoice, voids it and restores it, and the words come out of order; and a void
// by the tool's id alone, where a copy came by another way.

import type { Code } from '../../../../src/core/codes.ts'
import type { Arrival, State } from '../../../../src/core/row.ts'
import type { Ledger } from '../../../../src/ledger/ledger.ts'
import {
  again,
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
  same,
  stateOf
} from '../fixtures.ts'

const secondHand = ['copies']
const copy = arrivalOf({ sourceId: 'copy-1', customer: { ref: 'other' } }, { tool: 'copies', secondHand })

const toldAt = (revision: string, rest: Partial<Arrival> = {}) =>
  arrivalOf({ revision }, { restores: true, secondHand, ...rest })
const correctedAt = (revision: string, rest: Partial<Arrival> = {}) =>
  arrivalOf({ revision, amountCents: 24200 }, { restores: true, secondHand, ...rest })
const voidedAt = (revision: string) => toldAt(revision, { voided: true })

const numbered = (arrival: Arrival, invoiceNumber: string): Arrival => ({
  ...arrival,
  invoice: { ...arrival.invoice, invoiceNumber }
})

const isFirst = ({ invoice }: { invoice: { invoiceNumber: string } }): boolean =>
  invoice.invoiceNumber === '2026-0042-B'

type Standing = [state: State, code: Code | null]
const dismissed: Standing = ['dismissed', 'VOIDED_IN_TOOL']
const asked: Standing = ['held', 'INVOICE_CONFLICT']

export const correctionsContract = (promised: Promised): void => {
  promised('what a tool said before it corrected an invoice does not come back', async (t, ledger) => {
    for (const told of [toldAt('1'), correctedAt('3')]) await ledger.receive(told, noon)

    t.match(await ledger.receive(toldAt('2'), noon), { result: 'duplicate', changed: false })

    t.match(await borrowOne(ledger, noon), { invoice: { amountCents: 24200, revision: '3' } })
  })

  promised('nor is that other facts once the invoice is delivered', async (t, ledger) => {
    await bring(ledger, 'delivered', toldAt('3'))

    t.match(await ledger.receive(correctedAt('2'), noon), { result: 'duplicate', changed: false })

    t.strictSame(await stateOf(ledger), ['delivered', null])
  })

  promised('a correction from before it was voided does not bring it back, a later one does', async (t, ledger) => {
    for (const told of [toldAt('1'), voidedAt('3'), correctedAt('2')]) await ledger.receive(told, noon)
    t.strictSame(await stateOf(ledger), dismissed)

    await ledger.receive(correctedAt('4'), noon)

    t.match(await borrowOne(ledger, noon), { invoice: { amountCents: 24200 } })
  })

  promised('a void from before other facts does not take them from who has to decide', async (t, ledger) => {
    for (const told of [copy, correctedAt('2'), toldAt('1'), correctedAt('4')]) await ledger.receive(told, noon)

    await ledger.receive(voidedAt('3'), noon)

    t.strictSame(await stateOf(ledger), asked)
  })

  promised('voided, and then final with facts that are known beside it: a person decides anew', async (t, ledger) => {
    for (const told of [copy, toldAt('1'), correctedAt('2'), voidedAt('3')]) await ledger.receive(told, noon)
    t.strictSame(await stateOf(ledger), dismissed)

    t.match(await ledger.receive(correctedAt('4'), noon), { result: 'conflict', changed: true })

    t.strictSame(await stateOf(ledger), asked)
    await ledger.act('2026-0042', 'keep', noon)
    await ledger.receive(correctedAt('4'), noon)
    t.strictSame(await stateOf(ledger), ['waiting', null], 'once')
    for (const told of [voidedAt('5'), correctedAt('6')]) await ledger.receive(told, noon)
    t.match(await rowOf(ledger), { state: 'held', conflicts: [{ amountCents: 24200 }] })
  })

  for (const [stage, then] of [
    ['waiting once sent', ['waiting', null]],
    ['delivered', ['delivered', null]]
  ] as const)
    promised(
      `voided, ${stage}, a person keeps it, and it is final with the other facts: they decide anew`,
      async (t, ledger) => {
        await bring(ledger, stage, toldAt('1'))
        for (const told of [correctedAt('2'), voidedAt('3')]) await ledger.receive(told, noon)
        await ledger.act('2026-0042', 'keep', noon)
        if (stage === 'delivered') await ledger.act('2026-0042', 'dismiss', noon)
        await ledger.receive(correctedAt('2'), noon)
        t.strictSame(await stateOf(ledger), then)

        t.match(await ledger.receive(correctedAt('4'), noon), { result: 'conflict', changed: true })

        t.equal((await stateOf(ledger))[1], 'INVOICE_CONFLICT')
        await ledger.act('2026-0042', 'keep', noon)
        for (const told of [correctedAt('4'), correctedAt('5'), voidedAt('3')]) await ledger.receive(told, noon)
        t.strictSame(await stateOf(ledger), then, 'once')
      }
    )

  promised('another order under the number says nothing of how late a void of the first is', async (t, ledger) => {
    const another = { ...correctedAt('9'), invoice: { ...correctedAt('9').invoice, sourceId: 'acme-2' } }
    for (const told of [toldAt('1'), another]) await ledger.receive(told, noon)
    await ledger.act('2026-0042', 'keep', noon)

    await ledger.receive(voidedAt('8'), noon)

    t.strictSame(await stateOf(ledger), dismissed)
  })

  promised('a third tool with the number asks once, and not with each event', async (t, ledger) => {
    const third = arrivalOf({ sourceId: 'rival-1', revision: '1', amountCents: 999 }, { tool: 'rival' })
    for (const told of [third, toldAt('2')]) await ledger.receive(told, noon)
    await ledger.act('2026-0042', 'keep', noon)
    await ledger.receive({ ...third, voided: true }, noon)
    await ledger.act('2026-0042', 'deliver', noon)

    for (const revision of ['3', '4']) await ledger.receive(toldAt(revision), noon)

    t.strictSame(await stateOf(ledger), ['waiting', null])
  })

  for (const how of ['keep', 'take'] as const)
    promised(
      `voided, and ${how} decides between the facts: what was sent is looked for from the start`,
      async (t, ledger) => {
        await bring(ledger, 'held once sent', copy)
        await ledger.receive(toldAt('1'), noon)
        await ledger.act('2026-0042', 'deliver', noon, { absent: true })
        await ledger.record(await borrowOne(ledger, noon), { to: 'held', code: 'INVOICE_CONFLICT', detail: null }, noon)
        await ledger.holdings.learn([holdingOf('inv_s', { invoiceNumber: '20260042' })], null, noon)
        await ledger.act('2026-0042', 'deliver', noon)
        for (const told of [voidedAt('2'), correctedAt('3')]) await ledger.receive(told, noon)

        await ledger.act('2026-0042', how, noon)

        const loan = await borrowOne(ledger, noon)
        await ledger.record(loan, { to: 'look', body: bodyOf(loan) }, noon)
        const [doubt] = await ledger.doubts(noon + 5 * minute, 1)
        t.match(await ledger.holdings.strangers(doubt!.sent, doubt!.sentAfter), [{ id: 'inv_s' }])
      }
    )

  promised('voided in doubt, and then final with other facts: a person decides', async (t, ledger) => {
    const loan = await bring(ledger, 'sending', toldAt('1'))
    for (const told of [voidedAt('2'), correctedAt('3'), voidedAt('2')]) await ledger.receive(told, noon)

    await ledger.record(loan, again(noon), noon)

    t.strictSame(await stateOf(ledger), asked)
  })

  promised('voided by its id alone before its copy is known as such: dismissed once it is', async (t, ledger) => {
    await ledger.receive(copy, noon)
    t.equal(await ledger.voidSource('acme', 'acme-1', noon), false)
    const told = { ...same, secondHand }

    t.match(await ledger.receive(told, noon), { result: 'duplicate', changed: true })

    t.strictSame(await stateOf(ledger), dismissed)
    await ledger.act('2026-0042', 'deliver', noon)
    t.match(await ledger.receive(told, noon), { changed: false }, 'and no more after a person knew of it')
    t.strictSame(await stateOf(ledger), ['waiting', null])
  })

  promised('by then delivered: a person is told', async (t, ledger) => {
    await bring(ledger, 'delivered', copy)
    await ledger.voidSource('acme', 'acme-1', noon)
    await ledger.receive({ ...same, secondHand }, noon)

    t.strictSame(await stateOf(ledger), ['delivered', 'VOIDED_IN_TOOL'])
  })

  for (const voids of [
    ['2', '3'],
    ['3', '2']
  ])
    promised(
      `voided with other facts, and its words come as ${voids}: its copy is dismissed once it is known as such`,
      async (t, ledger) => {
        await ledger.receive(copy, noon)
        for (const revision of voids) {
          const told = { ...correctedAt(revision), voided: true }
          t.match(await ledger.receive(told, noon), { result: 'duplicate', changed: false })
        }
        t.strictSame(await stateOf(ledger), ['waiting', null], 'by then it may be another invoice')

        t.match(await ledger.receive(toldAt('25'), noon), { result: 'duplicate', changed: true })
        t.strictSame(await stateOf(ledger), dismissed)
        await ledger.receive(toldAt('26'), noon)
        t.strictSame(await stateOf(ledger), dismissed, 'and by all that is older')

        await ledger.receive(toldAt('4'), noon)
        t.strictSame(await stateOf(ledger), ['waiting', null])
      }
    )

  promised('and so is what its tool brings under a number of its own, among others', async (t, ledger) => {
    await ledger.receive(copy, noon)
    await ledger.receive({ ...correctedAt('3'), voided: true }, noon)
    const renumbered = (revision: string) => numbered(correctedAt(revision), '2026-0043')
    const another = arrivalOf({ invoiceNumber: '2026-0044', sourceId: 'acme-3' })

    await Promise.all([renumbered('2'), another].map(told => ledger.receive(told, noon)))

    t.strictSame(await stateOf(ledger, '2026-0043'), dismissed)
    await ledger.receive(renumbered('25'), noon)
    t.strictSame(await stateOf(ledger, '2026-0043'), dismissed, 'it is known how late the void was')
    await ledger.receive(renumbered('4'), noon)
    t.strictSame(await stateOf(ledger, '2026-0043'), ['waiting', null])
  })

  promised('such a void is forgotten with all that is old', async (t, ledger) => {
    await ledger.receive(copy, noon)
    await ledger.receive({ ...correctedAt('3'), voided: true }, noon)
    await ledger.forget(noon, 9)
    await ledger.receive({ ...correctedAt('2'), voided: true }, noon + 1)
    await ledger.forget(noon + 1, 9)

    t.match(await ledger.receive(toldAt('2'), noon), { result: 'duplicate' })

    t.strictSame(await stateOf(ledger), ['waiting', null])
  })

  promised('and not by what is later', async (t, ledger) => {
    await ledger.receive(copy, noon)
    await ledger.receive({ ...correctedAt('3'), voided: true }, noon)

    t.match(await ledger.receive(toldAt('4'), noon), { result: 'duplicate', changed: true })

    t.strictSame(await stateOf(ledger), ['waiting', null])
  })

  promised('what a person released before it was voided is not released beside other facts', async (t, ledger) => {
    await bring(ledger, 'held', copy)
    await ledger.receive(toldAt('1'), noon)
    await ledger.act('2026-0042', 'deliver', noon)
    for (const told of [voidedAt('2'), correctedAt('3')]) await ledger.receive(told, noon)
    t.strictSame(await stateOf(ledger), asked)

    await ledger.act('2026-0042', 'keep', noon)

    const { released, overrides } = await borrowOne(ledger, noon)
    t.strictSame({ released, overrides }, { released: null, overrides: [] })
  })

  promised('other facts from before it was voided do not bring its copy back, later ones do', async (t, ledger) => {
    for (const told of [copy, toldAt('1'), voidedAt('3')]) await ledger.receive(told, noon)

    t.match(await ledger.receive(correctedAt('2'), noon), { result: 'duplicate', changed: false })
    t.strictSame(await stateOf(ledger), dismissed)

    await ledger.receive(correctedAt('4'), noon)
    t.strictSame(await stateOf(ledger), asked)
  })

  promised('nor do those of another invoice count as older: a person decides', async (t, ledger) => {
    for (const told of [copy, toldAt('1'), voidedAt('3')]) await ledger.receive(told, noon)
    const stranger = { ...correctedAt('2'), invoice: { ...correctedAt('2').invoice, sourceId: 'acme-2' } }

    t.match(await ledger.receive(stranger, noon), { result: 'conflict', changed: true })
    t.strictSame(await stateOf(ledger), asked)
  })

  const first = (arrival: Arrival) => numbered(arrival, '2026-0042-B')

  for (const [how, say] of [
    ['by its id alone', (ledger: Ledger) => ledger.voidSource('acme', 'acme-1', noon)],
    ['under that number', (ledger: Ledger) => ledger.receive(first({ ...same, secondHand, voided: true }), noon)]
  ] as const)
    promised(
      `voided ${how} under a first number, before its copy under the second is known as such`,
      async (t, ledger) => {
        await ledger.receive(first({ ...same, secondHand }), noon)
        await ledger.receive(copy, noon)
        await say(ledger)
        t.strictSame(await stateOf(ledger), ['waiting', null])

        t.match(await ledger.receive({ ...same, secondHand }, noon), { result: 'duplicate', changed: true })

        t.strictSame(await stateOf(ledger), dismissed)
        t.strictSame(await stateOf(ledger, '2026-0042-B'), dismissed)
      }
    )

  const number = '2026-0042'
  for (const [what, bring] of [
    ['the copy', [copy, first({ ...same, secondHand })]],
    ['the tool', [first({ ...same, secondHand }), copy]]
  ] as const) {
    promised(`told under two numbers, ${what} was first: the one that a copy brought waits`, async (t, ledger) => {
      for (const arrival of bring) await ledger.receive(arrival, noon)
      t.strictSame(await stateOf(ledger), ['waiting', null])

      t.match(await ledger.receive({ ...same, secondHand }, noon), { result: 'conflict', changed: true })

      t.strictSame(await stateOf(ledger), asked)
      t.match(await rowOf(ledger), { toldBefore: '2026-0042-B', history: [{}, { event: 'told under another number' }] })
      t.strictSame(await stateOf(ledger, '2026-0042-B'), ['waiting', null])
      await ledger.act(number, 'deliver', noon)
      t.match(await ledger.receive({ ...same, secondHand }, noon), { result: 'duplicate', changed: false })
      t.strictSame(await stateOf(ledger), ['waiting', null], 'a person is asked once')
    })

    promised(`told under two numbers, ${what} was first, and the copy is sent: the other waits`, async (t, ledger) => {
      for (const arrival of bring) await ledger.receive(arrival, noon)
      const loans = await ledger.borrow(9, noon, noon + minute)
      const sent = loans.find(({ invoice }) => invoice.invoiceNumber === number)!
      await ledger.sending(sent, bodyOf(sent), noon)

      t.match(await ledger.receive({ ...same, secondHand }, noon), { result: 'conflict', changed: true })

      t.strictSame(await stateOf(ledger), ['sending', null])
      t.match(await rowOf(ledger, '2026-0042-B'), { state: 'held', code: 'INVOICE_CONFLICT', toldBefore: number })
    })
  }

  promised('told under two numbers once both are delivered: nobody can change that any more', async (t, ledger) => {
    await bring(ledger, 'delivered', copy)
    await bring(ledger, 'delivered', first({ ...same, secondHand }))

    t.match(await ledger.receive({ ...same, secondHand }, noon), { result: 'duplicate', changed: false })
  })

  promised(
    'corrected beside a second number that a person had delivered: each says which the other is',
    async (t, ledger) => {
      for (const told of [same, first(same)]) await ledger.receive(told, noon)
      await ledger.act('2026-0042-B', 'deliver', noon)
      const cheaper = { ...same, invoice: { ...same.invoice, amountCents: 999 } }

      for (const told of [cheaper, first(cheaper)]) await ledger.receive(told, noon)

      t.match(await rowOf(ledger), { state: 'held', code: 'INVOICE_CONFLICT', toldBefore: '2026-0042-B' })
      t.match(await rowOf(ledger, '2026-0042-B'), { state: 'held', code: 'INVOICE_CONFLICT', toldBefore: number })
    }
  )

  promised('held for what the portal holds: its other number is not why', async (t, ledger) => {
    const loan = await bring(ledger, 'lent', same)
    await ledger.record(loan, { to: 'held', code: 'INVOICE_CONFLICT', detail: null }, noon)
    await ledger.receive(first(same), noon)
    await ledger.act('2026-0042-B', 'deliver', noon)

    t.match(await rowOf(ledger), { state: 'held', code: 'INVOICE_CONFLICT', toldBefore: null })
  })

  promised('restored while its other number is delivered: a person decides', async (t, ledger) => {
    await ledger.receive(copy, noon)
    await ledger.receive(first(toldAt('2')), noon)
    const loan = (await ledger.borrow(9, noon, noon + minute)).find(isFirst)!
    await ledger.sending(loan, bodyOf(loan), noon)
    await ledger.record(loan, delivered('inv_1', '2026-0042-B'), noon)
    await ledger.receive(voidedAt('3'), noon)
    t.strictSame(await stateOf(ledger), dismissed)

    await ledger.receive(toldAt('4'), noon)

    t.strictSame(await stateOf(ledger), asked)
    t.match(await rowOf(ledger), { toldBefore: '2026-0042-B' })
  })

  promised(
    'restored beside its other number, which it was told under first: that is what is said',
    async (t, ledger) => {
      for (const told of [first(toldAt('1')), copy, first(voidedAt('3')), toldAt('2')]) await ledger.receive(told, noon)
      t.strictSame(await stateOf(ledger), dismissed)

      await ledger.receive(toldAt('4'), noon)

      t.match(await rowOf(ledger), { state: 'held', toldBefore: '2026-0042-B', conflicts: [] })
    }
  )

  promised(
    'voided under the first number later than a void that meets its copy: what is between is late',
    async (t, ledger) => {
      for (const told of [copy, first(voidedAt('3')), voidedAt('1'), toldAt('2')]) await ledger.receive(told, noon)

      t.strictSame(await stateOf(ledger), dismissed)
    }
  )

  promised('of a void that is remembered and one that meets the copy the later counts', async (t, ledger) => {
    for (const told of [copy, { ...correctedAt('3'), voided: true }, voidedAt('1'), toldAt('2')])
      await ledger.receive(told, noon)
    t.strictSame(await stateOf(ledger), dismissed)

    await ledger.receive(toldAt('4'), noon)
    t.strictSame(await stateOf(ledger), ['waiting', null])
  })

  promised('of a void that is remembered and one under the first number the later counts', async (t, ledger) => {
    const remembered = { ...correctedAt('3'), voided: true }
    for (const told of [copy, remembered, first(toldAt('2')), first(voidedAt('5')), toldAt('2'), toldAt('4')])
      await ledger.receive(told, noon)

    t.strictSame(await stateOf(ledger), dismissed)
  })

  promised('a late word about a copy is late under two numbers, too', async (t, ledger) => {
    for (const told of [first(toldAt('1')), copy, toldAt('2'), voidedAt('4'), correctedAt('3')])
      await ledger.receive(told, noon)

    t.strictSame(await stateOf(ledger), dismissed)
  })

  promised('final under the second number later than voided under the first: a person decides', async (t, ledger) => {
    await ledger.receive(first(toldAt('1')), noon)
    await ledger.receive(copy, noon)
    await ledger.receive(first(voidedAt('2')), noon)

    await ledger.receive(toldAt('3'), noon)

    t.strictSame(await stateOf(ledger), asked)
  })

  promised('final under the second number, and voided later under the first: its copy stays', async (t, ledger) => {
    await ledger.receive(first(toldAt('1')), noon)
    await ledger.receive(copy, noon)
    await ledger.receive(first(voidedAt('4')), noon)

    for (const revision of ['2', '3']) await ledger.receive(toldAt(revision), noon)

    t.strictSame(await stateOf(ledger), dismissed, 'dismissed, whatever is older than the void')
  })
}
