// A tool that dates its words corrects an invoice, voids it and restores it, and the words come out of order; and a void
// by the tool's id alone, where a copy came by another way.

import type { Code } from '../../../../src/core/codes.ts'
import type { Arrival, State } from '../../../../src/core/row.ts'
import { again, arrivalOf, borrowOne, bring, noon, type Promised, rowOf, same, stateOf } from '../fixtures.ts'

const secondHand = ['copies']
const copy = arrivalOf({ sourceId: 'copy-1', customer: { ref: 'other' } }, { tool: 'copies', secondHand })

const toldAt = (revision: string, rest: Partial<Arrival> = {}) =>
  arrivalOf({ revision }, { restores: true, secondHand, ...rest })
const correctedAt = (revision: string, rest: Partial<Arrival> = {}) =>
  arrivalOf({ revision, amountCents: 24200 }, { restores: true, secondHand, ...rest })
const voidedAt = (revision: string) => toldAt(revision, { voided: true })

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
}
