import t from 'tap'
import { foundTwice, gone, isTwice, shown } from '../../../src/rules/portal-news.ts'
import { bodyOf, holdingOf, noon } from '../ledger/fixtures.ts'
import { keptAs } from './fixtures.ts'

const first = { isNew: false, isFirstSight: true, isOneOfMany: false }
const again = { ...first, isFirstSight: false }
const there = keptAs({ state: 'delivered', portalId: 'inv_1', body: bodyOf(keptAs()), nextAttemptAt: null })

t.test('what a reading shows otherwise than it was sent is for a person, once it is shown', async t => {
  const otherwise = holdingOf('inv_1', { amountCents: 1 })
  t.match(shown(there, otherwise, first, false, noon), {
    set: { code: 'INVOICE_CONFLICT' },
    lines: [{ detail: { detail: 'the portal shows another amount' } }]
  })
  t.strictSame(shown(there, otherwise, again, false, noon), { set: {}, lines: [] })
  t.strictSame(shown(there, holdingOf('inv_1'), first, false, noon), { set: {}, lines: [] })
})

t.test('that it is paid is known from then on', async t => {
  const paid = holdingOf('inv_1', { paidAt: noon })
  t.match(shown(there, paid, again, false, noon).set, {
    knownPaidAt: noon,
    nextAttemptAt: null,
    loanUntil: null
  })
  t.strictSame(shown({ ...there, knownPaidAt: 1 }, paid, again, false, noon).set, {})
})

t.test('what is there again goes on, and what its loss hid is told', async t => {
  const lost = { ...there, code: 'DELETED_IN_PORTAL' } as const
  const back = (facts: object, isOneOfMany = false, hasConflict = false) =>
    shown({ ...lost, ...facts }, holdingOf('inv_1'), { ...again, isOneOfMany }, hasConflict, noon).set.code
  t.equal(back({}), null)
  t.equal(back({ voided: true }, true, true), 'VOIDED_IN_TOOL')
  t.equal(back({}, true, true), 'INVOICE_CONFLICT')
  t.equal(back({}, true), 'PORTAL_DUPLICATE')
  t.equal(back({ overrides: ['INVOICE_CONFLICT'] }, true), null)
})

t.test('gone is said once, and remembers what it hides', async t => {
  t.match(gone({ code: null, voided: false }), {
    set: { code: 'DELETED_IN_PORTAL', voided: false },
    lines: [{}]
  })
  t.match(gone({ code: 'VOIDED_IN_TOOL', voided: false }).set, { voided: true })
  t.strictSame(gone({ code: 'DELETED_IN_PORTAL', voided: false }).lines, [])
})

t.test('a second one under a number is news, unless a person asked for it', async t => {
  t.equal(isTwice(there), true)
  t.equal(isTwice({ ...there, overrides: ['INVOICE_CONFLICT'] }), false)
  t.equal(isTwice({ ...there, state: 'sending' }), false)
  t.match(foundTwice('inv_2'), { set: { code: 'PORTAL_DUPLICATE' }, lines: [{ detail: { also: 'inv_2' } }] })
})
