import t from 'tap'
import { recogniseMatching } from '../../../src/delivery/matching.ts'
import { arrivalOf, borrowOne, noon, stateOf } from '../ledger/fixtures.ts'
import { openMemory } from '../ledger/memory.ts'

t.test('what waits for its customer is judged again once customers are found in another way', async t => {
  const ledger = openMemory()
  t.teardown(() => ledger.close())
  await ledger.receive(arrivalOf(), noon)
  const hold = async () =>
    ledger.record(await borrowOne(ledger, noon), { to: 'held', code: 'CUSTOMER_UNKNOWN', detail: null }, noon)
  const start = (create: boolean) => recogniseMatching(ledger, { match: 'email', create }, { now: () => noon })
  await hold()

  t.equal(await start(false), 0, 'nobody knows how it was before')
  t.equal(await start(false), 0)
  t.strictSame(await stateOf(ledger), ['held', 'CUSTOMER_UNKNOWN'])

  t.equal(await start(true), 1)
  t.strictSame(await stateOf(ledger), ['waiting', null])
  await hold()
  t.equal(await start(true), 0, 'once')
  t.equal(await start(false), 1, 'back again is another way, too')
})
