// Who works with the ledger: what one process holds, and how it ends.

import { arrivalOf, minute, noon, type Promised } from '../fixtures.ts'

export function processesContract(promised: Promised): void {
  promised('a task that is nobody’s is whose who asks first, and stays it', async (t, ledger) => {
    t.equal(await ledger.lease('sweep', noon), true)
    t.equal(await ledger.lease('sweep', noon + 10 * minute), true)
    await ledger.release('sweep')
    t.equal(await ledger.lease('sweep', noon + 10 * minute), true)
  })

  promised('whoever joins alone has the portal read back to the last sign of life', async (t, ledger) => {
    await ledger.join(noon)
    t.equal((await ledger.holdings.copy()).backTo, null, 'a new ledger has none')

    await ledger.beat(noon + minute)
    await ledger.leave()
    await ledger.join(noon + 5 * minute)
    t.equal((await ledger.holdings.copy()).backTo, noon + minute)

    await ledger.beat(noon + 6 * minute)
    await ledger.join(noon + 7 * minute)
    t.equal((await ledger.holdings.copy()).backTo, noon + minute, 'until that is done')
  })

  promised('who leaves holds no loan any more', async (t, ledger) => {
    await ledger.receive(arrivalOf(), noon)
    const [loan] = await ledger.borrow(1, noon, noon + 10 * minute)
    t.strictSame(await ledger.borrow(1, noon, noon + 10 * minute), [])
    await ledger.leave()

    t.match(await ledger.borrow(1, noon, noon + 10 * minute), [{ id: loan?.id, attempt: 2 }])
  })

  promised('a slot that is given back and a pause change nothing for who is alone', async (t, { holdings }) => {
    const id = (await holdings.takeSlot(0, { perMinute: 1, requestMsMax: 30_000 }, noon)) ?? 0
    await holdings.endSlot(id, true, noon)
    await holdings.pauseSlots(minute, noon)
    t.equal(await holdings.slotsTaken(), 1)
  })
}
