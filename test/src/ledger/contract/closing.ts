// What is left of a ledger once it is closed.

import type { Ledger } from '../../../../src/ledger/ledger.ts'
import { arrivalOf, bodyOf, bring, delivered, documentOf, noon, type Promised, same } from '../fixtures.ts'
export function closingContract(promised: Promised): void {
  promised('once closed it says that nothing can be kept or read', async (t, ledger) => {
    const loan = await bring(ledger, 'lent')
    const asked = ledger.receive(arrivalOf({ invoiceNumber: 'last' }), noon)
    await ledger.close()
    await t.resolves(ledger.close(), 'closing twice is nothing')

    t.match(await asked, { result: 'accepted' }, 'what was asked before is done')
    const closed: [method: keyof Ledger, call: () => Promise<unknown>][] = [
      ['receive', () => ledger.receive(same, noon)],
      ['borrow', () => ledger.borrow(1, noon, noon + 1)],
      ['nextDueAt', () => ledger.nextDueAt()],
      ['attach', () => ledger.attach(loan, documentOf('a'), noon)],
      ['sending', () => ledger.sending(loan, bodyOf(loan), noon)],
      ['record', () => ledger.record(loan, delivered(), noon)],
      ['act', () => ledger.act('2026-0042', 'dismiss', noon)],
      ['find', () => ledger.find('2026-0042')],
      ['list', () => ledger.list({ limit: 1 })],
      ['summary', () => ledger.summary()],
      ['tally', () => ledger.tally()],
      ['beat', () => ledger.beat(noon)],
      ['forget', () => ledger.forget(noon, 1)],
      ['documents', () => ledger.documents()]
    ]
    for (const [method, call] of closed) await t.rejects(call(), { code: 'LEDGER_UNAVAILABLE' }, method)
  })
}
