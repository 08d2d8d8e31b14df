import t from 'tap'
import { send } from '../../../src/rules/sending.ts'
import { bodyOf, noon } from '../ledger/fixtures.ts'
import { keptAs } from './fixtures.ts'

const known = { isThere: false, ordinal: 7, owner: 'me', now: noon }
const body = bodyOf(keptAs())

t.test('what waits is sent, once, and stands in the row first', async t => {
  t.match(send(keptAs(), body, known), {
    state: 'sending',
    body,
    sentBody: body,
    everSent: true,
    unproven: true,
    sentBy: 'me',
    sentAfter: 7,
    nextAttemptAt: null
  })
  for (const state of ['sending', 'delivered', 'held', 'dismissed'] as const)
    t.equal(send(keptAs({ state }), body, known), 'lost')
})

t.test('what may stand there is not sent, unless a person says so', async t => {
  t.equal(send(keptAs({ unproven: true }), body, known), 'unproven')
  t.match(send(keptAs({ unproven: true, overrides: ['PORTAL_UNCLEAR'] }), body, known), { overrides: [] })
  t.equal(send(keptAs(), body, { ...known, isThere: true }), 'known')
  const overridden = keptAs({ overrides: ['INVOICE_CONFLICT'] })
  t.match(send(overridden, body, known), { overrides: ['INVOICE_CONFLICT'] })
})
