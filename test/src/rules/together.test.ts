import t from 'tap'
import { overrides, states } from '../../../src/core/row.ts'
import { leftOutOf } from '../../../src/rules/together.ts'

t.test('a word to all delivers what review holds, and overrides nothing else', async t => {
  const held = (code: (typeof overrides)[number] | 'CUSTOMER_UNKNOWN', everSent = false) =>
    leftOutOf({ state: 'held', code, everSent, test: false }, 'deliver', false)

  t.equal(held('REVIEW'), null)
  t.equal(held('CUSTOMER_UNKNOWN'), null, 'to be judged anew')
  t.equal(held('INVOICE_CONFLICT'), 'conflict')
  for (const code of overrides.filter(code => !['REVIEW', 'INVOICE_CONFLICT'].includes(code)))
    t.equal(held(code), 'rule', code)
  t.equal(held('REVIEW', true), 'sent')
  t.equal(leftOutOf({ state: 'held', code: 'REVIEW', everSent: false, test: false }, 'deliver', true), 'conflict')
})

t.test('it dismisses what waits or is held, and clears notes, but decides no conflict', async t => {
  const code = (state: string) => (state === 'held' || state === 'dismissed' ? 'ZERO_AMOUNT' : null)
  const open = states.filter(
    state => leftOutOf({ state, code: code(state), everSent: false, test: false }, 'dismiss', false) === null
  )

  t.strictSame(open, ['waiting', 'held'])
  const delivered = { state: 'delivered', everSent: true, test: false } as const
  t.equal(leftOutOf({ ...delivered, code: 'PAID_NOT_MARKED' }, 'dismiss', false), null)
  t.equal(leftOutOf({ ...delivered, code: 'INVOICE_CONFLICT' }, 'dismiss', false), 'conflict')
  t.equal(leftOutOf({ state: 'held', code: 'PORTAL_REJECTED', everSent: true, test: false }, 'dismiss', false), 'sent')
})

t.test('it sends no test, but dismisses it with the rest', async t => {
  for (const code of ['REVIEW', 'CUSTOMER_UNKNOWN'] as const) {
    const held = { state: 'held', code, everSent: false, test: true } as const
    t.equal(leftOutOf(held, 'deliver', false), 'rule')
    t.equal(leftOutOf(held, 'dismiss', false), null)
  }
})
