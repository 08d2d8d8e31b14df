import t from 'tap'
import { contest, correct, enter, judge, merge, voidIt } from '../../../src/rules/arriving.ts'
import { arrivalOf, corrected, documentOf, minute, noon, other, paid, same } from '../ledger/fixtures.ts'
import { keptAs } from './fixtures.ts'

const fresh = { before: null, isVoided: false }

t.test('a number that is new waits at once, or until its tool has had time to collect it', async t => {
  t.match(enter(same, fresh, noon), {
    set: { state: 'waiting', code: null, nextAttemptAt: noon },
    first: { tool: 'acme', notify: true, notBefore: undefined },
    lines: [],
    received: { result: 'accepted', changed: true }
  })
  const later = arrivalOf({}, { notBefore: noon + minute })
  t.match(enter(later, fresh, noon), {
    set: { nextAttemptAt: noon + minute },
    first: { notBefore: noon + minute }
  })
})

t.test('what the tool said before stands against it', async t => {
  t.match(enter(same, { ...fresh, before: '41' }, noon), {
    set: { state: 'held', code: 'INVOICE_CONFLICT' },
    lines: [{ event: 'told under another number', detail: { before: '41' } }],
    received: { result: 'conflict' }
  })
  t.match(enter(same, { ...fresh, isVoided: true }, noon), {
    set: { state: 'dismissed', code: 'VOIDED_IN_TOOL', finishedAt: noon },
    received: { result: 'accepted' }
  })
})

t.test('the same again changes nothing; with news it is merged, and a loan that knows less ends', async t => {
  const kept = keptAs({ loanUntil: noon + minute })
  t.strictSame(judge(kept, same), { kind: 'nothing' })
  const judged = judge(kept, paid)
  if (judged.kind !== 'merge') return t.fail(judged.kind)
  t.match(merge(kept, paid, judged, noon), {
    set: { invoice: { paidAt: noon }, loanUntil: null, nextAttemptAt: noon },
    lines: [{ event: 'merged' }],
    received: { result: 'duplicate', changed: true, unused: [] }
  })
})

t.test('a payment of what is delivered is to be marked, and nothing else of it is touched', async t => {
  const kept = keptAs({ state: 'delivered', portalId: 'inv_1', nextAttemptAt: null })
  const judged = judge(kept, paid)
  if (judged.kind !== 'merge') return t.fail(judged.kind)
  const { set } = merge(kept, paid, judged, noon)
  t.match(set, { nextAttemptAt: noon, failures: 0 })
  t.notOk('loanUntil' in set || 'state' in set)
})

t.test('a correction of what was never sent counts, and held where others stand beside it', async t => {
  const kept = keptAs({ document: documentOf('old') })
  t.strictSame(judge(kept, corrected), { kind: 'replace' })
  t.match(correct(kept, corrected, false, noon), {
    set: { state: 'waiting', invoice: { amountCents: 24200 }, documentVersion: 1 },
    received: { result: 'accepted', unused: [{ file: 'old.pdf' }] }
  })
  t.match(correct(kept, corrected, true, noon), { set: { state: 'held', code: 'INVOICE_CONFLICT' } })
  t.strictSame(judge(keptAs({ everSent: true }), corrected), { kind: 'conflict' })
})

t.test('other facts hold a row, mark a delivered one, and leave one in doubt alone', async t => {
  t.strictSame(judge(keptAs(), other), { kind: 'conflict' })
  t.match(contest(keptAs(), other).set, { state: 'held', code: 'INVOICE_CONFLICT', loanUntil: null })
  t.strictSame(contest(keptAs({ state: 'delivered' }), other).set, {
    code: 'INVOICE_CONFLICT',
    forgotten: false
  })
  t.strictSame(contest(keptAs({ state: 'sending' }), other).set, {})
})

t.test('what was sent to one customer of the portal, and is said to be of another, is no repetition', async t => {
  const theirs = arrivalOf({ customer: { portalId: 'cst_2' } })
  t.strictSame(judge(keptAs({ state: 'delivered', portalCustomerId: 'cst_1' }), theirs), {
    kind: 'conflict'
  })
  t.not(judge(keptAs({ state: 'delivered', portalCustomerId: 'cst_2' }), theirs).kind, 'conflict')
})

t.test('voided: dismissed, or told to a person, or kept until a doubt is settled', async t => {
  t.match(voidIt({ state: 'waiting', code: null }, noon), {
    set: { state: 'dismissed', code: 'VOIDED_IN_TOOL' }
  })
  t.match(voidIt({ state: 'sending', code: null }, noon)?.set, { voided: true })
  t.match(voidIt({ state: 'delivered', code: null }, noon)?.set, { code: 'VOIDED_IN_TOOL' })
  t.equal(voidIt({ state: 'delivered', code: 'VOIDED_IN_TOOL' }, noon), null, 'once')
  t.equal(voidIt({ state: 'dismissed', code: 'BY_OPERATOR' }, noon), null)
})

t.test('a copy by another way is no conflict, whichever came first; that it was paid is news', async t => {
  const invoice = { sourceId: '12345678 2026-0042', customer: { ref: 'other', emails: ['kees@bakker.example'] } }
  const copy = { ...arrivalOf(invoice, { tool: 'copies', document: documentOf('copy') }), secondHand: ['copies'] }
  t.strictSame(judge(keptAs(), copy), { kind: 'nothing' })
  t.strictSame(judge(keptAs(), { ...copy, secondHand: [] }), { kind: 'conflict' })
  t.strictSame(judge(keptAs(), { ...copy, invoice: { ...copy.invoice, amountCents: 1 } }), { kind: 'conflict' })

  const first = keptAs({ tool: 'copies', invoice: copy.invoice, document: copy.document })
  const own = { ...arrivalOf({ paidAt: noon }), secondHand: ['copies'] }
  t.match(judge(first, own), {
    kind: 'merge',
    invoice: { sourceId: '12345678 2026-0042', paidAt: noon },
    document: copy.document
  })
})
