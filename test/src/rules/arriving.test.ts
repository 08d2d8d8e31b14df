import t from 'tap'
import { contest, correct, enter, judge, tellingFacts } from '../../../src/rules/arriving.ts'
import { arrivalOf, corrected, documentOf, minute, noon, other, same } from '../ledger/fixtures.ts'
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

t.test('a correction of what was never sent counts, and held where others stand beside it', async t => {
  const kept = keptAs({ document: documentOf('old') })
  t.strictSame(judge(kept, corrected), { kind: 'replace' })
  t.match(correct(kept, corrected, { before: null, hasConflict: false }, noon), {
    set: { state: 'waiting', invoice: { amountCents: 24200 }, documentVersion: 1 },
    received: { result: 'accepted', unused: [{ file: 'old.pdf' }] }
  })
  for (const contested of [
    { before: null, hasConflict: true },
    { before: '41', hasConflict: false }
  ])
    t.match(correct(kept, corrected, contested, noon), { set: { state: 'held', code: 'INVOICE_CONFLICT' } })
  t.strictSame(judge(keptAs({ everSent: true }), corrected), { kind: 'conflict' })
})

t.test('other facts hold a row, mark a delivered one, and leave one in doubt alone', async t => {
  t.strictSame(judge(keptAs(), other), { kind: 'conflict' })
  t.match(contest(keptAs(), other, false).set, { state: 'held', code: 'INVOICE_CONFLICT', loanUntil: null })
  t.strictSame(contest(keptAs({ state: 'delivered' }), other, false).set, {
    code: 'INVOICE_CONFLICT',
    forgotten: false
  })
  t.strictSame(contest(keptAs({ state: 'sending' }), other, false).set, {})
})

t.test('what was sent to one customer of the portal, and is said to be of another, is no repetition', async t => {
  const theirs = arrivalOf({ customer: { portalId: 'cst_2' } })
  t.strictSame(judge(keptAs({ state: 'delivered', portalCustomerId: 'cst_1' }), theirs), {
    kind: 'conflict'
  })
  t.not(judge(keptAs({ state: 'delivered', portalCustomerId: 'cst_2' }), theirs).kind, 'conflict')
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

t.test('facts about another customer under one reference tell who that is', async t => {
  const { invoice } = arrivalOf({ customer: { name: 'Kees', emails: ['kees@a.example'] } })
  const of = (customer: object) => tellingFacts(arrivalOf({ customer }), invoice).customer
  const ref = of({ name: 'Kees', emails: ['kees@a.example'] })
  t.equal(of({ name: 'Anna', emails: ['anna@a.example'] }), `${ref} (Anna, anna@a.example)`)
  t.equal(of({ name: null, emails: ['anna@a.example'] }), `${ref} (anna@a.example)`)
  t.equal(of({ name: 'Anna', emails: ['anna@a.example'], portalId: 'cst_2' }), 'cst_2')
})
