import t from 'tap'
import { obey, refusal, rule } from '../../../src/rules/acting.ts'
import { draftOf, minute, noon, other } from '../ledger/fixtures.ts'
import { keptAs } from './fixtures.ts'

const alone = { hasConflict: false, taken: null, ordinal: 7 }
const beside = { hasConflict: true, taken: null, ordinal: 7 }

t.test('nothing is said about what is in doubt', async t => {
  for (const action of ['deliver', 'dismiss', 'take', 'keep'] as const)
    t.equal(rule({ state: 'sending', code: null }, action, { hasConflict: true }), null)
  t.match(refusal('deliver', { state: 'sending' }), /in doubt/)
})

t.test('deliver makes due, and overrides what it was held for; a loan that runs goes on', async t => {
  const kept = keptAs({ state: 'held', code: 'CREDIT_NOTE', failures: 3 })
  const ruling = rule(kept, 'deliver', alone)
  t.strictSame(ruling, { kind: 'release', overrides: ['CREDIT_NOTE'] })
  t.match(obey(kept, ruling as never, alone, noon), {
    set: { state: 'waiting', nextAttemptAt: noon, failures: 0, overrides: ['CREDIT_NOTE'] },
    settles: false
  })
  const { set } = obey(keptAs({ loanUntil: noon + minute }), { kind: 'release', overrides: [] }, alone, noon)
  t.strictSame(set, { overrides: [] })
})

t.test('what is released from review is what was shown', async t => {
  const draft = { draft: draftOf(keptAs()), documentVersion: 2 }
  const kept = keptAs({ state: 'held', code: 'REVIEW', draft, documentVersion: 5 })
  t.match(obey(kept, { kind: 'release', overrides: ['REVIEW'] }, alone, noon).set, { released: draft })
})

t.test('with other facts it is looked for from its start, where a word hid what was sent', async t => {
  const word = { unproven: true, overrides: ['PORTAL_UNCLEAR', 'INVOICE_CONFLICT'] as const, sentAfter: 7 }
  for (const [what, facts, sentAfter] of [
    ['a word about both', word, 0],
    ['nothing is unproven', { ...word, unproven: false }, undefined],
    ['it is looked for', { ...word, overrides: ['INVOICE_CONFLICT'] as const }, undefined],
    ['what stands there counts', { ...word, overrides: ['PORTAL_UNCLEAR'] as const }, undefined]
  ] as const) {
    const kept = keptAs({ state: 'held', ...facts, overrides: [...facts.overrides] })
    const { set } = obey(kept, { kind: 'take' }, { ...beside, taken: other }, noon)
    t.equal(set.sentAfter, sentAfter, what)
    t.strictSame(set.overrides, [], what)
  }
})

t.test('a refusal says why', async t => {
  t.equal(refusal('deliver', { state: 'delivered' }), 'it is delivered already')
  t.equal(refusal('take', { state: 'delivered' }), 'there is nothing to take while it is delivered')
  t.match(refusal('take', { state: 'sending' }), /in doubt/)
})

t.test('a note that hid a conflict gives way to it; one that is seen is settled', async t => {
  const paid = keptAs({ state: 'delivered', code: 'PAID_NOT_MARKED' })
  t.strictSame(obey(paid, { kind: 'clear' }, beside, noon), {
    set: { code: 'INVOICE_CONFLICT' },
    settles: false
  })
  t.match(obey(paid, { kind: 'clear' }, alone, noon), { set: { code: null }, settles: true })
})

t.test('take puts the other facts in place, keep goes on with these', async t => {
  const kept = keptAs({ state: 'held', code: 'INVOICE_CONFLICT' })
  t.match(obey(kept, { kind: 'take' }, { ...beside, taken: other }, noon), {
    set: { tool: 'rival', state: 'waiting' },
    settles: true
  })
  t.throws(() => obey(kept, { kind: 'take' }, beside, noon), { message: /^bug/ })
  t.match(obey(kept, { kind: 'keep' }, beside, noon), { set: { state: 'waiting' }, settles: true })
})

t.test('what was sent is looked for since it was sent, whatever a person overrules', async t => {
  const deliver = { kind: 'release', overrides: ['INVOICE_CONFLICT'] } as const
  const sent = { state: 'held', code: 'INVOICE_CONFLICT', everSent: true, unproven: true, sentAfter: 3 } as const
  const sentAfter = (kept: Parameters<typeof keptAs>[0]) =>
    obey(keptAs(kept), { ...deliver, overrides: [...deliver.overrides] }, alone, noon).set.sentAfter
  t.equal(sentAfter({ ...sent, unproven: false }), 7)
  t.equal(sentAfter(sent), undefined)
  t.equal(sentAfter({ ...sent, overrides: ['PORTAL_UNCLEAR'] }), 7)
  for (const overrides of [['PORTAL_UNCLEAR', 'INVOICE_CONFLICT'], ['PORTAL_UNCLEAR']] as const) {
    const taken = obey(
      keptAs({ ...sent, overrides: [...overrides] }),
      { kind: 'take' },
      { ...beside, taken: other },
      noon
    )
    t.equal(taken.set.sentAfter, overrides.length === 2 ? 0 : undefined)
  }
})
