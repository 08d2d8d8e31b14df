import t from 'tap'
import { isCut, isSpelling } from '../../../src/core/spelling.ts'

t.test('a number may be another one: cut, escaped, filled up, or without its signs', async t => {
  for (const shown of ['F2026-0042', 'f 2026 0042', 'F20260042', 'F2026&#45;0042', 'F2026', 'F2026-00'])
    t.ok(isSpelling(shown, 'F2026-0042'), shown)
  t.ok(isSpelling('000123', '123'))
  for (const shown of [null, '', 'F20', 'F2026-0043', 'G2026-0042', '2026-0042', 'F2026-00421'])
    t.notOk(isSpelling(shown, 'F2026-0042'), String(shown))
})

t.test('a number is cut where it is shorter, and says enough', async t => {
  for (const shown of ['F2026-004', 'f2026', 'F2026&#45;00']) t.ok(isCut(shown, 'F2026-0042'), shown)
  for (const shown of ['F2026-0042', 'F20260042', 'F20', 'F2026-0043', '2026'])
    t.notOk(isCut(shown, 'F2026-0042'), shown)
})
