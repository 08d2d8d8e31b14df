// What the owner is still to be told of.

import type { Notice } from '../../../../src/core/notice.ts'
import { noon, type Promised } from '../fixtures.ts'

const notice = (invoiceNumber: string): Notice => ({ kind: 'alert', code: 'REVIEW', invoiceNumber, text: null })

export function noticesContract(promised: Promised): void {
  promised('what is to be told is told in its order, until it was', async (t, ledger) => {
    await ledger.addNotice(notice('A-1'), noon)
    await ledger.addNotice({ kind: 'warning', code: null, invoiceNumber: null, text: 'late' }, noon + 1)
    const [first, second] = await ledger.notices()
    t.match(
      [first, second],
      [
        { ...notice('A-1'), at: noon },
        { kind: 'warning', text: 'late', at: noon + 1 }
      ]
    )

    await ledger.addNotice(notice('A-2'), noon)
    await ledger.dropNotices(second!.id)
    t.match(await ledger.notices(), [{ invoiceNumber: 'A-2' }])
    await ledger.dropNotices((await ledger.notices())[0]!.id)
    await ledger.addNotice(notice('A-3'), noon)
    t.ok((await ledger.notices())[0]!.id > second!.id + 1, 'an id is never used again')
  })

  promised('no more are kept than anybody reads', async (t, ledger) => {
    await Promise.all(Array.from({ length: 1005 }, (_, at) => ledger.addNotice(notice(`A-${at}`), noon)))

    t.equal((await ledger.notices()).length, 1000)
  })
}
