import t from 'tap'
import { recogniseReview } from '../../../src/health/review.ts'
import { noon } from '../ledger/fixtures.ts'
import { openMemory } from '../ledger/memory.ts'

t.test('since when it is so is remembered over restarts, and begins anew when it changes', async t => {
  const ledger = openMemory()
  t.teardown(() => ledger.close())
  const at = (on: boolean, now: number) => recogniseReview(ledger.holdings, on, { now: () => now })

  t.strictSame(await at(true, noon), { on: true, since: noon })
  t.strictSame(await at(true, noon + 1), { on: true, since: noon })
  t.strictSame(await at(false, noon + 2), { on: false, since: noon + 2 })
  t.strictSame(await at(false, noon + 3), { on: false, since: noon + 2 })
})
